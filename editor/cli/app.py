"""The command line as a whole: which verb is meant, and what becomes of errors. The verbs are in the other modules."""

import difflib
import os
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click

from editor.cli.running import run, submit, upload
from editor.cli.terminal import be_lenient, safe, tell
from editor.cli.verbs import compile_verb, components, export, import_verb, set_verb, show, validate
from editor.errors import EditorError

VERBS = (components, validate, compile_verb, show, set_verb, run, submit, upload, import_verb, export)
_REPORTS_KEPT = 20


class _Verbs(click.Group):
    """A group whose first word may also be a file: then the window is meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        first = args[0]
        if first in self.commands or first.startswith("-"):
            return super().resolve_command(ctx, args)
        if os.sep not in first and "." not in first and not Path(first).exists():
            close = difflib.get_close_matches(first, self.list_commands(ctx), 1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise click.UsageError(f"There is no verb and no file '{safe(first)}'.{hint}", ctx)
        window = self.commands["window"]
        return window.name, window, args


def main(
    arguments: Sequence[str], *, window: Callable[[list[str]], int], more_verbs: Sequence[click.Command] = ()
) -> int:
    """Do what the words after `pipeloom` say; gives the exit code.

    0 fine, 1 what was asked could not be done, 2 wrong usage. `window` opens files in the window;
    `more_verbs` are those that need Qt.
    """
    be_lenient()
    try:
        result = _group(window, more_verbs).main(list(arguments), prog_name="pipeloom", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        tell("Interrupted.")
        return 1
    except EditorError as error:
        tell_error(error)
        return 1
    except Exception as error:  # noqa: BLE001 the top: what arrives here is a bug of ours
        return _crashed(error)
    return result if isinstance(result, int) else 0


def tell_error(error: EditorError) -> None:
    """What happened and what to do, on stderr; longer details go to a file that is named."""
    tell(error.message)
    if error.hint:
        tell(error.hint)
    if error.details:
        kept = _kept("details", error.details)
        if kept is not None:
            tell(f"Details: {kept}")


def _group(window: Callable[[list[str]], int], more_verbs: Sequence[click.Command]) -> click.Group:
    @click.group(cls=_Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
    @click.pass_context
    def pipeloom(ctx: click.Context) -> int | None:
        """A studio for Kubeflow Pipelines. Without a verb, the window opens, with the FILEs named.

        FILE is a .pipeloom document or a KFP package (.yaml, .json, .tar.gz, .tgz, .zip).
        """
        return window([]) if ctx.invoked_subcommand is None else None

    def version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
        if asked:
            click.echo(f"pipeloom {_version()}")
            ctx.exit()

    pipeloom.params.append(
        click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=version, help="Show it.")
    )

    @pipeloom.command(name="window", hidden=True)
    @click.argument("files", nargs=-1)
    def _window(files: tuple[str, ...]) -> int:
        """Open FILES in the window."""
        return window(list(files))

    for verb in (*VERBS, *more_verbs):
        pipeloom.add_command(verb)
    return pipeloom


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("pipeloom")
    except metadata.PackageNotFoundError:
        return "(run from its sources)"


def _crashed(error: Exception) -> int:
    report = "".join(traceback.format_exception(error))
    kept = _kept("crash", report)
    tell(f"Pipeloom has failed, and that is a bug of its own: {type(error).__name__}: {safe(error)[:300]}")
    tell(f"The report is in {kept}" if kept else report)
    return 1


def _kept(kind: str, text: str) -> Path | None:
    """The file in which the text now is; None if it cannot be kept."""
    from editor.storage.places import data_folder

    try:
        folder = data_folder() / "reports"
        folder.mkdir(exist_ok=True)
        old = sorted(folder.glob(f"{kind}-*.txt"))
        for file in old[: max(0, len(old) - _REPORTS_KEPT + 1)]:
            file.unlink(missing_ok=True)
        file = folder / f"{kind}-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"  # noqa: DTZ005 for people, in their time
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except (OSError, EditorError):
        return None
    return file
