"""Two charts that say more than a table: a confusion matrix and a ROC curve, painted in the theme's colours."""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from editor.ui.style import GAP, worn
from editor.ui.theme import ink, mixed

LABEL_PX = 88
AXIS_PX = 40


class ConfusionMatrix(QWidget):
    """Rows are what was true, columns what was predicted; the number stands in each cell, its shade is its share."""

    def __init__(self, names: list[str], rows: list[list[float]]) -> None:
        super().__init__()
        self.names = names
        self.rows = rows
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Confusion matrix")
        self.setAccessibleDescription(
            "; ".join(
                f"{name}: " + ", ".join(f"{cell:g}" for cell in line) for name, line in zip(names, rows, strict=False)
            )
        )

    def sizeHint(self) -> QSize:
        return QSize(LABEL_PX + 64 * max(1, len(self.rows)), AXIS_PX + 40 * max(1, len(self.rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = worn()
        count = max(1, len(self.rows))
        painter = QPainter(self)
        room = QRectF(self.rect()).adjusted(LABEL_PX + GAP, AXIS_PX, -2 * GAP, -GAP)
        side_x, side_y = min(room.width() / count, 120), min(room.height() / count, 56)
        painter.setPen(ink(theme.text_dim))
        painter.drawText(QRectF(room.left(), 4, count * side_x, 16), Qt.AlignmentFlag.AlignCenter, "Predicted")
        highest = max((cell for line in self.rows for cell in line), default=1) or 1
        metrics = painter.fontMetrics()
        for number, line in enumerate(self.rows):
            name = self.names[number] if number < len(self.names) else str(number)
            top = room.top() + number * side_y
            painter.setPen(ink(theme.text_dim))
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, LABEL_PX)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(GAP, top, LABEL_PX - 4, side_y), right, short)
            head = QRectF(room.left() + number * side_x, 20, side_x, AXIS_PX - 22)
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(side_x) - 4)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, short)
            for place, cell in enumerate(line):
                box = QRectF(room.left() + place * side_x, top, side_x - 2, side_y - 2)
                share = 0.06 + 0.84 * cell / highest
                painter.fillRect(box, ink(mixed(theme.accent, theme.surface, share)))
                painter.setPen(ink(theme.accent_text if share > 0.55 else theme.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{cell:g}")


class RocCurve(QWidget):
    """True positive rate over false positive rate, with the diagonal of guessing and the area under the curve."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        super().__init__()
        self.points = points
        self.setMinimumSize(240, 160)
        self.setAccessibleName("ROC curve")
        self.setAccessibleDescription(f"Area under the curve {self.area():.3f}")

    def area(self) -> float:
        """The area under the curve, by trapezia, from (0, 0) to (1, 1)."""
        points = [(0.0, 0.0), *self.points, (1.0, 1.0)]
        return sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in pairwise(points))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = worn()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width() - AXIS_PX - 3 * GAP, self.height() - AXIS_PX - GAP)
        plot = QRectF(AXIS_PX + GAP, GAP, side, side)
        painter.setPen(QPen(ink(theme.border), 1))
        for step in range(5):
            share = step / 4
            painter.drawLine(
                QPointF(plot.left(), plot.top() + share * side), QPointF(plot.right(), plot.top() + share * side)
            )
            painter.drawLine(
                QPointF(plot.left() + share * side, plot.top()), QPointF(plot.left() + share * side, plot.bottom())
            )
        painter.setPen(QPen(ink(theme.control_border), 1, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())
        curve = QPolygonF(
            [
                QPointF(plot.left() + x * side, plot.bottom() - y * side)
                for x, y in [(0.0, 0.0), *self.points, (1.0, 1.0)]
            ]
        )
        painter.setPen(QPen(ink(theme.accent), 2))
        painter.drawPolyline(curve)
        painter.setPen(ink(theme.text_dim))
        below = QRectF(plot.left(), plot.bottom() + 2, side, 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "False positive rate")
        painter.save()
        painter.translate(AXIS_PX - 16, plot.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-side / 2, -8, side, 16), Qt.AlignmentFlag.AlignCenter, "True positive rate")
        painter.restore()
        painter.setPen(ink(theme.text))
        painter.drawText(
            plot.adjusted(0, 0, -GAP, -GAP),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
            f"Area {self.area():.3f}",
        )
