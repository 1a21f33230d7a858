"""The order of a scope stays a topological order of its graph, whatever comes, goes and comes back."""

from collections.abc import Iterable

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from editor.model import Change, Constant, Edit, EntityId, FromTask, Task
from editor.model.order import Order
from tests.builders import from_task, pipeline, task

NODES = [EntityId(letter) for letter in "abcdefghij"]
STEPS = st.lists(
    st.tuples(st.sampled_from(("wire", "wire", "wire", "unwire", "drop", "add")), st.integers(0, 9), st.integers(0, 9)),
    max_size=60,
)


def follow(order: Order, nodes: Iterable[EntityId], edges: Iterable[tuple[EntityId, EntityId]]) -> None:
    """All steps of it."""
    for _step in order.following(nodes, edges):
        pass


def check(order: Order, graph: nx.MultiDiGraph) -> None:
    assert order.has_circle == (not nx.is_directed_acyclic_graph(graph))
    if not order.has_circle:
        assert len({order.places[node] for node in graph}) == len(graph)
        assert all(order.places[source] < order.places[target] for source, target in graph.edges())


@given(STEPS)
def test_order_rises_along_every_edge(steps: list[tuple[str, int, int]]) -> None:
    graph = nx.MultiDiGraph()
    order = Order(graph)
    for what, first, second in steps:
        source, target = NODES[first], NODES[second]
        if what == "wire" and source != target:
            new = [node for node in (source, target) if node not in graph]
            graph.add_edge(source, target)
            follow(order, new, [(source, target)])
        elif what == "unwire" and graph.has_edge(source, target):
            graph.remove_edge(source, target)
        elif what == "drop" and source in graph:
            graph.remove_node(source)
        elif what == "add":
            graph.add_node(source)
            follow(order, [source], ())
        if order.has_circle:
            assert not nx.is_directed_acyclic_graph(graph)
            order = Order(graph)
        check(order, graph)
        if order.has_circle:
            return


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.integers(0, 30))
def test_several_edges_at_once_are_followed_in_any_order(pairs: list[tuple[int, int]], cut: int) -> None:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(NODES)
    edges = [(NODES[first], NODES[second]) for first, second in pairs if first != second]
    graph.add_edges_from(edges[:cut])
    order = Order(graph)
    if order.has_circle:
        return
    graph.add_edges_from(edges[cut:])
    follow(order, (), edges[cut:])
    check(order, graph)


def test_there_is_room_between_two_neighbours_however_often_it_is_halved() -> None:
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "z")
    order, before = Order(graph), EntityId("a")
    for number in range(200):
        node = EntityId(f"n{number}")
        graph.add_edge(before, node)
        graph.add_edge(node, "z")
        follow(order, [node], [(before, node), (node, EntityId("z"))])
        before = node
        check(order, graph)


def test_a_task_that_comes_back_takes_its_old_place() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b")))
    before = dict(document.order(document.root.id).places)
    b, c = document.task(EntityId("b")), document.task(EntityId("c"))
    unplugged = Task(id=c.id, parent=c.parent, name=c.name, component=c.component, arguments={"x": Constant("1")})
    edit = Edit("Delete", (Change(b.id, b, None), Change(c.id, c, unplugged)))
    document.apply(edit)
    document.apply(edit.inverse())
    assert document.order(document.root.id).places == before


def test_the_order_of_a_document_is_made_anew_once_a_circle_is_gone() -> None:
    document = pipeline(task("a", x=from_task("b")), task("b"))
    assert not document.order(document.root.id).has_circle
    b = document.task(EntityId("b"))
    arguments = {"x": FromTask(EntityId("a"), "out")}
    circular = Task(id=b.id, parent=b.parent, name=b.name, component=b.component, arguments=arguments)
    edit = Edit("Wire", (Change(b.id, b, circular),))
    document.apply(edit)
    assert document.order(document.root.id).has_circle
    document.apply(edit.inverse())
    assert not document.order(document.root.id).has_circle


def test_a_new_task_leaves_the_others_at_their_places() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b")))
    before = dict(document.order(document.root.id).places)
    document.apply(Edit("Add", (Change(EntityId("d"), None, task("d", x=from_task("a"))),)))
    after = document.order(document.root.id).places
    assert {node: after[node] for node in before} == before
