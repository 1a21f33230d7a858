"""The `pipeloom` program: the verbs of editor.cli, and those that need Qt, which is loaded for them only."""

import os
import sys

import click

from editor.cli import main as command_line
from editor.errors import EditorError


def main() -> int:
    return command_line(sys.argv[1:], window=_window, more_verbs=[_render])


def _window(files: list[str]) -> int:
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not has_display:
        raise EditorError(
            "There is no display for the window.",
            hint="The verbs work without one: 'pipeloom run FILE' runs a pipeline, 'pipeloom --help' lists them all.",
        )
    from pathlib import Path

    from editor.ui.app import run_window

    return run_window([Path(file) for file in files])


@click.command(name="render")
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", "out", required=True, metavar="OUT", help="A .png, .svg or .pdf file.")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True)
@click.option("--scale", type=click.FloatRange(0.1, 16), default=2.0, show_default=True, help="Pixels per point.")
def _render(file: str, out: str, theme: str, scale: float) -> int:
    """Draw the pipeline as a picture."""
    from pathlib import Path

    from editor.cli.files import lay_out, open_file

    if not out.lower().endswith((".png", ".svg", ".pdf")):
        raise click.UsageError(f"The ending of OUT says what it is to be: '{out}' has none of .png, .svg, .pdf.")
    document = open_file(file).document
    lay_out(document)
    # A picture needs no display, and must not depend on the one that happens to be there.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from editor.ui.canvas.render import render

    render(document, Path(out), theme=theme, scale=scale)
    click.echo(f"Wrote {out}", err=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
