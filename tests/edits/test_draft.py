"""A draft reads as the document will that its edit makes."""

import random

from editor.edits.draft import Draft
from editor.model import ROOT, Constant, DocumentView, EntityId, Loop, metrics
from editor.model.metrics import card_size, rows_height, task_rows
from editor.model.port_types import STRING
from tests.builders import component, pipeline, task


def test_children_and_entities_are_those_with_the_changes():
    document = pipeline(*(task(f"t{number}") for number in range(20)))
    chance = random.Random(4)
    under, draft = Draft(document), None
    for layer in (under, Draft(under)):
        draft = layer
        loop = Loop(id=EntityId(f"l{id(layer)}"), parent=ROOT, name="l", items=Constant([1]))
        draft.put(loop)
        for one in chance.sample([each.id for each in document.tasks()], 8):
            entity = draft.get(one)
            if entity is None:
                continue
            if chance.random() < 0.5:
                draft.drop(one)
            else:
                draft.put(task(str(one), parent=loop.id))
    assert draft is not None
    wanted = DocumentView(dict(draft.entities))
    scopes = [ROOT, *(each.id for each in wanted.nodes() if isinstance(each, Loop))]
    for scope in scopes:
        assert set(draft.children(scope)) == set(wanted.children(scope))
    ids = [*document.entities, *scopes, EntityId("nowhere")]
    assert draft.get_all(ids) == [draft.get(each) for each in ids] == [wanted.get(each) for each in ids]


def test_a_card_is_as_high_as_its_rows():
    few = component("few", {"a": STRING, "b": STRING}, {"out": STRING})
    ports = {f"x{number}": STRING for number in range(metrics.FOLD_ABOVE + 3)}
    many = component("many", ports, {"out": STRING}, optional=tuple(ports)[3:])
    document = pipeline(task("few", of=few), task("many", of=many))
    for each in document.tasks():
        assert card_size(document, each.id)[1] == rows_height(len(task_rows(document, each)))
