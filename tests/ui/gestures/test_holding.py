"""What a person does while the canvas follows a large edit is done after that, in its order, and does not hurry it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.ui.canvas.following import MANY_CHANGES
from editor.ui.canvas.view import CanvasView
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import pipeline, task
from tests.ui.conftest import placed, show

COUNT = MANY_CHANGES + 10
STAYS, OTHER = EntityId("stays"), EntityId("other")
MANY = [EntityId(f"t{number}") for number in range(COUNT)]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    far = [(name, 5000 + 300 * (number % 20), 200 * (number // 20)) for number, name in enumerate(MANY)]
    document = pipeline(
        *map(task, (STAYS, OTHER, *MANY)),
        *placed((STAYS, 0, 0), (OTHER, 400, 0), *far),
    )
    page = show(window, document, qtbot)
    page.view.reset_zoom()
    page.view.centre_on(QPointF(300, 0))
    page.view.setFocus()
    QApplication.processEvents()
    return page


@pytest.fixture
def view(page: DocumentPage) -> CanvasView:
    return page.view


def fall_behind(view: CanvasView) -> None:
    """Delete many, as another view of the document would."""
    view.do(edits.delete(view.document, [each for each in MANY if each in view.document]))
    assert view.is_behind


def header(view: CanvasView, entity: EntityId) -> QPoint:
    """Asked before: to ask where things are brings a view in step."""
    return view.to_view(view.card_rect(entity).topLeft() + QPointF(100, 12))


def mouse(view: CanvasView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    viewport = view.viewport()
    keys = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, QPointF(at), QPointF(viewport.mapToGlobal(at)), button, held, keys)
    QApplication.sendEvent(viewport, event)


def click(view: CanvasView, at: QPoint) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, at, LEFT, LEFT)
    mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)


def await_held(view: CanvasView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.is_behind and not view.gestures.held.is_holding)


def test_click_and_key_after_it_are_done_in_their_order(page: DocumentPage, view: CanvasView, qtbot: QtBot):
    at = header(view, STAYS)
    fall_behind(view)
    click(view, at)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.is_behind
    assert STAYS in view.document
    qtbot.waitUntil(lambda: STAYS not in view.document)
    assert OTHER in view.document
    assert page.session.undo_stack.count() == 2


def test_keys_for_what_was_impossible_before_it_are_heard(page: DocumentPage, view: CanvasView, qtbot: QtBot):
    view.select(MANY)
    QApplication.processEvents()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: view.is_behind)
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Delete)  # Nothing was selected when it was pressed: undo selects them again.
    stack = page.session.undo_stack
    seen: list[tuple[int, bool]] = []
    stack.indexChanged.connect(lambda index: seen.append((index, MANY[0] in view.document)))
    assert view.is_behind
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [(0, True), (1, False)]
    await_held(view, qtbot)


def test_drag_begun_meanwhile_comes_as_far_as_the_hand(view: CanvasView, qtbot: QtBot):
    at = header(view, STAYS)
    before = view.card_rect(STAYS).topLeft()
    fall_behind(view)
    mouse(view, QEvent.Type.MouseButtonPress, at, LEFT, LEFT)
    for step in range(1, 9):
        mouse(view, QEvent.Type.MouseMove, at + QPoint(0, 20 * step), NONE, LEFT)
    assert view.is_behind
    await_held(view, qtbot)
    assert view.gestures.active is not None
    mouse(view, QEvent.Type.MouseButtonRelease, at + QPoint(0, 160), LEFT, NONE)
    assert view.card_rect(STAYS).topLeft() == before + QPointF(0, 160)


def test_double_click_meanwhile_opens_what_is_there(view: CanvasView, qtbot: QtBot):
    nowhere = header(view, STAYS) + QPoint(-60, 200)
    fall_behind(view)
    click(view, nowhere)
    mouse(view, QEvent.Type.MouseButtonDblClick, nowhere, LEFT, LEFT)
    assert not view.gestures.quick_add.isVisible()
    qtbot.waitUntil(view.gestures.quick_add.isVisible)


def test_menu_meanwhile_is_that_of_what_is_there_after_it(view: CanvasView, qtbot: QtBot):
    at = header(view, STAYS)
    fall_behind(view)
    viewport = view.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)
    assert view.gestures.menu is None
    qtbot.waitUntil(lambda: view.gestures.menu is not None and view.gestures.menu.isVisible())
    menu = view.gestures.menu
    assert menu is not None
    assert any("Rename" in action.text() for action in menu.actions())
    menu.close()


def test_wheel_meanwhile_zooms_at_once(view: CanvasView):
    fall_behind(view)
    zoom = view.zoom
    view.zoom_by(0.001)
    assert view.is_behind
    assert view.zoom < zoom


def test_commands_of_the_window_do_not_wait(window: MainWindow, view: CanvasView):
    was_shown = window.library_dock.isVisible()
    fall_behind(view)
    window.actions_table.run("view.library-dock")
    assert window.library_dock.isVisible() != was_shown
    assert view.is_behind


def test_what_raises_keeps_no_input_waiting(page: DocumentPage, view: CanvasView, qtbot: QtBot):
    at = header(view, STAYS)
    fall_behind(view)

    def fail() -> None:
        raise LookupError("on purpose")

    with qtbot.captureExceptions() as caught:
        page.view.gestures.held.in_turn(fail)
        click(view, at)
        await_held(view, qtbot)
    assert [kind for kind, *_rest in caught] == [LookupError]
    assert view.selection == {STAYS}


def test_letters_go_to_the_field_that_a_key_before_them_opens(page: DocumentPage, view: CanvasView, qtbot: QtBot):
    view.select((STAYS,))
    QApplication.processEvents()
    fall_behind(view)
    QTest.keyClick(view, Qt.Key.Key_F2)
    QTest.keyClicks(view, "new")  # On the canvas N adds a note.
    await_held(view, qtbot)
    assert view.gestures.inline is not None
    field = view.gestures.inline.field
    assert isinstance(field, QLineEdit)
    assert field.text() == "new"
    assert page.session.undo_stack.count() == 1


def test_letters_go_to_the_quick_add_that_a_double_click_before_them_opens(
    page: DocumentPage, view: CanvasView, qtbot: QtBot
):
    nowhere = header(view, STAYS) + QPoint(-60, 200)
    fall_behind(view)
    click(view, nowhere)
    mouse(view, QEvent.Type.MouseButtonDblClick, nowhere, LEFT, LEFT)
    mouse(view, QEvent.Type.MouseButtonRelease, nowhere, LEFT, NONE)
    QTest.keyClicks(view, "new")
    await_held(view, qtbot)
    field = view.gestures.quick_add.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.text() == "new"
    assert page.session.undo_stack.count() == 1


def test_nothing_is_done_behind_a_dialog_that_was_asked_for_before(window: MainWindow, view: CanvasView, qtbot: QtBot):
    view.select((STAYS,))
    at = header(view, OTHER)
    QApplication.processEvents()
    fall_behind(view)
    dialog = QDialog(window)
    view.gestures.held.in_turn(dialog.open)
    click(view, at)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    await_held(view, qtbot)
    assert view.selection == frozenset((STAYS,))
    assert {STAYS, OTHER} <= view.document.entities.keys()
    dialog.close()
    dialog.deleteLater()


def test_key_to_pan_is_not_taken_for_held_down_where_the_focus_has_gone_meanwhile(
    window: MainWindow, view: CanvasView, qtbot: QtBot
):
    at = header(view, STAYS)
    fall_behind(view)
    QTest.keyPress(view, Qt.Key.Key_Space)
    view.clearFocus()
    await_held(view, qtbot)
    click(view, at)
    qtbot.waitUntil(lambda: view.selection == {STAYS})


def test_undo_follows_what_waits_for_its_turn_alone(
    window: MainWindow, page: DocumentPage, view: CanvasView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    view.select((STAYS,))
    QApplication.processEvents()
    monkeypatch.setattr(window.settling, "_is_in_step", lambda page: False)
    fall_behind(view)
    window.actions_table.run("canvas.delete")
    qtbot.waitUntil(lambda: not view.is_behind)
    window.actions_table.run("edit.undo")
    assert STAYS in view.document
    monkeypatch.undo()
    stack = page.session.undo_stack
    qtbot.waitUntil(lambda: (stack.count(), stack.index()) == (2, 1))
    assert STAYS in view.document


def test_what_is_done_in_two_views_keeps_its_order(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    window.actions_table.run("view.second")
    (beside,) = window.second_views.pages()
    QApplication.processEvents()
    done: list[str] = []
    monkeypatch.setattr(CanvasView, "is_behind", property(lambda each: each is beside.view))
    window.settling.hold(beside, lambda: done.append("beside"))
    window.settling.hold(page, lambda: done.append("page"))
    for _turn in range(20):
        QApplication.processEvents()
    assert done == []
    monkeypatch.undo()
    qtbot.waitUntil(lambda: done == ["beside", "page"])


def test_page_is_closed_once_however_often_that_is_asked_for(
    window: MainWindow, page: DocumentPage, view: CanvasView, qtbot: QtBot
):
    at = header(view, STAYS)
    fall_behind(view)
    page.session.undo_stack.setClean()
    click(view, at)
    window.closing.close(page)
    window.closing.close(page)
    assert page in window.pages()
    qtbot.waitUntil(lambda: page not in window.pages())


def test_tab_and_the_view_beside_it_are_closed_after_what_waits(
    window: MainWindow, page: DocumentPage, view: CanvasView, qtbot: QtBot
):
    window.actions_table.run("view.second")
    (beside,) = window.second_views.pages()
    QApplication.processEvents()
    at = header(beside.view, STAYS)
    fall_behind(view)
    page.session.undo_stack.setClean()
    click(beside.view, at)
    window.closing.close(beside)
    window.closing.close(page)
    assert {page, beside} <= set(window.pages())
    qtbot.waitUntil(lambda: not {page, beside} & set(window.pages()))
