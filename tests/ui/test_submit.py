"""Submitting from the window to a server: the form, the upload, the run followed, one click the next time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.model.digest import document_digest
from editor.model.port_types import INTEGER, STRING
from editor.ui.dialogs.arguments import ArgumentsDialog
from editor.ui.dialogs.settings import SettingsDialog
from editor.ui.dialogs.submit import SubmitDialog
from editor.ui.main_window import MainWindow
from editor.ui.servers import Server
from tests.builders import from_input, pipeline, task
from tests.fake_kfp import FakeKfp, closed_address
from tests.ui.conftest import placed, show


@pytest.fixture
def kfp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKfp]:
    """kfp.Client reads ~/.config/kfp/context.json."""
    folder = tmp_path / "person"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    with FakeKfp() as server:
        yield server
    assert server.violations == []


def document():
    return pipeline(
        task("a", x=from_input("place")), *placed(("a", 0, 0)), name="greet", inputs={"place": STRING, "count": INTEGER}
    )


def test_arguments_are_asked_for_by_type(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    window.actions_table.run("run.run")
    (dialog,) = window.findChildren(ArgumentsDialog)
    assert not dialog.start.isEnabled()
    qtbot.keyClicks(dialog.form.line("place").editor.focus_widget(), "Rome")
    qtbot.keyClicks(dialog.form.line("count").editor.focus_widget(), "three")
    assert "whole number" in dialog.form.line("count").editor.error.text()
    assert not dialog.start.isEnabled()
    dialog.form.line("count").editor.focus_widget().clear()
    qtbot.keyClicks(dialog.form.line("count").editor.focus_widget(), "3")
    assert dialog.start.isEnabled()
    assert dialog.form.values() == {"place": "Rome", "count": 3}
    dialog.reject()
    assert not window.running.records
    assert page.session.document.root.name == "greet"


def test_server_is_added_with_its_address_checked(window: MainWindow, qtbot: QtBot):
    dialog = SettingsDialog(window, tab="Servers")
    qtbot.addWidget(dialog)
    dialog.show()
    tab = dialog.servers
    qtbot.keyClicks(tab.url, "ftp://nowhere")
    qtbot.mouseClick(tab.save, Qt.MouseButton.LeftButton)
    assert tab.state.text()
    assert not window.submitting.servers.all()
    tab.url.clear()
    qtbot.keyClicks(tab.url, "https://kfp.example.org")
    qtbot.keyClicks(tab.name, "Staging")
    qtbot.mouseClick(tab.save, Qt.MouseButton.LeftButton)
    assert [server.name for server in window.submitting.servers.all()] == ["Staging"]
    assert window.run_bar.target.findText("Staging") > 0


def test_token_without_a_keyring_lasts_for_the_session(window: MainWindow):
    servers = window.submitting.servers
    assert not servers.set_token("https://kfp.example.org", "secret")
    assert servers.token("https://kfp.example.org") == "secret"
    servers.put(Server("https://kfp.example.org"))
    window.settings.sync()
    assert "secret" not in window.settings.path.read_text()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_submit_is_followed_to_its_end_and_repeated_by_one_click(window: MainWindow, qtbot: QtBot, kfp: FakeKfp):
    page = show(window, document(), qtbot)
    window.submitting.servers.put(Server(kfp.url, name="Test"))
    window.submitting.servers.set_target(kfp.url)
    window.actions_table.run("run.run")
    (dialog,) = window.findChildren(SubmitDialog)
    qtbot.waitUntil(lambda: "answers" in dialog.state.text(), timeout=60_000)
    qtbot.keyClicks(dialog.form.line("place").editor.focus_widget(), "Rome")
    qtbot.keyClicks(dialog.form.line("count").editor.focus_widget(), "3")
    dialog.experiment.setCurrentText("Trials")
    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    record = window.running.records[0]
    digest = document_digest(page.session.document)
    # Edited while it is being submitted: it is known all the same what was.
    page.do(edits.rename(page.session.document, EntityId("a"), "other"))
    qtbot.waitUntil(lambda: not record.is_live, timeout=60_000)
    assert record.run.document_digest == digest
    qtbot.waitUntil(page.strip.moved_on.isVisible)
    assert record.state == "SUCCEEDED", [bar.message for bar in window.notifier.bars]
    assert record.run.link.startswith(kfp.url)
    assert kfp.store.runs[0]["runtime_config"]["parameters"] == {"place": "Rome", "count": 3}
    assert kfp.store.experiments[0]["display_name"] == "Trials"
    assert {badge.state for badge in record.badges().values()} == {"SUCCEEDED"}
    window.actions_table.run("run.run")
    qtbot.waitUntil(lambda: len(window.running.records) == 2)
    again = window.running.records[0]
    qtbot.waitUntil(lambda: not again.is_live, timeout=60_000)
    assert again.state == "SUCCEEDED"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_server_that_is_down_is_said_and_nothing_is_lost(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    window.submitting.servers.put(Server(closed_address()))
    window.actions_table.run("run.submit")
    (dialog,) = window.findChildren(SubmitDialog)
    qtbot.waitUntil(lambda: bool(dialog.state.text()) and "Asking" not in dialog.state.text(), timeout=60_000)
    assert dialog.state.property("role") == "error"
    dialog.reject()
    assert not page.session.is_dirty


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_submit_cancelled_while_it_uploads_ends_the_run_that_the_server_started(
    window: MainWindow, qtbot: QtBot, kfp: FakeKfp
):
    show(window, document(), qtbot)
    window.submitting.servers.put(Server(kfp.url, name="Test"))
    window.submitting.servers.set_target(kfp.url)
    window.actions_table.run("run.run")
    (dialog,) = window.findChildren(SubmitDialog)
    qtbot.keyClicks(dialog.form.line("place").editor.focus_widget(), "Rome")
    qtbot.keyClicks(dialog.form.line("count").editor.focus_widget(), "3")
    qtbot.waitUntil(lambda: "answers" in dialog.state.text(), timeout=60_000)
    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    record = window.running.records[0]
    qtbot.waitUntil(lambda: record.step.startswith("Uploading"), timeout=60_000)
    window.running.cancel(record)
    assert record.state == "CANCELED"
    qtbot.waitUntil(lambda: bool(kfp.asked("POST", "terminate")), timeout=60_000)
    assert len(kfp.store.runs) == 1
