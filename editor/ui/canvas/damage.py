"""What of a scene must be painted again. No Qt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from editor.ui.canvas.curves import Floats

MOST_DAMAGE = 64
"""More boxes than this are cheaper to repaint as one whole picture."""


class Damage(NamedTuple):
    """What must be painted again: everything, or some rectangles (left, top, right, bottom) of the scene."""

    is_all: bool
    boxes: Floats

    @classmethod
    def everything(cls) -> Damage:
        return cls(is_all=True, boxes=np.zeros((0, 4)))

    @classmethod
    def nothing(cls) -> Damage:
        return cls(is_all=False, boxes=np.zeros((0, 4)))

    @classmethod
    def of(cls, boxes: Floats) -> Damage:
        return cls(is_all=len(boxes) > MOST_DAMAGE, boxes=boxes)

    def plus(self, other: Damage) -> Damage:
        return other if other.is_all else self.also(other.boxes)

    def also(self, boxes: Floats) -> Damage:
        return self if self.is_all else Damage.of(np.concatenate([self.boxes, boxes]))
