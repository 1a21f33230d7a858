"""Whole runs of packages that the SDK compiled: every construct of a pipeline, in real processes."""

import itertools
import json
import os
from pathlib import Path

import pytest

from tests.backends.local.conftest import CORPUS, Run


def test_a_chain_gives_typed_values(run: Run) -> None:
    result = run("chain", start=4)
    assert (result.code, result.snapshot.state, result.stderr) == (0, "SUCCEEDED", "")
    assert result.outputs("add") == {"Output": 5}
    assert result.snapshot.outputs == {"Output": 15}
    assert (result.output / "add" / "executor_output.json").is_file()
    assert "KFP Executor" in (result.output / "add" / "log.txt").read_text()


def test_events_tell_every_state_in_order(run: Run) -> None:
    result = run("chain")
    told = [(event.task, event.state) for event in result.events if not event.message.startswith("Making")]
    assert told == [
        (None, "RUNNING"),
        ("add", "PENDING"),
        ("add-2", "PENDING"),
        ("add", "RUNNING"),
        ("add", "SUCCEEDED"),
        ("add-2", "RUNNING"),
        ("add-2", "SUCCEEDED"),
        (None, "SUCCEEDED"),
    ]
    assert {event.run for event in result.events} == {result.snapshot.run}
    assert [event.time for event in result.events] == sorted(event.time for event in result.events)


def test_every_type_arrives_and_returns(run: Run) -> None:
    result = run("types", text='quote " and \\ {{$.x}} ü', flag=False)
    task = result.snapshot.tasks["everything"]
    assert task.outputs == {
        "file": "from a file",
        "kinds": "str,int,float,bool,list,dict,NoneType",
        "same": {"a": {"b": 1}},
        "total": 3.0,
    }
    (data,) = task.artifacts["data"]
    assert Path(data.path).read_text() == 'quote " and \\ {{$.x}} ü'
    assert data.type == "system.Dataset"
    assert task.artifacts["scores"][0].metadata == {"accuracy": 0.5}


@pytest.mark.slow
def test_independent_tasks_run_at_once(run: Run) -> None:
    result = run("side_by_side")
    times = [str(task.outputs["Output"]).split() for task in result.snapshot.tasks.values()]
    assert max(float(start) for start, _ in times) < min(float(end) for _, end in times)


@pytest.mark.slow
def test_parallel_limits_how_many_run_at_once(run: Run) -> None:
    result = run("side_by_side", options=("--parallel", "1"))
    times = sorted(str(task.outputs["Output"]).split() for task in result.snapshot.tasks.values())
    assert all(float(end) <= float(start) for (_, end), (start, _) in itertools.pairwise(times))


def test_sub_pipelines_take_and_give_parameters_and_artifacts(run: Run) -> None:
    result = run("nested", text="hi")
    assert result.outputs("inner/say") == {"Output": "got hi:2"}
    assert result.outputs("inner") == {"text": "got hi:2"}
    (model,) = result.snapshot.tasks["inner"].artifacts["model"]
    assert (model.type, model.metadata) == ("system.Model", {"framework": "none"})
    assert result.snapshot.outputs == {"Output": len("trained on hi")}
    assert (result.output / "inner" / "train" / "model.txt").read_text() == "trained on hi"


@pytest.mark.parametrize(("n", "expected"), [(4, "small"), (5, "five"), (6, "large")])
def test_one_branch_runs_and_one_of_gives_its_output(run: Run, n: int, expected: str) -> None:
    result = run("branches", n=n, who="it's")
    assert result.snapshot.outputs == {"Output": expected}
    inside = [state for path, state in result.states.items() if path.startswith("condition-branches-1/")]
    assert sorted(inside) == ["SKIPPED"] * 4 + ["SUCCEEDED"] * 2
    assert result.outputs("condition-5/say-4") == {"Output": "not bob"}


def test_a_value_in_a_condition_is_only_a_value(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "made"
    result = run("branches", who=f"' or __import__('os').system('touch {target}') or '")
    assert result.snapshot.state == "SUCCEEDED"
    assert result.state("condition-5") == "SUCCEEDED"
    assert not target.exists()
    assert run("branches", output=tmp_path / "bob", who="bob").state("condition-5") == "SKIPPED"


@pytest.mark.slow
@pytest.mark.parametrize(("flag", "expected"), [(True, "left:4"), (False, "right!:6")])
def test_one_of_artifacts(run: Run, flag: bool, expected: str) -> None:
    assert run("artifact_branches", flag=flag).snapshot.outputs == {"Output": expected}


@pytest.mark.slow
def test_loops_over_every_kind_of_items(run: Run) -> None:
    result = run("loops", words=["a b", "it's", "{{$}}"])
    assert result.snapshot.state == "SUCCEEDED"
    assert result.snapshot.outputs == {"Output": "a b,it's,{{$}}"}
    assert [result.outputs(f"for-loop-3[{index}]/say-2")["Output"] for index in range(2)] == ["1-2", "3-4"]
    assert result.outputs("join") == {"Output": "100,102"}
    # The items of a plain `list` are declared as text.
    assert "was given text ('0')" in result.snapshot.tasks["for-loop-4[0]/condition-5/add"].warnings[0]
    assert result.state("for-loop-4[1]/condition-5/add") == "SKIPPED"
    assert [result.outputs(f"for-loop-6[{index}]/add-2")["Output"] for index in range(2)] == [4, 5]
    assert (result.output / "for-loop-1.2" / "say" / "log.txt").is_file()


@pytest.mark.slow
def test_a_loop_s_limit_holds(run: Run) -> None:
    result = run("loops", n=3)
    running = 0
    for event in result.events:
        if event.task in ("for-loop-4[0]", "for-loop-4[1]", "for-loop-4[2]"):
            running += 1 if event.state == "RUNNING" else -1
            assert running <= 1


@pytest.mark.slow
def test_a_loop_over_nothing(run: Run) -> None:
    result = run("loops", words=[], n=0)
    assert result.snapshot.outputs == {"Output": ""}
    assert result.outputs("for-loop-1") == {"pipelinechannel--say-Output": []}


@pytest.mark.slow
def test_artifacts_are_collected_and_gone_through(run: Run) -> None:
    result = run("artifact_loops")
    assert result.snapshot.outputs == {"Output": "a,b,c"}
    read = [result.outputs(f"read-each/for-loop-1[{index}]/read")["Output"] for index in range(3)]
    assert read == ["a:1", "b:1", "c:1"]


@pytest.mark.slow
def test_loops_in_loops_collect_flat_lists_as_a_cluster_does(run: Run) -> None:
    result = run("nested_loops")
    assert result.snapshot.outputs == {"Output": "11,21,12,22"}
    assert result.outputs("for-loop-2[1]/for-loop-4") == {"pipelinechannel--add-Output": [12, 22]}


def test_an_exit_task_runs_after_a_failure_and_hears_of_it(run: Run) -> None:
    result = run("exit", text="went wrong")
    assert (result.code, result.snapshot.state) == (1, "FAILED")
    status = str(result.outputs("report-status")["Output"])
    assert status.startswith("FAILED|exit-handler-1|")
    assert "ValueError: went wrong" in status
    assert result.state("exit-handler-1/say") == "SUCCEEDED"
    assert "Task 'exit-handler-1/fail' failed." in result.snapshot.message
    assert "ValueError: went wrong" in result.snapshot.message
    end = result.events[-1]
    assert "Traceback" in end.details


def test_what_depends_on_a_failure_is_skipped_and_the_rest_goes_on(run: Run) -> None:
    result = run("ignoring")
    assert result.states == {
        "fail": "FAILED",
        "say": "SKIPPED",
        "optional-text": "SUCCEEDED",
        "say-2": "SUCCEEDED",
    }
    assert result.outputs("optional-text") == {"Output": "nothing"}
    assert result.snapshot.tasks["say"].message == "Skipped: 'fail' failed."


def test_a_task_is_tried_again(run: Run, tmp_path: Path) -> None:
    result = run("retried", marker=str(tmp_path / "marker"))
    assert result.snapshot.outputs == {"Output": 3}
    assert len(result.snapshot.tasks["flaky"].warnings) == 2
    assert (result.output / "flaky" / "log.txt").read_text().count("RuntimeError: try") == 2


@pytest.mark.slow
def test_a_sub_pipeline_is_tried_again_as_a_whole(run: Run, tmp_path: Path) -> None:
    result = run("retried_whole", marker=str(tmp_path / "marker"))
    assert result.snapshot.outputs == {"Output": 3}
    assert len(result.snapshot.tasks["flaky-inside"].warnings) == 2


@pytest.mark.slow
def test_a_cache_key_of_one_s_own_stands_for_the_inputs(run: Run, tmp_path: Path) -> None:
    run("keyed", output=tmp_path / "one", cache=tmp_path / "cache", text="a")
    again = run("keyed", output=tmp_path / "two", cache=tmp_path / "cache", text="b")
    assert (again.state("say"), again.outputs("say")) == ("CACHED", {"Output": "a"})


@pytest.mark.slow
def test_packages_are_there_and_pip_where_it_is_asked_for(run: Run) -> None:
    result = run("packaged")
    assert result.outputs("use-package") == {"Output": "1.0.0"}
    assert str(result.outputs("ask-pip")["Output"]).startswith("pip ")
    log = (result.output / "use-package" / "log.txt").read_text()
    assert "pip install" not in log
    assert "Collecting" not in log


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_importers(run: Run, tmp_path: Path, form: str) -> None:
    source = tmp_path / "a file.txt"
    source.write_text("hello")
    result = run("imported", uri=form.format(source).replace(" ", "%20" if "file:" in form else " "))
    assert result.outputs("read") == {"Output": "hello:5"}
    (local,) = result.snapshot.tasks["importer"].artifacts["artifact"]
    assert (local.path, local.metadata) == (str(source), {"from": "here", "length": 5})
    (remote,) = result.snapshot.tasks["importer-2"].artifacts["artifact"]
    assert (remote.uri, remote.path, remote.metadata) == ("gs://bucket/thing", "", {"where": "gs://bucket/thing"})
    assert "nothing is fetched" in result.snapshot.tasks["importer-2"].warnings[0]


@pytest.mark.slow
def test_an_importer_of_nothing_fails_in_words(run: Run) -> None:
    result = run("imported", uri="/not/there.txt")
    assert "There is nothing at '/not/there.txt'" in result.snapshot.message
    assert result.state("read") == "SKIPPED"


@pytest.mark.slow
def test_an_artifact_given_to_the_pipeline(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "data.txt"
    source.write_text("given")
    result = run("artifact_input", data={"uri": str(source), "metadata": {"length": 9}})
    assert result.snapshot.outputs == {"Output": "given:9"}


@pytest.mark.slow
def test_a_task_s_variables_are_set_and_secrets_are_not_passed_on(run: Run) -> None:
    result = run("environment", environment={**os.environ, "PIPELOOM_TOKEN": "s3cret", "MY_API_KEY": "s3cret"})
    seen = result.outputs("show-environment")["Output"]
    assert isinstance(seen, dict)
    assert seen["GREETING"] == "hi"
    assert "s3cret" not in seen.values()
    assert not Path(seen["TMPDIR"]).exists()


@pytest.mark.slow
def test_placeholders_about_the_run_and_the_workspace(run: Run, tmp_path: Path) -> None:
    workspace = tmp_path / "mine"
    workspace.mkdir()
    (workspace / "kept.txt").write_text("kept")
    result = run("placeholders", options=("--run-name", "My run", "--workspace", str(workspace)))
    name, uuid, task, root = str(result.outputs("say")["Output"]).rsplit(" ", 3)
    assert (name, uuid, task, root) == ("My run", result.snapshot.run, "say", str(result.output))
    assert sorted(path.name for path in workspace.iterdir()) == ["kept.txt", "left.txt"]


@pytest.mark.slow
def test_results_are_taken_from_an_earlier_run(run: Run, tmp_path: Path) -> None:
    first = run("nested", output=tmp_path / "one", cache=tmp_path / "cache")
    again = run("nested", output=tmp_path / "two", cache=tmp_path / "cache")
    other = run("nested", output=tmp_path / "three", cache=tmp_path / "cache", text="else")
    assert set(first.states.values()) == {"SUCCEEDED"}
    assert again.state("write") == again.state("inner/train") == again.state("size-of") == "CACHED"
    assert again.snapshot.outputs == first.snapshot.outputs
    assert (tmp_path / "two" / "inner" / "train" / "model.txt").read_text() == "trained on hello"
    assert other.state("write") == "SUCCEEDED"


@pytest.mark.slow
def test_a_result_whose_file_was_changed_is_not_taken(run: Run, tmp_path: Path) -> None:
    run("artifact_branches", output=tmp_path / "one", cache=tmp_path / "cache")
    (tmp_path / "one/condition-branches-1/condition-2/write/data").write_text("changed by hand")
    again = run("artifact_branches", output=tmp_path / "two", cache=tmp_path / "cache")
    assert again.state("condition-branches-1/condition-2/write") == "SUCCEEDED"
    assert again.snapshot.outputs == {"Output": "left:4"}


@pytest.mark.slow
def test_a_run_into_an_earlier_run_s_folder(run: Run, tmp_path: Path) -> None:
    assert run("chain", output=tmp_path / "o", start=1).code == 0
    assert run("chain", output=tmp_path / "o", start=2).snapshot.outputs == {"Output": 13}


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"start": "3"}, "The input 'start' takes NUMBER_INTEGER (a whole number)"),
        ({"strat": 3}, "The pipeline has no input 'strat'. Its inputs: start."),
    ],
)
def test_wrong_inputs_are_refused_before_anything_runs(run: Run, inputs: dict[str, object], words: str) -> None:
    result = run("chain", **inputs)
    assert (result.code, result.states) == (1, {})
    assert words in result.snapshot.message
    assert not result.output.exists()


def test_wrong_usage_is_told_on_stderr(run: Run) -> None:
    result = run("chain", options=("--input", "start"))
    assert (result.code, result.events) == (2, [])
    assert "NAME=JSON" in result.stderr


@pytest.mark.slow
def test_the_events_are_kept_beside_the_files(run: Run) -> None:
    result = run("chain")
    kept = [json.loads(line) for line in (result.output / "_events.jsonl").read_text().splitlines()]
    assert [event["state"] for event in kept] == [event.state for event in result.events]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of packages is not beside the project")
@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("local_execution_pipeline_with_oneof", {"pick_a": False}, {"Output": "selected:B"}),
        ("local_execution_pipeline_with_exit_handler", {}, {}),
        ("collected_artifacts", {}, {}),
        ("if_elif_else_complex", {}, {}),
        ("nested_return", {}, {"Output": [{"A_a": "1", "B_b": "2"}, {"A_a": "10", "B_b": "20"}]}),
        ("multiple_parameters_namedtuple", {}, {}),
        ("artifacts_complex", {}, {}),
        ("mixed_parameters", {}, {}),
        ("nested_pipeline_opt_input_child_level_compiled", {}, {}),
        ("nested_pipeline_opt_inputs_parent_level_compiled", {}, {}),
        (
            "pipeline_with_parallelfor_pipeline_param",
            {"loop_parameter": [{"A_a": "1", "B_b": ["2"]}], "prefix": "p"},
            {},
        ),
        ("pipeline_with_importer_workspace", {}, {"train_result": "123"}),
        ("notebook_component_mixed", {}, {}),
        ("preprocess", {"message": "m", "input_dict_parameter": {"A": 1}, "input_list_parameter": ["a"]}, {}),
    ],
)
def test_packages_of_the_corpus(run: Run, name: str, inputs: dict[str, object], expected: dict[str, object]) -> None:
    path = next(CORPUS.glob(f"ir/{name}.*"))
    result = run(path, **inputs)
    assert result.snapshot.state == "SUCCEEDED", result.snapshot.message
    assert expected.items() <= result.snapshot.outputs.items()
