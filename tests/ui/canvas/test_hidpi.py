"""At other pixel ratios: a process of its own, for Qt reads the scale once, at its start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
app = QApplication([])
from editor.ui import theme
from editor.ui.canvas import layer, painting
from editor.ui.canvas.view import CanvasView
from tests.ui.canvas.scenes import NoLibrary, everything

layer.FRESH_CARDS_S = painting.FRESH_CARDS_S = float("inf")
view = CanvasView(everything(), do=None, library=NoLibrary(), theme=theme.load("light"))
view.resize(600, 400)
view.show()
app.processEvents()
ratio = view.viewport().devicePixelRatioF()


def colors():
    image = view.viewport().grab().toImage()
    assert (image.width(), image.height()) == (round(600 * ratio), round(400 * ratio))
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].astype(int)


view.reset_zoom()
view.centre_on(QPointF(500, 120))
for child in view.viewport().children():
    if hasattr(child, "hide"):
        child.hide()
view.settle()
for step in ((-7, 5), (33, -41), (0, 13)):
    view.pan_by(*step)
    seen = colors()
    view.settle()
    away = np.abs(seen - colors()).max(axis=2)
    assert (away > 4).sum() <= 60, (step, int((away > 4).sum()))
here = view.to_view(view.card_rect("train").center())
assert (view.to_scene(here) - view.card_rect("train").center()).manhattanLength() < 2
print(f"ratio {ratio}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_scrolled_picture_is_the_repainted_one(factor: str):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": factor}
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, env=environment, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 0, done.stderr
    assert f"ratio {float(factor)}" in done.stdout
    assert done.stderr == ""
