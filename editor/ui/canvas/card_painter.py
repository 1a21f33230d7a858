"""Draws one card, one frame, one note, one badge: in scene units, on a painter that is already scaled."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from editor.layout.metrics import CARD_WIDTH, GROUP_TITLE_HEIGHT, HEADER_HEIGHT, LOOP_ITEM_OFFSET, ROW_HEIGHT
from editor.model import ArtifactType, Note, PortType
from editor.ui.canvas.cards import CardLook, PortLook, RowLook, is_list
from editor.ui.canvas.name_lines import name_lines
from editor.ui.canvas.titles import Title
from editor.ui.canvas.types import TaskBadge
from editor.ui.icons import paint_icon
from editor.ui.theme import SMALL_PX, TEXT_PX, Theme, clear, font, ink, mixed

RADIUS = 8.0
MARGIN = 12.0
"""Round a card: room for ports, shadow and the double border."""

PORT_RADIUS = 5.0
SQUARE_SIDE = 9.0
TEXT_INSET = 14.0
NAME_LEFT = 34.0
MARK_SIDE = 16.0
MARK_RIGHT = 10.0

COMPACT_BAR = 16.0
COMPACT_PX = 30
"""Read at a third of life size."""
COMPACT_LINE = 34.0
COMPACT_INSET = 9.0

FAR_TITLE_PX = 25
"""Letters of a frame's title as large as its bar has room for, where cards show no more than names."""
SHADOW = (0.13, 0.08, 0.045, 0.02, 0.0)
"""How strong the shadow of a card is so many units under it."""

HEADER_TINT = {False: 0.10, True: 0.16}
PILL_TINT = 0.08
FRAME_TINT = {False: 0.055, True: 0.075}
NO_PEN = QPen(Qt.PenStyle.NoPen)


@cache
def metrics(px: int, weight: QFont.Weight = QFont.Weight.Normal, *, italic: bool = False) -> QFontMetricsF:
    return QFontMetricsF(font(px, weight, italic=italic))


def elided(text: str, width: float, px: int, weight: QFont.Weight = QFont.Weight.Normal) -> str:
    return metrics(px, weight).elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_text(painter: QPainter, at: QPointF, text: str) -> None:
    """Text on its baseline; as outlines in an SVG file, which would look different where the font is missing."""
    if painter.paintEngine().type() != QPaintEngine.Type.SVG:
        painter.drawText(at, text)
        return
    outlines = QPainterPath()
    outlines.addText(at, painter.font(), text)
    painter.fillPath(outlines, painter.pen().brush())


def paint_card(painter: QPainter, look: CardLook, theme: Theme) -> None:
    """A card with its top left corner at the origin."""
    body = QRectF(0, 0, CARD_WIDTH, look.height)
    kind = theme.kinds[look.kind]
    border = mixed(theme.card_border, theme.canvas, 0.7) if look.is_muted else theme.card_border
    ground = mixed(theme.card, theme.canvas, 0.35) if look.is_muted else theme.card
    if not look.is_muted:
        _shadow(painter, body, theme)
    if look.kind == "pipeline":
        painter.setPen(_pen(border, 1.2))
        painter.setBrush(ink(ground))
        painter.drawRoundedRect(body.adjusted(-3.5, -3.5, 3.5, 3.5), RADIUS + 3, RADIUS + 3)
    header = mixed(kind, theme.card_header, 0.0 if look.is_muted else HEADER_TINT[theme.is_dark])
    header = mixed(header, theme.canvas, 0.4) if look.is_muted else header
    _fill_titled(painter, body, HEADER_HEIGHT, ground, header)
    painter.fillRect(QRectF(0, HEADER_HEIGHT - 0.5, CARD_WIDTH, 1), ink(theme.card_line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(border, 1.2, dashed=look.is_muted))
    painter.drawRoundedRect(body, RADIUS, RADIUS)

    icon_color = theme.card_dim if look.is_muted else kind
    paint_icon(painter, "mute" if look.is_muted else look.kind, QRectF(10, 8, 16, 16), icon_color)
    painter.setFont(font(TEXT_PX, QFont.Weight.DemiBold))
    painter.setPen(ink(theme.card_dim if look.is_muted else theme.card_text))
    width = CARD_WIDTH - NAME_LEFT - MARK_SIDE - MARK_RIGHT - 6
    name = elided(look.name, width, TEXT_PX, QFont.Weight.DemiBold)
    draw_text(painter, QPointF(NAME_LEFT, _baseline(HEADER_HEIGHT / 2, TEXT_PX)), name)

    y = HEADER_HEIGHT + ROW_HEIGHT / 2
    for row in look.rows:
        _row(painter, row, y, theme, is_muted=look.is_muted)
        y += ROW_HEIGHT


def paint_compact(painter: QPainter, look: CardLook, theme: Theme) -> None:
    """A card from some way off: its kind as a bar, its name in large letters on as many lines as it needs, no rows."""
    kind = theme.card_border if look.is_muted else theme.kinds[look.kind]
    body = QRectF(0, 0, CARD_WIDTH, look.height)
    bar = mixed(kind, theme.card, 0.6)
    ground = mixed(theme.card, theme.canvas, 0.35) if look.is_muted else theme.card
    _fill_titled(painter, body, COMPACT_BAR, ground, bar)
    painter.setPen(_pen(theme.card_border, 2.4, dashed=look.is_muted))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look.kind == "pipeline":
        painter.drawRoundedRect(body.adjusted(6, 6, -6, -6), RADIUS, RADIUS)
    painter.drawRoundedRect(body, RADIUS, RADIUS)
    painter.setFont(font(COMPACT_PX, QFont.Weight.DemiBold))
    painter.setPen(ink(theme.card_dim if look.is_muted else theme.card_text))
    room = look.height - COMPACT_BAR
    lines = _compact_lines(look.name, max(1, int((room - 12) // COMPACT_LINE)))
    y = COMPACT_BAR + room / 2 - COMPACT_LINE * (len(lines) - 1) / 2
    for line in lines:
        draw_text(painter, QPointF(COMPACT_INSET, _baseline(y, COMPACT_PX)), line)
        y += COMPACT_LINE


def _compact_lines(name: str, most: int) -> list[str]:
    # Cut in the middle: tasks made of one component differ at their ends.
    fitting, width = metrics(COMPACT_PX, QFont.Weight.DemiBold), CARD_WIDTH - 2 * COMPACT_INSET
    return name_lines(
        name,
        width,
        most,
        measure=fitting.horizontalAdvance,
        shorten=lambda rest: fitting.elidedText(rest, Qt.TextElideMode.ElideMiddle, width),
    )


def paint_port(painter: QPainter, at: QPointF, look: PortLook, theme: Theme, *, is_muted: bool = False) -> None:
    """A disc for a parameter, a square for an artifact, doubled for a list, hollow red where something is missing."""
    color = theme.port(look.type)
    if is_muted:
        color = mixed(color, theme.card, 0.5)
    if look.state == "unfed":
        painter.setBrush(ink(theme.card))
        painter.setPen(_pen(theme.error, 2.0))
        _port_shape(painter, at, look.type, -1.0)
        return
    if is_list(look.type):
        painter.setBrush(ink(theme.card))
        painter.setPen(_pen(color, 1.4))
        _port_shape(painter, at, look.type, 3.0)
        painter.setPen(NO_PEN)
        painter.setBrush(ink(color))
        _port_shape(painter, at, look.type, -1.0)
        return
    painter.setPen(_pen(theme.card, 1.5))
    painter.setBrush(ink(color))
    _port_shape(painter, at, look.type, 0.75)


def paint_mark(painter: QPainter, severity: str, theme: Theme) -> None:
    """The sign of an issue in a card's header."""
    rect = QRectF(CARD_WIDTH - MARK_RIGHT - MARK_SIDE, (HEADER_HEIGHT - MARK_SIDE) / 2, MARK_SIDE, MARK_SIDE)
    paint_icon(painter, severity, rect, theme.severity(severity))


def paint_badge(painter: QPainter, badge: TaskBadge, width: float, theme: Theme) -> None:
    """How a task or group stands in a run: a pill on the upper edge, at the right."""
    color = theme.state(badge.state)
    text_width = metrics(SMALL_PX, QFont.Weight.DemiBold).horizontalAdvance(badge.text) if badge.text else 0.0
    pill_width = 22.0 + (text_width + 6.0 if badge.text else 0.0)
    pill = QRectF(width - 8 - pill_width, -15, pill_width, 22)
    painter.setPen(_pen(color, 1.2))
    painter.setBrush(ink(mixed(color, theme.card, PILL_TINT)))
    painter.drawRoundedRect(pill, 11, 11)
    paint_icon(painter, f"state-{badge.state.lower()}", QRectF(pill.left() + 4, pill.top() + 4, 14, 14), color)
    if badge.text:
        painter.setFont(font(SMALL_PX, QFont.Weight.DemiBold))
        painter.setPen(ink(color))
        draw_text(painter, QPointF(pill.left() + 21, _baseline(pill.center().y(), SMALL_PX)), badge.text)


def ring_pen(theme: Theme, state: str, width: float) -> QPen:
    """The outline of a task in a run, or with no state of what is selected. What runs is dashed: colour is no sign."""
    pen = QPen(ink(theme.state(state) if state else theme.selection), width)
    if state == "RUNNING":
        pen.setDashPattern([5, 2.5])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def paint_frame(
    painter: QPainter,
    rect: QRectF,
    kind: str,
    title: Title,
    theme: Theme,
    *,
    is_marked: bool,
    depth: int,
    is_folded: bool,
    inside: int,
) -> None:
    """A group: a tinted frame with its title bar, or one card-sized block where it is folded.

    Where it `is_marked`, its title leaves room for the sign of an issue.
    """
    color = theme.groups[kind]
    ground = frame_ground(color, theme, depth)
    height = HEADER_HEIGHT if is_folded else GROUP_TITLE_HEIGHT
    fill = frame_fill(kind, theme, depth, is_folded=is_folded)
    _fill_titled(painter, rect, height, fill, frame_bar(color, theme, depth))
    painter.setPen(_pen(frame_edge(color, theme, depth), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    paint_icon(painter, kind, QRectF(rect.left() + 10, rect.top() + 8, 16, 16), color)
    chevron = QRectF(rect.right() - 26, rect.top() + 8, 16, 16)
    paint_icon(painter, "unfold" if is_folded else "fold", chevron, mixed(theme.card_dim, ground, 0.85))
    _title(painter, rect.adjusted(0, 0, -(MARK_SIDE + 8) if is_marked else 0, 0), title, color, theme)
    if is_folded:
        painter.setFont(font(SMALL_PX))
        painter.setPen(ink(theme.card_dim))
        words = f"{inside} task" if inside == 1 else f"{inside} tasks"
        draw_text(painter, QPointF(rect.left() + TEXT_INSET, _baseline(rect.top() + height + 12, SMALL_PX)), words)
        for x in (rect.left(), rect.right()):
            painter.setPen(_pen(theme.card, 1.5))
            painter.setBrush(ink(color))
            painter.drawEllipse(QPointF(x, rect.top() + HEADER_HEIGHT + ROW_HEIGHT / 2), 4.5, 4.5)
    elif kind == "loop":
        at = QPointF(rect.left() + LOOP_ITEM_OFFSET[0], rect.top() + LOOP_ITEM_OFFSET[1])
        painter.setPen(_pen(ground, 1.5))
        painter.setBrush(ink(color))
        painter.drawEllipse(at, PORT_RADIUS + 0.75, PORT_RADIUS + 0.75)
        painter.setFont(font(SMALL_PX))
        painter.setPen(ink(mixed(theme.card_text, ground, 0.8)))
        draw_text(painter, QPointF(at.x() + 9, _baseline(at.y() - 9, SMALL_PX)), "item")


def _fill_titled(painter: QPainter, rect: QRectF, title_height: float, ground: str, title: str) -> None:
    """Fill a box with round corners and a title bar. The large middle is a plain rectangle: a path costs far more."""
    left, right, bottom = rect.left(), rect.right(), rect.bottom()
    # The parts overlap by one unit: edges that only touch would leave a hairline at fractional scales.
    middle = QRectF(left, rect.top() + title_height - 1, rect.width(), rect.height() - title_height - RADIUS + 2)
    painter.fillRect(middle, ink(ground))
    foot = QPainterPath(QPointF(left, bottom - RADIUS - 1))
    foot.lineTo(left, bottom - RADIUS)
    foot.arcTo(QRectF(left, bottom - 2 * RADIUS, 2 * RADIUS, 2 * RADIUS), 180, 90)
    foot.lineTo(right - RADIUS, bottom)
    foot.arcTo(QRectF(right - 2 * RADIUS, bottom - 2 * RADIUS, 2 * RADIUS, 2 * RADIUS), 270, 90)
    foot.lineTo(right, bottom - RADIUS - 1)
    foot.closeSubpath()
    painter.fillPath(foot, ink(ground))
    painter.fillPath(_round_top(rect.width(), title_height).translated(rect.topLeft()), ink(title))


def frame_fill(kind: str, theme: Theme, depth: int, *, is_folded: bool) -> str:
    """What is between the title bar and the lower edge of a group."""
    return theme.card if is_folded else frame_ground(theme.groups[kind], theme, depth)


def frame_ground(color: str, theme: Theme, depth: int) -> str:
    """The fill of a frame: each level down lies a little deeper."""
    return mixed(color, theme.canvas, FRAME_TINT[theme.is_dark] * (1 + 0.6 * min(depth, 4)))


def frame_bar(color: str, theme: Theme, depth: int) -> str:
    return mixed(color, frame_ground(color, theme, depth), 0.16)


def frame_edge(color: str, theme: Theme, depth: int) -> str:
    return mixed(color, frame_ground(color, theme, depth), 0.62)


def note_ground(note: Note, theme: Theme) -> str:
    """The fill of a sticky note, and the paler one of a titled frame."""
    paper = theme.note(note.color)
    return mixed(paper, theme.canvas, 0.45) if note.shape == "frame" else paper


def paint_note(painter: QPainter, note: Note, rect: QRectF, theme: Theme, *, title_px: int) -> None:
    """A sticky note, or a titled frame behind tasks; `title_px` is how large the letters of its title are."""
    paper = theme.note(note.color)
    if note.shape == "frame":
        accent = mixed(theme.note_text, paper, 0.45)
        _fill_titled(painter, rect, GROUP_TITLE_HEIGHT, note_ground(note, theme), paper)
        painter.setPen(_pen(mixed(accent, theme.canvas, 0.6), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.setFont(font(title_px, QFont.Weight.DemiBold))
        painter.setPen(ink(theme.note_text))
        title = elided(note.text.split("\n", 1)[0], rect.width() - 28, title_px, QFont.Weight.DemiBold)
        draw_text(painter, QPointF(rect.left() + 14, _baseline(rect.top() + 16, title_px)), title)
    else:
        painter.setPen(_pen(mixed(theme.note_text, paper, 0.22), 1.0))
        painter.setBrush(ink(paper))
        painter.drawRoundedRect(rect, 4, 4)
        painter.save()
        try:
            painter.translate(rect.left() + 12, rect.top() + 10)
            width, height = rect.width() - 24, rect.height() - 18
            words = note_text(note.text, width, theme.info)
            if words.size().height() > height:
                # Half a line would look like a fault: dots say that there is more.
                painter.setPen(ink(theme.note_text))
                painter.setFont(font(SMALL_PX))
                draw_text(painter, QPointF(width / 2 - 5, height + 4), "…")
                height = whole_lines(words, height)
            painter.setClipRect(QRectF(0, 0, width, height), Qt.ClipOperation.IntersectClip)
            context = QAbstractTextDocumentLayout.PaintContext()
            context.palette.setColor(QPalette.ColorRole.Text, ink(theme.note_text))
            words.documentLayout().draw(painter, context)
        finally:
            painter.restore()
    painter.setPen(_pen(mixed(theme.note_text, paper, 0.4), 1.2))
    for step in (5.0, 9.0):
        painter.drawLine(
            QPointF(rect.right() - step, rect.bottom() - 3), QPointF(rect.right() - 3, rect.bottom() - step)
        )


def whole_lines(words: QTextDocument, room: float) -> float:
    """How much of the height `room` is taken by lines that are whole; all of it if not even the first is."""
    fitting = 0.0
    block = words.begin()
    while block.isValid():
        layout, top = block.layout(), words.documentLayout().blockBoundingRect(block).top()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            bottom = top + line.y() + line.height()
            if bottom > room:
                return fitting or room
            fitting = bottom
        block = block.next()
    return fitting or room


@lru_cache(maxsize=256)
def note_text(text: str, width: float, link: str) -> QTextDocument:
    """Markdown laid out to a width, its links in the colour `link`."""
    document = QTextDocument()
    document.setDefaultFont(font(TEXT_PX))
    document.setDocumentMargin(0)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownNoHTML)
    colored = QTextCharFormat()
    colored.setForeground(ink(link))
    spaced = QTextBlockFormat()
    spaced.setBottomMargin(6)
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        for part in block:  # pyright: ignore[reportGeneralTypeIssues] it is, the stubs do not say so
            fragment = part.fragment()
            if fragment.charFormat().isAnchor():
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(colored)
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(spaced)
        block = block.next()
    document.setTextWidth(width)
    return document


def _row(painter: QPainter, row: RowLook, y: float, theme: Theme, *, is_muted: bool) -> None:
    baseline = _baseline(y, SMALL_PX)
    text_color = theme.card_dim if is_muted else theme.card_text
    inner = CARD_WIDTH - 2 * TEXT_INSET
    if row.kind == "fold":
        paint_icon(painter, "unfold", QRectF(TEXT_INSET - 4, y - 7, 14, 14), theme.card_dim)
        painter.setFont(font(SMALL_PX))
        painter.setPen(ink(theme.card_dim))
        draw_text(painter, QPointF(TEXT_INSET + 14, baseline), row.text)
        return
    assert row.port is not None
    painter.setFont(font(SMALL_PX))
    painter.setPen(ink(text_color))
    fitting = metrics(SMALL_PX)
    if row.kind == "output":
        name = elided(row.text, inner, SMALL_PX)
        x = CARD_WIDTH - TEXT_INSET - fitting.horizontalAdvance(name)
        draw_text(painter, QPointF(x, baseline), name)
        paint_port(painter, QPointF(CARD_WIDTH, y), row.port, theme, is_muted=is_muted)
        return
    least = min(fitting.horizontalAdvance(row.hint), inner * 0.35) + 8 if row.hint else 0.0
    name = elided(row.text, inner - least, SMALL_PX)
    draw_text(painter, QPointF(TEXT_INSET, baseline), name)
    if row.hint:
        used = fitting.horizontalAdvance(name) + 8
        slanted = row.is_default
        painter.setFont(font(SMALL_PX, italic=slanted))
        painter.setPen(ink(theme.card_dim))
        hint = metrics(SMALL_PX, italic=slanted).elidedText(row.hint, Qt.TextElideMode.ElideRight, inner - used)
        draw_text(painter, QPointF(TEXT_INSET + used, baseline), hint)
    paint_port(painter, QPointF(0, y), row.port, theme, is_muted=is_muted)


def _title(painter: QPainter, rect: QRectF, title: Title, color: str, theme: Theme) -> None:
    left, right = rect.left() + NAME_LEFT, rect.right() - 32
    baseline = _baseline(rect.top() + GROUP_TITLE_HEIGHT / 2, TEXT_PX)
    bold, plain = metrics(TEXT_PX, QFont.Weight.DemiBold), metrics(TEXT_PX)
    painter.setFont(font(TEXT_PX, QFont.Weight.DemiBold))
    painter.setPen(ink(mixed(color, theme.card_text, 0.35)))
    keyword = bold.elidedText(title.keyword, Qt.TextElideMode.ElideRight, right - left)
    draw_text(painter, QPointF(left, baseline), keyword)
    left += bold.horizontalAdvance(keyword) + 6
    if title.text and right - left > 24:
        painter.setFont(font(TEXT_PX))
        painter.setPen(ink(theme.card_text))
        text = plain.elidedText(title.text, Qt.TextElideMode.ElideRight, right - left)
        draw_text(painter, QPointF(left, baseline), text)
        left += plain.horizontalAdvance(text) + 16
    room = right - left
    wanted = metrics(SMALL_PX).horizontalAdvance(title.name)
    if room > min(wanted, 48):
        painter.setFont(font(SMALL_PX))
        painter.setPen(ink(mixed(theme.card_dim, theme.card_text, 0.8)))
        name = elided(title.name, room, SMALL_PX)
        draw_text(painter, QPointF(right - metrics(SMALL_PX).horizontalAdvance(name), baseline), name)


def _port_shape(painter: QPainter, at: QPointF, kind: PortType, grow: float) -> None:
    if isinstance(kind, ArtifactType):
        side = SQUARE_SIDE / 2 + grow
        painter.drawRoundedRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side), 1.5, 1.5)
    else:
        radius = PORT_RADIUS + grow
        painter.drawEllipse(at, radius, radius)


def _shadow(painter: QPainter, body: QRectF, theme: Theme) -> None:
    """A soft edge under a card: strips, for round ones would cost as much as all the rest of the card."""
    # Near by a strip of a whole unit would be seen as one.
    fine = max(1, round(painter.transform().m11()))
    for number in range(fine * (len(SHADOW) - 1)):
        whole, rest = divmod(number, fine)
        step = number / fine
        alpha = SHADOW[whole] + (SHADOW[whole + 1] - SHADOW[whole]) * rest / fine
        inset = RADIUS * 0.4 + step
        strip = QRectF(body.left() + inset, body.bottom() + 0.6 + step, body.width() - 2 * inset, 1.0 / fine)
        painter.fillRect(strip, clear(theme.shadow, alpha * (2.4 if theme.is_dark else 1.0)))


@lru_cache(maxsize=512)
def _round_top(width: float, height: float) -> QPainterPath:
    """The upper part of a card or frame, round at the top only."""
    path = QPainterPath(QPointF(0, height))
    path.lineTo(0, RADIUS)
    path.arcTo(QRectF(0, 0, 2 * RADIUS, 2 * RADIUS), 180, -90)
    path.lineTo(width - RADIUS, 0)
    path.arcTo(QRectF(width - 2 * RADIUS, 0, 2 * RADIUS, 2 * RADIUS), 90, -90)
    path.lineTo(width, height)
    path.closeSubpath()
    return path


@cache
def _pen(color: str, width: float, *, dashed: bool = False) -> QPen:
    pen = QPen(ink(color), width)
    if dashed:
        pen.setDashPattern([4, 3])
    return pen


def _baseline(middle: float, px: int) -> float:
    """Where letters stand so that capitals are centred on `middle`."""
    return middle + metrics(px).capHeight() / 2
