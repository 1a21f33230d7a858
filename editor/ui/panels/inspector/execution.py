"""The Inspector's page for how tasks are run: caching, retries, order, environment, image and resources."""

from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from editor import edits
from editor.model import Caching, Retry, TaskSettings
from editor.model.port_types import Json
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.feeding import Setting
from editor.ui.panels.inspector.fields import ArgumentField, Desk, Make
from editor.ui.panels.inspector.forms import Line, NumberLine, Read, SwitchLine, TextLine, Write, section
from editor.ui.panels.inspector.settings_lines import EnvironmentLine, RunsAfterLine
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.widgets import label

replace = msgspec.structs.replace
CONTAINER = (
    ("image", "Image", "In place of the component's own."),
    ("cpu_request", "CPU request", "Like 500m or 2."),
    ("cpu_limit", "CPU limit", ""),
    ("memory_request", "Memory request", "Like 512Mi or 4Gi."),
    ("memory_limit", "Memory limit", ""),
    ("accelerator_type", "Accelerator", "Like nvidia.com/gpu."),
    ("accelerator_limit", "Accelerators", "How many."),
)


class ExecutionPage(Page):
    """Lines on one task or several; `no_container` says in words why there are no fields for a container."""

    def __init__(self, desk: Desk, chosen: Chosen, *, no_container: str) -> None:
        super().__init__()
        self.desk, self.chosen = desk, chosen
        self._no_container = no_container
        self.lines: list[Line] = []
        self.container: list[ArgumentField] = []

    def fill(self) -> Iterator[None]:
        for make in execution_lines(self.desk, self.chosen):
            line = make()
            self.lines.append(line)
            self.rows.addWidget(line)
            yield
        self.rows.addWidget(section("Container"))
        if self._no_container:
            self.rows.addWidget(label(self._no_container, "muted", wraps=True))
            return
        for path, title, hint in CONTAINER:
            field = ArgumentField(self.desk, Setting(self.chosen, path, title, hint))
            self.container.append(field)
            self.rows.addWidget(field)
            yield

    def refresh(self) -> None:
        for each in (*self.lines, *self.container):
            each.refresh()


MakeLine = Callable[[], Line]


def execution_lines(desk: Desk, chosen: Chosen) -> list[MakeLine]:
    """What makes the lines for all that is set alike on one task or on several; a display name is one task's."""
    return [*_task_lines(desk, chosen), *_retry_lines(desk, chosen), *_order_lines(desk, chosen)]


def _of(chosen: Chosen, field: str, read: Callable[[Json], Json] = lambda value: value) -> Read:
    return lambda view: chosen.setting(view, field, read)


def _change(chosen: Chosen, field: str, make: Callable[[TaskSettings, Json], Json]) -> Write:
    """What is set is set on all; what stands beside it stays each task's own."""

    def write(value: Json) -> Make:
        def changed(settings: TaskSettings) -> TaskSettings:
            return replace(settings, **{field: make(settings, value)})

        what, key = field.replace("_", " "), f"settings:{chosen.key}:{field}"
        return partial(edits.change_each, tasks=chosen.tasks, change=changed, what=what, merge_key=key)

    return write


def _task_lines(desk: Desk, chosen: Chosen) -> list[MakeLine]:
    """The name that is shown, whether it is muted, and caching."""

    def of(field: str) -> Read:
        return _of(chosen, "caching", lambda each: getattr(each, field) if isinstance(each, Caching) else None)

    def change(field: str) -> Write:
        return _change(chosen, "caching", lambda each, value: replace(each.caching, **{field: value}))

    def display_name() -> Line:
        write = _change(chosen, "display_name", lambda _each, text: text)
        return TextLine(
            desk, "Display name", _of(chosen, "display_name"), write, placeholder="As the name, if left empty"
        )

    return [
        *([display_name] if len(chosen.tasks) == 1 else ()),
        lambda: SwitchLine(
            desk,
            "Muted",
            chosen.is_muted,
            lambda muted: partial(edits.mute, tasks=chosen.tasks, muted=muted is True),
            hint="Stays in the document, and is left out of the package and the run.",
        ),
        lambda: SwitchLine(
            desk,
            "Caching",
            of("enabled"),
            change("enabled"),
            hint="An earlier result with the same inputs may be taken.",
        ),
        lambda: TextLine(
            desk, "Cache key", of("key"), change("key"), placeholder="Made from the inputs, if left empty"
        ),
    ]


_WAITS = (
    ("backoff_duration_s", "First wait, in seconds"),
    ("backoff_factor", "Wait grows by the factor"),
    ("backoff_max_duration_s", "Longest wait, in seconds"),
)


def _retry_lines(desk: Desk, chosen: Chosen) -> list[MakeLine]:
    def of(field: str) -> Read:
        return _of(chosen, "retry", lambda retry: getattr(retry, field) if isinstance(retry, Retry) else None)

    def count(settings: TaskSettings, wanted: Json) -> Retry | None:
        if wanted is None or wanted <= 0:
            return None
        return replace(settings.retry or Retry(max_count=1), max_count=wanted)

    def wait(field: str, title: str) -> Line:
        write = _change(
            chosen, "retry", lambda each, value: replace(each.retry or Retry(max_count=1), **{field: value})
        )
        return NumberLine(desk, title, of(field), write, whole=False, empty="The server's choice")

    return [
        lambda: NumberLine(
            desk, "Retries after a failure", of("max_count"), _change(chosen, "retry", count), empty="None"
        ),
        *(partial(wait, *each) for each in _WAITS),
    ]


def _order_lines(desk: Desk, chosen: Chosen) -> list[MakeLine]:
    """What it runs after, and with which environment."""
    return [
        lambda: SwitchLine(
            desk,
            "Ignore upstream failure",
            _of(chosen, "ignore_upstream_failure"),
            _change(chosen, "ignore_upstream_failure", lambda _each, on: on is True),
            hint="Runs even if what it waits for has failed.",
        ),
        lambda: RunsAfterLine(desk, lambda: chosen.tasks),
        lambda: EnvironmentLine(desk, chosen),
    ]
