"""The four places where something may be fed: a task's input, a condition's operand, a loop's items, a setting."""

from collections.abc import Sequence
from copy import copy
from typing import Literal, Self

import msgspec

from editor import edits
from editor.edits.scopes import argument_type
from editor.model import (
    Argument,
    Comparison,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    FromLoop,
    FromTask,
    Input,
    Loop,
    PortType,
    Task,
    TaskSettings,
)
from editor.model.port_types import LIST, STRING
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.sources import (
    fitting_inputs,
    fitting_items,
    fitting_outputs,
    visible_outputs,
)
from editor.ui.values import DIFFERENT, Different

replace = msgspec.structs.replace


class Feeding:
    """How one thing is fed: reading it, changing it, and what else fits."""

    default: Constant | None = None
    is_required = False
    description = ""
    is_fixed = False
    """It must be fed by something: it cannot be unplugged, only fed otherwise."""
    can_promote = False
    type: PortType | None

    def __init__(self, title: str) -> None:
        self.title = title

    @property
    def consumer(self) -> EntityId:
        """What is fed; the first where several tasks are fed alike."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """What is fed, for the merge keys of edits."""
        return self.consumer

    def fixed(self) -> Self:
        """What is fed now, whatever the form turns to."""
        return self

    def is_different(self, view: DocumentView) -> bool:
        """Whether several tasks are fed, each by something else; `argument` is None then."""
        return False

    def argument(self, view: DocumentView) -> Argument | None:
        raise NotImplementedError

    def put(self, view: DocumentView, argument: Argument | None, merge_key: str) -> Edit:
        raise NotImplementedError

    def inputs(self, view: DocumentView) -> Sequence[str]:
        return fitting_inputs(view, self.consumer, self.type)

    def items(self, view: DocumentView) -> Sequence[Argument]:
        return fitting_items(view, self.consumer, self.type)

    def outputs(self, view: DocumentView) -> Sequence[Argument]:
        return visible_outputs(view, self.consumer, self.type)

    def promote(self, view: DocumentView) -> Edit:
        raise EditRefused("This cannot become a pipeline input.")


class OfTasks(Feeding):
    """Something of a task, or of several tasks that are fed alike."""

    def __init__(self, title: str, chosen: Chosen) -> None:
        super().__init__(title)
        self._chosen = chosen

    @property
    def consumer(self) -> EntityId:
        return self._chosen.first

    @property
    def key(self) -> str:
        return self._chosen.key

    def fixed(self) -> Self:
        fixed = copy(self)
        fixed._chosen = self._chosen.fixed()
        return fixed

    def found(self, view: DocumentView) -> Argument | Different | None:
        """What feeds all of them, or DIFFERENT."""
        raise NotImplementedError

    def is_different(self, view: DocumentView) -> bool:
        return self.found(view) is DIFFERENT

    def argument(self, view: DocumentView) -> Argument | None:
        found = self.found(view)
        return None if found is DIFFERENT else found


class TaskInput(OfTasks):
    """An input of a task, or of several that all have it."""

    def __init__(self, chosen: Chosen, port: Input) -> None:
        super().__init__(port.name, chosen)
        self.type = port.type
        self.default = port.default
        self.is_required = port.is_required
        self.description = port.description
        self.can_promote = len(chosen.tasks) == 1

    def found(self, view: DocumentView) -> Argument | Different | None:
        return self._chosen.argument(view, self.title)

    def put(self, view: DocumentView, argument: Argument | None, merge_key: str) -> Edit:
        if len(self._chosen.tasks) > 1:
            return edits.feed_all(view, self._chosen.tasks, self.title, argument, merge_key=merge_key)
        match argument:
            case None:
                return edits.clear_argument(view, self.consumer, self.title)
            case FromTask() | FromLoop():
                return edits.connect(view, argument, self.consumer, self.title)
            case _:
                return edits.set_argument(view, self.consumer, self.title, argument, merge_key=merge_key)

    def outputs(self, view: DocumentView) -> Sequence[Argument]:
        return fitting_outputs(view, self.consumer, self.title, self.type)

    def promote(self, view: DocumentView) -> Edit:
        return edits.promote_to_input(view, self.consumer, self.title)[0]


class Operand(Feeding):
    """One side of a condition's comparison."""

    is_fixed = True
    is_required = True

    def __init__(self, view: DocumentView, branch: EntityId, side: Literal["left", "right"]) -> None:
        super().__init__("Compare" if side == "left" else "With")
        self._branch = branch
        self.side: Literal["left", "right"] = side
        self.type = None
        other = self._comparison(view)
        if other is not None:
            across = other.right if side == "left" else other.left
            mine = other.left if side == "left" else other.right
            if isinstance(mine, Constant) and not isinstance(across, Constant):
                self.type = argument_type(view, across, view.pipeline_of(branch))

    @property
    def consumer(self) -> EntityId:
        return self._branch

    def argument(self, view: DocumentView) -> Argument | None:
        comparison = self._comparison(view)
        return None if comparison is None else comparison.left if self.side == "left" else comparison.right

    def put(self, view: DocumentView, argument: Argument | None, merge_key: str) -> Edit:
        view.group(self._branch)
        comparison = self._comparison(view)
        if comparison is None or argument is None:
            raise EditRefused("A comparison has something on both sides.")
        sides: dict[str, Argument] = {self.side: argument}
        test = Comparison(sides.get("left", comparison.left), comparison.operator, sides.get("right", comparison.right))
        return edits.set_group(view, self.consumer, test=test, merge_key=merge_key)

    def inputs(self, view: DocumentView) -> Sequence[str]:
        return fitting_inputs(view, self.consumer, None)

    def outputs(self, view: DocumentView) -> Sequence[Argument]:
        return visible_outputs(view, self.consumer, None)

    def items(self, view: DocumentView) -> Sequence[Argument]:
        return fitting_items(view, self.consumer, None)

    def _comparison(self, view: DocumentView) -> Comparison | None:
        branch = view.get(self.consumer)
        test = branch.test if isinstance(branch, ConditionBranch) else None
        return test if isinstance(test, Comparison) else None


class LoopItems(Feeding):
    """The list that a loop runs over."""

    is_fixed = True
    is_required = True

    def __init__(self, loop: EntityId) -> None:
        super().__init__("Items")
        self._loop = loop
        self.type = LIST

    @property
    def consumer(self) -> EntityId:
        return self._loop

    def argument(self, view: DocumentView) -> Argument | None:
        loop = view.get(self.consumer)
        return loop.items if isinstance(loop, Loop) else None

    def put(self, view: DocumentView, argument: Argument | None, merge_key: str) -> Edit:
        if argument is None:
            raise EditRefused("A loop needs a list to run over.")
        if isinstance(argument, FromTask):
            return edits.connect(view, argument, self.consumer, "items")
        return edits.set_argument(view, self.consumer, "items", argument, merge_key=merge_key)

    def inputs(self, view: DocumentView) -> Sequence[str]:
        """Lists of values and lists of artifacts."""
        ports = view.pipeline(view.pipeline_of(self.consumer)).inputs
        return [port.name for port in ports if port.type == LIST or getattr(port.type, "is_list", False)]

    def outputs(self, view: DocumentView) -> Sequence[Argument]:
        return fitting_outputs(view, self.consumer, "items", None)


class Setting(OfTasks):
    """A setting of tasks that may take a parameter: a resource, or the image. Several tasks are set alike."""

    def __init__(self, chosen: Chosen, path: str, title: str, description: str = "") -> None:
        super().__init__(title, chosen)
        self.path = path
        self.type = STRING
        self.description = description

    def put(self, view: DocumentView, argument: Argument | None, merge_key: str) -> Edit:
        if isinstance(argument, Constant) and argument.value == "":
            argument = None
        tasks, path = self._chosen.tasks, self.path
        if path == "image":
            return edits.change_settings(view, tasks, image=argument, merge_key=merge_key)

        def change(settings: TaskSettings) -> TaskSettings:
            return replace(settings, resources=replace(settings.resources, **{path: argument}))

        return edits.change_each(view, tasks, change, what=self.title, merge_key=merge_key)

    def found(self, view: DocumentView) -> Argument | Different | None:
        if not isinstance(view.get(self.consumer), Task):
            return None
        if self.path == "image":
            return self._chosen.setting(view, "image")
        return self._chosen.setting(view, "resources", lambda resources: getattr(resources, self.path))
