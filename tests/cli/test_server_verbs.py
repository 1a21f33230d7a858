"""`submit` and `upload` against the fake server, driven by the real kfp.Client."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor.backends.server import connection
from tests.backends.server.conftest import make_spec, write_package
from tests.cli.conftest import Pipeloom
from tests.fake_kfp import FakeKfp, closed_address

SOURCES = Path(__file__).resolve().parents[2]
TOKEN = "sesame-token-7a61"


@pytest.fixture
def kfp() -> Iterator[FakeKfp]:
    with FakeKfp() as server:
        yield server
    assert server.violations == []


@pytest.fixture(autouse=True)
def _fast_polls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connection, "POLL_S", 0.01)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KF_PIPELINES_UI_ENDPOINT", raising=False)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "train.yaml")


@pytest.mark.slow
def test_submit_and_wait_gives_one_json_and_tells_the_rest(pipeloom: Pipeloom, kfp: FakeKfp, package: Path) -> None:
    words = [
        "--experiment",
        "Trials",
        "--run-name",
        "r1",
        "--input",
        "rate=0.25",
        "--input",
        "name=5",
        "--wait",
        "--json",
    ]
    answer = pipeloom("submit", package, "--server", kfp.url, *words)
    assert answer.code == 0
    run = kfp.store.runs[0]
    assert answer.json == {
        "run": run["run_id"],
        "name": "r1",
        "pipeline": "train-it",
        "experiment": "Trials",
        "server": kfp.url,
        "link": f"{kfp.url}/#/runs/details/{run['run_id']}",
        "state": "SUCCEEDED",
        "message": "",
        "tasks": {
            "load": "SUCCEEDED",
            "train-loop": "SUCCEEDED",
            **{f"train-loop[{turn}]{task}": "SUCCEEDED" for turn in (0, 1) for task in ("", "/score", "/rate")},
            "report": "SUCCEEDED",
        },
    }
    assert "SUCCEEDED  report" in answer.err
    assert run["runtime_config"]["parameters"] == {"rate": 0.25, "name": "5"}
    # A package goes up as it is.
    assert kfp.store.uploads[0].spec == make_spec()


@pytest.mark.slow
def test_failed_run_is_1_if_waited_for(pipeloom: Pipeloom, kfp: FakeKfp, package: Path) -> None:
    kfp.store.script.fails = {"score"}
    answer = pipeloom("submit", package, "--server", kfp.url, "--input", "rate=1", "--wait")
    assert answer.code == 1
    assert "FAILED     train-loop[0]/score  main: Error (exit code 1)" in answer.out
    answer = pipeloom("submit", package, "--server", kfp.url, "--input", "rate=1")
    assert (answer.code, answer.err) == (0, "")
    assert f"{kfp.url}/#/runs/details/" in answer.out


@pytest.mark.slow
def test_upload_says_what_it_made(pipeloom: Pipeloom, kfp: FakeKfp, package: Path) -> None:
    answer = pipeloom("upload", package, "--server", kfp.url, "--name", "Named", "--version", "v1", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.json["created"] == "pipeline"
    assert (answer.json["name"], answer.json["version"]) == ("Named", "v1")
    assert answer.json["link"].startswith(f"{kfp.url}/#/pipelines/details/")
    answer = pipeloom("upload", package, "--server", kfp.url, "--name", "Named")
    assert "has this already" in answer.out
    assert len(kfp.store.versions) == 1


@pytest.mark.slow
def test_document_is_compiled_and_uploaded(pipeloom: Pipeloom, kfp: FakeKfp, tmp_path: Path) -> None:
    from tests.builders import task, value
    from tests.cli.conftest import saved

    document = saved(tmp_path / "d.pipeloom", task("only", x=value("1")))
    answer = pipeloom("submit", document, "--server", kfp.url, "--wait")
    assert answer.code == 0, answer.err
    assert list(kfp.store.uploads[0].spec["root"]["dag"]["tasks"]) == ["only"]
    assert kfp.store.pipelines[0]["display_name"] == "test-pipeline"


@pytest.mark.slow
def test_token_comes_from_the_environment_or_a_file(
    pipeloom: Pipeloom, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeKfp(token=TOKEN) as server:
        words = ["upload", package, "--server", server.url]
        answer = pipeloom(*words)
        assert answer.code == 1
        assert "wants a token" in answer.err
        (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
        assert pipeloom(*words, "--token-file", "token").code == 0
        monkeypatch.setenv("PIPELOOM_TOKEN", TOKEN)
        assert pipeloom(*words).code == 0
        (tmp_path / "wrong").write_text("wrong-token", encoding="utf-8")
        answer = pipeloom(*words, "--token-file", "wrong")
        assert (answer.code, answer.out) == (1, "")
        assert "does not allow this (403)" in answer.err
        assert "wrong-token" not in answer.err
        assert server.violations == []


@pytest.mark.slow
def test_server_down_slow_or_a_web_page_is_1_in_time(
    pipeloom: Pipeloom, kfp: FakeKfp, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELOOM_TIMEOUT", "1")
    began = time.monotonic()
    answer = pipeloom("upload", package, "--server", closed_address(), "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "the connection was refused" in answer.err
    for how, words in (("slow", "did not answer within 1 s"), ("html", "login page"), ("500", "has failed (500)")):
        kfp.misbehaves = how  # pyright: ignore[reportAttributeAccessIssue] one of the Literal's
        answer = pipeloom("submit", package, "--server", kfp.url, "--json", "--input", "rate=1")
        assert (answer.code, answer.out) == (1, "")
        assert words in answer.err
        assert "Traceback" not in answer.err
    assert time.monotonic() - began < 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--server", "ftp://x"], "no address of a server"),
        (["--server", "https://me:pw@x"], "must not hold a user name or password"),
        (["--server", "http://127.0.0.1:9", "--token-file", "none"], "cannot be read: No such file"),
        (["--server", "http://127.0.0.1:9"], "needs a value for 'rate' (NUMBER_DOUBLE)"),
        (["--server", "http://127.0.0.1:9", "--input", "rate=x"], "'rate' takes NUMBER_DOUBLE"),
        (["--server", "http://127.0.0.1:9", "--input", "nope=1"], "no input 'nope'"),
    ],
)
def test_mistakes_are_said_before_the_server_is_asked(
    pipeloom: Pipeloom, package: Path, words: list[str], said: str
) -> None:
    answer = pipeloom("submit", package, *words)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert "pw@" not in answer.err


def test_json_package_that_servers_do_not_take_is_not_sent_as_it_is(tmp_path: Path) -> None:
    from editor.cli.files import open_file

    path = tmp_path / "job.json"
    path.write_text(json.dumps({"pipelineSpec": make_spec(), "runtimeConfig": {}}), encoding="utf-8")
    opened = open_file(str(path))
    assert opened.package is not None
    assert opened.package.wrapper is not None


@pytest.mark.slow
def test_interrupted_waiting_leaves_the_run_and_no_process(kfp: FakeKfp, package: Path, tmp_path: Path) -> None:
    kfp.store.script.stays_pending = True
    words = ["submit", str(package), "--server", kfp.url, "--input", "rate=1", "--wait"]
    command = [sys.executable, "-m", "editor", *words]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "PIPELOOM_HOME": str(tmp_path)}
    waiting = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 40
    while not kfp.asked("GET", "/runs/"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (child,) = Path(f"/proc/{waiting.pid}/task/{waiting.pid}/children").read_text(encoding="utf-8").split()
    waiting.send_signal(signal.SIGINT)
    _out, err = waiting.communicate(timeout=20)
    assert waiting.returncode == 1
    assert f"The run goes on at the server: {kfp.url}/#/runs/details/" in err
    assert "Traceback" not in err
    assert not Path(f"/proc/{child}").exists()
    assert kfp.asked("POST", ":terminate") == []
