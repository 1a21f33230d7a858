"""The window by itself: what it offers when it is empty, its theme and tabs, what it remembers and what it loads."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT
from editor.storage.documents import save_document
from editor.ui.main_window import MainWindow
from tests.builders import STEP
from tests.ui.conftest import show, two_tasks


def test_empty_window_offers_ways_to_begin(window: MainWindow):
    assert window.welcome.isVisible()
    window.actions_table.run("file.new")
    assert not window.welcome.isVisible()
    assert window.page is not None
    assert window.page.empty.isVisible()


def test_empty_canvas_hint_goes_when_a_task_comes(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    assert page.empty.isVisible()
    page.do(edits.add_note(page.session.document, ROOT, "hello", x=0, y=0)[0])
    assert not page.empty.isVisible()


def test_theme_switches_live(window: MainWindow, qtbot: QtBot):
    show(window, two_tasks(), qtbot)
    window.actions_table.run("view.theme-dark")
    assert window.theme.is_dark
    assert QApplication.palette().window().color().lightness() < 128
    window.actions_table.run("view.theme-light")
    assert QApplication.palette().window().color().lightness() > 128


def test_layout_and_recent_files_are_remembered(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    window.library_dock.hide()
    window.close()
    assert not window.settings.blob("window/layout").isEmpty()
    window.show()
    window.welcome.refresh()
    assert STEP.name
    from editor.storage.recent import recent_files

    assert [each.path for each in recent_files()] == [str(path)]


def test_every_tab_of_the_bottom_dock_opens_by_key(window: MainWindow, qtbot: QtBot):
    show(window, two_tasks(), qtbot)
    for number, name in enumerate(("Problems", "Runs", "Log", "Outputs")):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.AltModifier)
        assert window.bottom.shown_tab == name
    assert window.childAt(QPoint(5, 5)) is not None


def test_reduced_motion_reaches_the_canvas(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    window.set_motion("none")
    assert not page.view.gestures.glide.is_wanted
    window.set_motion("full")
    assert page.view.gestures.glide.is_wanted


def test_window_loads_no_sdk_and_nothing_before_it_is_needed():
    late = {"numpy", "networkx", "yaml", "sqlite3", "keyring", "httpx", "editor.ui.page", "editor.components"}
    unwanted = {"kfp", "kubernetes", "google", *late}
    code = f"import sys, editor.ui.app; print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_theme_is_switched_by_one_sheet_and_no_new_style(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    styles: list[object] = []
    sheets: list[str] = []
    put_sheet = QApplication.setStyleSheet
    monkeypatch.setattr(QApplication, "setStyle", lambda _app, style: styles.append(style))
    monkeypatch.setattr(QApplication, "setStyleSheet", lambda app, sheet: (sheets.append(sheet), put_sheet(app, sheet)))
    window.set_appearance("dark")
    window.set_appearance("light")
    assert styles == [], "each would polish every widget there is"
    assert len(sheets) == 2
