"""A circle is found on a draft whether the document keeps the orders of its scopes or not."""

import random
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from editor.edits.circles import find_cycle, path_between
from editor.edits.draft import Draft
from editor.model import GROUP_TYPES, NODE_TYPES, Document, EntityId, FromTask, Task
from tests.random_documents import random_document


def rewire(chance: random.Random, draft: Draft) -> EntityId:
    """Have something read, wait for or lie in something else, legal or not."""
    nodes = sorted(node.id for node in draft.nodes())
    one = draft.node(chance.choice(nodes))
    other = draft.node(chance.choice(nodes))
    if isinstance(one, Task) and chance.random() < 0.5:
        draft.put(replace(one, arguments={**one.arguments, "x": FromTask(other.id, "out")}))
    elif isinstance(other, GROUP_TYPES) and one.id not in (other.id, *draft.ancestors(other.id)):
        draft.put(replace(one, parent=other.id))
    elif one.id != other.id:
        draft.put(replace(one, after=(*one.after, other.id)))
    return one.id


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**32))
def test_orders_change_nothing_but_the_time_it_takes(seed: int) -> None:
    chance = random.Random(seed)
    document = random_document(chance)
    if not any(True for _ in document.nodes()):
        return
    without = Document(document.entities)
    document.warm()
    assert not without.has_graphs
    draft, plain = Draft(document), Draft(without)
    starts: dict[EntityId, None] = {}
    for _ in range(chance.randint(1, 4)):
        state = chance.getstate()
        one = rewire(chance, draft)
        chance.setstate(state)
        assert rewire(chance, plain) == one
        starts.update(dict.fromkeys([one, *(each for each in draft.ancestors(one))]))
        if chance.random() < 0.3:
            draft = Draft(draft)
        found, truth = find_cycle(draft, starts), find_cycle(plain, starts)
        assert bool(found) == bool(truth), (seed, found, truth)
        if found:
            assert found[0] == found[-1]
            assert all(isinstance(draft.get(each), NODE_TYPES) for each in found)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=2**32))
def test_way_on_a_draft_is_one_in_the_document_that_it_makes(seed: int) -> None:
    chance = random.Random(seed)
    document = random_document(chance)
    if not any(True for _ in document.nodes()):
        return
    document.warm()
    draft = Draft(document)
    for _ in range(chance.randint(0, 4)):
        rewire(chance, draft)
    made = Document(dict(draft.entities))
    for scope in {node.parent for node in draft.nodes()}:
        siblings = sorted(made.children(scope))
        for _ in range(6):
            start, goal = chance.choice(siblings), chance.choice(siblings)
            way, truth = path_between(draft, scope, start, goal), path_between(made, scope, start, goal)
            assert bool(way) == bool(truth), (seed, way, truth)
            if way:
                assert (way[0], way[-1]) == (start, goal)
                graph = made.graph(scope)
                assert all(graph.has_edge(one, other) for one, other in pairwise(way))
