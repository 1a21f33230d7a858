"""Whatever hands and keys do while the canvas follows a large edit comes out as if it had been done after that."""

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from editor.model import Note
from editor.ui.canvas.gestures.large_edits import nothing
from editor.ui.canvas.view import CanvasView
from editor.ui.main_window import MainWindow
from tests.builders import pipeline, task
from tests.ui.conftest import placed, show
from tests.ui.gestures.test_holding import LEFT, MANY, NONE, OTHER, STAYS, fall_behind, header, mouse

KEYS = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
PRESS, MOVE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove
RELEASE, AGAIN = QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick


class Hand:
    """Does one thing after another, and `pause` after each event. It undoes where no field is open."""

    def __init__(self, view: CanvasView, pause: Callable[[], object]) -> None:
        self._view = view
        self.pause = pause
        card = header(view, STAYS)
        self._places = [card, header(view, OTHER), card + QPoint(-60, 240)]

    def do_any(self, chance: random.Random) -> None:
        at = chance.choice(self._places)
        match chance.randrange(8):
            case 0 | 1:
                self._mouse(PRESS, RELEASE, at=at)
            case 2:
                self._mouse(PRESS, *4 * [MOVE], RELEASE, at=at)
            case 3:
                self._mouse(PRESS, RELEASE, AGAIN, RELEASE, at=at)
                self._keys("xnl", KEYS.Key_Escape)
            case 4:
                self._keys(KEYS.Key_F2, "abn", KEYS.Key_Return, KEYS.Key_Escape)
            case 5:
                self._keys(KEYS.Key_N, KEYS.Key_Escape)
            case 6:
                self._keys(chance.choice((KEYS.Key_Z, KEYS.Key_D, KEYS.Key_A)), keys=CONTROL)
            case _:
                self._keys(chance.choice((KEYS.Key_Delete, KEYS.Key_M, KEYS.Key_Right, KEYS.Key_Tab, KEYS.Key_Escape)))

    def _mouse(self, *kinds: QEvent.Type, at: QPoint) -> None:
        for kind in kinds:
            at = at + QPoint(0, 40) if kind == MOVE else at
            mouse(self._view, kind, at, NONE if kind == MOVE else LEFT, NONE if kind == RELEASE else LEFT)
            self.pause()

    def _keys(self, *pressed: Qt.Key | str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for one in pressed:
            for key in [one] if isinstance(one, Qt.Key) else one:
                QTest.keyClick(self._at(), key, keys)
                self.pause()

    def _at(self) -> QWidget:
        focus = QApplication.focusWidget()
        return focus if focus is not None and self._view.isAncestorOf(focus) else self._view


def outcome(view: CanvasView) -> list[list[object]]:
    """All that there is, by names: ids are made up."""
    document = view.document
    tasks = [(one.name, one.is_muted, document.placement(one.id)) for one in document.tasks()]
    notes = [(one.text, one.x, one.y) for one in document.entities.values() if isinstance(one, Note)]
    chosen = [getattr(document.get(one), "name", "note") for one in view.selection]
    places = [(name, muted, place and (place.x, place.y)) for name, muted, place in tasks]
    return [sorted(places, key=str), sorted(notes, key=str), sorted(chosen)]


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 8))])
def test_what_is_done_meanwhile_comes_out_as_what_is_done_later(window: MainWindow, qtbot: QtBot, seed: int):
    found: list[list[list[object]]] = []
    for is_meanwhile in (True, False):
        far = [(name, 5000 + 300 * (number % 20), 200 * (number // 20)) for number, name in enumerate(MANY)]
        document = pipeline(*map(task, (STAYS, OTHER, *MANY)), *placed((STAYS, 0, 0), (OTHER, 400, 0), *far))
        page = show(window, document, qtbot)
        view = page.view
        view.reset_zoom()
        view.centre_on(QPointF(300, 0))
        view.setFocus()
        QApplication.processEvents()

        def wait(view: CanvasView = view) -> None:
            view.gestures.pending.begin_held()
            gestures = view.gestures
            qtbot.waitUntil(lambda: not (view.is_behind or gestures.pending or gestures.held.is_holding))
            QApplication.processEvents()

        hand = Hand(view, nothing if is_meanwhile else wait)
        fall_behind(view)
        hand.pause()
        chance = random.Random(seed)
        for _number in range(chance.randrange(2, 9)):
            hand.do_any(chance)
        wait()
        found.append(outcome(view))
        view.gestures.quick_add.give_up()
        page.session.undo_stack.setClean()
        window.closing.close(page)
    assert found[0] == found[1]
