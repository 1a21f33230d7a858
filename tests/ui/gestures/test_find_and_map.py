"""Find on the canvas, the minimap, tips: looking, never changing."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt

from editor import edits
from editor.model import ROOT, EntityId, Note
from editor.ui.canvas import find
from editor.ui.canvas.gestures.tips import tip_words
from tests.builders import COUNT, from_task, pipeline, task
from tests.ui.gestures.conftest import placed

Key = Qt.Key


@pytest.fixture
def many(canvas):
    tasks = [task(f"train-{number}" if number % 2 else f"load-{number}") for number in range(6)]
    places = [placed(each.id, 400 * number, 300 * number) for number, each in enumerate(tasks)]
    note = Note(id=EntityId("n"), parent=ROOT, text="Train it twice", x=0, y=500, width=200, height=100)
    return canvas(*tasks, *places, note)


def test_find_goes_through_the_hits_in_reading_order_and_counts_them(many, qtbot):
    bar = many.view.gestures.find_bar
    many.key(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bar.isVisible()
    assert bar.field.hasFocus()
    qtbot.keyClicks(bar.field, "train")
    assert bar.count.text() == "1 of 4"
    assert many.view.selection == {"n"}
    qtbot.keyClick(bar.field, Key.Key_Return)
    assert many.view.selection == {"train-1"}
    assert many.view.visible_rect().contains(many.view.card_rect(EntityId("train-1")))
    qtbot.keyClick(bar.field, Key.Key_Up)
    assert many.view.selection == {"n"}
    qtbot.keyClick(bar.field, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert many.view.selection == {"train-5"}
    qtbot.keyClicks(bar.field, "zzz")
    assert bar.count.text() == "No hits"
    qtbot.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    assert many.view.hasFocus()
    assert not many.done


def test_hit_that_one_goes_to_can_be_read(many, qtbot):
    view, bar = many.view, many.view.gestures.find_bar
    view.zoom_by(0.1 / view.zoom)
    bar.open()
    qtbot.keyClicks(bar.field, "train-5")
    assert view.zoom < 0.11, "letters leave the picture as it is"
    qtbot.keyClick(bar.field, Key.Key_Return)
    assert view.zoom > 0.5
    assert view.visible_rect().contains(view.card_rect(EntityId("train-5")))


def test_find_follows_the_document(many, qtbot):
    bar = many.view.gestures.find_bar
    bar.open()
    qtbot.keyClicks(bar.field, "load")
    assert bar.count.text() == "1 of 3"
    many.view.select({EntityId("load-0")})
    many.view.gestures.commands.delete()
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")


def test_many_hits_come_in_later_turns_all_at_once(many, qtbot, monkeypatch: pytest.MonkeyPatch):
    bar = many.view.gestures.find_bar
    bar.open()
    bar.field.setText("train")
    monkeypatch.setattr(find, "MANY_HITS", 1)
    bar.field.setText("load")
    assert bar.count.text() == "1 of 4", "those of before, until the others are known"
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    assert bar.hits == ["load-0", "load-2", "load-4"]
    assert many.view.selection == {"load-0"}


def test_find_knows_components_and_ports(canvas, qtbot):
    hands = canvas(task("a"), task("n", of=COUNT), placed("a", 0, 0), placed("n", 0, 300))
    bar = hands.view.gestures.find_bar
    bar.open()
    qtbot.keyClicks(bar.field, "words")
    assert bar.hits == ["n"]


def test_the_minimap_hides_when_all_is_in_view_and_comes_back(many, qtbot):
    minimap = many.view.gestures.minimap
    qtbot.waitUntil(minimap.isVisible)
    many.view.fit()
    assert not minimap.isVisible()
    many.view.reset_zoom()
    assert minimap.isVisible()
    many.view.gestures.commands.run("canvas.minimap")
    assert not minimap.isVisible()
    assert not many.view.gestures.commands.is_checked("canvas.minimap")


def test_dragging_on_the_minimap_moves_the_view(many, qtbot):
    minimap = many.view.gestures.minimap
    qtbot.waitUntil(minimap.isVisible)
    minimap.grab()
    target = many.view.card_rect(EntityId("train-5")).center()
    at = minimap.to_map(many.view.card_rect(EntityId("train-5"))).center().toPoint()
    qtbot.mousePress(minimap, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(minimap, at + QPoint(1, 1))
    qtbot.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=at)
    away = many.view.visible_rect().center() - target
    assert abs(away.x()) < 60
    assert abs(away.y()) < 60
    assert not many.done


def test_the_frame_on_the_map_is_dragged_as_it_lies(many, qtbot):
    minimap = many.view.gestures.minimap
    qtbot.waitUntil(minimap.isVisible)
    minimap.grab()
    before = many.view.visible_rect()
    seen = minimap.to_map(before)
    at = (seen.topLeft() + QPointF(2, 2)).toPoint()
    qtbot.mousePress(minimap, Qt.MouseButton.LeftButton, pos=at)
    assert (many.view.visible_rect().center() - before.center()).manhattanLength() < 4
    qtbot.mouseMove(minimap, at + QPoint(6, 0))
    moved = minimap.to_map(many.view.visible_rect()).topLeft() - seen.topLeft()
    assert (moved - QPointF(6, 0)).manhattanLength() < 1
    qtbot.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=at)


def test_a_hand_that_leaves_the_map_keeps_the_view_on_what_there_is(many, qtbot):
    minimap = many.view.gestures.minimap
    qtbot.waitUntil(minimap.isVisible)
    minimap.grab()
    at = minimap.rect().center()
    qtbot.mousePress(minimap, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(minimap, QPoint(-900, -700))
    middle = many.view.visible_rect().center()
    assert many.view.scene_bounds().adjusted(-2, -2, 2, 2).contains(middle)
    qtbot.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=at)


def test_what_is_revealed_does_not_lie_under_the_map(many, qtbot):
    minimap, view = many.view.gestures.minimap, many.view
    qtbot.waitUntil(minimap.isVisible)
    for number in range(6):
        card = view.card_rect(EntityId(f"train-{number}" if number % 2 else f"load-{number}"))
        under = view.to_scene(minimap.geometry().center())
        view.centre_on(card.center() - under + view.visible_rect().center())
        view.reveal(EntityId(f"train-{number}" if number % 2 else f"load-{number}"))
        seen = QRect(view.to_view(card.topLeft()), view.to_view(card.bottomRight()))
        assert minimap.isVisible()
        assert not seen.intersects(minimap.geometry())
        assert view.viewport().rect().contains(seen)
        before = view.visible_rect()
        view.reveal(EntityId(f"train-{number}" if number % 2 else f"load-{number}"))
        assert view.visible_rect() == before, "once is enough"


def test_the_maps_two_directions_agree(many, qtbot):
    minimap = many.view.gestures.minimap
    qtbot.waitUntil(minimap.isVisible)
    minimap.grab()
    point = QPointF(300, 700)
    there = minimap.to_map(many.view.card_rect(EntityId("train-1")))
    assert minimap.to_scene(there.topLeft()) == many.view.card_rect(EntityId("train-1")).topLeft()
    assert minimap.to_scene(QPointF(0, 0)) != point


def test_tips_tell_type_need_and_source(canvas):
    document = pipeline(task("a"), task("n", of=COUNT, text=from_task("a")))
    hands = canvas(document=document)
    hit = hands.view.hit_of("input", EntityId("n"), "text")
    assert tip_words(document, hit) == "text: STRING, required\nFed by a.out"
    assert tip_words(document, hands.view.hit_of("output", EntityId("n"), "words")) == "words: NUMBER_INTEGER"
    assert tip_words(document, hands.view.hit_none()) == ""


def test_find_goes_to_no_hit_that_has_just_gone(many, qtbot):
    view, bar = many.view, many.view.gestures.find_bar
    bar.open()
    qtbot.keyClicks(bar.field, "load")
    assert view.selection == {"load-0"}
    view.document.apply(edits.delete(view.document, [EntityId("load-2")]))
    bar.step(1)
    assert view.selection == {"load-4"}
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 2")


def test_find_bar_lies_over_no_hit_that_one_goes_to(many):
    view, bar = many.view, many.view.gestures.find_bar
    bar.open()
    at = bar.geometry().center()
    hit = EntityId("load-2")
    there = view.to_view(view.card_rect(hit).center())
    view.pan_by(at.x() - there.x(), at.y() - there.y())
    bar.field.setText("load-2")
    assert view.selection == {hit}
    assert view.to_view(view.card_rect(hit).topLeft()).y() > bar.geometry().bottom()
    assert view.visible_rect().contains(view.card_rect(hit))


def test_thousands_of_hits_are_counted_as_elsewhere(many):
    bar = many.view.gestures.find_bar
    bar.open()
    bar.field.setText("load")
    bar.hits = [EntityId("load-0")] * 1234
    bar.step(-1)
    assert bar.count.text() == "1,234 of 1,234"
