"""The same verbs as the window, without a window. Nothing here imports kfp or Qt; each verb loads what it needs."""

from editor.cli.app import main

__all__ = ["main"]
