"""Where moved things come to rest."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from editor.ui.canvas.gestures.snapping import Snapping, on_grid

CARD = QRectF(0, 0, 220, 88)


def among(*rects: QRectF) -> Snapping:
    boxes = [(rect.left(), rect.top(), rect.right(), rect.bottom()) for rect in rects]
    return Snapping(np.array(boxes, dtype=np.float64).reshape(-1, 4))


def test_without_neighbours_it_rests_on_the_grid():
    snapped = among().snap(CARD, QPointF(13, 21), reach=6)
    assert snapped.delta == QPointF(16, 24)
    assert snapped.guides == ()


def test_an_edge_near_anothers_comes_before_the_grid_and_a_line_says_so():
    other = QRectF(301, 400, 220, 88)
    snapped = among(other).snap(CARD, QPointF(298, 50), reach=6)
    assert snapped.delta == QPointF(301, 48)
    assert [line.x1() for line in snapped.guides] == [301]
    assert (snapped.guides[0].y1(), snapped.guides[0].y2()) == (48, 488)


def test_middles_meet_middles():
    other = QRectF(300, 13, 220, 40)
    snapped = among(other).snap(CARD, QPointF(-400, -10), reach=6)
    assert snapped.delta.y() == 33 - 44


def test_out_of_reach_is_left_alone():
    assert among(QRectF(301, 400, 220, 88)).snap(CARD, QPointF(290, 50), reach=6).guides == ()


def test_negative_reach_means_grid_only():
    assert among(QRectF(1, 1, 220, 88)).snap(CARD, QPointF(1, 1), reach=-1).delta == QPointF(0, 0)


def test_grid_rounds_to_the_nearest_step():
    assert (on_grid(11), on_grid(13), on_grid(-13)) == (8, 16, -16)
