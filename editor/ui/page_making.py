"""A page of a document, made for the window and joined to what its pages share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.errors import EditorError
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage
    from editor.ui.run_strip import RunStrip
    from editor.ui.session import Session

RECENTLY_PLACED = "quick-add/recent"


def made_page(window: MainWindow, session: Session) -> DocumentPage:
    """A view of the session whose commands, edits and remarks go to the window."""
    from editor.ui.page import DocumentPage
    from editor.ui.second_view import scene_beside

    def refused(error: EditorError) -> None:
        window.notifier.refusal(error)

    page = DocumentPage(
        session,
        library=window.library,
        theme=window.theme,
        refused=refused,
        add_folder=lambda: window.actions_table.run("library.add-folder"),
        open_sample=window.open_sample,
        take_off_run=lambda: window.running.show_on(session, None),
        scene=session.take_scene() or scene_beside(session, window.pages()),
    )
    window.actions_table.attach_to_canvas(page.view)
    page.view.gestures.commands.in_background = window.work_out
    page.view.gestures.pending.changed = window.actions_table.refresh_soon
    page.view.gestures.held.in_turn = partial(window.settling.hold, page)
    page.view.gestures.held.is_preceded = partial(window.settling.is_any_before, page)
    page.view.gestures.glide.motion = window.motion
    page.view.selection_changed.connect(window.follow_selection)
    page.view_changed.connect(window.follow_selection)
    page.strip.work_out = partial(_work_out_for_strip, window, page.strip)
    page.strip.ticked.connect(lambda: window.running.tick(page))
    page.view.view_changed.connect(window.update_zoom)
    page.fell_behind.connect(lambda: window.status_bar.await_canvas(page.view))
    page.details_wanted.connect(window.edit_details)
    page.view.message.connect(window.notifier.status)
    page.view.gestures.files_dropped.connect(window.open_dropped)
    _share_recent(window, page)
    return page


def _work_out_for_strip(
    window: MainWindow,
    strip: RunStrip,
    make: Callable[[], str],
    done: Callable[[str], object],
    failed: Callable[[EditorError], object],
) -> None:
    """Work something out on another thread; the strip hears of it only while its page is open."""

    def told(error: EditorError) -> None:
        failed(error)
        window.notifier.error(error)

    window.jobs.run(make, done=done, failed=told, owner=strip)


def _share_recent(window: MainWindow, page: DocumentPage) -> None:
    """What was placed lately comes first in every canvas's quick-add, and after the next start."""
    quick_add, settings = page.view.gestures.quick_add, window.settings
    quick_add.recent = [str(key) for key in settings.json(RECENTLY_PLACED, [])]

    def keep() -> None:
        if quick_add.recent == settings.json(RECENTLY_PLACED, []):
            return
        settings.set_json(RECENTLY_PLACED, quick_add.recent)
        for each in window.pages():
            each.view.gestures.quick_add.recent = list(quick_add.recent)

    quick_add.chosen.connect(lambda *_choice: keep())
