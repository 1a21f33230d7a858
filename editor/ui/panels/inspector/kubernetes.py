"""The Kubernetes tab: one card for each kfp.kubernetes function called on the task, made from the model's table."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QWidget

from editor import edits
from editor.model import (
    Argument,
    Constant,
    DocumentView,
    FromPipelineInput,
    KubernetesSetting,
    ParameterType,
    TaskSettings,
)
from editor.model.kubernetes import (
    KUBERNETES_FUNCTIONS,
    KubernetesFunction,
    KubernetesParameter,
    why_not_setting,
)
from editor.model.port_types import BOOLEAN, INTEGER, LIST, STRING, STRUCT, Json
from editor.ui.icons import icon
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.fields import Desk, SourceChip, Told, untold
from editor.ui.panels.inspector.portions import Portions
from editor.ui.panels.inspector.sources import fitting_inputs, in_words, visible_outputs
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.style import GAP
from editor.ui.values import AnyEditor, Different, ValueEditor, editor_for, first_value
from editor.ui.widgets import EmptyState, clear, column, icon_button, label, row

replace = msgspec.structs.replace
Call = tuple[str, int]
"""A function, and which of a task's calls of it."""

_TYPES: dict[str, ParameterType] = {
    "text": STRING,
    "integer": INTEGER,
    "boolean": BOOLEAN,
    "text_list": LIST,
    "text_map": STRUCT,
    "terms": LIST,
}


def first_setting(function: KubernetesFunction) -> KubernetesSetting:
    """A call with what must be given, empty still."""
    arguments: dict[str, Argument] = {}
    for parameter in function.parameters:
        if parameter.is_required:
            arguments[parameter.name] = Constant(_first(parameter))
    return KubernetesSetting(function=function.name, arguments=arguments)


def _first(parameter: KubernetesParameter) -> Json:
    if parameter.choices:
        return parameter.choices[0]
    kind = _TYPES.get(parameter.kind)
    return {} if kind is None else first_value(kind)


class ParameterRow(QWidget):
    """One parameter of one call: its editor, or where it comes from."""

    def __init__(self, card: "SettingCard", parameter: KubernetesParameter) -> None:
        super().__init__()
        self._card = card
        self.parameter = parameter
        kind = _TYPES.get(parameter.kind)
        if kind is not None and parameter.choices:
            kind = replace(kind, literals=parameter.choices)
        self.editor: ValueEditor = editor_for(kind) if kind is not None else AnyEditor()
        self.editor.focus_widget().setAccessibleName(parameter.name)
        self.editor.committed.connect(self._on_committed)
        self.chip = SourceChip()
        self.chip.unplugged.connect(lambda: card.put(parameter, Constant(_first(parameter))))
        title = label(parameter.name.replace("_", " "))
        title.setToolTip(parameter.description)
        top = row(title, None, gap=4)
        if not parameter.is_required:
            top.addWidget(label("optional", "muted"))
        if parameter.takes_wires or not parameter.is_required:
            more = icon_button("more", f"Where {parameter.name} comes from")
            more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self._menu = QMenu(more)
            self._menu.aboutToShow.connect(self._fill_menu)
            more.setMenu(self._menu)
            top.addWidget(more)
        layout = column(top, self.editor, self.chip, gap=2)
        if parameter.description:
            layout.addWidget(label(parameter.description, "muted", wraps=True))
        self.setLayout(layout)

    def show_argument(self, view: DocumentView, argument: Argument | Different | None) -> None:
        is_value = argument is None or isinstance(argument, Constant | Different)
        self.editor.setVisible(is_value)
        self.chip.setVisible(not is_value)
        if isinstance(argument, Constant):
            self.editor.set_value(argument.value)
        elif isinstance(argument, Different):
            self.editor.set_value(argument)
        elif argument is None:
            self.editor.set_value(
                self.parameter.default if self.parameter.default is not None else _first(self.parameter)
            )
        else:
            self.chip.show_source("input", in_words(view, argument), can_unplug=True)

    def _fill_menu(self) -> None:
        self._menu.clear()
        desk, parameter = self._card.desk, self.parameter
        if parameter.takes_wires:
            task = self._card.chosen.first
            for name in fitting_inputs(desk.document, task, STRING):
                self._menu.addAction(
                    icon("input"),
                    f"Pipeline input {name}",
                    lambda name=name: self._card.put(parameter, FromPipelineInput(name)),
                )
            for source in visible_outputs(desk.document, task, STRING):
                self._menu.addAction(
                    icon("wire"),
                    in_words(desk.document, source),
                    lambda source=source: self._card.put(parameter, source),
                )
        if not parameter.is_required:
            self._menu.addAction(icon("undo"), "Leave it out", lambda: self._card.put(parameter, None))

    def _on_committed(self, value: Json) -> None:
        problem = why_not_setting(self.parameter, value)
        if problem:
            self.editor.say(problem)
        else:
            self._card.put(self.parameter, Constant(value), self.editor.say, typed_in=self)


class SettingCard(QFrame):
    """One call of a function: the one that every task has, be it the first or a later call of that function."""

    def __init__(self, desk: Desk, chosen: Chosen, call: Call, function: KubernetesFunction) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.desk, self.chosen, self.call = desk, chosen, call
        remove = icon_button("trash", f"Remove {function.title}", self._on_remove)
        title = label(function.title, "section", wraps=True)
        title.setToolTip(function.description)
        top = row(title, remove, gap=4)
        top.setStretch(0, 1)
        self._function = function
        self.rows: list[ParameterRow] = []
        self._layout = column(top, margin=GAP, gap=GAP + GAP // 2)
        self.setLayout(self._layout)

    def fill(self) -> Iterator[None]:
        """Put the rows in, the card having its place in the window by now."""
        for parameter in self._function.parameters:
            line = ParameterRow(self, parameter)
            self.rows.append(line)
            self._layout.addWidget(line)
            self._refresh_row(line)
            yield

    def refresh(self) -> None:
        for each in self.rows:
            self._refresh_row(each)

    def _refresh_row(self, line: ParameterRow) -> None:
        call, name, view = self.call, line.parameter.name, self.desk.document
        line.show_argument(view, self.chosen.setting(view, "kubernetes", lambda those: argument_of(those, call, name)))

    def put(
        self,
        parameter: KubernetesParameter,
        argument: Argument | None,
        told: Told = untold,
        *,
        typed_in: object | None = None,
    ) -> None:
        """Set or leave out a parameter."""

        def changed(setting: KubernetesSetting) -> KubernetesSetting:
            arguments = {name: each for name, each in setting.arguments.items() if name != parameter.name}
            if argument is not None:
                arguments[parameter.name] = argument
            return replace(setting, arguments=arguments)

        what = parameter.name
        change_call(self.desk, self.chosen, self.call, changed, what=what, told=told, typed_in=typed_in)

    def _on_remove(self) -> None:
        change_call(self.desk, self.chosen, self.call, None)


class PartialCall(QFrame):
    """A call that only some of several tasks have: to be given to the others too, or taken from those."""

    def __init__(self, desk: Desk, chosen: Chosen, call: Call, title: str, where: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._chosen, self._call = desk, chosen, call
        self.give = icon_button("plus", f"Give {title} to all of the tasks", self._on_give)
        self.remove = icon_button("trash", f"Remove {title}", lambda: change_call(desk, chosen, call, None))
        words = column(label(title, "section", wraps=True), label(where, "muted", wraps=True), gap=2)
        layout = row(words, self.give, self.remove, margin=GAP, gap=4)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _on_give(self) -> None:
        view = self._desk.document
        having = (calls for calls, _count in self._chosen.of_all(view, "kubernetes") if self._call in calls_of(calls))
        calls = next(having, ())
        if not calls:
            return
        given = calls[calls_of(calls).index(self._call)]

        def changed(settings: TaskSettings) -> TaskSettings:
            if self._call in calls_of(settings.kubernetes):
                return settings
            return replace(settings, kubernetes=(*settings.kubernetes, given))

        tasks = self._chosen.tasks
        self._desk.attempt(partial(edits.change_each, tasks=tasks, change=changed, what="kubernetes"))


class KubernetesPage(Page):
    """The calls on one task, or those that several have, and a menu to add one."""

    def __init__(self, desk: Desk, chosen: Chosen) -> None:
        super().__init__()
        self._desk, self._chosen = desk, chosen
        self.cards: list[SettingCard] = []
        self.partial: list[PartialCall] = []
        self._made_of: object = None
        self.add = QToolButton()
        self.add.setText("Add a setting")
        self.add.setIcon(icon("plus"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add)
        for function in KUBERNETES_FUNCTIONS.values():
            action = menu.addAction(function.title, lambda function=function: self.add_function(function))
            action.setToolTip(function.description)
        menu.setToolTipsVisible(True)
        self.add.setMenu(menu)
        self._list = column()
        self._portions = Portions(self)

    def fill(self) -> Iterator[None]:
        is_one = len(self._chosen.tasks) == 1
        self._empty = EmptyState(
            "settings",
            "Nothing set for Kubernetes",
            f"Secrets, volumes, node selectors and tolerations for {'the task' if is_one else 'each task'}'s pod. "
            "A run here passes them by.",
        )
        for each in (row(self.add, None), self._list):
            self.rows.addLayout(each)
        self.rows.addWidget(self._empty)
        self.refresh()
        yield

    def add_function(self, function: KubernetesFunction) -> None:
        """Call a function on each of the tasks, its required parameters empty still."""
        first = first_setting(function)

        def change(settings: TaskSettings) -> TaskSettings:
            return replace(settings, kubernetes=(*settings.kubernetes, first))

        tasks = self._chosen.tasks
        self._desk.attempt(partial(edits.change_each, tasks=tasks, change=change, what="kubernetes"))

    def refresh(self) -> None:
        found = list(self._chosen.of_all(self._desk.document, "kubernetes"))
        counts: Counter[Call] = Counter()
        for calls, count in found:
            for call in calls_of(calls):
                counts[call] += count
        tasks = sum(count for _calls, count in found)
        shape = (tuple(counts.items()), tasks)
        if shape != self._made_of:
            self._made_of = shape
            clear(self._list)
            self.cards, self.partial = [], []
            self._portions.start(self._filled(counts, tasks))
        else:
            for card in self.cards:
                card.refresh()
        self._empty.setVisible(not counts)

    def _filled(self, counts: Mapping[Call, int], tasks: int) -> Iterator[None]:
        for call, count in counts.items():
            name, number = call
            function = KUBERNETES_FUNCTIONS.get(name)
            if function is None:
                words = f"{name}: not known to this Pipeloom; kept as it is."
                self._list.addWidget(label(words, "muted", wraps=True))
            elif count == tasks:
                card = SettingCard(self._desk, self._chosen, call, function)
                self.cards.append(card)
                self._list.addWidget(card)
                yield from card.fill()
            else:
                title = f"{function.title} {number + 1}" if number else function.title
                line = PartialCall(self._desk, self._chosen, call, title, f"In {count} of {tasks} tasks")
                self.partial.append(line)
                self._list.addWidget(line)


def calls_of(settings: tuple[KubernetesSetting, ...]) -> list[Call]:
    """What names each of a task's calls across tasks: its function, and the how manieth call of that it is."""
    seen: Counter[str] = Counter()
    found: list[Call] = []
    for setting in settings:
        found.append((setting.function, seen[setting.function]))
        seen[setting.function] += 1
    return found


def argument_of(settings: tuple[KubernetesSetting, ...], call: Call, parameter: str) -> Argument | None:
    """What a call gives to a parameter."""
    calls = calls_of(settings)
    return settings[calls.index(call)].arguments.get(parameter) if call in calls else None


def change_call(
    desk: Desk,
    chosen: Chosen,
    call: Call,
    change: Callable[[KubernetesSetting], KubernetesSetting] | None,
    *,
    what: str = "",
    told: Told = untold,
    typed_in: object | None = None,
) -> None:
    """Change a call, or remove it (None), in every task that has it."""

    def changed(settings: TaskSettings) -> TaskSettings:
        calls = calls_of(settings.kubernetes)
        if call not in calls:
            return settings
        number, after = calls.index(call), list(settings.kubernetes)
        after[number : number + 1] = [] if change is None else [change(after[number])]
        return replace(settings, kubernetes=tuple(after))

    key = f"kubernetes:{chosen.key}:{call}:{what}" if what else ""
    make = partial(edits.change_each, tasks=chosen.tasks, change=changed, what="kubernetes", merge_key=key)
    desk.attempt(make, told, typed_in=typed_in)
