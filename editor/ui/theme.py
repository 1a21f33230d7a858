"""The colours and fonts of the whole program, read from resources/themes, and what makes Qt's widgets follow them."""

from __future__ import annotations

from functools import cache

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from editor.model import PortType
from editor.ui.canvas.families import family_of
from editor.ui.resources import resource_path

FAMILIES = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Noto Sans", "Cantarell", "DejaVu Sans")
CODE_FAMILIES = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Noto Sans Mono", "DejaVu Sans Mono")
TEXT_PX = 13
SMALL_PX = 12


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Every colour there is, as "#rrggbb". One value is one look; nothing in the program names a colour elsewhere."""

    name: str
    is_dark: bool

    window: str
    surface: str
    raised: str
    border: str
    control_border: str
    text: str
    text_dim: str
    text_disabled: str
    accent: str
    accent_text: str
    selected_fill: str
    hover_fill: str
    error: str
    warning: str
    info: str
    success: str

    canvas: str
    dot: str
    card: str
    card_header: str
    card_border: str
    card_line: str
    card_text: str
    card_dim: str
    shadow: str
    runs_after: str
    selection: str
    hover: str
    guide: str
    ports: dict[str, str]
    kinds: dict[str, str]
    groups: dict[str, str]
    states: dict[str, str]
    notes: dict[str, str]
    note_text: str
    code: dict[str, str]

    def port(self, kind: PortType) -> str:
        """The colour of a type's ports and wires."""
        return self.ports[family_of(kind)]

    def severity(self, severity: str) -> str:
        """The colour of an issue: "error", "warning" or "info"."""
        return {"error": self.error, "warning": self.warning}.get(severity, self.info)

    def state(self, state: str) -> str:
        """The colour of a run's or task's state."""
        return self.states.get(state, self.text_dim)

    def note(self, color: str) -> str:
        """The paper of a note: a name of the palette, or the "#rrggbb" that a person chose."""
        if color.startswith("#") and QColor.isValidColorName(color):
            return mixed(color, self.canvas, 0.55) if self.is_dark else color
        return self.notes.get(color, self.notes["yellow"])


@cache
def load(name: str) -> Theme:
    """The theme "light" or "dark"."""
    return msgspec.json.decode(resource_path("themes", f"{name}.json").read_bytes(), type=Theme)


@cache
def ink(color: str) -> QColor:
    """The QColor of "#rrggbb": made once, never changed."""
    return QColor(color)


@cache
def mixed(color: str, ground: str, share: float) -> str:
    """`share` of `color` laid over `ground`, opaque."""
    over, under = QColor(color), QColor(ground)
    return QColor(
        round(under.red() + (over.red() - under.red()) * share),
        round(under.green() + (over.green() - under.green()) * share),
        round(under.blue() + (over.blue() - under.blue()) * share),
    ).name()


@cache
def clear(color: str, alpha: float) -> QColor:
    """`color` at an opacity of 0 to 1."""
    made = QColor(color)
    made.setAlphaF(alpha)
    return made


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def font(px: int = TEXT_PX, weight: QFont.Weight = QFont.Weight.Normal, *, italic: bool = False) -> QFont:
    """The text font. Unhinted, so that what fits at one zoom fits at every other; figures are tabular."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(px)
    made.setWeight(weight)
    made.setItalic(italic)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@cache
def code_font(px: int = SMALL_PX) -> QFont:
    """The font for code, values and logs."""
    made = QFont()
    made.setFamilies(list(CODE_FAMILIES))
    made.setPixelSize(px)
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setFixedPitch(True)
    return made


def system_theme() -> Theme:
    """The theme that the desktop asks for now."""
    is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return load("dark" if is_dark else "light")


def apply(app: QApplication, theme: Theme) -> None:
    """Give every widget of the program the theme's palette, font and sheet. Windows that are open follow at once."""
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def palette(theme: Theme) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    everywhere = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: mixed(theme.window, theme.surface, 0.5),
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_dim,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Accent: theme.accent,
        role.Light: mixed("#ffffff", theme.raised, 0.1),
        role.Midlight: theme.hover_fill,
        role.Mid: theme.border,
        role.Dark: theme.control_border,
        role.Shadow: theme.shadow,
    }
    for where, color in everywhere.items():
        made.setColor(where, ink(color))
    for where in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, where, ink(theme.text_disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, ink(theme.border))
    return made


def style_sheet(theme: Theme) -> str:
    """The little that a palette cannot say: spacing, hairlines, quiet headers and round corners."""
    return resource_path("themes", "window.qss").read_text("utf-8") % _sheet_colors(theme)


def _sheet_colors(theme: Theme) -> dict[str, str]:
    values = {name: getattr(theme, name) for name in theme.__struct_fields__ if isinstance(getattr(theme, name), str)}
    values["accent_hover"] = mixed("#ffffff" if theme.is_dark else "#000000", theme.accent, 0.12)
    values["accent_pressed"] = mixed("#ffffff" if theme.is_dark else "#000000", theme.accent, 0.22)
    values["pressed_fill"] = mixed(theme.text, theme.window, 0.14)
    values["scroll"] = mixed(theme.text, theme.window, 0.28)
    values["scroll_hover"] = mixed(theme.text, theme.window, 0.45)
    values["icons"] = resource_path("icons").as_posix()
    return values


def _luminance(color: str) -> float:
    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    made = QColor(color)
    return 0.2126 * linear(made.redF()) + 0.7152 * linear(made.greenF()) + 0.0722 * linear(made.blueF())
