"""About the program, and the legend of port shapes and colours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QWidget

from editor.model.port_types import PARAMETER_KINDS, ArtifactType, ParameterType, PortType
from editor.ui.style import GAP, worn
from editor.ui.theme import ink
from editor.ui.widgets import column, label


def installed_version(distribution: str) -> str:
    """What is installed of a distribution."""
    # Loads the whole of email: not at the start of the window.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "from a checkout"


class AboutDialog(QDialog):
    """Versions that a report should name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Pipeloom")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        versions = "\n".join(
            f"{title} {installed_version(name)}"
            for title, name in (
                ("Pipeloom", "pipeloom"),
                ("Kubeflow Pipelines SDK", "kfp"),
                ("Qt for Python", "PySide6-Essentials"),
            )
        )
        self.setLayout(
            column(
                label("Pipeloom", "heading"),
                label("A desktop studio for Kubeflow Pipelines: draw, check, run here, submit.", wraps=True),
                label(versions, "muted", selectable=True),
                label("Apache License 2.0", "muted"),
                None,
                close,
                margin=3 * GAP,
            )
        )
        self.resize(400, 240)


class _PortSign(QWidget):
    """A port as the canvas draws it: a disc for a parameter, a square for an artifact."""

    def __init__(self, kind: PortType) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(QSize(24, 24))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = worn()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink(theme.card), 1))
        painter.setBrush(ink(theme.port(self._kind)))
        box = QRectF(6, 6, 12, 12)
        if isinstance(self._kind, ParameterType):
            painter.drawEllipse(box)
        else:
            painter.drawRoundedRect(box, 2, 2)


class LegendDialog(QDialog):
    """What shapes and colours of ports mean."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Legend of types")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(4)
        parameters = [ParameterType(kind=kind) for kind in PARAMETER_KINDS[:6]]
        titles = ("Artifact", "Dataset", "Model", "Metrics", "ClassificationMetrics", "HTML", "Markdown")
        artifacts = [ArtifactType(schema_title=f"system.{title}") for title in titles]
        columns: tuple[tuple[str, list[PortType]], ...] = (
            ("Parameters: discs", [*parameters]),
            ("Artifacts: squares", [*artifacts]),
        )
        for number, (title, kinds) in enumerate(columns):
            grid.addWidget(label(title, "section"), 0, 2 * number, 1, 2)
            for place, kind in enumerate(kinds, start=1):
                grid.addWidget(_PortSign(kind), place, 2 * number)
                grid.addWidget(label(str(kind).removeprefix("system.")), place, 2 * number + 1)
        more = label(
            "A hollow red port is a required input that nothing feeds. A dashed grey wire says “runs after”. "
            "Artifact wires are thicker than parameter wires.",
            "muted",
            wraps=True,
        )
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.setLayout(column(grid, more, None, close, margin=2 * GAP, gap=2 * GAP))
        self.resize(440, 360)
        self.setWindowModality(Qt.WindowModality.NonModal)
