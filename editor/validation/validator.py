"""Validation that follows a document: after an edit only what it can have touched is looked at again, in slices."""

import time
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    ROOT,
    Change,
    Component,
    Condition,
    ConditionBranch,
    DocumentView,
    Edit,
    Entity,
    EntityId,
    ExitHandler,
    FromPipelineInput,
    Loop,
    Note,
    Pipeline,
    Placement,
    Task,
)
from editor.model.arguments import leaves
from editor.model.names import slug
from editor.model.references import every_argument, references
from editor.validation.cycles import cycles
from editor.validation.issues import Issue, Severity
from editor.validation.pipeline_rules import inputs_used
from editor.validation.rules import issues_of

_SEVERITIES: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_SCOPE_TYPES = frozenset((*GROUP_TYPES, Pipeline))
_SCANNED_AT_A_TIME = 16
_STEPS_AT_A_TIME = 512
"""Of a walk that looks for circles: some hundred microseconds."""


class Validator:
    """The issues of one document. `dirty` after each applied edit, then `step` until it says that it is done.

    Not thread-safe: it reads the live document, on the thread that owns it.
    """

    def __init__(self, view: DocumentView) -> None:
        self._view = view
        self._found: dict[EntityId, tuple[Issue, ...]] = {}
        self._circles: dict[EntityId, tuple[Issue, ...]] = {}
        self._unread: dict[EntityId, tuple[Issue, ...]] = {}
        self._entities: dict[EntityId, None] = {}
        self._scopes: dict[EntityId, None] = {}
        self._pipelines: dict[EntityId, None] = {}
        self._known: set[EntityId] = set()
        self._scans: list[Iterator[EntityId]] = []
        self._edits: deque[Iterator[Change]] = deque()
        """Applied, and what they touch not yet worked out: later edits tell of what they changed of it meanwhile."""
        self._walk: tuple[EntityId, Iterator[Issue | None], list[Issue]] | None = None
        """The scope in which circles are being looked for, and those found so far."""
        self._passed: set[EntityId] = set()
        """Muted tasks whose readers have been touched since the last edit: thousands may be muted at once."""
        self._by_subject: dict[EntityId | None, list[Issue]] = {}
        self._remarked: dict[EntityId, None] = {}
        self._keys: list[tuple[int, tuple[str, str, str, str]]] = []
        self._ordered: list[Issue] = []
        """In step with `_keys`, which are sorted: ten thousand issues are not sorted again after every edit."""
        self._sorted: list[Issue] | None = None
        self.restart()

    def restart(self) -> None:
        """Look at everything again."""
        self._found.clear()
        self._circles.clear()
        self._unread.clear()
        self._entities = dict.fromkeys(self._view.entities)
        # By their very type: a document is opened in a turn of the window's thread, and isinstance takes 20 ms of it.
        scopes = [entity for entity in self._view.entities.values() if type(entity) in _SCOPE_TYPES]
        self._scopes = dict.fromkeys(entity.id for entity in scopes)
        self._known = {entity.id for entity in scopes if isinstance(entity, Pipeline)}
        self._pipelines = dict.fromkeys(self._known)
        self._scans.clear()
        self._edits.clear()
        self._walk = None
        self._remarked.update(dict.fromkeys(subject for subject in self._by_subject if subject is not None))
        self._by_subject.clear()
        self._keys.clear()
        self._ordered.clear()
        self._sorted = None

    @property
    def is_done(self) -> bool:
        return not (
            self._edits or self._entities or self._scans or self._scopes or self._pipelines or self._walk is not None
        )

    @property
    def issues(self) -> list[Issue]:
        """What is known so far, errors first; the same list until something changes."""
        if self._sorted is None:
            self._sorted = list(self._ordered)
        return self._sorted

    def issues_of(self, entity: EntityId) -> list[Issue]:
        """The issues whose subject is `entity`."""
        return sorted(self._by_subject.get(entity, ()), key=_order)

    def worst_of(self, entity: EntityId) -> Severity | None:
        """The worst severity among the issues whose subject is `entity`; None if there are none."""
        found: Severity | None = None
        for issue in self._by_subject.get(entity, ()):
            if issue.severity == "error":
                return "error"
            if found is None or _SEVERITIES[issue.severity] < _SEVERITIES[found]:
                found = issue.severity
        return found

    def take_remarked(self) -> list[EntityId]:
        """The subjects of which issues have come or gone since this was last asked."""
        found = list(self._remarked)
        self._remarked.clear()
        return found

    def dirty(self, edit: Edit) -> None:
        """An edit was applied: what it touches is worked out and looked at again in the next steps."""
        if edit.is_drawing_only:
            return
        self._edits.append(iter(edit.changes))
        self._passed.clear()
        if self._walk is not None:
            self._scopes[self._walk[0]] = None
            self._walk = None

    def _touch_all_of(self, change: Change) -> None:
        before, after = change.before, change.after
        if isinstance(before, Placement | Note) or isinstance(after, Placement | Note):
            return
        self._entities[change.id] = None
        self._touch_users(change.id)
        if isinstance(before, NODE_TYPES) or isinstance(after, NODE_TYPES):
            self._touch_around(change.id, before, after)
        if isinstance(before, Pipeline) or isinstance(after, Pipeline):
            self._touch_pipeline(change.id, before, after)
        if isinstance(before, Component | Pipeline) or isinstance(after, Component | Pipeline):
            for task in self._view.users(change.id):
                self._touch_users(task)

    def step(self, budget_s: float) -> bool:
        """Work for about `budget_s` seconds; True once everything is looked at and `issues` is complete."""
        end = time.perf_counter() + budget_s
        while self._edits:
            change = next(self._edits[0], None)
            if change is None:
                self._edits.popleft()
            else:
                self._touch_all_of(change)
            if time.perf_counter() > end:
                return False
        while self._scans:
            found = list(islice(self._scans[-1], _SCANNED_AT_A_TIME))
            self._touch(found)
            if not found:
                self._scans.pop()
            if time.perf_counter() > end:
                return False
        while self._entities:
            entity_id, _ = self._entities.popitem()
            self._look_at(entity_id)
            if time.perf_counter() > end:
                return False
        while self._walk is not None or self._scopes:
            if not self._view.settle(end):
                return False
            self._look_for_circles()
            if time.perf_counter() > end:
                return self.is_done
        while self._pipelines:
            pipeline, _ = self._pipelines.popitem()
            entity = self._view.get(pipeline)
            found = tuple(inputs_used(self._view, entity)) if isinstance(entity, Pipeline) else ()
            self._keep(self._unread, pipeline, found)
            if time.perf_counter() > end:
                return self.is_done
        return True

    def _look_for_circles(self) -> None:
        """Some steps through one scope."""
        if self._walk is None:
            scope, _ = self._scopes.popitem()
            present = isinstance(self._view.get(scope), (*GROUP_TYPES, Pipeline))
            self._walk = (scope, cycles(self._view, scope) if present else iter(()), [])
        scope, walk, found = self._walk
        steps = list(islice(walk, _STEPS_AT_A_TIME))
        found.extend(issue for issue in steps if issue is not None)
        if not steps:
            self._walk = None
            self._keep(self._circles, scope, tuple(found))

    def _look_at(self, entity_id: EntityId) -> None:
        entity = self._view.get(entity_id)
        found = tuple(issues_of(self._view, entity)) if entity is not None else ()
        self._keep(self._found, entity_id, found)

    def _keep(self, table: dict[EntityId, tuple[Issue, ...]], key: EntityId, found: tuple[Issue, ...]) -> None:
        before = table.pop(key, ())
        if not before and not found:
            return
        for issue in before:
            self._by_subject[issue.subject].remove(issue)
            place = _order(issue)
            at = bisect_left(self._keys, place)
            while self._ordered[at] is not issue:
                at += 1
            del self._keys[at], self._ordered[at]
        for issue in found:
            self._by_subject.setdefault(issue.subject, []).append(issue)
            place = _order(issue)
            at = bisect_right(self._keys, place)
            self._keys.insert(at, place)
            self._ordered.insert(at, issue)
        if found:
            table[key] = found
        self._remarked.update((issue.subject, None) for issue in (*before, *found) if issue.subject is not None)
        self._sorted = None

    def _touch(self, ids: Iterable[EntityId]) -> None:
        self._entities.update(dict.fromkeys(ids))

    def _touch_users(self, target: EntityId) -> None:
        self._touch(self._view.users(target))

    def _touch_around(self, node: EntityId, before: Entity | None, after: Entity | None) -> None:
        """A task or group changed: its neighbours by name, by scope and by reading."""
        was = before if isinstance(before, NODE_TYPES) else None
        now = after if isinstance(after, NODE_TYPES) else None
        names = {slug(one.name) for one in (was, now) if one is not None}
        if was is None or now is None or was.name != now.name:
            for name in names:
                self._touch(self._view.named(name))
        for one in (was, now):
            if one is not None:
                self._touch((one.parent,))
                if isinstance(one, ConditionBranch):
                    self._touch_users(one.parent)  # a OneOf needs a source of every branch
                for scope in (one.parent, *self._view.ancestors(one.parent)):
                    self._scopes[scope] = None
                if isinstance(one, Condition | ConditionBranch | Loop | ExitHandler):
                    self._scopes[one.id] = None
        if isinstance(was, Loop) or isinstance(now, Loop) or was is None or now is None or was.parent != now.parent:
            # Loops around judge who reads their item, and where.
            for one in (was, now):
                if one is not None:
                    self._touch(scope for scope in (one.parent, *self._view.ancestors(one.parent)))
        if was is None or now is None or was.parent != now.parent:
            for inner in self._view.descendants(node):
                self._entities[inner] = None
                self._touch_users(inner)
            pipeline = self._view.pipeline_of(node) if now is not None else ROOT
            self._entities[pipeline] = None
        if _is_muted(was) != _is_muted(now) or (was is None) != (now is None):
            # Whether a pipeline or a branch has anything to run, and what passes by a muted task, is told from afar.
            self._touch(self._known)
            for one in (was, now):
                if one is not None:
                    self._touch(self._view.ancestors(one.parent))
            self._scans.append(self._past_muted(node))
        elif _is_muted(now):
            self._scans.append(self._past_muted(node))
        for one in (was, now):
            if one is not None:
                # An exit task is judged with its handler; a loop by what is read of its item.
                self._touch(reference.target for reference in references(one) if reference.role != "component")
        if _inputs_read(was) != _inputs_read(now):
            home = self._view.pipeline_of(node) if now is not None else None
            self._pipelines.update(dict.fromkeys([home] if home else self._known))

    def _past_muted(self, node: EntityId) -> Iterator[EntityId]:
        """Who reads it, and through muted tasks; in slices too, for thousands may be muted at once."""
        stack = [node]
        while stack:
            muted = stack.pop()
            if muted in self._passed:
                continue
            self._passed.add(muted)
            for user in self._view.users(muted):
                yield user
                if _is_muted(self._view.get(user)):
                    stack.append(user)

    def _touch_pipeline(self, pipeline: EntityId, before: Entity | None, after: Entity | None) -> None:
        was = before if isinstance(before, Pipeline) else None
        now = after if isinstance(after, Pipeline) else None
        self._scopes[pipeline] = None
        self._pipelines[pipeline] = None
        if now is None:
            self._known.discard(pipeline)
        else:
            self._known.add(pipeline)
        if pipeline == ROOT and (was is None or now is None or was.config != now.config):
            self._scans.append(iter([task.id for task in self._view.tasks()]))
        elif was is None or now is None or was.inputs != now.inputs:
            self._scans.append(self._readers(pipeline))

    def _readers(self, pipeline: EntityId) -> Iterator[EntityId]:
        """What lies in a pipeline and reads its inputs; looked for in slices too, for there is no index of it."""
        for node in list(self._view.descendants(pipeline)):
            if _inputs_read(self._view.get(node)):
                yield node


def validate(view: DocumentView) -> list[Issue]:
    """Everything that is to be said about a document, errors first."""
    validator = Validator(view)
    while not validator.step(60.0):
        pass
    return validator.issues


def _order(issue: Issue) -> tuple[int, tuple[str, str, str, str]]:
    return _SEVERITIES[issue.severity], issue.key


def _is_muted(entity: Entity | None) -> bool:
    return isinstance(entity, Task) and entity.is_muted


def _inputs_read(entity: Entity | None) -> frozenset[str]:
    if entity is None:
        return frozenset()
    return frozenset(
        leaf.name
        for _role, _key, argument in every_argument(entity)
        for leaf in leaves(argument)
        if isinstance(leaf, FromPipelineInput)
    )
