"""The widget: cameras, selection, marks, and a picture that is always what a full repaint would give."""

import random

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from editor import edits
from editor.model import ROOT, Change, Constant, Document, Edit, EntityId, Loop, placement_id
from editor.model.port_types import MODEL
from editor.ui import theme
from editor.ui.canvas import layer, lifting, painting
from editor.ui.canvas.curves import Floats, Ints
from editor.ui.canvas.group_painter import GroupPainter
from editor.ui.canvas.types import TaskBadge
from editor.ui.canvas.view import CanvasView
from tests.builders import component, from_task, pipeline, task
from tests.ui.canvas.scenes import NoLibrary, at, everything, shown

TRAIN, LOOP, COND = EntityId("train"), EntityId("loop"), EntityId("cond")


@pytest.fixture(autouse=True)
def _no_stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every card is drawn in the frame that needs it, however slow the machine."""
    monkeypatch.setattr(layer, "FRESH_CARDS_S", float("inf"))
    monkeypatch.setattr(painting, "FRESH_CARDS_S", float("inf"))
    monkeypatch.setattr(layer, "LITTLE_EFFORT", 10**9)
    monkeypatch.setattr(layer, "LITTLE_MENDING", 10**9)


class Picture:
    """Equal to another up to what Qt rounds differently where an antialiased shape meets the edge of a clip.

    That is a few levels of 255, and more in a handful of pixels; anything left standing would be hundreds of pixels.
    """

    HAIR = 4
    HANDFUL = 40

    def __init__(self, image: QImage) -> None:
        self.image = image

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Picture)
        mine, others = self._pixels(), other._pixels()
        # Most pictures are the same to the last bit, or differ in few rows; only those are looked at closely.
        rows = (mine != others).any(axis=1)
        away = np.abs(self._colors(mine[rows]) - self._colors(others[rows])).max(axis=2)
        return int((away > self.HAIR).sum()) <= self.HANDFUL

    def _pixels(self) -> np.ndarray:
        """A row of pixels in a row of the array."""
        return np.frombuffer(self.image.constBits(), np.uint32).reshape(self.image.height(), self.image.width())

    @staticmethod
    def _colors(rows: np.ndarray) -> np.ndarray:
        return np.stack([rows >> shift & 255 for shift in (0, 8, 16)], axis=2).astype(np.int16)

    __hash__ = None


def picture(view: CanvasView) -> Picture:
    """What the canvas itself paints, without the map and the bubbles that lie on it."""
    image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
    view.viewport().render(image, QPoint(), renderFlags=QWidget.RenderFlag.DrawWindowBackground)
    return Picture(image)


def full(view: CanvasView) -> Picture:
    view.rest()
    view.settle()
    return picture(view)


def moved(document: Document, entity: str, dx: float, dy: float) -> Edit:
    before = document.placement(EntityId(entity))
    assert before is not None
    return Edit("move", (Change(before.id, before, at(entity, before.x + dx, before.y + dy)),))


def _move_mouse(view: CanvasView, at_pixel: QPoint) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at_pixel),
        QPointF(view.viewport().mapToGlobal(at_pixel)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


# -- the picture is what a full repaint would give ------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [1.0, 0.73, 0.3, 0.15])
def test_pan_gives_the_picture_of_a_full_repaint(view: CanvasView, zoom: float):
    view.zoom_by(zoom / view.zoom)
    full(view)
    for step in ((-7, 5), (30, -41), (0, 13), (-500, 0), (2000, 0), (-2000, 30)):
        view.pan_by(*step)
        seen = picture(view)
        assert seen == full(view)


@pytest.mark.parametrize("zoom", [1.0, 0.6, 0.35, 0.15])
def test_edits_mend_the_picture(view: CanvasView, zoom: float):
    view.zoom_by(zoom / view.zoom)
    before = full(view)
    document = view.document
    edits = [
        moved(document, "train", 64, 40),
        moved(document, "score", -120, 200),
        moved(document, "fragile", 8, 8),
        Edit(
            "drop",
            (Change(TRAIN, document.get(TRAIN), None), Change(placement_id(TRAIN), document.placement(TRAIN), None)),
        ),
        Edit("fold", (Change(placement_id(LOOP), None, at("loop", 0, 0, is_folded=True)),)),
    ]
    for edit in edits:
        document.apply(edit)
        assert picture(view) == full(view)
        document.apply(edit.inverse())
        assert picture(view) == full(view) == before


def test_drag_preview_is_drawn_and_cleared_without_trace(view: CanvasView):
    before = full(view)
    view.set_drag_offset({TRAIN, COND}, 40, 16)
    view.set_drag_offset({TRAIN, COND}, 80, 32)
    dragged = picture(view)
    assert dragged != before
    assert view.card_rect(TRAIN).topLeft() == QPointF(400, 32)
    view.clear_drag_offset()
    assert picture(view) == before == full(view)


def test_drop_after_a_preview_shows_the_document(view: CanvasView):
    view.set_drag_offset({TRAIN}, 64, 40)
    picture(view)
    view.document.apply(moved(view.document, "train", 64, 40))
    assert picture(view) == full(view)
    assert view.card_rect(TRAIN).topLeft() == QPointF(384, 40)


def test_marks_mend_the_picture(view: CanvasView):
    before = full(view)
    view.set_issues({TRAIN: "error", LOOP: "warning"})
    assert picture(view) == full(view) != before
    view.set_issues({TRAIN: "warning"})
    assert picture(view) == full(view)
    view.set_run_states({TRAIN: TaskBadge("RUNNING", "3 s"), LOOP: TaskBadge("RUNNING", "1/3")})
    assert picture(view) == full(view)
    view.set_run_states({TRAIN: TaskBadge("SUCCEEDED", "1:10:03"), LOOP: TaskBadge("RUNNING", "2/3")})
    assert picture(view) == full(view)
    assert view.run_state_of(TRAIN) == "SUCCEEDED"
    assert view.issue_of(TRAIN) == "warning"
    view.set_run_states({})
    view.set_issues({})
    assert picture(view) == before


def test_selection_and_emphasis_mend_the_picture(view: CanvasView):
    before = full(view)
    for ids in ({TRAIN}, {TRAIN, LOOP}, {EntityId("n1")}, {COND, EntityId("deploy")}):
        view.select(ids)
        assert picture(view) == full(view) != before
    view.select(())
    view.set_emphasis({EntityId("score")})
    assert picture(view) == full(view) != before
    view.set_emphasis(())
    view.set_port_tint({("input", EntityId("score"), "model"): True})
    assert picture(view) == full(view) != before
    view.set_port_tint(None)
    assert picture(view) == before


def test_first_wire_of_a_selected_task_fades_all_others(view: CanvasView):
    """Which fade depends on whether any comes forward: then everything looks different, not what lies near."""
    lonely = EntityId("lonely")
    document = view.document
    document.apply(
        Edit("add", (Change(lonely, None, task("lonely")), Change(at("lonely", 0, 0).id, None, at("lonely", 900, 700))))
    )
    view.select({lonely})
    before = full(view)
    wired = task("lonely", x=from_task("fragile"))
    edit = Edit("wire", (Change(lonely, document.get(lonely), wired),))
    document.apply(edit)
    assert picture(view) == full(view) != before
    document.apply(edit.inverse())
    assert picture(view) == before


def test_selected_card_and_its_ring_lie_on_top(view: CanvasView):
    document = view.document
    document.apply(moved(document, "train", 0, 0))
    over = document.placement(TRAIN)
    under = document.placement(EntityId("load-csv"))
    assert over is not None
    assert under is not None
    document.apply(moved(document, "load-csv", over.x + 60 - under.x, over.y + 20 - under.y))
    shared = QPointF(over.x + 120, over.y + 36)
    view.select({TRAIN})
    assert view.hit(shared).id == TRAIN
    first = full(view)
    view.select({EntityId("load-csv")})
    assert view.hit(shared).id == "load-csv"
    assert full(view) != first


def test_folded_group_shows_the_worst_issue_inside(view: CanvasView):
    view.document.apply(Edit("fold", (Change(placement_id(LOOP), None, at("loop", 0, 0, is_folded=True)),)))
    before = full(view)
    view.set_issues({EntityId("score"): "error"})
    assert picture(view) == full(view) != before


def test_frames_that_another_covers_need_not_be_painted(qtbot, monkeypatch: pytest.MonkeyPatch):
    outer, inner, beside = EntityId("outer"), EntityId("inner"), EntityId("beside")
    document = pipeline(
        *(
            Loop(id=each, parent=around, name=each, items=Constant([1]))
            for each, around in ((outer, ROOT), (inner, outer))
        ),
        Loop(id=beside, parent=ROOT, name=beside, items=Constant([1])),
        *(task(name, parent=inner) for name in ("a", "b")),
        *(at("a", 0, 0), at("b", 2400, 1800), at("inner", -60, -80), at("outer", -120, -160), at("beside", -400, 0)),
    )
    view = shown(qtbot, document)
    view.select({outer, inner})
    view.set_issues({outer: "error"})
    painted: list[int] = []
    seen = GroupPainter.seen

    def noted(self: GroupPainter, slots: Ints, parts: Floats) -> Ints:
        found = seen(self, slots, parts)
        painted.append(len(found))
        return found

    for zoom, where, most in ((1.0, QPointF(1100, 900), 1), (0.6, QPointF(1280, 950), 1), (1.0, QPointF(0, 0), 3)):
        pictures: list[Picture] = []
        for each in (noted, lambda _self, slots, _parts: slots):
            monkeypatch.setattr(GroupPainter, "seen", each)
            view.zoom_by(zoom / view.zoom)
            view.centre_on(where)
            view.repaint_whole()
            pictures.append(full(view))
        assert pictures[0] == pictures[1]
        assert painted[-1] <= most
    assert painted[0] < 3


def test_frames_piled_on_each_other_look_as_if_all_were_painted(qtbot, monkeypatch: pytest.MonkeyPatch):
    chance = random.Random(5)
    loops = [Loop(id=EntityId(f"l{n}"), parent=ROOT, name=f"l{n}", items=Constant([1])) for n in range(14)]
    loops += [Loop(id=EntityId(f"i{n}"), parent=EntityId(f"l{n}"), name=f"i{n}", items=Constant([1])) for n in range(5)]
    first = [task(f"a{n}", parent=each.id) for n, each in enumerate(loops)]
    last = [task(f"b{n}", parent=each.id) for n, each in enumerate(loops)]
    places = [at(each.id, chance.uniform(-600, 100), chance.uniform(-500, 0)) for each in first]
    places += [at(each.id, chance.uniform(600, 1500), chance.uniform(400, 1000)) for each in last]
    view = shown(qtbot, pipeline(*loops, *first, *last, *places))
    view.select({loops[2].id, loops[9].id})
    view.set_issues({loops[3].id: "error", EntityId("i1"): "warning"})
    seen, spared = GroupPainter.seen, 0
    for zoom in (0.35, 0.6, 1.0):
        view.zoom_by(zoom / view.zoom)
        for where in (QPointF(0, 0), QPointF(500, 300), QPointF(900, 700)):
            view.centre_on(where)
            view.repaint_whole()
            few = full(view)
            monkeypatch.setattr(GroupPainter, "seen", lambda _self, slots, _parts: slots)
            view.repaint_whole()
            assert few == full(view), (zoom, where)
            monkeypatch.setattr(GroupPainter, "seen", seen)
            bounds = view.visible_rect()
            parts = np.array([(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())])
            slots = view.columns.groups_in(parts)
            spared += len(slots) - len(GroupPainter.seen(view._painting._groups, slots, parts))
    assert spared > 9


def test_hover_follows_the_paper(view: CanvasView):
    hovered: list[str] = []
    view.hovered.connect(hovered.append)
    header = view.to_view(view.card_rect(TRAIN).topLeft() + QPointF(100, 12))
    _move_mouse(view, header)
    assert hovered == ["train"]
    view.pan_by(2000, 0)
    assert hovered == ["train", ""]


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_and_their_undo_come_back_to_the_same_picture(qtbot, seed: int):
    chance = random.Random(seed)
    view = shown(qtbot, everything(), size=(700, 500))
    before = full(view)
    done: list[Edit] = []
    names = [each.id for each in view.document.tasks() if view.document.placement(each.id) is not None]
    for _ in range(12):
        edit = moved(view.document, chance.choice(names), chance.randrange(-90, 90), chance.randrange(-90, 90))
        view.document.apply(edit)
        done.append(edit)
        assert picture(view) == full(view)
    for edit in reversed(done):
        view.document.apply(edit.inverse())
    assert picture(view) == before


def test_theme_switches_live(view: CanvasView):
    light = full(view)
    view.set_theme(theme.load("dark"))
    dark = full(view)
    assert dark.image.pixelColor(1, 1).name() in (theme.load("dark").canvas, theme.load("dark").dot)
    view.set_theme(theme.load("light"))
    assert full(view) == light != dark


def test_stretched_picture_while_zooming_is_refined(qtbot, monkeypatch: pytest.MonkeyPatch):
    view = shown(qtbot, everything())
    monkeypatch.setattr(layer, "LITTLE_EFFORT", -1)
    monkeypatch.setattr(layer, "LITTLE_MENDING", -1)
    view.zoom_at(QPointF(300, 200), 1.3)
    coarse = picture(view)
    with qtbot.waitSignal(view.view_changed, raising=False, timeout=200):
        pass
    qtbot.waitUntil(lambda: picture(view) != coarse)
    assert picture(view) == full(view)


# -- what is there --------------------------------------------------------------------------------------------------


def test_selection_is_of_what_is_here_and_forgets_what_goes(qtbot, view: CanvasView):
    with qtbot.waitSignal(view.selection_changed):
        view.select({TRAIN, EntityId("inner"), EntityId("nothing")})
    assert view.selection == {TRAIN}
    view.select({LOOP}, add=True)
    with qtbot.assertNotEmitted(view.selection_changed):
        view.select({TRAIN, LOOP})
    document = view.document
    gone = Edit("drop", (Change(TRAIN, document.get(TRAIN), None),))
    with qtbot.waitSignal(view.selection_changed):
        document.apply(gone)
    assert view.selection == {LOOP}


def test_what_was_deleted_while_it_was_selected_is_selected_when_it_comes_back(view: CanvasView):
    document = view.document
    chosen = {TRAIN, EntityId("n1")}
    for elsewhere, wanted in (((), chosen), ((LOOP,), {LOOP})):
        view.select(chosen)
        edit = edits.delete(document, chosen)
        document.apply(edit)
        assert not view.selection
        view.select(elsewhere)
        document.apply(edit.inverse())
        assert view.selection == wanted


def test_items_in_a_rectangle(view: CanvasView):
    around = view.card_rect(LOOP).adjusted(-1, -1, 1, 1)
    assert set(view.items_in(around, contained=True)) == {"loop", "score"}
    touched = view.items_in(
        QRectF(view.card_rect(TRAIN).topLeft(), view.card_rect(LOOP).bottomRight()), contained=False
    )
    assert {"train", "loop", "score"} <= set(touched)
    assert set(view.items_in(view.card_rect(EntityId("n1")), contained=True)) == {"n1"}


def test_ports_and_wires_are_where_hits_find_them(view: CanvasView):
    for entity, side, port in ((TRAIN, "input", "data"), (TRAIN, "output", "report"), (LOOP, "output", "")):
        found = view.hit(view.port_position(entity, side, port))
        assert found.id == entity
        assert found.kind == ("group_port" if entity == LOOP else side)
    path = view.wire_path(TRAIN, "data")
    assert view.hit(path.pointAtPercent(0.5)) == view.hit_of("wire", TRAIN, "data")
    assert view.wire_at(path.pointAtPercent(0.5)) == (TRAIN, "data")
    assert view.wire_path(TRAIN, "name").isEmpty()


def test_folded_group_hides_what_is_in_it(view: CanvasView):
    view.document.apply(Edit("fold", (Change(placement_id(COND), None, at("cond", 0, 0, is_folded=True)),)))
    assert not view.is_drawn(EntityId("deploy"))
    assert not view.is_drawn(EntityId("if"))
    assert view.is_drawn(COND)
    assert "deploy" not in view.drawn()


def test_hover_is_told(qtbot, view: CanvasView):
    with qtbot.waitSignal(view.hovered) as caught:
        _move_mouse(view, view.to_view(view.card_rect(TRAIN).center()))
    assert caught.args == ["train"]
    with qtbot.waitSignal(view.hovered) as caught:
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert caught.args == [""]


def test_overlays_are_painted_last_in_scene_units(view: CanvasView):
    before = full(view)
    card = view.card_rect(TRAIN)

    def cross_out(painter: QPainter) -> None:
        painter.fillRect(card, Qt.GlobalColor.red)

    view.overlay_painters.append(cross_out)
    view.update()
    crossed = picture(view)
    middle = view.to_view(card.center())
    assert crossed.image.pixelColor(middle).name() == "#ff0000"
    view.overlay_painters.clear()
    assert picture(view) == before


def test_document_without_the_scope_shows_the_root(view: CanvasView):
    view.set_scope(EntityId("sub"))
    document = view.document
    doomed = [EntityId(name) for name in ("deploy", "@deploy", "inner", "sub")]
    document.apply(Edit("drop", tuple(Change(each, document.get(each), None) for each in doomed)))
    assert view.scope == ROOT


def test_a_view_that_is_gone_leaves_its_document_in_peace(qtbot):
    document = everything()
    first = CanvasView(document, do=document.apply, library=NoLibrary(), theme=theme.load("light"))
    second = shown(qtbot, document)
    first.deleteLater()
    QCoreApplication.sendPostedEvents(first, QEvent.Type.DeferredDelete)
    for name in ("learn", "study"):
        document.apply(edits.rename(document, TRAIN, name))
        assert document.task(TRAIN).name == name
    assert second.columns.look(second.columns.slots[TRAIN]).name == "study"


@pytest.mark.parametrize("zoom", [1.0, 0.5])
def test_many_lifted_at_once_look_as_they_do_one_by_one(view: CanvasView, zoom: float, monkeypatch: pytest.MonkeyPatch):
    view.zoom_by(zoom / view.zoom)
    view.settle()
    every = [node for node in view.columns.ids if view.is_drawn(node)]
    pictures = []
    for few in (10_000, 0):
        monkeypatch.setattr(lifting, "FEW", few)
        view.set_drag_offset(every, 40, 16)
        picture(view)
        view.set_drag_offset(every, 80, 32)
        pictures.append(picture(view))
        view.clear_drag_offset()
        picture(view)
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("zoom", [1.0, 0.5])
def test_many_lifted_that_go_far_look_as_if_they_were_lifted_there(
    view: CanvasView, zoom: float, bands: int, monkeypatch: pytest.MonkeyPatch
):
    view.zoom_by(zoom / view.zoom)
    view.settle()
    every = [node for node in view.columns.ids if view.is_drawn(node)]
    monkeypatch.setattr(lifting, "FEW", 0)
    monkeypatch.setattr(lifting, "BAND_DRAWN", 10_000 if bands == 1 else 3)
    steps = [(40, 16), (-250, 60), (-700, -300), (-320, -900), (90, -500), (500, 40)]
    for dx, dy in steps:
        view.set_drag_offset(every, dx / zoom, dy / zoom)
        picture(view)
    while not view.is_complete:
        picture(view)
    come = picture(view)
    view.clear_drag_offset()
    view.set_drag_offset(every, steps[-1][0] / zoom, steps[-1][1] / zoom)
    while not view.is_complete:
        picture(view)
    assert come == picture(view)


def test_a_wire_seen_from_near_has_no_seams(qtbot):
    model = component("model", {"x": MODEL}, {"out": MODEL}, optional=("x",))
    tasks = (task("a", of=model), task("b", of=model, x=from_task("a")))
    view = shown(qtbot, pipeline(model, *tasks, at("a", 0, 0), at("b", 340, 60)))
    view.zoom_by(3.7 / view.zoom)
    path = view.wire_path(EntityId("b"), "x")
    view.centre_on(path.pointAtPercent(0.5))
    view.settle()
    image = view.viewport().grab().toImage()
    spots = [view.to_view(path.pointAtPercent(share / 4000)) for share in range(600, 3400)]
    seen = [image.pixelColor(spot).name() for spot in spots if image.rect().contains(spot)]
    assert len(seen) > 500
    assert len(set(seen)) == 1
