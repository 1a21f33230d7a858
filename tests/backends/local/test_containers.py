"""Container components, with a script in the engine's place: what it is told, and what becomes of its answers."""

import json
import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from editor.backends.local.containers import answering_engine
from tests.backends.local.conftest import Run, command_for

# Plays `docker`: notes its arguments, then runs the command on this computer as the container would.
FAKE = """#!/bin/sh
printf '%s\\n' "$@" >> "$FAKE_LOG"; echo -- >> "$FAKE_LOG"
case $1 in
  info) exit ${FAKE_INFO:-0} ;;
  kill|rm) exit 0 ;;
esac
shift
while [ $# -gt 0 ]; do
  case $1 in
    --rm) shift ;;
    --name|--mount|--cpus|--memory) shift 2 ;;
    --env) export "$2"; shift 2 ;;
    --entrypoint) entry=$2; shift 2 ;;
    *) break ;;
  esac
done
shift
if [ -n "$FAKE_SLEEP" ]; then sleep 100; fi
if [ -n "$FAKE_EXIT" ]; then echo "no such thing"; exit $FAKE_EXIT; fi
exec "$entry" "$@"
"""


@pytest.fixture
def engine(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "docker"
    script.write_text(FAKE)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    log = tmp_path / "engine.log"
    log.touch()
    return {**environment, "PATH": f"{folder}:{os.environ['PATH']}", "FAKE_LOG": str(log)}


def calls(engine: dict[str, str]) -> list[list[str]]:
    return [call.splitlines() for call in Path(engine["FAKE_LOG"]).read_text().split("--\n") if call.strip()]


def test_a_container_s_outputs_are_read(run: Run, engine: dict[str, str]) -> None:
    result = run("containers", environment=engine, text="a, b")
    assert result.snapshot.state == "SUCCEEDED", result.snapshot.message
    assert result.snapshot.outputs == {"Output": 7}
    (out,) = result.snapshot.tasks["shout"].artifacts["out"]
    assert Path(out.path).read_text() == "data <a, b>"
    assert "shouted" in (result.output / "shout" / "log.txt").read_text()
    (_, told) = calls(engine)
    assert told[:3] == ["run", "--rm", "--name"]
    assert told[told.index("--mount") + 1] == f"type=bind,source={result.output},target={result.output}"
    assert told[told.index("--env") + 1] == "MODE=x y"
    assert told[told.index("--cpus") + 1] == "0.5"
    assert told[told.index("--memory") + 1] == str(512 * 2**20)
    assert told[told.index("--entrypoint") + 1] == "sh"
    assert told[-1] == "--quiet"


def test_a_failing_container_is_a_failed_task(run: Run, engine: dict[str, str]) -> None:
    result = run("containers", environment={**engine, "FAKE_EXIT": "3"})
    assert result.state("shout") == "FAILED"
    assert "exit code 3: no such thing" in result.snapshot.message


def test_without_an_engine_nothing_is_started(run: Run, engine: dict[str, str]) -> None:
    (Path(engine["PATH"].partition(":")[0]) / "podman").symlink_to("docker")
    result = run("containers", environment={**engine, "FAKE_INFO": "1"})
    assert (result.code, result.states) == (1, {})
    assert result.snapshot.message.startswith("No container engine answers, and these tasks need one: 'shout'.")
    assert not result.output.exists()


def test_podman_is_asked_when_docker_does_not_answer(engine: dict[str, str]) -> None:
    folder = Path(engine["PATH"].partition(":")[0])
    podman = folder / "podman"
    podman.write_text("#!/bin/sh\nexit 0\n")
    podman.chmod(0o755)
    assert answering_engine(engine) == "docker"
    assert answering_engine({**engine, "FAKE_INFO": "1"}) == "podman"
    assert answering_engine({**engine, "PATH": "/nowhere"}) == ""


@pytest.mark.slow
def test_cancel_kills_the_container(packages: Path, engine: dict[str, str], tmp_path: Path) -> None:
    command = command_for(packages / "containers.yaml", tmp_path / "out", None, {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**engine, "FAKE_SLEEP": "1"}) as process:
        deadline = time.monotonic() + 20
        while not any(call[0] == "run" for call in calls(engine)) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert json.loads(output.splitlines()[-1])["state"] == "CANCELED"
    name = next(call for call in calls(engine) if call[0] == "run")[3]
    assert ["kill", name] in calls(engine)
