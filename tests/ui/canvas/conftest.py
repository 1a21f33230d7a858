"""Canvas tests draw off screen unless told otherwise."""

import os

import pytest

from editor.ui.canvas.view import CanvasView
from tests.ui.canvas.scenes import everything, shown

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def view(qtbot) -> CanvasView:
    """Shows one of everything."""
    return shown(qtbot, everything())
