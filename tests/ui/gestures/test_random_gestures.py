"""Random hands on the real canvas: whatever they do, undoing it all gives the very same document and picture."""

import random

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.model import (
    ROOT,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    Edit,
    EntityId,
    FromLoop,
    Loop,
    Note,
    Pipeline,
    PipelineOutput,
    ids,
)
from editor.model.port_types import DATASET, MODEL, STRING
from editor.ui.canvas.gestures.command_table import COMMANDS
from tests.builders import COUNT, component, from_task, pipeline, task, value
from tests.ui.gestures.conftest import Hands, placed

# The offscreen platform has no window manager for the menus to ask.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

TRAIN = component("train", {"data": DATASET, "label": STRING}, {"model": MODEL, "note": STRING}, optional=("label",))
LOAD = component("load", {}, {"data": DATASET})
KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Period, Qt.Key.Key_Comma),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2),
)
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 6,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def sample() -> Document:
    """Something of everything: wires, a loop in a loop, an if with an else, a sub-pipeline, notes."""
    inner = Pipeline(
        id=EntityId("inner"),
        name="inner",
        outputs=(PipelineOutput(name="out", type=STRING, source=from_task("deep")),),
    )
    outer, nested = EntityId("outer"), EntityId("nested")
    return pipeline(
        TRAIN,
        LOAD,
        inner,
        task("deep", parent="inner"),
        task("sub", of=inner),
        task("load", of=LOAD),
        task("train", of=TRAIN, data=from_task("load", "data"), label=value("species")),
        task("a"),
        task("b", x=from_task("a")),
        task("count", of=COUNT, text=from_task("b"), after=("sub",)),
        Loop(id=outer, parent=ROOT, name="outer", items=Constant(["x", "y"])),
        task("in-loop", parent="outer", x=FromLoop(outer)),
        Loop(id=nested, parent=outer, name="nested", items=Constant(["1", "2"])),
        task("in-nested", parent="nested", x=from_task("in-loop")),
        Condition(id=EntityId("cond"), parent=ROOT, name="cond"),
        ConditionBranch(
            id=EntityId("yes"),
            parent=EntityId("cond"),
            name="yes",
            test=Comparison(from_task("a"), "==", Constant("x")),
        ),
        ConditionBranch(id=EntityId("no"), parent=EntityId("cond"), name="no", test=None, order=1),
        task("then", parent="yes"),
        task("else", parent="no"),
        Note(id=EntityId("note"), parent=ROOT, text="# Words", x=40, y=560, width=200, height=96),
        Note(id=EntityId("frame"), parent=ROOT, text="Frame", x=20, y=10, width=560, height=180, shape="frame"),
        placed("load", 40, 60),
        placed("train", 340, 60),
        placed("a", 40, 240),
        placed("b", 340, 240),
        placed("count", 640, 240),
        placed("sub", 640, 80),
        placed("in-loop", 400, 500),
        placed("in-nested", 760, 540),
        placed("then", 1100, 120),
        placed("else", 1100, 320),
        placed("deep", 40, 40),
    )


class Restless:
    """Hands that do anything, with a seed."""

    def __init__(self, hands: Hands, seed: int) -> None:
        self.hands = hands
        self.view = hands.view
        self.random = random.Random(seed)
        self.undone: list[Edit] = []
        self.undone_at = -1

    def step(self) -> None:
        kinds = (self.drag,) * 6 + (self.click, self.double_click, self.key, self.key, self.command, self.library)
        self.random.choice((*kinds, self.look, self.undo, self.redo))()
        self.answer()

    def place(self) -> QPoint:
        """Mostly somewhere that means something."""
        view, pick = self.view, self.random
        drawn = view.drawn()
        if not drawn or pick.random() < 0.15:
            return QPoint(pick.randint(5, 990), pick.randint(5, 690))
        entity = pick.choice(drawn)
        rect = view.card_rect(entity)
        task_or_none = view.document.get(entity)
        spots = [
            rect.topLeft() + QPointF(100, 12),
            QPointF(rect.center().x(), rect.bottom() - 3),
            rect.bottomRight() - QPointF(2, 2),
            rect.center(),
        ]
        if hasattr(task_or_none, "component"):
            ports = view.document.interface(task_or_none.component)
            spots += [view.port_position(entity, "input", port.name) for port in ports.inputs] * 2
            spots += [view.port_position(entity, "output", port.name) for port in ports.outputs] * 2
            for port in task_or_none.arguments:
                path = view.wire_path(entity, port)
                if not path.isEmpty():
                    spots.append(path.pointAtPercent(pick.random()))
        elif isinstance(task_or_none, Loop):
            spots += [view.port_position(entity, "output", "")] * 2
        return view.to_view(pick.choice(spots))

    def drag(self) -> None:
        hands, pick = self.hands, self.random
        keys = pick.choice(MODIFIERS)
        left, middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
        button = middle if pick.random() < 0.05 else left
        start, end = self.place(), self.place()
        hands.press(start, keys, button)
        for step in (0.2, 0.6, 1.0):
            hands.move(start + (end - start) * step, keys, button)
            if pick.random() < 0.04:
                hands.key(Qt.Key.Key_Escape)
            if pick.random() < 0.02:
                hands.press(end, keys, Qt.MouseButton.RightButton)
        hands.release(end, keys, button)

    def click(self) -> None:
        self.hands.click(self.place(), self.random.choice(MODIFIERS))

    def double_click(self) -> None:
        self.hands.double_click(self.place())

    def key(self) -> None:
        self.hands.key(self.random.choice(KEYS), self.random.choice(MODIFIERS))

    def command(self) -> None:
        command = self.random.choice(COMMANDS)
        if command.id != "canvas.wrap":
            self.view.gestures.commands.run(command.id)

    def library(self) -> None:
        dragged = QMimeData()
        dragged.setData("application/x-pipeloom-component", self.random.choice(("train", "load", "count")).encode())
        self.hands.drop(dragged, [self.place(), self.place()], leave=self.random.random() < 0.1)

    def look(self) -> None:
        self.view.zoom_at(QPointF(self.place()), self.random.choice((0.7, 1.3)))

    def undo(self) -> None:
        if self.hands.done:
            if self.undone_at != len(self.hands.done):
                self.undone.clear()
            self.undone.append(self.hands.done[-1])
            self.hands.undo()
            self.undone_at = len(self.hands.done)

    def redo(self) -> None:
        """As an undo stack does: what was done meanwhile forgets what was undone."""
        if self.undone and self.undone_at == len(self.hands.done):
            self.hands.do(self.undone.pop())
            self.undone_at += 1
        else:
            self.undone.clear()

    def answer(self) -> None:
        """Whatever asks something now is answered or turned away."""
        gestures, pick = self.view.gestures, self.random
        popup = gestures.quick_add
        if popup.isVisible():
            if pick.random() < 0.5:
                QTest.keyClicks(popup.field, pick.choice(("tr", "co", "if", "loop", "note", "")))
            QTest.keyClick(popup.field, pick.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        if gestures.inline is not None and gestures.inline.is_open:
            field = gestures.inline.field
            if pick.random() < 0.5:
                QTest.keyClicks(field, pick.choice(("new-name", "a", "")))
            key = pick.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape))
            QTest.keyClick(
                field, key, Qt.KeyboardModifier.ControlModifier if key == Qt.Key.Key_Return else MODIFIERS[0]
            )
            gestures.inline.close()
        menu = QApplication.activePopupWidget()
        if menu is not None:
            menu.close()
        if gestures.find_bar.isVisible():
            gestures.find_bar.shut()
        if pick.random() < 0.5:
            gestures.cancel()

    def put_down(self) -> None:
        self.answer()
        self.view.gestures.quick_add.give_up()
        self.view.gestures.cancel()
        while self.hands.done:
            self.hands.undo()


def look_again(hands: Hands) -> bytes:
    """The picture of the whole, as a person would see it after a pause."""
    view = hands.view
    view.set_scope(ROOT)
    view.select(())
    view.gestures.keyboard.set_focus(None)
    view.set_emphasis(())
    view.gestures.bubble.clear_words()
    view.gestures.minimap.set_wanted(wanted=False)
    if view.gestures.commands.is_path_shown():
        view.gestures.commands.toggle_path()
    view.reset_zoom()
    view.centre_on(QPointF(640, 380))
    view.settle()
    image = view.viewport().grab().toImage()
    return bytes(image.constBits())


@pytest.fixture
def same_ids(monkeypatch):
    """Ids of new things come from a seed too, so that a sequence that fails fails again."""
    monkeypatch.setattr(ids, "chance", random.Random(0))


def play(canvas, *, sequences: int, seed: int) -> None:
    document = sample()
    start = dict(document.entities)
    hands = canvas(document=document, shelf=(TRAIN, LOAD, COUNT))
    hands.view.gestures.glide.motion = "none"
    QGuiApplication.clipboard().clear()
    painters = len(hands.view.overlay_painters)
    before = look_again(hands)
    for number in range(sequences):
        ids.chance.seed(number)
        restless = Restless(hands, seed + number)
        for _ in range(restless.random.randint(3, 12)):
            restless.step()
        restless.put_down()
        QApplication.processEvents()
        assert document.entities == start, f"seed {seed + number}"
        assert len(hands.view.overlay_painters) == painters, f"seed {seed + number}"
        assert hands.view.gestures.active is None
        if number % 25 == 0 or number == sequences - 1:
            QApplication.processEvents()
            assert look_again(hands) == before, f"seed {seed + number}"
        if number % 5 == 0:
            hands.view.set_scope(ROOT)
            hands.view.reset_zoom()
            hands.view.centre_on(QPointF(500, 350))
    # Hands that are refused everything prove nothing.
    assert hands.applied > sequences


def test_a_few_random_sequences_come_back_to_the_same_document_and_picture(canvas, same_ids):
    play(canvas, sequences=25, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_thousand_random_sequences_come_back_to_the_same_document_and_picture(canvas, same_ids):
    play(canvas, sequences=1000, seed=1000)
