"""What a real screen reader would find: the canvas asked over the accessibility bus, on a real X server."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor.worker import child_environment

LAUNCHERS = (Path("/usr/libexec/at-spi-bus-launcher"), Path("/usr/lib/at-spi2-core/at-spi-bus-launcher"))
LAUNCHER = next((launcher for launcher in LAUNCHERS if launcher.exists()), None)
TOOLS = ("Xvfb", "dbus-run-session", "dbus-send")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.display,
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        LAUNCHER is None or not all(map(shutil.which, TOOLS)), reason="needs Xvfb, dbus and the accessibility bus"
    ),
]

# Runs in a session bus of its own: starts the accessibility bus, says its address, shows a canvas until a line comes.
WINDOW = """
import re, subprocess, sys, time
launcher = subprocess.Popen([sys.argv[1], "--launch-immediately"], stderr=subprocess.DEVNULL)
ask = ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress"]
address = None
while address is None:
    time.sleep(0.2)
    address = re.search('string "(.*)"', subprocess.run(ask, capture_output=True, text=True).stdout)
print(address.group(1), flush=True)

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from editor.ui.canvas.view import CanvasView
from editor.ui.theme import load
from tests.builders import COUNT, from_task, pipeline, task
from tests.ui.gestures.conftest import Shelf, placed

app = QApplication(["canvas"])
document = pipeline(task("a"), task("b", of=COUNT, text=from_task("a")), placed("a", 40, 40), placed("b", 400, 40))
window = QMainWindow()
view = CanvasView(document, do=document.apply, library=Shelf(()), theme=load("light"))
window.setCentralWidget(view)
window.resize(1000, 700)
window.show()

def go():
    notifier.setEnabled(False)
    view.deleteLater()
    QTimer.singleShot(200, app.quit)

notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
notifier.activated.connect(go)
QTimer.singleShot(1000, lambda: print("ready", flush=True))
app.exec()
print("left in peace", flush=True)
launcher.terminate()
"""


class Bus:
    """The accessibility bus, asked with the tool that comes with every bus."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(self, node: tuple[str, str], method: str, *arguments: str) -> str:
        destination, path = node
        command = ["dbus-send", f"--bus={self._address}", "--print-reply", f"--dest={destination}", path, method]
        return subprocess.run([*command, *arguments], capture_output=True, text=True, check=True, timeout=20).stdout

    def children(self, node: tuple[str, str]) -> list[tuple[str, str]]:
        return re.findall(
            r'string "([^"]*)"\s+object path "([^"]*)"', self.call(node, "org.a11y.atspi.Accessible.GetChildren")
        )

    def name(self, node: tuple[str, str]) -> str:
        wanted = ("string:org.a11y.atspi.Accessible", "string:Name")
        found = re.search(r'variant\s+string "(.*)"', self.call(node, "org.freedesktop.DBus.Properties.Get", *wanted))
        return found.group(1) if found else ""

    def find(self, node: tuple[str, str], name: str) -> tuple[str, str] | None:
        if self.name(node) == name:
            return node
        return next((found for child in self.children(node) if (found := self.find(child, name))), None)


@pytest.fixture
def window(tmp_path) -> Iterator[tuple[Bus, subprocess.Popen[str]]]:
    x_server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert x_server.stdout is not None
    display = f":{x_server.stdout.readline().strip()}"
    root = Path(__file__).parents[3]
    environment = child_environment() | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "XDG_CACHE_HOME": str(tmp_path),
    }
    environment["PYTHONPATH"] = os.pathsep.join((str(root), environment["PYTHONPATH"]))
    session = subprocess.Popen(
        ["dbus-run-session", "--", sys.executable, "-c", WINDOW, str(LAUNCHER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
        start_new_session=True,
    )
    try:
        assert session.stdout is not None
        address = session.stdout.readline().strip()
        # The registry of the bus shares the pipe and greets, too.
        assert any(line.strip() == "ready" for line in session.stdout)
        yield Bus(address), session
    finally:
        # The bus and its registry hold the pipes of the session that started them.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(session.pid, signal.SIGKILL)
        session.communicate()
        x_server.terminate()
        x_server.communicate()


def test_a_screen_reader_finds_tasks_ports_and_wires_and_the_canvas_goes_in_peace(window):
    bus, session = window
    desktop = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    canvas = bus.find(desktop, "Pipeline canvas")
    assert canvas is not None
    tasks = bus.children(canvas)
    assert [bus.name(task) for task in tasks] == ["Task a", "Task b"]
    parts = [bus.name(part) for part in bus.children(tasks[1])]
    assert parts == ["Input text", "Output words", "Wire from a.out to b.text"]
    assert re.findall(r"int32 (\d+)", bus.call(tasks[1], "org.a11y.atspi.Component.GetExtents", "uint32:0"))
    out, _ = session.communicate("\n", timeout=30)
    assert "left in peace" in out
    assert session.returncode == 0
