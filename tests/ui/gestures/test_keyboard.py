"""The canvas by keyboard alone."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication

from editor import edits
from editor.model import ROOT, Constant, EntityId, FromTask, Loop, Pipeline
from editor.ui.canvas.focus import Focus
from tests.builders import COUNT, from_task, task
from tests.ui.gestures.conftest import placed

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
A, B, C = EntityId("a"), EntityId("b"), EntityId("c")


@pytest.fixture
def three(canvas):
    return canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("c"),
        placed("a", 40, 40),
        placed("b", 400, 40),
        placed("c", 400, 300),
    )


def focus(hands):
    return hands.view.gestures.keyboard.focus


def test_arrows_go_along_wires_then_to_what_is_nearest(three):
    three.key(Key.Key_Right)
    assert three.view.selection == {A}
    three.key(Key.Key_Right)
    assert three.view.selection == {B}
    three.key(Key.Key_Down)
    assert three.view.selection == {C}
    three.key(Key.Key_Up)
    three.key(Key.Key_Left)
    assert three.view.selection == {A}
    assert three.view.gestures.keyboard.is_ring_shown


def test_shift_and_arrows_add(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Right, SHIFT)
    assert three.view.selection == {A, B}


def test_ctrl_and_arrows_nudge_the_selection_by_the_grid(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Down, CTRL)
    three.key(Key.Key_Right, CTRL | SHIFT)
    placement = three.document.placement(A)
    assert (placement.x, placement.y) == (72, 48)
    assert three.done[0].merge_key == three.done[1].merge_key != ""


def test_full_stop_and_comma_go_among_ports(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Period)
    assert focus(three) == Focus("input", A, "x")
    three.key(Key.Key_Period)
    assert focus(three) == Focus("output", A, "out")
    three.key(Key.Key_Period)
    assert focus(three) == Focus("node", A)
    three.key(Key.Key_Comma)
    assert focus(three) == Focus("output", A, "out")


def test_right_on_an_output_follows_its_wire_and_delete_takes_it_off(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Comma)
    three.key(Key.Key_Right)
    assert focus(three) == Focus("wire", B, "x")
    three.view.select(())
    three.key(Key.Key_Delete)
    assert three.document.task(B).arguments == {}


def test_enter_on_a_port_wires_to_the_nearest_that_fits(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Comma)
    three.key(Key.Key_Return)
    assert "c.x (1 of 2)" in three.view.gestures.bubble.words
    three.key(Key.Key_Down)
    assert "b.x (2 of 2)" in three.view.gestures.bubble.words
    three.key(Key.Key_Up)
    three.key(Key.Key_Return)
    assert three.document.task(C).arguments == {"x": FromTask(A, "out")}
    assert len(three.done) == 1


def test_keyboard_wiring_comes_to_free_inputs_before_those_that_are_fed(canvas):
    hands = canvas(
        task("a"),
        task("b"),
        task("near", x=from_task("b")),
        task("far"),
        *(placed("a", 40, 40), placed("b", 40, 400), placed("near", 400, 40), placed("far", 760, 400)),
    )
    hands.view.gestures.keyboard.set_focus(Focus("output", A, "out"))
    hands.key(Key.Key_Return)
    assert hands.view.gestures.active.choices[0] == ("b", "x")
    assert hands.view.gestures.active.choices[-1] == ("near", "x")


def test_escape_gives_keyboard_wiring_up(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Comma)
    three.key(Key.Key_Return)
    three.key(Key.Key_Escape)
    three.key(Key.Key_Return)
    three.key(Key.Key_Escape)
    assert not three.done
    assert three.view.gestures.active is None


def test_enter_on_an_input_wires_backwards(three):
    three.view.gestures.keyboard.set_focus(Focus("input", C, "x"))
    three.key(Key.Key_Return)
    three.key(Key.Key_Return)
    assert isinstance(three.document.task(C).arguments["x"], FromTask)


def test_nothing_that_fits_is_said(canvas):
    hands = canvas(task("n", of=COUNT), placed("n", 40, 40))
    hands.view.gestures.keyboard.set_focus(Focus("output", EntityId("n"), "words"))
    hands.key(Key.Key_Return)
    assert hands.view.gestures.active is None
    assert hands.view.gestures.bubble.is_refusal


def test_tab_opens_the_quick_add(three, qtbot):
    three.key(Key.Key_Tab)
    popup = three.view.gestures.quick_add
    assert popup.isVisible()
    qtbot.keyClicks(popup.field, "note")
    qtbot.keyClick(popup.field, Key.Key_Return)
    assert len(list(three.document.notes())) == 1


def choose(hands, qtbot, words):
    """Ask for something at the focus, by its first letters."""
    hands.key(Key.Key_Tab)
    popup = hands.view.gestures.quick_add
    assert popup.isVisible()
    qtbot.keyClicks(popup.field, words)
    qtbot.keyClick(popup.field, Key.Key_Return)


def test_a_pipeline_of_three_is_built_by_keyboard_from_port_to_port(canvas, qtbot):
    hands = canvas()
    choose(hands, qtbot, "step")
    hands.key(Key.Key_Comma)  # Backwards from the card: to its last port, the output.
    choose(hands, qtbot, "step")
    assert focus(hands) is None, "the keys go on from what was added"
    hands.key(Key.Key_Comma)
    choose(hands, qtbot, "count")
    names = {each.name: each.id for each in hands.document.tasks()}
    assert list(names) == ["step", "step-2", "count"]
    fed = [dict(hands.document.task(one).arguments) for one in names.values()]
    assert fed == [{}, {"x": FromTask(names["step"], "out")}, {"text": FromTask(names["step-2"], "out")}]
    rects = [hands.view.card_rect(one) for one in names.values()]
    assert rects[0].right() < rects[1].left()
    assert rects[1].right() < rects[2].left()
    assert len(hands.done) == 3


def test_tab_at_an_input_adds_what_feeds_it_to_its_left(three, qtbot):
    three.view.gestures.keyboard.set_focus(Focus("input", A, "x"))
    before = three.view.card_rect(A)
    choose(three, qtbot, "step")
    source = three.document.task(A).arguments["x"]
    assert isinstance(source, FromTask)
    assert three.view.card_rect(source.task).right() < before.left()


def test_tab_at_a_wire_puts_a_task_into_it(three, qtbot):
    three.view.gestures.keyboard.set_focus(Focus("wire", B, "x"))
    source = three.document.task(B).arguments["x"]
    choose(three, qtbot, "step")
    (added,) = three.view.selection
    assert three.document.task(B).arguments["x"] == FromTask(added, "out")
    assert three.document.task(added).arguments["x"] == source


def test_tab_at_the_item_of_a_loop_adds_inside_it(canvas, qtbot):
    hands = canvas(Loop(id=EntityId("l"), parent=ROOT, name="each", items=Constant(["x"])))
    hands.view.gestures.keyboard.set_focus(Focus("output", EntityId("l")))
    choose(hands, qtbot, "step")
    (added,) = hands.view.selection
    assert hands.document.task(added).parent == "l"
    assert set(hands.document.task(added).arguments) == {"x"}


def test_space_puts_the_focused_into_the_selection_and_out(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Space)
    assert three.view.selection == frozenset()
    three.key(Key.Key_Space)
    assert three.view.selection == {A}


def test_escape_goes_from_the_port_to_the_card_to_nothing(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_Period)
    three.key(Key.Key_Escape)
    assert focus(three) == Focus("node", A)
    three.key(Key.Key_Escape)
    assert focus(three) is None
    assert three.view.selection == frozenset()


def test_commands_have_their_keys(three):
    three.key(Key.Key_A, CTRL)
    assert three.view.selection == {A, B, C}
    three.key(Key.Key_M)
    assert all(each.is_muted for each in three.document.tasks())
    three.undo()
    three.key(Key.Key_Delete)
    assert list(three.document.tasks()) == []
    assert len(three.done) == 1


def test_copy_and_paste_go_through_the_clipboard_as_text(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_C, CTRL)
    assert "pipeloom_clipboard" in QGuiApplication.clipboard().text()
    three.key(Key.Key_V, CTRL)
    three.key(Key.Key_V, CTRL)
    assert len(list(three.document.tasks())) == 5
    assert (
        len({(each.x, each.y) for each in map(three.document.placement, [t.id for t in three.document.tasks()])}) == 5
    )


def test_pasting_what_is_no_copy_is_refused_in_words(three):
    QGuiApplication.clipboard().setText("[1, 2]")
    three.key(Key.Key_V, CTRL)
    assert three.refusals
    assert not three.done


def test_pasting_from_an_empty_clipboard_is_refused_in_words(three):
    QGuiApplication.clipboard().clear()
    three.key(Key.Key_V, CTRL)
    assert "no text" in three.refusals[0]
    assert not three.done


def test_words_are_pasted_as_a_note_that_is_selected(three):
    QGuiApplication.clipboard().setText("hello")
    three.key(Key.Key_V, CTRL)
    (note,) = three.document.notes()
    assert note.text == "hello"
    assert three.view.selection == {note.id}
    assert len(three.done) == 1


def test_files_that_are_pasted_are_as_if_dropped(three, tmp_path):
    dropped = []
    three.view.gestures.files_dropped.connect(dropped.append)
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path / "add.yaml")), QUrl("https://example.org/other.yaml")])
    QGuiApplication.clipboard().setMimeData(copied)
    three.key(Key.Key_V, CTRL)
    assert dropped == [[tmp_path / "add.yaml"]]
    assert not three.done


def test_cut_and_duplicate(three):
    three.key(Key.Key_Home)
    three.key(Key.Key_D, CTRL)
    assert len(list(three.document.tasks())) == 4
    three.key(Key.Key_X, CTRL)
    assert len(list(three.document.tasks())) == 3
    assert len(three.done) == 2


def test_f2_renames(three, qtbot):
    three.key(Key.Key_Home)
    three.key(Key.Key_F2)
    field = three.view.gestures.inline.field
    qtbot.keyClicks(field, "load")
    qtbot.keyClick(field, Key.Key_Return)
    assert three.document.task(A).name == "load"


@pytest.mark.parametrize("kind", ["loop", "ifelse", "subpipeline"])
def test_what_is_unwrapped_is_selected(three, kind):
    three.view.select({B, C})
    three.view.gestures.commands.run(f"canvas.wrap-{kind}")
    three.key(Key.Key_G, CTRL | SHIFT)
    assert sorted(three.document.task(one).name for one in three.view.selection) == ["b", "c"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_ctrl_g_asks_what_to_wrap_in_and_ctrl_shift_g_unwraps(three, qtbot):
    three.view.select({B, C})
    three.view.gestures.commands.run("canvas.wrap-loop")
    group = next(iter(three.view.selection))
    assert isinstance(three.document.get(group), Loop)
    assert three.document.task(B).parent == group
    three.key(Key.Key_G, CTRL | SHIFT)
    assert three.document.task(B).parent == ROOT
    assert three.view.selection == {B, C}
    menu = three.view.gestures.commands.wrap_menu()
    assert [action.text() for action in menu.actions()] == ["If", "If / Else", "Loop", "Exit handler", "Sub-pipeline"]
    qtbot.keyClick(menu, Key.Key_Escape)


def test_enter_opens_a_sub_pipeline_and_backspace_leaves_it(canvas):
    inner = Pipeline(id=EntityId("inner"), name="inner")
    hands = canvas(inner, task("sub", of=inner), task("deep", parent="inner"), placed("sub", 40, 40))
    hands.view.activated.connect(lambda _id: hands.view.set_scope(EntityId("inner")))
    hands.key(Key.Key_Home)
    hands.key(Key.Key_Return)
    assert hands.view.scope == "inner"
    hands.key(Key.Key_Backspace)
    assert hands.view.scope == ROOT
    assert hands.view.selection == {"sub"}


def test_zoom_keys(three):
    three.key(Key.Key_Plus)
    assert three.view.zoom == pytest.approx(1.25)
    three.key(Key.Key_Minus)
    assert three.view.zoom == pytest.approx(1)
    three.key(Key.Key_0, CTRL)
    assert three.view.visible_rect().contains(three.view.scene_bounds())


def test_a_loops_item_is_a_port_for_the_keyboard(canvas):
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant(["x", "y"]))
    hands = canvas(loop, task("b", parent="loop"), placed("b", 200, 200))
    hands.view.select({EntityId("loop")})
    hands.key(Key.Key_Period)
    assert focus(hands) == Focus("output", EntityId("loop"))
    hands.key(Key.Key_Return)
    hands.key(Key.Key_Return)
    assert hands.document.task(B).arguments["x"].loop == "loop"


def test_a_folded_loop_has_no_port_that_is_not_there(canvas):
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant(["x", "y"]))
    hands = canvas(loop, task("b", parent="loop"), placed("b", 200, 200))
    hands.view.select({EntityId("loop")})
    hands.view.gestures.commands.run("canvas.fold")
    hands.key(Key.Key_Period)
    assert focus(hands) == Focus("node", EntityId("loop"))


@pytest.mark.parametrize("kind", ["loop", "subpipeline"])
def test_what_was_wrapped_out_of_sight_comes_into_view(three, kind: str):
    view = three.view
    view.select({B, C})
    view.pan_by(-3000, 0)
    view.gestures.commands.run(f"canvas.wrap-{kind}")
    (made,) = view.selection
    assert view.visible_rect().contains(view.card_rect(made))


def test_series_and_order(three):
    three.view.select({A, C})
    three.view.gestures.commands.run("canvas.connect-series")
    assert three.document.task(C).arguments == {"x": FromTask(A, "out")}
    three.view.select({B, C})
    three.view.gestures.commands.run("canvas.run-in-order")
    assert three.document.task(C).after == (B,)
    three.view.select({A})
    three.view.gestures.commands.run("canvas.disconnect")
    assert three.document.task(B).arguments == {}
    assert three.document.task(C).arguments == {}
    assert len(three.done) == 3


def test_align_and_distribute(three):
    three.key(Key.Key_A, CTRL)
    three.view.gestures.commands.run("canvas.align-left")
    assert {three.document.placement(each).x for each in (A, B, C)} == {40}


def test_path_highlight_is_a_switch_and_follows_the_selection(three):
    brought_forward = []
    three.view.set_emphasis = brought_forward.append
    commands = three.view.gestures.commands
    three.view.select({A})
    three.key(Key.Key_H)
    assert commands.is_checked("canvas.highlight-path")
    assert brought_forward[-1] == {A, B}
    three.click(three.header("c"))
    assert brought_forward[-1] == {C}
    three.key(Key.Key_H)
    assert brought_forward[-1] == set()
    assert not commands.is_checked("canvas.highlight-path")


def test_what_would_change_a_read_only_document_is_off(three):
    three.view.select({A})
    three.view.set_read_only(True)
    commands = three.view.gestures.commands
    assert not commands.is_enabled("canvas.delete")
    assert commands.is_enabled("canvas.copy")
    three.key(Key.Key_Delete)
    three.key(Key.Key_Right, CTRL)
    assert not three.done


def test_ids_and_keys_are_unique():
    from editor.ui.canvas.gestures.command_table import BY_ID, COMMANDS

    assert len(BY_ID) == len(COMMANDS)
    keys = [key for command in COMMANDS for key in command.shortcuts]
    assert len(keys) == len(set(keys))


def test_l_lays_out_as_one_step_and_a_window_may_have_it_done_elsewhere(three):
    three.key(Key.Key_L)
    assert len(three.done) == 1
    assert all(change.id.startswith("@") for change in three.done[0].changes)
    three.undo()
    waiting = []
    three.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    three.key(Key.Key_L)
    assert not three.done
    make, done = waiting[0]
    done(make())
    assert len(three.done) == 1


def test_a_layout_of_a_document_that_has_moved_on_is_made_anew(three):
    waiting = []
    three.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    three.key(Key.Key_L)
    three.view.do(edits.rename(three.document, EntityId("a"), "other"))
    make, done = waiting.pop()
    done(make())
    assert len(three.done) == 1
    make, done = waiting.pop()
    done(make())
    assert len(three.done) == 2
    assert not three.refusals


def test_a_nudge_while_a_layout_is_made_comes_after_it(three):
    waiting = []
    three.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    three.key(Key.Key_L)
    three.key(Key.Key_A, CTRL)
    three.key(Key.Key_Right, CTRL)
    assert not three.done
    make, done = waiting.pop()
    done(make())
    assert [edit.label for edit in three.done] == ["Arrange", "Move"]
