"""Edits of many things are worked out beside the window and come as one step of undo."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Change, Edit, EntityId, FromTask, Loop
from editor.model.metrics import GRID
from editor.ui.canvas.gestures.clipping import PASTE_STEP
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.large_edits import MANY, at_once, attempt
from editor.ui.canvas.gestures.move import MoveGesture
from editor.ui.canvas.gestures.trying import REST_MS
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import AnsweringAsk, placed, show

NO_KEYS = Qt.KeyboardModifier.NoModifier
Waits = list[Callable[[], None]]


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    """More tasks than are edited at once, in a row."""
    names = [f"t{number}" for number in range(MANY + 5)]
    tasks = [task(name, **({"x": from_task(names[number - 1])} if number else {})) for number, name in enumerate(names)]
    return show(window, pipeline(*tasks, *placed(*((name, 300 * n, 0) for n, name in enumerate(names)))), qtbot)


def count(page: DocumentPage) -> int:
    return len(page.session.document.children(ROOT))


def test_a_large_duplicate_is_one_step_and_selected(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    before = page.session.document.snapshot()
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    assert count(page) == MANY + 5
    qtbot.waitUntil(lambda: count(page) == 2 * (MANY + 5))
    assert len(page.view.selection) == MANY + 5
    assert not page.view.selection & set(before.entities)
    page.session.undo_stack.undo()
    assert page.session.document.entities == before.entities


def test_it_is_worked_out_anew_if_the_document_changed_meanwhile(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    qtbot.waitUntil(lambda: count(page) == 2 * (MANY + 5))
    document = page.session.document
    assert {document.node(each).name for each in page.view.selection} >= {"other-2"}


def unplug_nearly_all(window: MainWindow, page: DocumentPage) -> list[EntityId]:
    chosen = [EntityId(f"t{number}") for number in range(MANY + 2)]
    page.view.select(chosen)
    window.actions_table.run("canvas.disconnect")
    return chosen


def test_unplugging_many_is_one_step(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    chosen = unplug_nearly_all(window, page)
    document = page.session.document
    assert document.task(chosen[1]).arguments
    qtbot.waitUntil(lambda: not document.task(chosen[1]).arguments)
    assert not any(document.task(each).arguments for each in chosen)
    assert page.session.undo_stack.count() == 1


def test_what_is_gone_when_it_is_worked_out_anew_is_passed_by(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    chosen = unplug_nearly_all(window, page)
    document = page.session.document
    page.do(edits.delete(document, [chosen[3]]))
    qtbot.waitUntil(lambda: not document.task(chosen[1]).arguments)
    assert chosen[3] not in document
    assert not any(document.task(each).arguments for each in chosen if each != chosen[3])


def test_running_many_in_order_is_one_step(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.run-in-order")
    document, last = page.session.document, EntityId(f"t{MANY + 4}")
    qtbot.waitUntil(lambda: bool(document.task(last).after))
    assert document.task(last).after == (EntityId(f"t{MANY + 3}"),)
    assert page.session.undo_stack.count() == 1


def test_large_pastes_without_a_pointer_lie_beside_each_other(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.clipping.LETTERS_A_TASK", 1)
    clipping = page.view.gestures.commands.clipping
    page.view.gestures.cursor_scene = None
    window.actions_table.run("canvas.select-all")
    clipping.copy()
    corners: list[QPointF] = []
    for times in (2, 3):
        clipping.paste()
        qtbot.waitUntil(lambda times=times: count(page) == times * (MANY + 5))
        corners.append(page.view.bounds_of(page.view.selection).topLeft())
    assert corners[1] - corners[0] == QPointF(PASTE_STEP, PASTE_STEP)


def move_hand(page: DocumentPage, to: QPoint, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """With the left button down."""
    port, at = page.view.viewport(), QPointF(to)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    QApplication.sendEvent(port, QMouseEvent(QEvent.Type.MouseMove, at, port.mapToGlobal(at), none, left, keys))


def drag_all(page: DocumentPage, keys: Qt.KeyboardModifier = NO_KEYS) -> tuple[QPointF, QPointF]:
    """Take hold of all by the first one's header and let go below; where that was, and is drawn now."""
    view, first = page.view, EntityId("t0")
    view.centre_on(view.card_rect(first).center())
    before = view.card_rect(first).topLeft()
    view.select(page.session.document.children(ROOT))
    start = view.to_view(before + QPointF(60, 12))
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, keys, start)
    for step in (20, 60, 100):
        move_hand(page, start + QPoint(0, step), keys)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, keys, start + QPoint(0, 100))
    return before, view.card_rect(first).topLeft()


def test_many_that_are_dragged_stay_where_they_were_dropped(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    before, dropped = drag_all(page)
    assert dropped.y() > before.y() + 50
    assert page.session.undo_stack.count() == 0
    waits.pop()()
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    assert page.session.document.placement(EntityId("t0")).y == dropped.y()
    page.session.undo_stack.undo()
    assert page.view.card_rect(EntityId("t0")).topLeft() == before


def test_undo_gives_up_what_is_being_worked_out_and_nothing_else(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    before, dropped = drag_all(page)
    assert dropped != before
    window.actions_table.run("edit.undo")
    assert page.view.card_rect(EntityId("t0")).topLeft() == before
    waits.pop()()
    assert page.session.document.node(EntityId("t3")).name == "other"
    assert page.view.card_rect(EntityId("t0")).topLeft() == before
    assert page.session.undo_stack.count() == 1
    window.actions_table.run("edit.undo")
    assert page.session.document.node(EntityId("t3")).name == "t3"


def test_the_first_edit_of_a_document_can_be_given_up_too(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], qtbot: QtBot
):
    undo = window.actions_table["edit.undo"]
    assert not undo.isEnabled()
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    qtbot.waitUntil(undo.isEnabled)
    undo.trigger()
    waits.pop()()
    assert count(page) == MANY + 5
    qtbot.waitUntil(lambda: not undo.isEnabled())


def test_what_was_dropped_stays_through_another_edit(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    _before, dropped = drag_all(page)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    page.do(edits.delete(page.session.document, [EntityId("t4")]))
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    waits.pop()()
    waits.pop()()
    assert page.session.document.placement(EntityId("t0")).y == dropped.y()
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    assert page.view.columns.lifted is None


def test_another_drag_meanwhile_moves_what_is_under_the_hand(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    view, other, hand = page.view, EntityId("t1"), object()
    before, dropped = drag_all(page)
    x = view.card_rect(other).x()
    view.set_drag_offset({other}, 40.0, 0.0, owner=hand)
    assert view.card_rect(other).topLeft() == QPointF(x + 40, before.y())
    assert view.card_rect(EntityId("t0")).topLeft() == before
    waits.pop()()
    assert view.card_rect(EntityId("t0")).topLeft() == dropped
    assert view.card_rect(other).topLeft() == QPointF(x + 40, dropped.y()), "it is held still"
    view.clear_drag_offset(hand)
    assert view.card_rect(other).topLeft() == QPointF(x, dropped.y())


def test_a_tab_closes_when_what_is_being_worked_out_is_there(
    window: MainWindow,
    page: DocumentPage,
    ask: AnsweringAsk,
    waits: list[Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    page.session.undo_stack.setClean()
    drag_all(page)
    window.closing.close(page)
    window.close()
    assert page in window.pages()
    assert not ask.asked
    waits.pop()()
    assert len(ask.asked) == 2, "there is something to save now"
    assert page in window.pages()


def test_a_late_duplicate_leaves_alone_what_was_selected_meanwhile(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]]
):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    page.view.select([EntityId("t2")])
    waits.pop()()
    assert count(page) == 2 * (MANY + 5)
    assert page.view.selection == {EntityId("t2")}


@pytest.mark.parametrize(("command", "left"), [("canvas.delete", MANY + 4), ("edit.undo", MANY + 5)])
def test_a_command_given_during_a_drag_ends_the_drag(window: MainWindow, page: DocumentPage, command: str, left: int):
    view, first = page.view, EntityId("t0")
    refused: list[object] = []
    view.refused.connect(refused.append)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    view.centre_on(view.card_rect(first).center())
    view.select([first])
    start = view.to_view(view.card_rect(first).topLeft() + QPointF(60, 12))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, start)
    move_hand(page, start + QPoint(0, 60))
    assert view.columns.lifted is not None
    window.actions_table.run(command)
    assert view.columns.lifted is None
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, start + QPoint(0, 60))
    assert count(page) == left
    assert page.session.document.node(EntityId("t3")).name == "other"
    assert not refused


def test_copies_of_many_come_when_they_are_made(page: DocumentPage, waits: list[Callable[[], None]]):
    before, _dropped = drag_all(page, Qt.KeyboardModifier.AltModifier)
    assert count(page) == MANY + 5
    waits.pop()()
    assert count(page) == 2 * (MANY + 5)
    assert len(page.view.selection) == MANY + 5
    assert page.view.card_rect(EntityId("t0")).topLeft() == before


def hold_many_that_may_not_go_into_the_group(page: DocumentPage) -> None:
    """The group runs over what one of them gives."""
    group = Loop(id=EntityId("g"), parent=ROOT, name="each", items=FromTask(EntityId(f"t{MANY}"), "out"))
    page.do(Edit("Add", tuple(Change(each.id, None, each) for each in (group, *placed(("g", -40, 60))))))
    page.view.select([EntityId(f"t{number}") for number in range(MANY + 1)])


def pointer(page: DocumentPage, scene: QPointF) -> Pointer:
    return Pointer(scene, page.view.to_view(scene), NO_KEYS)


def test_many_held_over_a_group_that_cannot_take_them_say_so(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    view, refused, bubble = page.view, [], page.view.gestures.bubble
    view.refused.connect(refused.append)
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(view)
    start, inside = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12), view.card_rect(EntityId("g")).center()
    gesture.start(pointer(page, start))
    gesture.move(pointer(page, inside))
    assert bubble.words == "Release to move into 'each'"
    qtbot.waitUntil(lambda: bubble.is_refusal)
    said = bubble.words
    gesture.move(pointer(page, inside + QPointF(1, 0)))
    assert bubble.words == said
    revision = page.session.document.revision
    gesture.release(pointer(page, inside))
    assert [str(error) for error in refused] == [said], "at once, and as it was said"
    assert page.session.document.revision == revision


def test_many_are_tried_where_the_hand_rests_and_for_one_place_at_a_time(
    page: DocumentPage, waits: list[Callable[[], None]], qtbot: QtBot
):
    view = page.view
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(view)
    start, inside = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12), view.card_rect(EntityId("g")).center()
    gesture.start(pointer(page, start))
    gesture.move(pointer(page, inside))
    gesture.move(pointer(page, start + QPointF(0, -90)))
    qtbot.wait(2 * REST_MS)
    assert not waits, "it only passed by"
    gesture.move(pointer(page, inside))
    qtbot.waitUntil(lambda: bool(waits))
    gesture.cancel()
    waits.pop()()
    assert not view.gestures.bubble.words, "nothing is said of what is not held any more"
    assert not waits


def test_many_that_may_not_go_into_a_group_fly_back(page: DocumentPage, waits: list[Callable[[], None]]):
    document, refused = page.session.document, []
    page.view.refused.connect(refused.append)
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(page.view)
    start = page.view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12)
    inside = page.view.card_rect(EntityId("g")).center()
    before = document.snapshot()
    gesture.start(Pointer(start, page.view.to_view(start), NO_KEYS))
    gesture.release(Pointer(inside, page.view.to_view(inside), NO_KEYS))
    assert not refused, "it was not tried on the way"
    waits.pop()()
    assert refused
    assert document.entities == before.entities
    assert page.view.card_rect(EntityId("t0")).topLeft() == start - QPointF(60, 12)


@pytest.fixture
def waits(page: DocumentPage, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """What is worked out elsewhere, each to be called when it shall be there; everything is large."""
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(
        page.view.gestures.commands, "in_background", lambda *call: waiting.append(partial(at_once, *call))
    )
    monkeypatch.setattr("editor.ui.canvas.gestures.clipping.MANY_SIMPLE", 1)
    QGuiApplication.clipboard().setText("before")
    yield waiting
    page.view.gestures.pending.begin_held()
    while waiting:  # else the window would wait for them at its end
        waiting.pop(0)()


def test_a_paste_waits_for_a_large_copy(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping = page.view.gestures.commands.clipping
    page.view.select([EntityId("t1"), EntityId("t2")])
    clipping.copy()
    clipping.paste()
    page.do(edits.delete(page.session.document, [EntityId("t2")]))
    assert QGuiApplication.clipboard().text() == "before"
    waits.pop()()
    assert "pipeloom_clipboard" in QGuiApplication.clipboard().text()
    assert count(page) == MANY + 5 - 1 + 2, "as it was when it was copied"


def test_a_large_cut_fills_the_clipboard_first(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping = page.view.gestures.commands.clipping
    chosen = [EntityId("t1"), EntityId("t2")]
    page.view.select(chosen)
    clipping.cut()
    page.do(edits.rename(page.session.document, EntityId("t2"), "other"))
    waits.pop()()
    assert "t2" in page.session.document, "it is worked out anew"
    waits.pop()()
    assert not set(chosen) & set(page.session.document.entities)
    assert '"other"' in QGuiApplication.clipboard().text()
    assert not page.view.selection


def test_a_large_copy_that_is_refused_changes_nothing(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping, refused = page.view.gestures.commands.clipping, []
    page.view.refused.connect(refused.append)
    page.do(edits.set_constant(page.session.document, EntityId("t0"), "x", "\ud800"))
    page.view.select([EntityId("t0"), EntityId("t1")])
    clipping.copy()
    clipping.paste()
    waits.pop()()
    assert refused
    assert count(page) == MANY + 5
    assert QGuiApplication.clipboard().text() == "before"


def test_copies_land_in_the_pipeline_that_they_were_dropped_in(page: DocumentPage, waits: list[Callable[[], None]]):
    document, view = page.session.document, page.view
    edit, made = edits.extract_subpipeline(document, [EntityId("t0"), EntityId("t1")])
    page.do(edit)
    for number in range(MANY + 5):
        page.do(edits.add_note(document, ROOT, str(number), x=300.0 * number, y=600)[0])
    notes = [note.id for note in document.notes()]
    view.select(notes)
    gesture = MoveGesture(view)
    start = view.card_rect(notes[0]).topLeft() + QPointF(20, 10)
    below = start + QPointF(0, 300)
    gesture.start(pointer(page, start))
    gesture.release(Pointer(below, view.to_view(below), Qt.KeyboardModifier.AltModifier))
    page.enter(made)
    waits.pop()()
    copies = [note for note in document.notes() if note.id not in notes]
    assert len(copies) == MANY + 5
    assert {note.parent for note in copies} == {ROOT}


@pytest.fixture
def nudged(page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """One step to the right by key, of all there is."""
    monkeypatch.setattr("editor.ui.canvas.keyboard.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    page.view.select(page.session.document.children(ROOT))
    page.view.setFocus()
    return lambda: QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)


def x_of(page: DocumentPage) -> tuple[float, float]:
    """Where the second task is drawn, and where the document says it is."""
    placement = page.session.document.placement(EntityId("t1"))
    assert placement is not None
    return page.view.card_rect(EntityId("t1")).x(), placement.x


def test_many_are_nudged_at_once_and_edited_when_the_keys_rest(
    page: DocumentPage, waits: list[Callable[[], None]], nudged: Callable[[], None]
):
    for _ in range(3):
        nudged()
    assert x_of(page) == (300 + 3 * GRID, 300)
    assert not waits
    page.view.gestures.pending.begin_held()
    nudged()
    assert x_of(page) == (300 + 4 * GRID, 300)
    waits.pop()()
    assert x_of(page) == (300 + 4 * GRID, 300 + 3 * GRID)
    page.view.gestures.pending.begin_held()
    waits.pop()()
    assert x_of(page) == (300 + 4 * GRID, 300 + 4 * GRID)
    assert page.view.columns.lifted is None
    assert page.session.undo_stack.count() == 1
    page.session.undo_stack.undo()
    assert x_of(page) == (300, 300)


def test_undo_gives_the_last_steps_of_a_nudge_up(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], nudged: Callable[[], None]
):
    nudged()
    page.view.gestures.pending.begin_held()
    nudged()
    window.actions_table.run("edit.undo")
    assert x_of(page) == (300 + GRID, 300)
    waits.pop()()
    assert x_of(page) == (300 + GRID, 300 + GRID)
    nudged()
    window.actions_table.run("edit.undo")
    assert x_of(page) == (300 + GRID, 300 + GRID)
    assert page.view.columns.lifted is None


def test_what_was_nudged_lies_there_before_anything_else(
    page: DocumentPage,
    waits: list[Callable[[], None]],
    nudged: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("editor.ui.panels.inspector.panel.LARGE", 0)
    nudged()
    page.view.select([EntityId("t0")])
    assert len(waits) == 1
    waits.pop()()
    assert x_of(page) == (300 + GRID, 300 + GRID)
    page.do(edits.move(page.session.document, {EntityId("t1"): (0.0, 500.0)}))
    page.view.select(page.session.document.children(ROOT))
    nudged()
    assert x_of(page) == (GRID, 0), "a nudge begins where things are"


def test_a_nudge_is_made_when_the_hand_pauses(page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.ui.canvas.keyboard.MANY_SIMPLE", 1)
    page.view.select(page.session.document.children(ROOT))
    QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert x_of(page) == (300 + GRID, 300)
    qtbot.waitUntil(lambda: x_of(page)[1] == 300 + GRID)
    assert not page.view.gestures.pending


def test_a_nudge_leaves_what_is_moved_elsewhere_meanwhile(page: DocumentPage, nudged: Callable[[], None], waits: Waits):
    document = page.session.document
    nudged()
    page.do(edits.move(document, {EntityId("t1"): (5000.0, 0.0)}))
    nudged()
    page.view.gestures.pending.begin_held()
    waits.pop()()
    assert x_of(page) == (5000 + 2 * GRID, 5000 + 2 * GRID)


def test_a_nudge_of_one_counts_beside_a_drag_of_many(page: DocumentPage, waits: Waits, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    view, document = page.view, page.session.document
    view.select(document.children(ROOT))
    gesture = MoveGesture(view)
    start = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12)
    below = start + QPointF(0, 800)
    gesture.start(pointer(page, start))
    gesture.release(Pointer(below, view.to_view(below), Qt.KeyboardModifier.ControlModifier))
    assert len(waits) == 1
    view.select([EntityId("t1")])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    while waits:
        waits.pop(0)()
    placements = [document.placement(EntityId(each)) for each in ("t1", "t2")]
    assert [each and each.y for each in placements] == [800 + GRID, 800]


def test_of_a_large_edit_and_a_small_one_the_later_counts(
    window: MainWindow, page: DocumentPage, waits: Waits, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    monkeypatch.setattr("editor.ui.canvas.gestures.commands.MANY_SIMPLE", 1)
    document, done = page.session.document, list[str]()
    page.view.select(document.children(ROOT))
    window.actions_table.run("canvas.disconnect")
    window.actions_table.run("canvas.mute")
    again = from_task("t0")
    attempt(
        page.view,
        lambda: edits.connect(document, again, EntityId("t1"), "x"),
        lambda: done.append(page.session.undo_stack.text(page.session.undo_stack.count() - 1)),
    )
    assert not done
    waits.pop(0)()
    qtbot.waitUntil(lambda: bool(waits))
    waits.pop(0)()
    assert document.task(EntityId("t1")).arguments == {"x": again}
    assert not document.task(EntityId("t2")).arguments
    assert len(done) == 1
    assert page.session.undo_stack.count() == 3
    assert not page.view.gestures.pending


def test_a_small_edit_that_waits_is_given_up_first(window: MainWindow, page: DocumentPage, waits: Waits):
    document, chosen = page.session.document, unplug_nearly_all(window, page)
    attempt(page.view, lambda: edits.connect(document, from_task("t0"), EntityId("t1"), "x"))
    window.actions_table.run("edit.undo")
    waits.pop()()
    assert not any(document.task(each).arguments for each in chosen)


def test_a_note_lies_where_it_was_asked_for(window: MainWindow, page: DocumentPage, waits: Waits):
    document = page.session.document
    edit, made = edits.extract_subpipeline(document, [EntityId("t3"), EntityId("t4")])
    page.do(edit)
    page.view.select(document.children(ROOT))
    window.actions_table.run("canvas.disconnect")
    page.view.select(())
    page.view.gestures.commands.add_note("note")
    assert not list(document.notes())
    page.enter(made)
    waits.pop()()
    assert [note.parent for note in document.notes()] == [ROOT]
    assert not page.view.selection
