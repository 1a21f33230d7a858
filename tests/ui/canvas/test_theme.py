"""Both themes can be read by everybody: WCAG AA contrast everywhere, and shapes where colours are alike."""

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from editor.model.port_types import ARTIFACT, DATASET, LIST, METRICS, MODEL, STRING, STRUCT, ArtifactType
from editor.ui import theme
from editor.ui.canvas.card_painter import HEADER_TINT, PILL_TINT, frame_ground
from editor.ui.canvas.minimap import card_color
from editor.ui.swatches import NOTE_COLORS
from editor.ui.theme import Theme, contrast, load, mixed

THEMES = [load("light"), load("dark")]
TEXT, SHAPE = 4.5, 3.0


def grounds(colors: Theme) -> dict[str, list[str]]:
    """Texts, and everything they are written on."""
    headers = [mixed(kind, colors.card_header, HEADER_TINT[colors.is_dark]) for kind in colors.kinds.values()]
    muted = mixed(colors.card, colors.canvas, 0.35)
    frames = [frame_ground(color, colors, depth) for color in colors.groups.values() for depth in range(5)]
    bars = [mixed(color, ground, 0.16) for color in colors.groups.values() for ground in frames]
    panels = [colors.window, colors.surface, colors.raised]
    return {
        colors.card_text: [colors.card, *headers, *frames, *bars],
        colors.card_dim: [colors.card, muted],
        colors.text: [*panels, colors.hover_fill, colors.selected_fill, colors.canvas],
        colors.text_dim: [*panels, colors.hover_fill],
        colors.accent_text: [colors.accent],
        colors.accent: panels,
        colors.error: [*panels, colors.canvas],
        colors.warning: panels,
        colors.info: panels,
        colors.success: panels,
        colors.note_text: list(colors.notes.values()),
    }


@pytest.mark.parametrize("colors", THEMES, ids=lambda colors: colors.name)
def test_text_can_be_read(colors: Theme):
    poor = [
        (text, ground, round(contrast(text, ground), 2))
        for text, on in grounds(colors).items()
        for ground in on
        if contrast(text, ground) < TEXT
    ]
    poor += [
        (c, colors.surface, contrast(c, colors.surface))
        for c in colors.code.values()
        if contrast(c, colors.surface) < TEXT
    ]
    pills = [(state, mixed(state, colors.card, PILL_TINT)) for state in colors.states.values()]
    poor += [(state, pill, contrast(state, pill)) for state, pill in pills if contrast(state, pill) < TEXT]
    assert poor == []


@pytest.mark.parametrize("colors", THEMES, ids=lambda colors: colors.name)
def test_wires_ports_signs_and_controls_stand_out(colors: Theme):
    shapes = {*colors.ports.values(), colors.error, colors.warning, colors.info, colors.selection, colors.runs_after}
    shapes |= {*colors.states.values(), *colors.groups.values(), *colors.kinds.values()}
    poor = [(c, on) for c in shapes for on in (colors.canvas, colors.card) if contrast(c, on) < SHAPE]
    assert poor == []
    assert contrast(colors.control_border, colors.surface) >= SHAPE


@pytest.mark.parametrize("colors", THEMES, ids=lambda colors: colors.name)
def test_every_colour_of_notes_is_in_every_theme_and_can_be_read(colors: Theme):
    assert set(colors.notes) == set(NOTE_COLORS)
    assert len(set(colors.notes.values())) == len(NOTE_COLORS)
    for name in NOTE_COLORS:
        paper = colors.note(name)
        frame = mixed(paper, colors.canvas, 0.45)
        for ground in (paper, frame):
            assert contrast(colors.note_text, ground) >= TEXT, (name, ground)
        assert contrast(colors.info, paper) >= TEXT, f"a link on {name}"


def test_parameters_are_cool_and_artifacts_warm():
    for colors in THEMES:
        for name, color in colors.ports.items():
            made = QColor(color)
            is_cool = made.blue() >= made.red() or made.green() > made.red() + 60
            assert is_cool == (not name.startswith("system.")) or name == "system.Model", name


def test_kin_of_types_share_a_colour():
    colors = load("light")
    assert colors.port(METRICS) == colors.port(ArtifactType(schema_title="system.ClassificationMetrics"))
    assert colors.port(ARTIFACT) == colors.port(ArtifactType(schema_title="google.VertexModel"))
    assert len({colors.port(kind) for kind in (STRING, LIST, STRUCT, DATASET, MODEL, METRICS, ARTIFACT)}) == 7


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_theme_switches_live(qtbot):
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for colors in (*THEMES, load("light")):
        theme.apply(app, colors)
        assert app.palette().color(QPalette.ColorRole.Window).name() == colors.window
        assert colors.border in app.styleSheet()
        assert "%(" not in app.styleSheet()


def test_own_note_colour_is_kept_readable():
    for colors in THEMES:
        assert colors.note("green") == colors.notes["green"]
        assert colors.note("no such") == colors.notes["yellow"]
        assert QColor.isValidColorName(colors.note("#ffd0d0"))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_what_is_seen_stands_out_on_the_map(name: str):
    colors = load(name)
    assert contrast(card_color(colors), colors.accent) > 1.8
    assert contrast(card_color(colors), colors.raised) > 1.8
