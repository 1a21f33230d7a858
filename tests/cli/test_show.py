"""`pipeloom show`: what a script reads of a pipeline."""

import pytest

from editor.cli.listing import MAX_ROWS, rows
from editor.model import EntityId, Pipeline
from tests.builders import pipeline, task
from tests.cli.conftest import Pipeloom, saved
from tests.corpus import corpus_files, needs_corpus


def test_json_has_inputs_tasks_and_outputs(pipeloom: Pipeloom, document: object) -> None:
    answer = pipeloom("show", document, "--json")
    assert (answer.code, answer.err) == (0, "")
    shown = answer.json
    assert list(shown) == ["name", "inputs", "tasks", "outputs"]
    assert shown["name"] == "everything"
    assert shown["inputs"] == [
        {"name": "title", "type": "STRING", "default": "t"},
        {"name": "count", "type": "NUMBER_INTEGER", "default": None},
    ]
    assert shown["outputs"] == [
        {"name": "result", "type": "STRING", "source": {"task": "choose", "output": "out"}},
    ]
    arguments = {each["path"]: each["arguments"].get("x") for each in shown["tasks"]}
    assert arguments == {
        "load": {"constant": "a.csv"},
        "train-loop/score": {"loop": "train-loop", "field": "rate"},
        "mixed": {"template": ["rate ", {"input": "title"}, "!"]},
        "gather": {"collected": {"task": "train-loop/score", "output": "out"}},
        "check/yes/good": {"constant": "1"},
        "check/no/bad": {"constant": "2"},
        "choose": {"oneof": [{"task": "check/yes/good", "output": "out"}, {"task": "check/no/bad", "output": "out"}]},
        "settings": None,
        "first": {"task": "load", "output": "out"},
        "second": {"constant": "2"},
        "first/inner": {"input": "x"},
        "first/leaf": {"constant": "deep"},
        "second/inner": {"input": "x"},
        "second/leaf": {"constant": "deep"},
    }
    components = {each["path"]: each["component"] for each in shown["tasks"]}
    assert (components["load"], components["first"], components["first/inner"]) == ("step", "evaluate", "step")


def test_tasks_come_after_what_they_wait_for(pipeloom: Pipeloom, document: object) -> None:
    order = [each["path"] for each in pipeloom("show", document, "--json").json["tasks"]]
    for before, after in [("load", "train-loop/score"), ("train-loop/score", "gather"), ("check/no/bad", "choose")]:
        assert order.index(before) < order.index(after)


def test_text_is_for_people(pipeloom: Pipeloom, document: object) -> None:
    answer = pipeloom("show", document)
    assert answer.code == 0
    assert '  title: STRING = "t"' in answer.out
    assert "      x = all of train-loop/score → out" in answer.out
    assert "  first  (evaluate)" in answer.out


def test_hostile_names_do_not_reach_the_terminal(pipeloom: Pipeloom, tmp_path: object) -> None:
    from pathlib import Path

    name = "\x1b[31mred\u202egnp\n" + "x" * 50
    path = saved(Path(str(tmp_path)) / "hostile.pipeloom", task(name))
    answer = pipeloom("show", path)
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    assert pipeloom("show", path, "--json").json["tasks"][0]["path"] == name


def test_sub_pipelines_in_one_another_come_to_an_end() -> None:
    levels = [Pipeline(id=EntityId(f"p{n}"), name=f"p{n}") for n in range(30)]
    tasks = [
        task(f"{side}{n}", of=levels[n], parent="root" if n == 0 else f"p{n - 1}") for n in range(30) for side in "ab"
    ]
    assert sum(1 for _ in rows(pipeline(*levels, *tasks))) == MAX_ROWS
    itself = Pipeline(id=EntityId("p"), name="p")
    assert len(list(rows(pipeline(itself, task("a", of=itself), task("b", of=itself, parent="p"))))) == 2


@needs_corpus
@pytest.mark.slow
@pytest.mark.parametrize("path", corpus_files("ir", ".yaml", ".json"), ids=lambda path: path.name)
def test_every_package_is_shown_by_paths_that_can_be_set(path: object) -> None:
    from editor.cli import listing
    from editor.cli.files import open_file

    document = open_file(str(path)).document
    shown = listing.as_json(document)
    paths = [each["path"] for each in shown["tasks"]]
    assert len(set(paths)) == len(paths) > 0
    for each in paths:
        document.resolve(each)
    assert list(listing.as_text(document))
