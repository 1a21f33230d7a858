"""What leaves the window: packages, Python, pictures, the preview's text, uploads."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from editor.ui.dialogs.submit import SubmitDialog
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.servers import Server
from tests.builders import from_task, pipeline, task, value
from tests.fake_kfp import FakeKfp
from tests.ui.conftest import AnsweringAsk, placed, show


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    document = pipeline(
        task("a", x=value("hello")), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0)), name="greet"
    )
    return show(window, document, qtbot)


def export(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, command: str, path: Path) -> None:
    ask.save_path = path
    window.actions_table.run(command)
    qtbot.waitUntil(lambda: bool(window.notifier.bars), timeout=60_000)
    assert window.notifier.bars[0].kind == "success", window.notifier.bars[0].message
    window.notifier.clear()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_package_python_and_preview_are_of_the_pipeline_drawn(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    export(window, qtbot, ask, "file.export-package", tmp_path / "greet.tar.gz")
    with tarfile.open(tmp_path / "greet.tar.gz") as archive:
        assert archive.getnames() == ["pipeline.yaml"]
    export(window, qtbot, ask, "file.export-package", tmp_path / "greet.yaml")
    text = (tmp_path / "greet.yaml").read_text()
    assert "name: greet" in text
    export(window, qtbot, ask, "file.export-python", tmp_path / "greet.py")
    source = (tmp_path / "greet.py").read_text()
    assert "def greet(" in source
    compile(source, "greet.py", "exec")
    preview = window.bottom.preview
    window.show_bottom("Preview")
    qtbot.waitUntil(lambda: "name: greet" in preview.text.toPlainText(), timeout=60_000)
    assert preview.text.toPlainText().strip() == text.strip()
    preview.kind.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "def greet(" in preview.text.toPlainText(), timeout=60_000)


def test_picture_shows_the_pipeline(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    export(window, qtbot, ask, "file.export-picture", tmp_path / "greet.png")
    picture = QImage(str(tmp_path / "greet.png"))
    assert picture.width() > 300
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}) > 3
    export(window, qtbot, ask, "file.export-picture", tmp_path / "greet.svg")
    assert "<svg" in (tmp_path / "greet.svg").read_text()


@pytest.fixture
def kfp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKfp]:
    """kfp.Client reads ~/.config/kfp/context.json."""
    folder = tmp_path / "person"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    with FakeKfp() as server:
        yield server
    assert server.violations == []


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_upload_alone_starts_no_run(window: MainWindow, page: DocumentPage, qtbot: QtBot, kfp: FakeKfp):
    window.submitting.servers.put(Server(kfp.url, name="Test"))
    window.actions_table.run("run.upload")
    (dialog,) = window.findChildren(SubmitDialog)
    qtbot.waitUntil(lambda: "answers" in dialog.state.text(), timeout=60_000)
    dialog.name.setText("greetings")
    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.notifier.bars), timeout=60_000)
    assert window.notifier.bars[0].kind == "success", window.notifier.bars[0].message
    assert [each["display_name"] for each in kfp.store.pipelines] == ["greetings"]
    assert kfp.store.runs == []
    assert window.running.records == []
