"""The Kubernetes tab: one card for each kfp.kubernetes function called on the task, made from the model's table."""

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from editor import edits
from editor.model import (
    Argument,
    Constant,
    DocumentView,
    Edit,
    EntityId,
    FromPipelineInput,
    KubernetesSetting,
    ParameterType,
)
from editor.model.kubernetes import (
    KUBERNETES_FUNCTIONS,
    KubernetesFunction,
    KubernetesParameter,
    why_not_setting,
)
from editor.model.port_types import BOOLEAN, INTEGER, LIST, STRING, STRUCT, Json
from editor.ui.icons import icon
from editor.ui.panels.inspector.fields import Desk, SourceChip
from editor.ui.panels.inspector.sources import fitting_inputs, in_words, visible_outputs
from editor.ui.style import GAP
from editor.ui.values import AnyEditor, ValueEditor, editor_for, first_value
from editor.ui.widgets import EmptyState, clear, column, icon_button, label, row

replace = msgspec.structs.replace
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

    def show_argument(self, view: DocumentView, argument: Argument | None) -> None:
        is_value = argument is None or isinstance(argument, Constant)
        self.editor.setVisible(is_value)
        self.chip.setVisible(not is_value)
        if isinstance(argument, Constant):
            self.editor.set_value(argument.value)
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
            task = self._card.tasks[0]
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
        self.editor.say(problem or self._card.put(self.parameter, Constant(value)))


class SettingCard(QFrame):
    """One call of a function."""

    def __init__(self, desk: Desk, tasks: tuple[EntityId, ...], number: int, function: KubernetesFunction) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.desk, self.tasks, self.number = desk, tasks, number
        remove = icon_button("trash", f"Remove {function.title}", self._on_remove)
        title = label(function.title, "section", wraps=True)
        title.setToolTip(function.description)
        top = row(title, remove, gap=4)
        top.setStretch(0, 1)
        self.rows = [ParameterRow(self, parameter) for parameter in function.parameters]
        self.setLayout(column(top, *self.rows, margin=GAP))

    def setting(self) -> KubernetesSetting | None:
        settings = self.desk.document.task(self.tasks[0]).settings.kubernetes
        return settings[self.number] if self.number < len(settings) else None

    def refresh(self) -> None:
        setting = self.setting()
        if setting is not None:
            for each in self.rows:
                each.show_argument(self.desk.document, setting.arguments.get(each.parameter.name))

    def put(self, parameter: KubernetesParameter, argument: Argument | None) -> str:
        """Set or leave out a parameter; why it was refused, or empty."""
        setting = self.setting()
        if setting is None:
            return ""
        arguments = {name: each for name, each in setting.arguments.items() if name != parameter.name}
        if argument is not None:
            arguments[parameter.name] = argument
        return self._write(replace(setting, arguments=arguments), f"kubernetes:{self.number}:{parameter.name}")

    def _on_remove(self) -> None:
        self._write(None, "")

    def _write(self, setting: KubernetesSetting | None, merge_key: str) -> str:
        def make() -> Edit:
            view = self.desk.document
            before = view.task(self.tasks[0]).settings.kubernetes
            after = [*before]
            after[self.number : self.number + 1] = [] if setting is None else [setting]
            key = f"{merge_key}:{self.tasks[0]}" if merge_key else ""
            return edits.change_settings(view, self.tasks, kubernetes=tuple(after), merge_key=key)

        return self.desk.try_edit(make)


class KubernetesPage(QWidget):
    """The calls on one task, and a menu to add one."""

    def __init__(self, desk: Desk, tasks: tuple[EntityId, ...]) -> None:
        super().__init__()
        self.setProperty("role", "body")
        self._desk, self._tasks = desk, tasks
        self.cards: list[SettingCard] = []
        self._made_of: tuple[str, ...] | None = None
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
        self._empty = EmptyState(
            "settings",
            "Nothing set for Kubernetes",
            "Secrets, volumes, node selectors and tolerations for the task's pod. A run here passes them by.",
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP)
        layout = column(row(self.add, None), self._list, self._empty, None, margin=2 * GAP)
        self.setLayout(layout)
        self.refresh()

    def add_function(self, function: KubernetesFunction) -> None:
        """Call a function on the task, its required parameters empty still."""

        def make() -> Edit:
            view = self._desk.document
            before = view.task(self._tasks[0]).settings.kubernetes
            return edits.change_settings(view, self._tasks, kubernetes=(*before, first_setting(function)))

        self._desk.try_edit(make)

    def refresh(self) -> None:
        settings = self._desk.document.task(self._tasks[0]).settings.kubernetes
        names = tuple(setting.function for setting in settings)
        if names != self._made_of:
            self._made_of = names
            clear(self._list)
            self.cards = []
            for number, name in enumerate(names):
                function = KUBERNETES_FUNCTIONS.get(name)
                if function is None:
                    self._list.addWidget(
                        label(f"{name}: not known to this Pipeloom; kept as it is.", "muted", wraps=True)
                    )
                    continue
                card = SettingCard(self._desk, self._tasks, number, function)
                self.cards.append(card)
                self._list.addWidget(card)
        for card in self.cards:
            card.refresh()
        self._empty.setVisible(not names)
