"""The real kfp.Client against the fake server: what goes well."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor.backends.server import ServerConnection
from editor.backends.server.connection import Upload
from editor.errors import EditorError
from editor.runs import RunEvent, fold
from tests.backends.server.conftest import write_package
from tests.fake_kfp import FakeKfp


@pytest.fixture
def connection(kfp: FakeKfp) -> Iterator[ServerConnection]:
    with ServerConnection(kfp.url) as made:
        yield made


def test_submit_uploads_runs_and_is_watched_to_the_end(
    kfp: FakeKfp, connection: ServerConnection, package: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = connection.submit(
        package, pipeline_name="train-it", experiment="Trials", run_name="first", arguments={"rate": 0.5}
    )
    assert run.link == f"{kfp.url}/#/runs/details/{run.id}"
    assert kfp.store.uploads[0].spec["pipelineInfo"] == {"name": "train-it"}
    held = kfp.store.runs[0]
    assert held["display_name"] == "first"
    assert held["runtime_config"]["parameters"] == {"rate": 0.5}
    assert held["pipeline_version_reference"]["pipeline_version_id"] == kfp.store.versions[0]["pipeline_version_id"]
    assert kfp.store.experiments[0]["display_name"] == "Trials"
    events = list(connection.watch(run, interval_s=0.01))
    snapshot = fold(events)
    assert snapshot.state == "SUCCEEDED"
    assert events[-1].task is None
    assert {path: task.state for path, task in snapshot.tasks.items()} == {
        "load": "SUCCEEDED",
        "train-loop": "SUCCEEDED",
        "train-loop[0]": "SUCCEEDED",
        "train-loop[0]/score": "SUCCEEDED",
        "train-loop[0]/rate": "SUCCEEDED",
        "train-loop[1]": "SUCCEEDED",
        "train-loop[1]/score": "SUCCEEDED",
        "train-loop[1]/rate": "SUCCEEDED",
        "report": "SUCCEEDED",
    }
    assert [event.time for event in events] == sorted(event.time for event in events)
    # kfp.Client prints links and logs; none of it is ours.
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_every_exchange_was_judged_by_the_official_description(
    kfp: FakeKfp, connection: ServerConnection, package: Path
) -> None:
    if kfp.description is None:
        pytest.skip("the official API description is not at hand")
    run = connection.submit(package, pipeline_name="train-it", arguments={"rate": 1})
    connection.upload(package, "train-it", version="two")
    connection.cancel(run)
    assert fold(connection.watch(run, interval_s=0.01)).state == "CANCELED"
    assert [each.name for each in connection.experiments()] == ["Default"]
    assert [each.id for each in connection.runs()] == [run.id]
    assert kfp.judged == len(kfp.exchanges) > 15
    assert kfp.violations == []


@pytest.mark.slow
def test_uploading_again_makes_a_version_only_if_something_changed(
    kfp: FakeKfp, connection: ServerConnection, package: Path, tmp_path: Path
) -> None:
    first = connection.upload(package, "train-it")
    assert (first.created, len(kfp.store.versions)) == ("pipeline", 1)
    again = connection.upload(package, "train-it")
    assert again == Upload(first.pipeline_id, first.version_id, "train-it", first.version, "", first.link)
    other = connection.upload(write_package(tmp_path / "other.yaml", image="busybox"), "train-it", version="v2")
    assert (other.created, other.version, other.pipeline_id) == ("version", "v2", first.pipeline_id)
    assert other.link == f"{kfp.url}/#/pipelines/details/{other.pipeline_id}/version/{other.version_id}"
    with pytest.raises(EditorError, match="version 'v2' of this pipeline already"):
        connection.upload(package, "train-it", version="v2")
    assert len(kfp.store.uploads) == len(kfp.store.versions) == 2
    named = connection.upload(package, "Ünnamed 2", version="v1")
    assert (named.created, named.name, named.version) == ("pipeline", "Ünnamed 2", "v1")
    assert len([each for each in kfp.store.versions if each["pipeline_id"] == named.pipeline_id]) == 1


@pytest.mark.slow
def test_archive_and_platform_settings_arrive_whole(kfp: FakeKfp, connection: ServerConnection, tmp_path: Path) -> None:
    plain = write_package(tmp_path / "plain.yaml").read_text(encoding="utf-8")
    platform = {"platforms": {"kubernetes": {"deploymentSpec": {"executors": {"exec-step": {"secretAsEnv": []}}}}}}
    both = tmp_path / "both.yaml"
    both.write_text(f"{plain}\n---\n{json.dumps(platform)}\n", encoding="utf-8")
    connection.upload(both, "with-platform")
    assert kfp.store.uploads[0].platform == platform
    assert connection.upload(both, "with-platform").created == ""
    assert connection.upload(tmp_path / "plain.yaml", "with-platform").created == "version"


@pytest.mark.slow
def test_failed_run_names_its_task(kfp: FakeKfp, connection: ServerConnection, package: Path) -> None:
    kfp.store.script.fails = {"score"}
    run = connection.submit(package, pipeline_name="p", arguments={"rate": 1})
    snapshot = fold(connection.watch(run, interval_s=0.01))
    assert (snapshot.state, snapshot.message) == ("FAILED", "child 'train' failed")
    assert snapshot.tasks["train-loop[0]/score"].state == "FAILED"
    assert snapshot.tasks["train-loop[0]/score"].message == "main: Error (exit code 1)"
    assert "report" not in snapshot.tasks


@pytest.mark.slow
def test_lists_are_read_to_their_last_page(kfp: FakeKfp, connection: ServerConnection) -> None:
    for number in range(230):
        kfp.store.answer("POST", "/apis/v2beta1/experiments", {}, {"display_name": f"e{number}"})
    assert len(connection.experiments()) == 230


@pytest.mark.slow
def test_watching_stops_when_asked_and_bears_a_passing_failure(
    kfp: FakeKfp, connection: ServerConnection, package: Path
) -> None:
    kfp.store.script.stays_pending = True
    run = connection.submit(package, pipeline_name="p", arguments={"rate": 1})
    stop = threading.Event()
    seen: list[RunEvent] = []
    for event in connection.watch(run, stop=stop, interval_s=0.01):
        seen.append(event)
        kfp.misbehaves = "502" if len(seen) < 3 else ""
        if len(seen) == 3:
            stop.set()
    assert [event.level for event in seen] == ["info", "warning", "warning"]
    assert seen[0].state == "PENDING"
    kfp.misbehaves = "502"
    with pytest.raises(EditorError, match="has failed \\(502\\)"):
        list(connection.watch(run, interval_s=0.01))


@pytest.mark.slow
def test_server_for_several_users_needs_a_namespace_and_gets_it(package: Path) -> None:
    with FakeKfp(multi_user=True) as server:
        with ServerConnection(server.url) as connection:
            assert connection.check().multi_user
            with pytest.raises(EditorError, match="namespace cannot be empty") as refused:
                connection.experiments()
            assert "--namespace" in refused.value.hint
        with ServerConnection(server.url, namespace="team-a") as connection:
            run = connection.submit(package, pipeline_name="p", arguments={"rate": 1})
            assert server.store.experiments[0]["namespace"] == "team-a"
            assert connection.upload(package, "p").created == ""
            assert run.namespace == "team-a"
        assert server.violations == []


@pytest.mark.slow
def test_server_refuses_arguments_in_its_own_words(connection: ServerConnection, package: Path) -> None:
    with pytest.raises(EditorError, match="parameter rate is required but missing"):
        connection.submit(package, pipeline_name="p")
