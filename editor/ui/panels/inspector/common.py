"""The tasks that a form is about, and what they have in common: read in steps, since ten thousand may be selected."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from editor.model import (
    GROUP_TYPES,
    Argument,
    Component,
    DocumentView,
    EntityId,
    ImporterImplementation,
    Input,
    Note,
    Task,
    TaskSettings,
)
from editor.model.edit import written
from editor.model.port_types import TASK_CONFIG, TASK_FINAL_STATUS, Json
from editor.ui.values import DIFFERENT, Different

STEP = 250
"""Tasks read in one step: a millisecond or two."""

T = TypeVar("T")
replace = msgspec.structs.replace


def _same(one: object, other: object) -> bool:
    """Unlike `==`, which takes 1, 1.0 and True for the same."""
    return one is other or (one == other and written(one) == written(other))


class Distinct(Generic[T]):
    """Different values, and how many tasks have each."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[T, int]] = {}

    def add(self, value: T, count: int = 1) -> None:
        key = written(value)
        before = self._found.get(key)
        self._found[key] = (value, before[1] + count if before else count)

    def __iter__(self) -> Iterator[tuple[T, int]]:
        return iter(self._found.values())

    def one(self, read: Callable[[T], Json]) -> Json:
        """What `read` gives for all of them, or DIFFERENT."""
        found: list[Json] = []
        for value, _count in self:
            each = read(value)
            if found and not _same(each, found[0]):
                return DIFFERENT
            found = found or [each]
        return found[0] if found else None


class Common:
    """What was found by `read`."""

    def __init__(self) -> None:
        self.tasks: tuple[EntityId, ...] = ()
        self.groups = 0
        self.notes: tuple[EntityId, ...] = ()
        """Titled frames too, of which there are `frames`."""
        self.frames = 0
        self.inputs: tuple[Input, ...] = ()
        """What every task has, by name and type; with a default where all have the same."""
        self.arguments: dict[str, Argument | Different | None] = {}
        """What feeds each of `inputs`; None where nothing does, and the default counts."""
        self.fields: dict[str, Distinct[Json]] = {name: Distinct() for name in TaskSettings.__struct_fields__}
        self.muted: set[bool] = set()
        self.have_containers = True

    def read(self, view: DocumentView, ids: Iterable[EntityId]) -> Iterator[None]:
        """Look at entities, in steps; what is gone meanwhile is passed by."""
        tasks: list[EntityId] = []
        notes: list[EntityId] = []
        settings: Distinct[TaskSettings] = Distinct()
        arguments: Distinct[tuple[EntityId, dict[str, Argument]]] = Distinct()
        for number, each in enumerate(sorted(ids), 1):
            entity = view.get(each)
            if isinstance(entity, Task):
                tasks.append(each)
                settings.add(entity.settings)
                arguments.add((entity.component, entity.arguments))
                self.muted.add(entity.is_muted)
            elif isinstance(entity, Note):
                notes.append(each)
                self.frames += entity.shape == "frame"
            elif isinstance(entity, GROUP_TYPES):
                self.groups += 1
            if not number % STEP:
                yield
        self.tasks, self.notes = tuple(tasks), tuple(notes)
        for number, (one, count) in enumerate(settings, 1):
            for name, distinct in self.fields.items():
                distinct.add(getattr(one, name), count)
            if not number % STEP:
                yield
        yield from self._read_inputs(view, arguments)

    def _read_inputs(
        self, view: DocumentView, arguments: Distinct[tuple[EntityId, dict[str, Argument]]]
    ) -> Iterator[None]:
        components = list(dict.fromkeys(component for (component, _arguments), _count in arguments))
        self.have_containers = all(has_container(view, component) for component in components)
        ports = [{port.name: port for port in view.interface(component).inputs} for component in components]
        shared = [_merged(alike) for port in (ports[0].values() if ports else ()) if (alike := _alike(port, ports))]
        self.inputs = tuple(shared)
        defaults = {
            component: {name: port.default for name, port in by_name.items()}
            for component, by_name in zip(components, ports, strict=True)
        }
        # What feeds an input so far: (what is written, what counts); those that differ are looked at no longer.
        fed: dict[str, tuple[Argument | None, Argument | None]] = {}
        open_names = [port.name for port in shared]
        for number, ((component, given), _count) in enumerate(arguments, 1):
            for name in tuple(open_names):
                argument = given.get(name)
                counts = argument if argument is not None else defaults[component][name]
                before = fed.setdefault(name, (argument, counts))
                if not _same(before[1], counts):
                    self.arguments[name] = DIFFERENT
                    open_names.remove(name)
                elif before[0] is None and argument is not None:
                    fed[name] = (argument, counts)
            if not number % STEP:
                yield
        self.arguments.update((name, fed[name][0]) for name in open_names)


def _alike(port: Input, ports: list[dict[str, Input]]) -> list[Input]:
    """The same input of every component, if all have it."""
    found = [each[port.name] for each in ports if port.name in each and each[port.name].type == port.type]
    return found if len(found) == len(ports) and port.type not in (TASK_FINAL_STATUS, TASK_CONFIG) else []


def _merged(ports: list[Input]) -> Input:
    first = ports[0]
    is_same = all(_same(port.default, first.default) for port in ports)
    is_optional = all(not port.is_required for port in ports)
    return replace(first, default=first.default if is_same else None, is_optional=is_optional)


def has_container(view: DocumentView, component: EntityId) -> bool:
    """Whether tasks of a component run in a container: an importer and a sub-pipeline have none."""
    entity = view.get(component)
    return isinstance(entity, Component) and not isinstance(entity.implementation, ImporterImplementation)


class Chosen:
    """The tasks that a form is about. One task is read as it is now; of several, what `look` found last."""

    def __init__(self, *tasks: EntityId) -> None:
        self.tasks = tasks
        self.common = Common()

    @property
    def first(self) -> EntityId:
        return self.tasks[0]

    @property
    def key(self) -> str:
        """For the merge keys of edits: typing on in a field is one step as long as the tasks are the same."""
        return ",".join(self.tasks)

    def fixed(self) -> "Chosen":
        """The tasks that it is about now, for an edit that is made later."""
        return Chosen(*self.tasks)

    def look(self, view: DocumentView, ids: Iterable[EntityId]) -> Iterator[None]:
        """Turn to other entities, or to the same again, in steps; nothing is changed before the last."""
        common = Common()
        yield from common.read(view, ids)
        self.tasks, self.common = common.tasks, common

    def of_all(self, view: DocumentView, field: str) -> Distinct[Json]:
        """The values of a field of TaskSettings."""
        if len(self.tasks) != 1:
            return self.common.fields[field]
        only: Distinct[Json] = Distinct()
        only.add(getattr(view.task(self.first).settings, field))
        return only

    def setting(self, view: DocumentView, field: str, read: Callable[[Json], Json] = lambda value: value) -> Json:
        """What `read` makes of a field of TaskSettings, or DIFFERENT."""
        return self.of_all(view, field).one(read)

    def is_muted(self, view: DocumentView) -> Json:
        """True or False, or DIFFERENT."""
        if len(self.tasks) == 1:
            return view.task(self.first).is_muted
        return DIFFERENT if len(self.common.muted) > 1 else True in self.common.muted

    def argument(self, view: DocumentView, name: str) -> Argument | Different | None:
        """What feeds an input, or DIFFERENT; None if nothing does, or the default counts."""
        if len(self.tasks) == 1:
            return view.task(self.first).arguments.get(name)
        return self.common.arguments.get(name)

    def have_containers(self, view: DocumentView) -> bool:
        """Whether all of the tasks run in a container."""
        if len(self.tasks) == 1:
            return has_container(view, view.task(self.first).component)
        return self.common.have_containers
