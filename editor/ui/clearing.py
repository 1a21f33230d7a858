"""Clearing what local runs keep on this computer: asked with its size, done beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.backends.local.kept import Cleared, cache_folder, clear, kept_bytes

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow

LEAST_BYTES = 1000
"""Less than this is nothing: the empty files of locks."""


def clear_cache(window: MainWindow) -> None:
    """Say how much there is, and delete it if the person agrees; what a run uses stays."""
    folder = cache_folder()
    notifier = window.notifier

    def cleared(done: Cleared) -> None:
        stayed = "What runs use now has stayed." if done.in_use else ""
        notifier.success(f"{size_text(done.freed_bytes)} were freed.", hint=stayed)

    def answered(yes: bool) -> None:
        if yes:
            notifier.status("Clearing the cache of local runs…")
            window.jobs.run(clear, folder, done=cleared, failed=notifier.error, owner=window)

    def measured(size: int) -> None:
        if size < LEAST_BYTES:
            notifier.info("The cache of local runs is empty.")
            return
        window.ask.confirm(
            "Clear the cache",
            f"Delete {size_text(size)} that local runs keep?",
            yes="Clear the cache",
            details="Python environments and results of tasks are made again when a run needs them, "
            "which takes a while and may need the network. Runs and their outputs stay, and so does what a run uses "
            "now.\n\n"
            f"They lie in {folder}.",
            answered=answered,
        )

    notifier.status("Looking at the cache of local runs…")
    window.jobs.run(kept_bytes, folder, done=measured, failed=notifier.error, owner=window)


def size_text(size: int) -> str:
    """Bytes as people say them: 812 kB, 1.2 GB."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{max(1, round(size / 1000))} kB"
