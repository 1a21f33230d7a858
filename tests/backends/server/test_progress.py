"""What a server reports of its nodes, read back as the paths of our tasks."""

from typing import Any

from editor.backends.server.progress import TaskReport, paths_of_spec, task_reports
from tests.backends.server.conftest import make_spec
from tests.fake_kfp.progress import NodeTree, Script


def reported(
    spec: dict[str, Any], done: int, script: Script | None = None, paths: list[str] | None = None
) -> dict[str, str]:
    _state, details = NodeTree(spec, script or Script(), "run-1").details(done)
    tasks = [
        {
            "id": detail["task_id"],
            "name": detail["display_name"],
            "state": detail["state"],
            "message": detail.get("error", {}).get("message", ""),
            "started": detail["start_time"],
            "finished": detail.get("end_time", ""),
            "pod": detail["pod_name"],
            "parent": "",
            "children": [child["pod_name"] for child in detail.get("child_tasks", [])],
        }
        for detail in details
    ]
    return {path: report.state for path, report in task_reports(tasks, paths or list(paths_of_spec(spec))).items()}


def test_paths_name_groups_and_every_use_of_a_sub_pipeline() -> None:
    assert set(paths_of_spec(make_spec())) == {"load", "train-loop", "train-loop/score", "train-loop/rate", "report"}


def test_paths_of_a_pipeline_that_holds_itself_come_to_an_end() -> None:
    spec: dict[str, Any] = {"components": {}, "root": {"dag": {"tasks": {"a": {"componentRef": {"name": "comp-a"}}}}}}
    spec["components"]["comp-a"] = spec["root"]
    assert list(paths_of_spec(spec)) == ["a", "a/a"]


def test_iterations_are_numbered_and_drivers_left_out() -> None:
    states = reported(make_spec(), 4)
    assert states == {
        "load": "SUCCEEDED",
        "train-loop": "RUNNING",
        "train-loop[0]": "SUCCEEDED",
        "train-loop[0]/score": "SUCCEEDED",
        "train-loop[0]/rate": "SUCCEEDED",
        "train-loop[1]": "RUNNING",
        "train-loop[1]/score": "SUCCEEDED",
        "train-loop[1]/rate": "RUNNING",
    }


def test_groups_need_not_be_among_the_paths() -> None:
    states = reported(make_spec(), 2, paths=["load", "train-loop/score", "train-loop/rate", "report"])
    assert states["train-loop[0]/score"] == "SUCCEEDED"
    assert states["train-loop"] == "RUNNING"


def test_nested_loops_keep_their_numbers_apart() -> None:
    spec: dict[str, Any] = make_spec()
    inner = {"dag": {"tasks": {"leaf": {"componentRef": {"name": "comp-step"}}}}}
    spec["components"]["comp-inner"] = inner
    spec["components"]["comp-loop"]["dag"]["tasks"] = {
        "again": {"componentRef": {"name": "comp-inner"}, "parameterIterator": {}},
        "sum": {"componentRef": {"name": "comp-step"}, "dependentTasks": ["again"]},
    }
    states = reported(spec, 20)
    assert {path for path in states if path.endswith("leaf")} == {
        f"train-loop[{outer}]/again[{turn}]/leaf" for outer in (0, 1) for turn in (0, 1)
    }
    assert states["train-loop[0]/sum"] == states["train-loop[1]/sum"] == "SUCCEEDED"
    assert states["report"] == "SUCCEEDED"


def test_same_name_inside_and_outside_of_a_sub_pipeline() -> None:
    spec: dict[str, Any] = make_spec()
    spec["components"]["comp-sub"] = {"dag": {"tasks": {"load": {"componentRef": {"name": "comp-step"}}}}}
    spec["root"]["dag"]["tasks"] = {
        "sub": {"componentRef": {"name": "comp-sub"}},
        "load": {"componentRef": {"name": "comp-step"}, "dependentTasks": ["sub"]},
    }
    assert reported(spec, 1) == {"sub": "SUCCEEDED", "sub/load": "SUCCEEDED", "load": "RUNNING"}


def test_cached_failed_and_skipped_tasks_say_so() -> None:
    script = Script()
    script.cached, script.fails = {"load"}, {"report"}
    states = reported(make_spec(), 6, script)
    assert (states["load"], states["report"], states["train-loop"]) == ("CACHED", "FAILED", "SUCCEEDED")
    script.skipped, script.fails = {"report"}, set()
    assert reported(make_spec(), 6, script)["report"] == "SKIPPED"


def test_links_in_a_circle_and_names_unknown_do_no_harm() -> None:
    node = {"id": "1", "name": "a", "state": "PAUSED", "message": "", "started": "", "finished": "", "parent": ""}
    nodes = [node | {"pod": "p", "children": ["q"]}, node | {"id": "2", "pod": "q", "children": ["p"]}]
    assert task_reports(nodes, ["g/a", "h/a"]) != {}
    assert task_reports(nodes, []) == {"a": TaskReport("RUNNING", "is paused", "", "")}
    assert task_reports(nodes, ["other"]) == {}


def test_a_thousand_tasks_are_read_in_a_moment() -> None:
    spec: dict[str, Any] = make_spec()
    tasks = {f"t{n}": {"componentRef": {"name": "comp-step"}} for n in range(1000)}
    for n in range(1, 1000):
        tasks[f"t{n}"]["dependentTasks"] = [f"t{n - 1}"]
    spec["root"]["dag"]["tasks"] = tasks
    assert len(reported(spec, 2000)) == 1000
