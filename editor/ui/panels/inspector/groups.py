"""The Inspector's forms for groups: conditions, loops, exit handlers."""

from collections.abc import Iterator
from typing import Literal

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from editor import edits
from editor.edits.scopes import branches_of
from editor.model import (
    Argument,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    ExitHandler,
    Loop,
    OpaqueTest,
    Task,
)
from editor.model.port_types import PARAMETER_KINDS, Json
from editor.ui.panels.inspector.feeding import LoopItems, Operand
from editor.ui.panels.inspector.fields import ArgumentField, Desk
from editor.ui.panels.inspector.forms import ChoiceLine, Form, NumberLine, TextLine, body, scrolling
from editor.ui.panels.inspector.portions import Portions
from editor.ui.panels.inspector.settings_lines import RunsAfterLine
from editor.ui.panels.inspector.sources import in_words
from editor.ui.widgets import button, column, label

OPERATORS = (
    ("==", "equals"),
    ("!=", "is not"),
    (">", "is greater than"),
    (">=", "is at least"),
    ("<", "is less than"),
    ("<=", "is at most"),
)


def test_in_words(view: DocumentView, branch: ConditionBranch) -> str:
    """A branch's test as one line."""
    match branch.test:
        case None:
            return "Otherwise"
        case Comparison(left=left, operator=operator, right=right):
            return f"{_operand(view, left)} {operator} {_operand(view, right)}"
        case OpaqueTest(expression=expression):
            return expression


def _operand(view: DocumentView, argument: Argument) -> str:
    words = in_words(view, argument)
    return f"“{words}”" if isinstance(argument, Constant) and isinstance(argument.value, str) else words


class GroupForm(Form):
    """A condition branch, a whole condition, a loop or an exit handler."""

    def __init__(self, desk: Desk, group: EntityId, place: QWidget) -> None:
        super().__init__(desk, place)
        self.group = group
        self._shape = self._shape_now()
        self.fields: list[ArgumentField] = []
        self._branch_words: list[tuple[QLabel, EntityId]] = []
        page, self._rows = body()
        self.setLayout(column(scrolling(page)))
        self.name = TextLine(
            desk,
            "Name",
            lambda view: view.group(group).name,
            lambda text: lambda view: edits.rename(view, group, text),
            on_enter=True,
        )
        self.add(self._rows, self.name)
        self._rows.addWidget(label(_kind_words(desk.document.group(group)), "muted"))

    def build_shown(self) -> None:
        Portions(self).start(self._filled())

    def _filled(self) -> Iterator[None]:
        """Put the rows in; each `yield` may end a turn of the loop."""
        group, layout, entity = self.group, self._rows, self.desk.document.group(self.group)
        match entity:
            case ConditionBranch():
                yield from self._add_branch(layout, entity)
            case Condition():
                self._add_condition(layout)
            case Loop():
                yield from self._add_loop(layout)
            case ExitHandler():
                self._add_exit(layout)
        yield
        self.add(
            layout,
            TextLine(
                self.desk,
                "Display name",
                lambda view: view.group(group).display_name,
                lambda text: lambda view: edits.set_group(view, group, display_name=text, merge_key=f"display:{group}"),
                placeholder="As the name, if left empty",
            ),
        )
        yield
        self.add(layout, RunsAfterLine(self.desk, lambda: (group,)))
        layout.addStretch(1)

    def refresh(self) -> None:
        super().refresh()
        for field in self.fields:
            field.refresh()
        for text, branch in self._branch_words:
            entity = self.desk.document.get(branch)
            if isinstance(entity, ConditionBranch):
                text.setText(test_in_words(self.desk.document, entity))

    def still_fits(self) -> bool:
        return self._shape_now() == self._shape

    def _shape_now(self) -> object:
        """What decides which rows there are; for operands, their types too."""
        view = self.desk.document
        entity = view.get(self.group)
        match entity:
            case ConditionBranch(test=Comparison()):
                sides = [Operand(view, self.group, side) for side in ("left", "right")]
                return "comparison", [(side.type, isinstance(side.argument(view), Constant)) for side in sides]
            case ConditionBranch(test=test):
                return type(test).__name__
            case Condition():
                return [branch.id for branch in branches_of(view, self.group)]
            case Loop(items=items):
                return isinstance(items, Constant)
            case _:
                return type(entity).__name__

    def _add_branch(self, layout: QVBoxLayout, branch: ConditionBranch) -> Iterator[None]:
        if isinstance(branch.test, Comparison):
            self._add_operand(layout, "left")
            yield
            operator = ChoiceLine(
                self.desk,
                "Operator",
                self._operator,
                lambda sign: lambda view: self._set_operator(view, sign),
                lambda _view: [(sign, f"{words}  ({sign})") for sign, words in OPERATORS],
            )
            self.add(layout, operator)
            yield
            self._add_operand(layout, "right")
            yield
        elif isinstance(branch.test, OpaqueTest):
            layout.addWidget(
                label("This test came with a package and is more than one comparison.", "muted", wraps=True)
            )
            layout.addWidget(label(branch.test.expression, wraps=True, selectable=True))
            layout.addWidget(button("Replace it by a comparison", self._on_replace_test))
        else:
            layout.addWidget(label("Runs if none of the branches above it does.", wraps=True))
        if branch.test is not None:
            layout.addWidget(
                button("Add an Elif branch", lambda: self._on_add_branch(Comparison(Constant(""), "==", Constant(""))))
            )
            layout.addWidget(button("Add an Else branch", lambda: self._on_add_branch(None)))

    def _add_operand(self, layout: QVBoxLayout, side: Literal["left", "right"]) -> None:
        field = ArgumentField(self.desk, Operand(self.desk.document, self.group, side))
        self.fields.append(field)
        layout.addWidget(field)

    def _operator(self, view: DocumentView) -> Json:
        entity = view.get(self.group)
        test = entity.test if isinstance(entity, ConditionBranch) else None
        return test.operator if isinstance(test, Comparison) else "=="

    def _set_operator(self, view: DocumentView, value: Json) -> Edit:
        entity = view.get(self.group)
        test = entity.test if isinstance(entity, ConditionBranch) else None
        if not isinstance(test, Comparison):
            raise EditRefused("The branch compares nothing any more.")
        return edits.set_group(view, self.group, test=Comparison(test.left, value, test.right))

    def _on_replace_test(self) -> None:
        test = Comparison(Constant(""), "==", Constant(""))
        self.desk.attempt(lambda view: edits.set_group(view, self.group, test=test), self.name.say)

    def _on_add_branch(self, test: Comparison | None) -> None:
        self.desk.attempt(lambda view: edits.add_branch(view, self.group, test)[0], self.name.say)

    def _add_condition(self, layout: QVBoxLayout) -> None:
        view = self.desk.document
        for number, branch in enumerate(branches_of(view, self.group)):
            word = "If" if not number else "Else" if branch.test is None else "Elif"
            go = button(f"{word} ({branch.name})", lambda branch=branch: self.desk.go_to(branch.id), role="link")
            words = label(test_in_words(view, branch), "muted", wraps=True)
            self._branch_words.append((words, branch.id))
            layout.addLayout(column(go, words, gap=0))
        layout.addWidget(
            button("Add an Elif branch", lambda: self._on_add_branch(Comparison(Constant(""), "==", Constant(""))))
        )
        layout.addWidget(button("Add an Else branch", lambda: self._on_add_branch(None)))

    def _add_loop(self, layout: QVBoxLayout) -> Iterator[None]:
        group = self.group
        items = ArgumentField(self.desk, LoopItems(group))
        self.fields.append(items)
        layout.addWidget(items)
        yield
        loop = self.desk.document.get(group)
        if isinstance(loop, Loop) and not isinstance(loop.items, Constant):
            self.add(
                layout,
                ChoiceLine(
                    self.desk,
                    "Type of an item",
                    lambda view: getattr(view.get(group), "item_kind", ""),
                    lambda value: lambda view: edits.set_group(view, group, item_kind=value),
                    lambda _view: [("", "As what takes it says"), *((kind, kind) for kind in PARAMETER_KINDS[:6])],
                    hint="For a list of values: the list itself does not say it.",
                ),
            )
            yield

        def parallelism(view: DocumentView) -> Json:
            loop = view.get(group)
            return loop.parallelism if isinstance(loop, Loop) else None

        self.add(
            layout,
            NumberLine(
                self.desk,
                "At most at a time",
                parallelism,
                lambda value: (
                    lambda view: edits.set_group(view, group, parallelism=value or None, merge_key=f"parallel:{group}")
                ),
                empty="No limit",
            ),
        )

    def _add_exit(self, layout: QVBoxLayout) -> None:
        group = self.group

        def exit_task(view: DocumentView) -> Json:
            handler = view.get(group)
            return handler.exit_task if isinstance(handler, ExitHandler) else None

        def choices(view: DocumentView) -> list[tuple[Json, str]]:
            siblings = (view.get(each) for each in view.children(view.group(group).parent))
            return sorted(
                ((task.id, task.name) for task in siblings if isinstance(task, Task)), key=lambda each: each[1]
            )

        self.add(
            layout,
            ChoiceLine(
                self.desk,
                "Exit task",
                exit_task,
                lambda value: lambda view: edits.set_group(view, group, exit_task=value),
                choices,
                hint="Runs at the end, whatever happened inside. It lies beside the group.",
            ),
        )


def _kind_words(entity: object) -> str:
    if isinstance(entity, Condition):
        return "Condition: the first branch whose test holds runs"
    if isinstance(entity, ConditionBranch):
        return "Else branch" if entity.test is None else "Runs if a comparison holds"
    if isinstance(entity, Loop):
        return "Loop: runs once for each item"
    return "Exit handler: a task runs at the end, whatever happened inside"
