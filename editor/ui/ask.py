"""Questions to the user: the one place where a modal dialog is made, so that tests can answer in its stead."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

SaveChoice = Literal["save", "discard", "cancel"]


class Ask(QObject):
    """Each question opens without blocking and answers through a callback, which may come at once (in tests)."""

    def __init__(self, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window

    def save_changes(self, name: str, answered: Callable[[SaveChoice], None]) -> None:
        """What to do with the unsaved changes of the document `name`."""
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Unsaved changes",
            f"Save the changes to “{name}”?",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            self._window,
        )
        box.setInformativeText("If you do not save them, they are lost.")
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        choices: dict[QMessageBox.StandardButton, SaveChoice] = {
            QMessageBox.StandardButton.Save: "save",
            QMessageBox.StandardButton.Discard: "discard",
        }
        box.finished.connect(
            lambda result: answered(choices.get(QMessageBox.StandardButton(result), "cancel"))  # pyright: ignore[reportUnknownLambdaType] Qt's stub says int
        )
        self._open(box)

    def confirm(
        self, title: str, question: str, *, yes: str, details: str = "", answered: Callable[[bool], None]
    ) -> None:
        """A question with a verb on the button that does it."""
        box = QMessageBox(QMessageBox.Icon.Question, title, question, QMessageBox.StandardButton.Cancel, self._window)
        box.setInformativeText(details)
        button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(button)
        box.finished.connect(lambda _result: answered(box.clickedButton() is button))
        self._open(box)

    def open_files(
        self, title: str, filters: Sequence[str], folder: Path, answered: Callable[[list[Path]], None]
    ) -> None:
        dialog = self._file_dialog(title, filters, folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: answered([Path(name) for name in names]))
        dialog.open()

    def open_folder(self, title: str, folder: Path, answered: Callable[[Path], None]) -> None:
        dialog = self._file_dialog(title, (), folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: answered(Path(name)))
        dialog.open()

    def save_file(
        self, title: str, filters: Sequence[str], suggestion: Path, answered: Callable[[Path | None], None]
    ) -> None:
        """Where to save; None if the person gave up. The first filter's first ending is added where none was typed."""
        dialog = self._file_dialog(title, filters, suggestion.parent)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(suggestion.name)

        def finished(result: int) -> None:
            chosen = dialog.selectedFiles()
            accepted = result == QFileDialog.DialogCode.Accepted and chosen
            answered(Path(chosen[0]) if accepted else None)

        dialog.setDefaultSuffix(suggestion.suffix.lstrip("."))
        dialog.finished.connect(finished)
        dialog.open()

    def text(self, title: str, label: str, value: str, answered: Callable[[str], None]) -> None:
        """One line of text; not answered if the person gives up."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(title)
        dialog.setLabelText(label)
        dialog.setTextValue(value)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(answered)
        dialog.open()

    def _file_dialog(self, title: str, filters: Sequence[str], folder: Path) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if filters:
            dialog.setNameFilters(list(filters))
        return dialog

    def _open(self, box: QMessageBox) -> None:
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
