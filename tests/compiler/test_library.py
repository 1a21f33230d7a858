"""Pipelines of the library, used as components."""

from pathlib import Path

import pytest

from editor.compiler.library import realise_entry
from editor.components import list_components
from editor.model import ROOT, Component, DocumentView, Pipeline, Snapshot
from editor.model.references import references
from editor.worker import Worker
from tests.corpus import corpus_files, needs_corpus

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def embedded(entities: tuple) -> DocumentView:
    """A document with the fragment in it; nothing in it may name what is not there."""
    view = Snapshot({ROOT: Pipeline(id=ROOT, name="host"), **{entity.id: entity for entity in entities}})
    for entity in entities:
        for reference in references(entity):
            assert reference.target in view, f"{entity.id} names {reference.target}"
    return view


def test_the_iris_pipeline_becomes_a_sub_pipeline(worker: Worker) -> None:
    entry = next(entry for entry in list_components([SAMPLES])[0] if entry.kind == "pipeline")
    fragment = realise_entry(entry, worker)
    view = embedded(fragment.entities)
    pipeline = view.pipeline(fragment.component)
    assert pipeline.name == "iris"
    assert [port.name for port in pipeline.inputs] == [port.name for port in entry.inputs]
    assert {view.task(child).name for child in view.children(pipeline.id)} == {
        "load-iris",
        "split-data",
        "train-logistic-regression",
        "train-random-forest",
        "evaluate-model",
        "evaluate-model-2",
        "choose-model",
        "report",
    }
    assert realise_entry(entry, worker) == fragment


def test_a_pipelines_components_are_those_of_the_library(worker: Worker) -> None:
    """So that a document that has both embeds each function once."""
    entries = list_components([SAMPLES])[0]
    pipeline = next(entry for entry in entries if entry.kind == "pipeline")
    embedded_by_name = {
        entity.name: entity for entity in realise_entry(pipeline, worker).entities if isinstance(entity, Component)
    }
    for entry in entries:
        if entry.path.endswith("iris_components.py"):
            (component,) = realise_entry(entry, worker).entities
            assert isinstance(component, Component)
            twin = embedded_by_name[component.name]
            assert component.implementation.__class__ is twin.implementation.__class__
            assert {port.name for port in component.inputs} == {port.name for port in twin.inputs}


@needs_corpus
@pytest.mark.slow
def test_every_pipeline_of_the_corpus_can_be_used_as_a_component(worker: Worker) -> None:
    entries, errors = list_components(corpus_files("ir", ".yaml", ".json"))
    assert errors == []
    pipelines = [entry for entry in entries if entry.kind == "pipeline"]
    assert len(pipelines) >= 60
    for entry in pipelines:
        fragment = realise_entry(entry, worker)
        view = embedded(fragment.entities)
        pipeline = view.pipeline(fragment.component)
        assert {port.name for port in pipeline.inputs} == {port.name for port in entry.inputs}
        assert all(isinstance(entity, Component) or entity.id != ROOT for entity in fragment.entities)
