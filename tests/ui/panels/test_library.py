"""The Components dock: its look after a drag, its place and its icons after a change of theme."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QDrag, QHoverEvent, QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.ui.icons import icon
from editor.ui.library import Section
from editor.ui.main_window import MainWindow
from editor.ui.panels.library import COMPONENT_MIME, LibraryPanel
from editor.ui.resources import resource_path
from editor.ui.style import wear, worn
from editor.ui.theme import load
from tests.builders import pipeline, task
from tests.ui.conftest import show


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> LibraryPanel:
    window.library.reload()
    qtbot.waitUntil(lambda: len(window.library.search("")) > 20)
    return window.library_panel


def row(panel: LibraryPanel, name: str):
    (found,) = panel.model.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    return found.index()


def test_drag_carries_the_component_and_no_picture_and_leaves_no_mark(
    panel: LibraryPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    tree = panel.tree
    index = row(panel, "split-data")
    tree.scrollTo(index)
    tree.setCurrentIndex(index)
    over = tree.visualRect(tree.indexAbove(index)).center()
    viewport = tree.viewport()
    pressed = viewport.grab().toImage()
    tree.clearSelection()
    calm = viewport.grab().toImage()
    tree.setCurrentIndex(index)
    qtbot.mouseMove(viewport, over)
    qtbot.waitUntil(lambda: viewport.grab().toImage() != pressed)
    dragged: list[QDrag] = []

    def drop_at_once(drag: QDrag, *_actions: Qt.DropAction) -> Qt.DropAction:
        dragged.append(drag)
        assert drag.mimeData().hasFormat(COMPONENT_MIME)
        assert drag.pixmap().size().width() == 1
        assert drag.pixmap().toImage().pixelColor(0, 0).alpha() == 0
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop_at_once)
    tree.startDrag(Qt.DropAction.CopyAction)
    assert dragged
    # As Qt does with the move that began the drag.
    QApplication.sendEvent(viewport, QHoverEvent(QEvent.Type.HoverMove, over, over, over))
    assert viewport.grab().toImage() != pressed
    qtbot.waitUntil(lambda: viewport.grab().toImage() == calm)
    assert tree.currentIndex() == index, "keys go on from there"


def test_the_mark_of_a_row_dims_when_the_focus_has_gone(window: MainWindow, panel: LibraryPanel, qtbot: QtBot):
    page = show(window, pipeline(task("a")), qtbot)
    index = row(panel, "add")
    panel.tree.scrollTo(index)

    def ground() -> str:
        rect = panel.tree.visualRect(index)
        return panel.tree.viewport().grab().toImage().pixelColor(rect.right() - 4, rect.center().y()).name()

    panel.tree.setFocus()
    panel.tree.setCurrentIndex(index)
    assert ground() == worn().selected_fill
    panel.search.setFocus()
    assert ground() == worn().selected_fill
    page.focus_canvas()
    assert ground() == worn().hover_fill
    panel.tree.setFocus()
    assert ground() == worn().selected_fill


def test_theme_switch_keeps_place_and_selection_and_colours_every_icon_anew(
    window: MainWindow, panel: LibraryPanel, qtbot: QtBot
):
    window.resize(1200, 600)
    show(window, pipeline(task("a")), qtbot)
    tree = panel.tree
    index = row(panel, "split-data")
    tree.setCurrentIndex(index)
    tree.verticalScrollBar().setValue(tree.verticalScrollBar().maximum() // 2)
    place = tree.verticalScrollBar().value()
    assert place > 0
    window.set_appearance("dark")
    assert tree.currentIndex().data() == "split-data"
    assert tree.verticalScrollBar().value() == place
    dark = load("dark")
    for shown, color in (
        (window.run_bar.validity.icon(), dark.success),
        (window.run_bar.run.icon(), dark.accent_text),
        (row(panel, "split-data").data(Qt.ItemDataRole.DecorationRole), dark.kinds["python"]),
    ):
        assert strongest(shown) == color
    window.library.changed.emit()
    assert tree.currentIndex().data() == "split-data", "read anew it stays too"
    assert tree.verticalScrollBar().value() == place


def strongest(shown: QIcon) -> str:
    """The colour of an icon where it is opaque."""
    picture = shown.pixmap(64, 64).toImage()
    colors = (picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height()))
    return max(colors, key=QColor.alpha).name()


def test_icon_asks_the_theme_when_it_is_painted(qtbot: QtBot):
    assert QApplication.instance() is not None
    shown = icon("error", lambda theme: theme.error)
    for name in ("light", "dark"):
        wear(load(name))
        assert strongest(shown) == load(name).error


def test_components_are_listed_under_the_file_or_folder_that_was_added(
    window: MainWindow, panel: LibraryPanel, qtbot: QtBot, tmp_path: Path
):
    text = resource_path("samples", "fetch.component.yaml").read_text()
    file, folder, alike = tmp_path / "mine.yaml", tmp_path / "team" / "inner", tmp_path / "team-2"
    for place in (folder, alike):
        place.mkdir(parents=True)
    for place in (file, folder / "a.yaml", folder.parent / "b.yaml", alike / "c.yaml"):
        place.write_text(text)
    (alike / "broken.yaml").write_text("implementation: [")
    samples = len(window.library.sections()[-1].entries)
    window.library.add([file, folder.parent, folder, alike])

    def held() -> list[list[str]]:
        return [[Path(entry.path).name for entry in each.entries] for each in window.library.sections()[:-1]]

    qtbot.waitUntil(lambda: held() == [["mine.yaml"], ["b.yaml"], ["a.yaml"], ["c.yaml"]])
    sections: list[Section] = window.library.sections()
    assert [len(each.errors) for each in sections[:-1]] == [0, 0, 0, 1]
    assert len(sections[-1].entries) == samples
    assert not panel.model.findItems("No components in here", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
