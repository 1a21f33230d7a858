"""Titled frames on the real canvas: what they take along, where they are drawn, how their title is edited."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from editor.edits.placing import box_of
from editor.layout.titled_frames import notes_of, titled_frames
from editor.model import ROOT, Constant, EntityId, Loop, Note
from editor.ui.canvas.gestures.carrying import carried
from tests.builders import task
from tests.ui.gestures.conftest import placed

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
FRAME, LOOP = EntityId("frame"), EntityId("loop")


def frame(text="Prepare", *, x=40, y=40, width=600, height=400, one=FRAME):
    return Note(id=one, parent=ROOT, text=text, x=x, y=y, width=width, height=height, shape="frame")


def where(hands, one):
    entity = hands.document.get(EntityId(one))
    if isinstance(entity, Note):
        return entity.x, entity.y
    placement = hands.document.placement(EntityId(one))
    return placement.x, placement.y


def title(hands):
    return hands.at(hands.view.card_rect(FRAME).topLeft() + QPointF(40, 12))


def framed(canvas):
    """A frame with a task, a loop of one task and a note in it; a task half in it and one beside it."""
    return canvas(
        frame(),
        Note(id=EntityId("words"), parent=ROOT, text="why", x=400, y=360, width=96, height=56),
        task("in"),
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2])),
        task("inner", parent="loop"),
        task("half"),
        task("out"),
        placed("in", 64, 96),
        placed("inner", 96, 260),
        placed("half", 560, 96),
        placed("out", 720, 500),
    )


def test_a_frame_takes_along_what_lies_wholly_in_it_as_one_step(canvas):
    hands = framed(canvas)
    hands.drag(title(hands), title(hands) + QPoint(80, 40))
    assert where(hands, "frame") == (120, 80)
    assert where(hands, "in") == (144, 136)
    assert where(hands, "inner") == (176, 300)
    assert where(hands, "words") == (480, 400)
    assert where(hands, "half") == (560, 96)
    assert where(hands, "out") == (720, 500)
    assert len(hands.done) == 1
    hands.undo()
    assert where(hands, "frame") == (40, 40)
    assert where(hands, "inner") == (96, 260)


def copies(hands):
    """What is there beside what was there at first, by kind and name."""
    first = {"frame", "words", "in", "loop", "inner", "half", "out"}
    document = hands.document
    nodes = [document.node(one) for one in document.descendants(ROOT) if one not in first]
    notes = [note for note in document.notes() if note.id not in first]
    return sorted([*(node.name for node in nodes), *(note.shape for note in notes)])


COPIED = ["each-2", "frame", "in-2", "inner-2", "note"]


def test_a_copied_frame_comes_with_what_lies_in_it(canvas):
    hands = framed(canvas)
    hands.view.select({FRAME})
    for command in ("canvas.copy", "canvas.paste"):
        hands.view.gestures.commands.run(command)
    assert copies(hands) == COPIED
    hands.undo()
    hands.view.select({FRAME})
    hands.view.gestures.commands.run("canvas.duplicate")
    assert copies(hands) == COPIED
    made = next(note for note in hands.document.notes() if note.id != FRAME and note.shape == "frame")
    inner = next(each for each in hands.document.tasks() if each.name == "in-2")
    assert (made.x - 40, made.y - 40) == (where(hands, inner.id)[0] - 64, where(hands, inner.id)[1] - 96)


def test_a_frame_copied_by_hand_comes_with_what_lies_in_it(canvas):
    hands = framed(canvas)
    start = title(hands)
    hands.drag(start, start + QPoint(0, 480), ALT)
    assert copies(hands) == COPIED
    assert where(hands, "in") == (64, 96)
    assert len(hands.done) == 1


def test_a_frame_copied_by_hand_with_ctrl_comes_alone(canvas):
    hands = framed(canvas)
    start = title(hands)
    hands.press(start, ALT | CTRL)
    hands.move(start + QPoint(0, 480), ALT | CTRL)
    hands.release(start + QPoint(0, 480), ALT | CTRL)
    assert copies(hands) == ["frame"]


def test_a_frame_is_cut_with_what_lies_in_it_and_deleted_alone(canvas):
    hands = framed(canvas)
    hands.view.select({FRAME})
    hands.view.gestures.commands.run("canvas.cut")
    assert {each.id for each in hands.document.tasks()} == {"half", "out"}
    assert not list(hands.document.notes())
    hands.undo()
    hands.view.select({FRAME})
    hands.key(Qt.Key.Key_Delete)
    assert len(list(hands.document.tasks())) == 4


def test_layout_and_hand_agree_on_what_lies_in_a_frame(canvas):
    notes = (
        frame(one=EntityId("outer"), x=0, y=0, width=800, height=600),
        frame(),
        frame(one=EntityId("beside"), x=600, y=96, width=400, height=120),
        Note(id=EntityId("words"), parent=ROOT, text="why", x=544, y=344, width=96, height=96),
    )
    nodes = (task("in"), Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1])), task("inner", parent="loop"))
    hands = canvas(
        *notes, *nodes, task("edge"), placed("in", 40, 40), placed("inner", 96, 260), placed("edge", 600, 96)
    )
    view, document = hands.view, hands.document
    boxes = {each: box_of(document, each) for each in document.children(ROOT)}
    found = titled_frames(document, ROOT, notes_of(document, ROOT), boxes)
    by_layout = {each.note.id: set(each.contents) for each in found}
    for one in ("outer", "frame", "beside"):
        assert set(carried(view, [EntityId(one)])) == by_layout.get(EntityId(one), set()), one
    assert {one: len(by_layout[one]) for one in by_layout} == {"outer": 4, "frame": 3, "beside": 1}


def test_of_two_frames_with_one_box_one_lies_in_the_other(canvas):
    hands = canvas(frame(), frame(one=EntityId("twin")), task("in"), placed("in", 64, 96))
    view, document = hands.view, hands.document
    boxes = {EntityId("in"): box_of(document, EntityId("in"))}
    found = titled_frames(document, ROOT, notes_of(document, ROOT), boxes)
    assert {each.note.id: set(each.contents) for each in found} == {"frame": {"in"}, "twin": {"in", "frame"}}
    assert carried(view, [FRAME]) == ["in"]
    assert set(carried(view, [EntityId("twin")])) == {"in", "frame"}


def test_what_is_selected_with_its_frame_is_moved_once(canvas):
    hands = framed(canvas)
    hands.view.select({FRAME, EntityId("in"), EntityId("inner")})
    hands.drag(title(hands), title(hands) + QPoint(80, 40))
    assert where(hands, "in") == (144, 136)
    assert where(hands, "inner") == (176, 300)


def test_with_ctrl_a_frame_moves_alone(canvas):
    hands = framed(canvas)
    hands.drag(title(hands), title(hands) + QPoint(80, 40), CTRL)
    assert where(hands, "frame") == (120, 80)
    assert where(hands, "in") == (64, 96)
    assert where(hands, "words") == (400, 360)
    assert len(hands.done) == 1


def test_ctrl_pressed_on_the_way_puts_the_contents_back(canvas):
    hands = framed(canvas)
    start = title(hands)
    hands.press(start)
    hands.move(start + QPoint(80, 40))
    assert hands.view.card_rect(EntityId("in")).topLeft() == QPointF(144, 136)
    hands.move(start + QPoint(80, 40), CTRL)
    assert hands.view.card_rect(EntityId("in")).topLeft() == QPointF(64, 96)
    hands.move(start + QPoint(80, 40))
    hands.release(start + QPoint(80, 40))
    assert where(hands, "in") == (144, 136)


def test_a_frame_in_a_frame_and_what_is_in_that_move_along(canvas):
    inner = frame("Inner", x=56, y=80, width=300, height=200, one=EntityId("small"))
    hands = canvas(frame(), inner, task("in"), placed("in", 64, 128))
    hands.drag(title(hands), title(hands) + QPoint(80, 40))
    assert where(hands, "small") == (136, 120)
    assert where(hands, "in") == (144, 168)


def test_an_arrow_moves_a_frame_with_its_contents(canvas):
    hands = framed(canvas)
    hands.view.select({FRAME})
    hands.key(Qt.Key.Key_Right, CTRL)
    assert where(hands, "frame") == (48, 40)
    assert where(hands, "in") == (72, 96)
    assert where(hands, "inner") == (104, 260)


def test_a_dragged_frame_is_drawn_under_the_cards(canvas):
    hands = framed(canvas)
    view = hands.view
    start = title(hands)
    hands.press(start)
    hands.move(start + QPoint(300, 200))
    hands.move(start + QPoint(300, 408))
    view.settle()
    for one in ("out", "in"):
        assert view.gestures.active is not None
        card = view.card_rect(EntityId(one))
        at = hands.at(QPointF(card.center().x(), card.bottom() - 4))
        seen = QColor(view.viewport().grab().toImage().pixel(at))
        assert seen == QColor(view.theme.card), one
    paper = hands.at(view.card_rect(FRAME).topLeft() + QPointF(20, 60))
    before = QColor(view.viewport().grab().toImage().pixel(paper))
    hands.release(start + QPoint(300, 408))
    view.settle()
    assert QColor(view.viewport().grab().toImage().pixel(paper)) == before


def field_of(hands):
    assert hands.view.gestures.inline is not None
    field = hands.view.gestures.inline.field
    assert isinstance(field, QLineEdit)
    return field


def test_a_frames_title_is_a_line_in_its_bar_and_return_keeps_it(canvas):
    hands = canvas(frame("Prepare\nand a second line"))
    hands.double_click(title(hands))
    field = field_of(hands)
    bar = hands.view.card_rect(FRAME)
    assert field.text() == "Prepare"
    assert field.geometry().topLeft() == hands.at(bar.topLeft())
    assert field.height() <= 40
    field.setText("Load and split")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hands.document.get(FRAME).text == "Load and split\nand a second line"
    assert len(hands.done) == 1


def test_escape_leaves_a_frames_title_as_it_was(canvas):
    hands = canvas(frame())
    hands.view.select({FRAME})
    hands.key(Qt.Key.Key_F2)
    field = field_of(hands)
    field.setText("Other")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not hands.done
    assert hands.document.get(FRAME).text == "Prepare"


def test_frames_are_aligned_and_distributed_with_what_lies_in_them(canvas):
    hands = framed(canvas)
    hands.view.select({FRAME, EntityId("out")})
    hands.view.gestures.commands.align("left")
    assert where(hands, "out") == (40, 500)
    assert where(hands, "in") == (64, 96), "the frame was the outermost"
    hands.view.gestures.commands.align("bottom")
    moved = where(hands, "frame")[1] - 40
    assert moved
    assert where(hands, "in") == (64, 96 + moved)
    assert where(hands, "inner") == (96, 260 + moved)
    assert where(hands, "words") == (400, 360 + moved)
    assert where(hands, "half") == (560, 96)
    assert len(hands.done) == 2
    hands.view.select({FRAME, EntityId("out"), EntityId("half")})
    before = where(hands, "in")[0] - where(hands, "frame")[0]
    hands.view.gestures.commands.distribute("horizontal")
    assert where(hands, "in")[0] - where(hands, "frame")[0] == before
