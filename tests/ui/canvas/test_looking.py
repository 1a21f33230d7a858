"""Which part of the scene is shown: zooming, fitting, revealing, and each scope with a camera of its own."""

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, EntityId
from editor.ui import theme
from editor.ui.canvas.view import CanvasView
from tests.builders import pipeline, task
from tests.ui.canvas.scenes import at, everything, shown


def test_zoom_keeps_what_is_under_the_cursor(view: CanvasView):
    at_pixel = QPoint(333, 222)
    held = view.to_scene(at_pixel)
    for factor in (1.2, 1.2, 0.7, 2.5, 0.3):
        view.zoom_at(QPointF(at_pixel), factor)
        gap = view.to_scene(at_pixel) - held
        assert gap.manhattanLength() < 4 / view.zoom
    view.zoom_by(1e9)
    assert view.zoom == 4.0
    view.zoom_by(1e-9)
    assert view.zoom == 0.02


def test_wheel_steps_do_not_miss_100_percent(view: CanvasView):
    view.reset_zoom()
    for _ in range(5):
        view.zoom_by(1.2)
    for _ in range(5):
        view.zoom_by(1 / 1.2)
    assert view.zoom == 1.0


def test_scene_and_pixels_are_inverse(view: CanvasView):
    for pixel in (QPoint(0, 0), QPoint(512, 13), QPoint(-40, 900)):
        assert view.to_view(view.to_scene(pixel)) == pixel


def test_fit_shows_everything_and_never_enlarges(qtbot, view: CanvasView):
    view.fit()
    assert view.visible_rect().contains(view.scene_bounds())
    small = shown(qtbot, pipeline(task("a"), at("a", 5000, 5000)))
    small.fit()
    assert small.zoom == 1.0
    assert small.visible_rect().contains(small.card_rect(EntityId("a")))


def test_fit_shows_what_is_wider_than_one_may_zoom_out_otherwise(qtbot):
    wide = shown(qtbot, pipeline(task("a"), task("b"), at("a", 0, 0), at("b", 120_000, 0)))
    wide.fit()
    assert wide.visible_rect().contains(wide.scene_bounds())
    assert wide.zoom < 0.02
    fitting = wide.zoom
    wide.zoom_by(1e-9)
    assert wide.zoom == fitting
    wide.zoom_by(2.0)
    assert wide.zoom == 2 * fitting


def test_first_shown_and_resized_keeps_everything_in_view(qtbot):
    view = CanvasView(everything(), do=lambda _edit: None, library=None, theme=theme.load("light"))
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    view.resize(1000, 700)
    QApplication.processEvents()
    assert view.visible_rect().contains(view.scene_bounds())


def test_reveal_moves_no_more_than_needed(view: CanvasView):
    view.reset_zoom()
    view.centre_on(QPointF(0, 0))
    view.reveal(EntityId("report"))
    assert view.visible_rect().contains(view.card_rect(EntityId("report")))
    before = view.visible_rect()
    view.reveal(EntityId("report"))
    assert view.visible_rect() == before


def test_reveal_goes_into_the_pipeline_of_a_task(qtbot, view: CanvasView):
    with qtbot.waitSignal(view.scope_changed) as caught:
        view.reveal(EntityId("inner"))
    assert caught.args == ["sub"]
    assert view.drawn() == [EntityId("inner")]
    assert not view.card_rect(EntityId("inner")).isNull()


def test_scope_keeps_its_own_camera(view: CanvasView):
    view.reset_zoom()
    view.centre_on(QPointF(700, 100))
    seen = view.visible_rect()
    view.set_scope(EntityId("sub"))
    assert view.selection == frozenset()
    view.set_scope(ROOT)
    assert view.visible_rect() == seen
    view.set_scope(EntityId("loop"))
    assert view.scope == ROOT
