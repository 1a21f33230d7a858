"""Reading a document: what Document (live, kept in step) and Snapshot (frozen, made for other threads) both answer."""

import itertools
import math
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, NoReturn

import msgspec

from editor.errors import EditorError
from editor.model.entities import (
    GROUP_TYPES,
    NODE_TYPES,
    Component,
    Entity,
    Group,
    Input,
    Node,
    Note,
    Output,
    Pipeline,
    Placement,
    Task,
)
from editor.model.ids import ROOT, EntityId, placement_id
from editor.model.names import slug
from editor.model.order import Order
from editor.model.references import ORDERING_ROLES, Reference, references

if TYPE_CHECKING:
    import networkx as nx

Edge = tuple[EntityId, EntityId, EntityId, tuple[EntityId, str, str]]
"""(scope, source, target, key) in the graph of a scope."""

MAX_PATHS = 1000
_MAX_STEPS = 100_000


class NotThere(EditorError, KeyError):
    """An entity was asked for that the document has no longer, or not of this kind.

    People see the sentence where they asked for an edit that is made later, and the thing is gone by then.
    """


class Interface(msgspec.Struct, frozen=True):
    """What a task shows to the outside: its component's inputs and outputs."""

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]

    def input(self, name: str) -> Input | None:
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> Output | None:
        return next((port for port in self.outputs if port.name == name), None)


class DocumentView:
    """A table of entities with four indexes: children by parent, users by target, nodes by name, a graph per scope.

    A *scope* is a Pipeline, ConditionBranch, Loop or ExitHandler (or a Condition, whose children are its branches).
    Each graph has its topological order. Indexes are built when first asked for, O(entities), and cost O(1) from then
    on.
    """

    def __init__(self, entities: Mapping[EntityId, Entity]) -> None:
        self._entities: MutableMapping[EntityId, Entity] = dict(entities)
        self._children: dict[EntityId, dict[EntityId, None]] | None = None
        self._users: dict[EntityId, dict[EntityId, int]] | None = None
        self._graphs: dict[EntityId, nx.MultiDiGraph] = {}
        self._orders: dict[EntityId, Order] = {}
        self._edges_of: dict[EntityId, list[Edge]] = {}
        """What the graphs have of each consumer."""
        self._names: dict[str, dict[EntityId, None]] | None = None

    @property
    def entities(self) -> Mapping[EntityId, Entity]:
        """The table itself: read it, never change it."""
        return self._entities

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self._entities

    def get(self, entity_id: EntityId) -> Entity | None:
        return self._entities.get(entity_id)

    @property
    def root(self) -> Pipeline:
        return self.pipeline(ROOT)

    def pipeline(self, entity_id: EntityId) -> Pipeline:
        entity = self._entities.get(entity_id)
        return entity if isinstance(entity, Pipeline) else _missing(entity_id, "pipeline")

    def task(self, entity_id: EntityId) -> Task:
        entity = self._entities.get(entity_id)
        return entity if isinstance(entity, Task) else _missing(entity_id, "task")

    def node(self, entity_id: EntityId) -> Node:
        """A task or group."""
        entity = self._entities.get(entity_id)
        return entity if isinstance(entity, NODE_TYPES) else _missing(entity_id, "task or group")

    def group(self, entity_id: EntityId) -> Group:
        entity = self._entities.get(entity_id)
        return entity if isinstance(entity, GROUP_TYPES) else _missing(entity_id, "group")

    def component(self, entity_id: EntityId) -> Component:
        entity = self._entities.get(entity_id)
        return entity if isinstance(entity, Component) else _missing(entity_id, "component")

    def placement(self, target: EntityId) -> Placement | None:
        entity = self._entities.get(placement_id(target))
        return entity if isinstance(entity, Placement) else None

    def pipelines(self) -> Iterator[Pipeline]:
        return (entity for entity in self._entities.values() if isinstance(entity, Pipeline))

    def nodes(self) -> Iterator[Node]:
        # Half of all entities are placements, and isinstance takes five times as long to say no as to say yes.
        return (
            entity
            for entity in self._entities.values()
            if type(entity) is not Placement and isinstance(entity, NODE_TYPES)
        )

    def tasks(self) -> Iterator[Task]:
        return (entity for entity in self._entities.values() if isinstance(entity, Task))

    def notes(self) -> Iterator[Note]:
        return (entity for entity in self._entities.values() if isinstance(entity, Note))

    def interface(self, component: EntityId) -> Interface:
        """Inputs and outputs of a Component or of a sub-pipeline; empty with the id as name if it is not there."""
        entity = self._entities.get(component)
        match entity:
            case Component():
                return Interface(entity.name, entity.inputs, entity.outputs)
            case Pipeline():
                outputs = tuple(
                    Output(name=output.name, type=output.type, description=output.description)
                    for output in entity.outputs
                )
                return Interface(entity.name, entity.inputs, outputs)
            case _:
                return Interface(str(component), (), ())

    def children(self, parent: EntityId) -> tuple[EntityId, ...]:
        """Tasks and groups directly in `parent`; their order carries no meaning."""
        return tuple(self._child_index().get(parent, ()))

    def has_children(self, parent: EntityId) -> bool:
        """Whether there are any `children`."""
        return bool(self._child_index().get(parent))

    def descendants(self, scope: EntityId) -> Iterator[EntityId]:
        """Every task and group in `scope` and in the groups inside it; not what lies in sub-pipelines."""
        index = self._child_index()
        stack = list(reversed(index.get(scope, {})))
        while stack:
            node = stack.pop()
            yield node
            if node in index:
                stack.extend(reversed(index[node]))

    def count_inside(self, scope: EntityId) -> int:
        """How many `descendants` there are."""
        index, count, scopes = self._child_index(), 0, [scope]
        while scopes:
            found = index.get(scopes.pop(), {})
            count += len(found)
            scopes.extend(found.keys() & index.keys())
        return count

    def users(self, target: EntityId) -> tuple[EntityId, ...]:
        """Entities that name `target` (as a source, to run after it, as component, as exit task)."""
        return tuple(self._user_index().get(target, ()))

    def named(self, name: str) -> tuple[EntityId, ...]:
        """Tasks and groups anywhere whose name is `name` once both are sanitised as the SDK does it."""
        return tuple(self._name_index().get(slug(name), ()))

    def ancestors(self, node: EntityId) -> Iterator[EntityId]:
        """The scopes around `node`, innermost first, the pipeline last."""
        seen: set[EntityId] = set()
        entity = self._entities.get(node)
        while isinstance(entity, NODE_TYPES) and entity.parent not in seen:
            seen.add(entity.parent)
            yield entity.parent
            entity = self._entities.get(entity.parent)

    def pipeline_of(self, node: EntityId) -> EntityId:
        """The pipeline in which a task or group lies; a pipeline lies in itself."""
        return next(reversed([node, *self.ancestors(node)]))

    def lifted(self, source: EntityId, target: EntityId) -> tuple[EntityId, EntityId, EntityId] | None:
        """(scope, source's ancestor in it, target's ancestor in it), scope the lowest that holds both.

        None if they lie in different pipelines, or one lies in the other: then no edge of a graph joins them.
        """
        one, other = self._entities.get(source), self._entities.get(target)
        if isinstance(one, NODE_TYPES) and isinstance(other, NODE_TYPES) and one.parent == other.parent:
            return (one.parent, source, target) if source != target else None  # as nearly all are
        up_source = [source, *self.ancestors(source)]
        up_target = {entity: number for number, entity in enumerate([target, *self.ancestors(target)])}
        path = list(up_target)
        for number, entity in enumerate(up_source):
            if entity in up_target:
                if number == 0 or up_target[entity] == 0:
                    return None
                return entity, up_source[number - 1], path[up_target[entity] - 1]
        return None

    def graph(self, scope: EntityId) -> "nx.MultiDiGraph":
        """The DAG of a scope: nodes are the ids of its children, an edge says that its target waits for its source.

        Edges that cross groups are lifted to the siblings under the lowest common scope, for KFP compiles each group to
        a DAG of its own. Keys are (consumer id, role, name). Read it, never change it.
        """
        if not self._graphs:
            self._build_graphs()
        if scope not in self._graphs:
            self._graphs[scope] = new_graph()
        return self._graphs[scope]

    def order(self, scope: EntityId) -> Order:
        """The topological order of a scope's graph. Read it, never change it."""
        if scope not in self._orders:
            self._orders[scope] = Order(self.graph(scope))
        return self._orders[scope]

    @property
    def has_graphs(self) -> bool:
        """Whether the graphs are there already, so that asking for one costs nothing."""
        return bool(self._graphs)

    def paths(self, node: EntityId) -> list[str]:
        """Every path by which a person may name a task or group: several if it lies in a shared sub-pipeline.

        At most MAX_PATHS of them: sub-pipelines used twice, nested in one another, have endlessly many.
        """
        return list(itertools.islice(self._paths(node), MAX_PATHS))

    def path(self, node: EntityId) -> str:
        """The first of `paths`; the id itself for what has no path."""
        return next(self._paths(node), str(node))

    def resolve(self, path: str) -> EntityId:
        """The task or group that `path` names; a bare name does where it is the only one.

        Raises EditorError if there is none or if the name is ambiguous.
        """
        bare = path.rsplit("/", 1)[-1]
        named = [node for node in self.named(bare) if self.node(node).name == bare]
        exact = [node for node in named if path in self._paths(node)]
        found = exact or ([] if "/" in path else named)
        if len(found) == 1:
            return found[0]
        if not found:
            raise EditorError(f"There is no task '{path}'.", hint="'pipeloom show' lists the tasks with their paths.")
        choices = ", ".join(f"'{self.path(node)}'" for node in found)
        raise EditorError(f"The name '{path}' is not unique: {choices}.", hint="Give the whole path.")

    def warm(self) -> None:
        """Build every index now: what a thread does that opens a document for the one that will own it."""
        self._child_index()
        self._user_index()
        self._name_index()
        if not self._graphs:
            self._build_graphs()
        for scope in tuple(self._graphs):
            self.order(scope)

    def _paths(self, node: EntityId) -> Iterator[str]:
        if not isinstance(self._entities.get(node), NODE_TYPES):
            return
        stack: list[tuple[EntityId, str, frozenset[EntityId]]] = [(node, "", frozenset())]
        found = False
        # Not by recursion, and not for ever: a stranger's pipelines may nest deep, or lie in themselves.
        for _ in range(_MAX_STEPS):
            if not stack:
                break
            here, tail, inside = stack.pop()
            scopes = list(self.ancestors(here))
            names = [getattr(self._entities.get(each), "name", str(each)) for each in (here, *scopes[:-1])]
            path = "/".join((*reversed(names), *((tail,) if tail else ())))
            pipeline = scopes[-1]
            users = self.users(pipeline) if pipeline != ROOT else ()
            callers = [user for user in users if self._uses_as_component(user, pipeline)]
            if not callers:
                found = True
                yield path
            elif pipeline not in inside:
                stack.extend((caller, path, inside | {pipeline}) for caller in sorted(callers, reverse=True))
        if not found:
            yield self.node(node).name

    def _uses_as_component(self, user: EntityId, pipeline: EntityId) -> bool:
        entity = self._entities.get(user)
        return isinstance(entity, Task) and entity.component == pipeline

    def _child_index(self) -> dict[EntityId, dict[EntityId, None]]:
        if self._children is None:
            self._children = {}
            for node in self.nodes():
                self._children.setdefault(node.parent, {})[node.id] = None
        return self._children

    def _user_index(self) -> dict[EntityId, dict[EntityId, int]]:
        if self._users is None:
            self._users = {}
            for entity in self._entities.values():
                add_to_users(self._users, entity)
        return self._users

    def _name_index(self) -> dict[str, dict[EntityId, None]]:
        if self._names is None:
            self._names = {}
            for node in self.nodes():
                self._names.setdefault(slug(node.name), {})[node.id] = None
        return self._names

    def settle(self, until: float = math.inf) -> bool:
        """Bring what is derived in step, until the clock (`perf_counter`) shows so much; False if some is left."""
        del until
        return True

    def _build_graphs(self) -> None:
        self._graphs = {}
        self._orders = {}
        self._edges_of = {}
        for parent, children in self._child_index().items():
            graph = self._graphs[parent] = new_graph()
            graph.add_nodes_from(children)
        for node in self.nodes():
            self._add_edges(node)

    def _add_edges(self, node: Node) -> list[Edge]:
        """Put the edges of a consumer into the graphs, and give them."""
        found = list(dict.fromkeys(self.edges(node)))  # a text may name one output twice
        if found:
            self._edges_of[node.id] = found
        for scope, source, target, key in found:
            graph = self._graphs.get(scope)
            if graph is None:
                graph = self._graphs[scope] = new_graph()
            graph.add_edge(source, target, key=key)
        return found

    def edges(self, node: Node) -> Iterator[Edge]:
        """Each edge that `node`, as a consumer, makes in the graphs."""
        for reference in references(node):
            if not _orders(reference):
                continue
            lifted = self.lifted(reference.target, node.id)
            if lifted is not None:
                scope, source, target = lifted
                yield scope, source, target, (node.id, reference.role, reference.key)


def add_to_users(index: dict[EntityId, dict[EntityId, int]], entity: Entity) -> None:
    """Count in an index of users whom `entity` names."""
    # Half of all entities are placements, which are seen to name nothing when all else has been ruled out.
    for reference in references(entity) if type(entity) is not Placement else ():
        users = index.setdefault(reference.target, {})
        users[entity.id] = users.get(entity.id, 0) + 1


def new_graph() -> "nx.MultiDiGraph":
    """An empty graph. networkx takes 0.1 s to load, and most verbs of the command line need no graph."""
    import networkx as nx

    return nx.MultiDiGraph()


def _orders(reference: Reference) -> bool:
    return reference.role in ORDERING_ROLES


def _missing(entity_id: EntityId, wanted: str) -> NoReturn:
    raise NotThere(f"The {wanted} is not there any more.", subjects=(entity_id,))


class Snapshot(DocumentView):
    """A document as it was at one moment: never changes, safe to read on the thread that was given it."""

    def take_indexes(
        self,
        children: dict[EntityId, dict[EntityId, None]] | None,
        users: dict[EntityId, dict[EntityId, int]] | None,
        names: dict[str, dict[EntityId, None]] | None,
    ) -> None:
        """Those of the document, each unless it has none: their rows stay as they are, whatever becomes of it."""
        self._children = children.copy() if children is not None else None
        self._users = users.copy() if users is not None else None
        self._names = names.copy() if names is not None else None
