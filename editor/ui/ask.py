"""Questions to the user: the one place where a modal dialog is made, so that tests can answer in its stead."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QWidget

from editor.ui.dialogs.question import Question

SaveChoice = Literal["save", "discard", "cancel"]

_Role = QDialogButtonBox.ButtonRole


class Ask(QObject):
    """Each question opens without blocking and answers through a callback, which may come at once (in tests)."""

    def __init__(self, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window

    def save_changes(self, name: str, answered: Callable[[SaveChoice], None]) -> None:
        """What to do with the unsaved changes of the document `name`."""
        box = Question(
            "Unsaved changes", f"Save the changes to “{name}”?", "If you do not save them, they are lost.", self._window
        )
        box.add("Save", _Role.AcceptRole).setDefault(True)
        box.add("Discard", _Role.DestructiveRole)
        choices: dict[object, SaveChoice] = {_Role.AcceptRole: "save", _Role.DestructiveRole: "discard"}
        box.answered.connect(lambda role: answered(choices.get(role, "cancel")))
        self._open(box)

    def confirm(
        self, title: str, question: str, *, yes: str, details: str = "", answered: Callable[[bool], None]
    ) -> None:
        """A question with a verb on the button that does it."""
        box = Question(title, question, details, self._window)
        box.add(yes, _Role.AcceptRole).setDefault(True)
        box.answered.connect(lambda role: answered(role == _Role.AcceptRole))
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

    def _file_dialog(self, title: str, filters: Sequence[str], folder: Path) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if filters:
            dialog.setNameFilters(list(filters))
        return dialog

    def _open(self, box: Question) -> None:
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
