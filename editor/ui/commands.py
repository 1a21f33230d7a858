"""The window's lines of the table of actions. The canvas's own lines come from the gestures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices

from editor.ui.actions import Command
from editor.ui.canvas_commands import canvas_commands
from editor.ui.exporting import export_package, export_picture, export_python
from editor.ui.files import OPEN_FILTERS
from editor.ui.printing import ask_and_print
from editor.ui.starting import cancel_run, run_pipeline

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage


def window_commands(window: MainWindow) -> list[Command]:
    """Every line, in the order of the menus."""
    return [
        *_file_commands(window),
        *_edit_commands(window),
        *canvas_commands(window),
        *_view_commands(window),
        *_pipeline_commands(window),
        *_run_commands(window),
        *_help_commands(window),
    ]


def _with_page(window: MainWindow, act: Callable[[DocumentPage], object]) -> Callable[[], object]:
    return lambda: act(window.page) if window.page is not None else None


# Dialogs are loaded when they are opened: the window is up sooner without them.


def _open_settings(window: MainWindow, tab: str) -> None:
    from editor.ui.dialogs.settings import SettingsDialog

    SettingsDialog(window, tab=tab).open()


def _clear_cache(window: MainWindow) -> None:
    from editor.ui.clearing import clear_cache

    clear_cache(window)


def _open_legend(window: MainWindow) -> None:
    from editor.ui.dialogs.about import LegendDialog

    LegendDialog(window).open()


def _open_gestures(window: MainWindow) -> None:
    from editor.ui.dialogs.keyboard_mouse import KeyboardMouseDialog

    KeyboardMouseDialog(window, change_shortcuts=lambda: _open_settings(window, "Shortcuts")).open()


def _open_about(window: MainWindow) -> None:
    from editor.ui.dialogs.about import AboutDialog

    AboutDialog(window).open()


def _file_commands(window: MainWindow) -> list[Command]:
    def has_page() -> bool:
        return window.page is not None

    def folder() -> Path:
        session = window.session
        return session.path.parent if session and session.path else Path.home()

    def open_files() -> None:
        window.ask.open_files("Open", OPEN_FILTERS, folder(), lambda paths: window.open_dropped(paths))

    def close_window() -> None:
        window.close()

    return [
        Command("file.new", "&New pipeline", window.new_document, "File", ("Ctrl+N",), "new"),
        Command("file.open", "&Open…", open_files, "File", ("Ctrl+O",), "open", tip="Open a document or a KFP package"),
        Command("file.recent", "Open &recent…", window.show_recent, "File", ("Ctrl+R",), "history"),
        Command("file.sample", "Open the sample pipeline", window.open_sample, "File"),
        Command(
            "file.save",
            "&Save",
            _with_page(window, lambda page: window.files.save(page.session)),
            "File",
            ("Ctrl+S",),
            "save",
            enabled=has_page,
            separated=True,
            awaits_edits=True,
        ),
        Command(
            "file.save-as",
            "Save &as…",
            _with_page(window, lambda page: window.files.save_as(page.session)),
            "File",
            ("Ctrl+Shift+S",),
            enabled=has_page,
            awaits_edits=True,
        ),
        Command(
            "file.export-package",
            "Export KFP &package…",
            lambda: export_package(window),
            "File",
            ("Ctrl+E",),
            "download",
            enabled=has_page,
            tip="Compile to .yaml, .json, .tar.gz, .tgz or .zip",
            separated=True,
            awaits_edits=True,
        ),
        Command(
            "file.export-python",
            "Export P&ython…",
            lambda: export_python(window),
            "File",
            enabled=has_page,
            awaits_edits=True,
        ),
        Command(
            "file.export-picture",
            "Export pic&ture…",
            lambda: export_picture(window),
            "File",
            enabled=has_page,
            awaits_edits=True,
        ),
        Command(
            "file.print",
            "P&rint…",
            lambda: ask_and_print(window),
            "File",
            ("Ctrl+P",),
            "print",
            enabled=has_page,
            awaits_edits=True,
        ),
        Command(
            "library.add-folder",
            "Add a folder of components…",
            lambda: window.ask.open_folder("Add components", folder(), lambda path: window.add_to_library([path])),
            "File",
            icon="folder",
            separated=True,
        ),
        Command(
            "library.add-files",
            "Add component files…",
            lambda: window.ask.open_files(
                "Add components",
                ["Components (*.yaml *.yml *.json *.py)", "All files (*)"],
                folder(),
                lambda paths: window.add_to_library(paths),
            ),
            "File",
        ),
        Command(
            "file.settings",
            "Se&ttings…",
            lambda: _open_settings(window, "Appearance"),
            "File",
            ("Ctrl+,",),
            "settings",
            separated=True,
        ),
        Command(
            "file.close",
            "&Close tab",
            _with_page(window, window.closing.close),
            "File",
            ("Ctrl+W",),
            enabled=has_page,
            separated=True,
        ),
        Command("file.quit", "&Quit", close_window, "File", ("Ctrl+Q",)),
    ]


def _edit_commands(window: MainWindow) -> list[Command]:
    def undo() -> None:
        """The last step; but what is under way is given up first, a drag or an edit that is being worked out."""
        page, session = window.page, window.session
        if page is None or session is None or page.view.gestures.cancel():
            return
        pending = window.settling.pending_of(session)
        if pending is None:
            session.undo_stack.undo()
        elif pending.give_up():
            window.notifier.status("What was under way was given up.")

    def can_undo() -> bool:
        session = window.session
        return session is not None and (session.undo_stack.canUndo() or window.settling.pending_of(session) is not None)

    def redo() -> None:
        if window.session is not None:
            window.session.undo_stack.redo()

    return [
        Command(
            "edit.undo",
            "&Undo",
            undo,
            "Edit",
            ("Ctrl+Z",),
            "undo",
            enabled=can_undo,
            gives_up_edits=True,
        ),
        Command(
            "edit.redo",
            "&Redo",
            redo,
            "Edit",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "redo",
            enabled=lambda: window.session is not None and window.session.undo_stack.canRedo(),
            awaits_edits=True,
        ),
    ]


def _view_commands(window: MainWindow) -> list[Command]:
    def toggle(dock_name: str) -> Callable[[], None]:
        def act() -> None:
            dock = getattr(window, dock_name)
            dock.setVisible(not dock.isVisible())

        return act

    def next_tab(step: int) -> Callable[[], None]:
        def act() -> None:
            if window.tabs.count():
                window.tabs.setCurrentIndex((window.tabs.currentIndex() + step) % window.tabs.count())

        return act

    commands = [
        Command(
            "view.palette",
            "Command &palette…",
            lambda: window.palette_popup.pop_up(),
            "View",
            ("Ctrl+Shift+P",),
            "command",
        ),
        Command(
            "view.second",
            "Open a second view beside",
            lambda: window.show_session(window.session, another_view=True) if window.session else None,
            "View",
            enabled=lambda: window.session is not None,
        ),
        Command("view.next-tab", "Next tab", next_tab(1), "View", ("Ctrl+PgDown",)),
        Command("view.previous-tab", "Previous tab", next_tab(-1), "View", ("Ctrl+PgUp",)),
    ]
    docks = (
        ("library_dock", "Components", "Ctrl+Shift+E"),
        ("inspector_dock", "Inspector", "Ctrl+Shift+I"),
        ("bottom_dock", "Problems and runs", "Ctrl+J"),
    )
    for number, (attribute, title, key) in enumerate(docks):
        commands.append(
            Command(
                f"view.{attribute.replace('_', '-')}",
                title,
                toggle(attribute),
                "View/Docks",
                (key,),
                checked=lambda attribute=attribute: getattr(window, attribute).isVisible(),
                separated=not number,
            )
        )
    commands.append(
        Command(
            "view.collapse-bottom",
            "Collapse problems and runs",
            lambda: window.bottom.set_collapsed(not window.bottom.is_collapsed),
            "View/Docks",
            ("Ctrl+Shift+J",),
            checked=lambda: window.bottom.is_collapsed,
            tip="Only the tabs stay; a click on one shows the panel again",
        )
    )
    commands.append(Command("view.reset-layout", "Reset the layout", window.reset_layout, "View/Docks", separated=True))
    for number, (name, title) in enumerate((("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))):
        commands.append(
            Command(
                f"view.theme-{name}",
                title,
                lambda name=name: window.set_appearance(name),  # pyright: ignore[reportArgumentType] one of the three
                "View/Theme",
                checked=lambda name=name: window.appearance == name,
                separated=not number,
            )
        )
    tabs = ("Problems", "Runs", "Log", "Outputs", "Preview", "History")
    for number, title in enumerate(tabs):
        commands.append(
            Command(
                f"view.show-{title.lower()}",
                f"Show {title.lower()}",
                lambda title=title: window.show_bottom(title),
                "View/Show",
                (f"Alt+{number + 1}",),
            )
        )
    fields = (
        ("search", "Go to component search", "Ctrl+K"),
        ("canvas", "Go to the canvas", "F6"),
        ("inspector", "Go to the inspector", "F7"),
    )
    for name, title, key in fields:
        commands.append(
            Command(f"view.focus-{name}", title, lambda name=name: _focus(window, name), "View/Show", (key,))
        )
    return commands


def _focus(window: MainWindow, name: str) -> None:
    if name == "search":
        window.library_dock.show()
        window.library_panel.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        window.library_panel.search.selectAll()
    elif name == "inspector":
        window.inspector_dock.show()
        window.inspector.focus_first()
    elif window.page is not None:
        window.page.focus_canvas()


def _pipeline_commands(window: MainWindow) -> list[Command]:
    def show_pipeline() -> None:
        if window.page is not None:
            window.page.view.select(())
            window.inspector_dock.show()

    return [
        Command("pipeline.properties", "Pipeline &properties", show_pipeline, "Pipeline", ("Ctrl+Shift+,",), "input"),
        Command("pipeline.problems", "Next problem", window.next_problem, "Pipeline", ("F8",), "error"),
        Command("pipeline.preview", "Show the compiled package", lambda: window.show_bottom("Preview"), "Pipeline"),
    ]


def _run_commands(window: MainWindow) -> list[Command]:
    def can_run() -> bool:
        return window.page is not None

    return [
        Command(
            "run.run",
            "&Run pipeline",
            lambda: run_pipeline(window, ask=False),
            "Run",
            ("F5",),
            "run",
            enabled=can_run,
            tip="Run with the last choices, on the target chosen",
            awaits_edits=True,
        ),
        Command(
            "run.with-arguments",
            "Run with &arguments…",
            lambda: run_pipeline(window, ask=True),
            "Run",
            ("Shift+F5",),
            "settings",
            enabled=can_run,
            awaits_edits=True,
        ),
        Command(
            "run.cancel",
            "&Cancel run",
            lambda: cancel_run(window),
            "Run",
            ("Ctrl+F5",),
            "stop",
            enabled=lambda: window.running.live_run(window.session) is not None,
        ),
        Command(
            "run.clear",
            "Take the run &off the canvas",
            lambda: window.running.show_on(window.session, None),
            "Run",
            ("Ctrl+Shift+F5",),
            "close",
            enabled=lambda: window.running.shown_on(window.session) is not None,
        ),
        Command(
            "run.submit",
            "&Submit to a server…",
            window.submitting.ask_submit,
            "Run",
            ("Ctrl+Return",),
            "cloud",
            enabled=can_run,
            separated=True,
            awaits_edits=True,
        ),
        Command(
            "run.upload",
            "&Upload to a server…",
            window.submitting.ask_upload,
            "Run",
            ("Ctrl+Shift+U",),
            "upload",
            enabled=can_run,
            awaits_edits=True,
        ),
        Command(
            "run.clear-cache",
            "Clear the cac&he of local runs…",
            lambda: _clear_cache(window),
            "Run",
            icon="trash",
            tip="Delete the Python environments and results that runs on this computer keep",
            separated=True,
        ),
        Command(
            "run.servers",
            "Ser&vers…",
            lambda: _open_settings(window, "Servers"),
            "Run",
            icon="settings",
            separated=True,
        ),
    ]


def _help_commands(window: MainWindow) -> list[Command]:
    return [
        Command(
            "help.shortcuts",
            "&Keyboard shortcuts…",
            lambda: _open_settings(window, "Shortcuts"),
            "Help",
            ("Ctrl+/",),
        ),
        Command("help.gestures", "Keyboard and &mouse", lambda: _open_gestures(window), "Help", ("F1",)),
        Command("help.legend", "&Legend of types", lambda: _open_legend(window), "Help"),
        Command(
            "help.kfp",
            "Kubeflow Pipelines &documentation",
            lambda: QDesktopServices.openUrl("https://www.kubeflow.org/docs/components/pipelines/"),
            "Help",
            icon="external",
        ),
        Command("help.about", "&About Pipeloom", lambda: _open_about(window), "Help", separated=True),
    ]
