"""The Inspector's page for how tasks are run: caching, retries, order, environment, image and resources."""

from collections.abc import Callable, Iterator

import msgspec

from editor import edits
from editor.model import Caching, DocumentView, Edit, Retry, TaskSettings
from editor.model.port_types import Json
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.feeding import Setting
from editor.ui.panels.inspector.fields import ArgumentField, Desk
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


def execution_lines(desk: Desk, chosen: Chosen) -> list[Callable[[], Line]]:
    """What makes the lines for all that is set alike on one task or on several; a display name is one task's."""

    def of(field: str, read: Callable[[Json], Json] = lambda value: value) -> Read:
        return lambda view: chosen.setting(view, field, read)

    def change(field: str, make: Callable[[TaskSettings, Json], Json]) -> Write:
        """What is set is set on all; what stands beside it stays each task's own."""

        def write(view: DocumentView, value: Json) -> Edit:
            def changed(settings: TaskSettings) -> TaskSettings:
                return replace(settings, **{field: make(settings, value)})

            key = f"settings:{chosen.key}:{field}"
            return edits.change_each(view, chosen.tasks, changed, what=field.replace("_", " "), merge_key=key)

        return write

    def retries(settings: TaskSettings, count: Json) -> Retry | None:
        if count is None or count <= 0:
            return None
        return replace(settings.retry or Retry(max_count=1), max_count=count)

    def backoff(field: str) -> Write:
        return change("retry", lambda each, value: replace(each.retry or Retry(max_count=1), **{field: value}))

    def caching(field: str) -> Write:
        return change("caching", lambda each, value: replace(each.caching, **{field: value}))

    def of_retry(field: str) -> Read:
        return of("retry", lambda retry: getattr(retry, field) if isinstance(retry, Retry) else None)

    def of_caching(field: str) -> Read:
        return of("caching", lambda each: getattr(each, field) if isinstance(each, Caching) else None)

    lines: list[Callable[[], Line]] = [
        lambda: SwitchLine(
            desk,
            "Muted",
            chosen.is_muted,
            lambda view, muted: edits.mute(view, chosen.tasks, muted is True),
            hint="Stays in the document, and is left out of the package and the run.",
        ),
        lambda: SwitchLine(
            desk,
            "Caching",
            of_caching("enabled"),
            caching("enabled"),
            hint="An earlier result with the same inputs may be taken.",
        ),
        lambda: TextLine(
            desk,
            "Cache key",
            of_caching("key"),
            caching("key"),
            placeholder="Made from the inputs, if left empty",
        ),
        lambda: NumberLine(
            desk, "Retries after a failure", of_retry("max_count"), change("retry", retries), empty="None"
        ),
        lambda: NumberLine(
            desk,
            "First wait, in seconds",
            of_retry("backoff_duration_s"),
            backoff("backoff_duration_s"),
            whole=False,
            empty="The server's choice",
        ),
        lambda: NumberLine(
            desk,
            "Wait grows by the factor",
            of_retry("backoff_factor"),
            backoff("backoff_factor"),
            whole=False,
            empty="The server's choice",
        ),
        lambda: NumberLine(
            desk,
            "Longest wait, in seconds",
            of_retry("backoff_max_duration_s"),
            backoff("backoff_max_duration_s"),
            whole=False,
            empty="The server's choice",
        ),
        lambda: SwitchLine(
            desk,
            "Ignore upstream failure",
            of("ignore_upstream_failure"),
            change("ignore_upstream_failure", lambda _each, on: on is True),
            hint="Runs even if what it waits for has failed.",
        ),
        lambda: RunsAfterLine(desk, lambda: chosen.tasks),
        lambda: EnvironmentLine(desk, chosen),
    ]
    if len(chosen.tasks) == 1:
        lines.insert(
            0,
            lambda: TextLine(
                desk,
                "Display name",
                of("display_name"),
                change("display_name", lambda _each, text: text),
                placeholder="As the name, if left empty",
            ),
        )
    return lines
