"""The verbs that work on files: components, validate, compile, show, set, import, export."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from editor.cli import terminal
from editor.cli.files import checked_output, compiled, is_document, open_file, save
from editor.cli.terminal import safe, say, tell
from editor.errors import EditorError

if TYPE_CHECKING:
    from editor.model import DocumentView, EntityId
    from editor.validation import Issue

as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
_out = click.option("-o", "--output", "out", required=True, metavar="OUT", help="The file to write.")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@as_json
def components(paths: tuple[str, ...], *, as_json: bool) -> int:
    """List the components in files and folders. Nothing in them is executed."""
    from editor.components import list_components
    from editor.components import report as reports
    from editor.model.port_types import type_words

    entries, errors = list_components([Path(path) for path in paths])
    if as_json:
        terminal.emit(reports.as_json(entries, errors))
    else:
        for entry in entries:
            say(f"{safe(entry.name)}  ({entry.kind}, {safe(reports.origin_text(entry.origin))})")
            for port in entry.inputs:
                needed = "" if port.is_required else " (optional)"
                default = "" if port.default is None else f" = {terminal.short(port.default.value)}"
                say(f"    in   {safe(port.name)}: {type_words(port.type)}{default or needed}")
            for output in entry.outputs:
                say(f"    out  {safe(output.name)}: {type_words(output.type)}")
    for error in errors:
        tell(f"{safe(error.origin)}: {safe(error.message)}" + (f" {safe(error.hint)}" if error.hint else ""))
    return 1 if errors else 0


@click.command()
@click.argument("file", metavar="FILE")
@as_json
def validate(file: str, *, as_json: bool) -> int:
    """Say what is wrong with a pipeline, and what to do."""
    document = open_file(file).document
    issues = found_issues(document)
    if as_json:
        terminal.emit({"issues": [_issue_json(document, issue) for issue in issues]})
    else:
        for issue in issues:
            say(_issue_text(document, issue))
        say(_summary(issues))
    return 1 if any(issue.severity == "error" for issue in issues) else 0


@click.command(name="compile")
@click.argument("file", metavar="FILE")
@_out
def compile_verb(file: str, out: str) -> int:
    """Make a KFP package: .yaml, .json, .tar.gz, .tgz or .zip, as the ending of OUT says."""
    path = checked_output(out, may_be="package")

    from editor.compiler.packages import write_package
    from editor.worker import Worker

    document = open_file(file).document
    refuse_errors(document)
    with Worker() as worker:
        write_package(compiled(document, worker), path)
    tell(f"Wrote {safe(path)}")
    return 0


@click.command()
@click.argument("file", metavar="FILE")
@as_json
def show(file: str, *, as_json: bool) -> int:
    """List a pipeline's inputs, its tasks with their arguments, and its outputs."""
    from editor.cli import listing

    document = open_file(file).document
    if as_json:
        terminal.emit(listing.as_json(document))
    else:
        for line in listing.as_text(document):
            say(line)
    return 0


@click.command(name="set")
@click.argument("file", metavar="FILE")
@click.argument("assignments", nargs=-1, metavar="PATH.INPUT=VALUE...")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="Set a pipeline input's default.")
@click.option("-o", "--output", "out", metavar="OUT", help="Write here, not to FILE: a document or a package.")
def set_verb(file: str, assignments: tuple[str, ...], inputs: tuple[str, ...], out: str | None) -> int:
    """Change constant arguments of tasks, or defaults of pipeline inputs: all of them, or none.

    A VALUE is text as it stands for a STRING input, JSON for the rest. A package is compiled anew.
    """
    from editor.cli.assigning import assign
    from editor.cli.values import assignment, named_values

    if not assignments and not inputs:
        raise click.UsageError("There is nothing to set: give PATH.INPUT=VALUE or --input NAME=VALUE.")
    parsed = [assignment(word) for word in assignments]
    defaults = named_values(inputs)
    path = checked_output(out or file, may_be="any") if out else Path(file)
    document, package = open_file(file)
    assign(document, parsed, defaults)
    if is_document(path):
        save(document, path, is_new=package is not None)
    else:
        from editor.compiler.packages import write_package
        from editor.worker import Worker

        with Worker() as worker:
            write_package(compiled(document, worker), path)
    return 0


@click.command(name="import")
@click.argument("package", metavar="PACKAGE")
@_out
def import_verb(package: str, out: str) -> int:
    """Make a document of a KFP package, laid out to be read."""
    path = checked_output(out, may_be="document")
    document = open_file(package).document
    save(document, path, is_new=True)
    kept = _kept_verbatim(document)
    if kept:
        tell(f"Kept as they are, for Pipeloom has no word for them: {', '.join(kept)}.")
    tell(f"Wrote {safe(path)}")
    return 0


@click.command()
@click.argument("file", metavar="FILE")
@_out
def export(file: str, out: str) -> int:
    """Write the pipeline as readable Python DSL."""
    if not out.lower().endswith(".py"):
        raise click.UsageError(f"Python source goes into a file whose name ends in .py, not '{out}'.")
    from editor.compiler.python.export import export_python
    from editor.storage.atomic import write_atomically
    from editor.worker import Worker

    document = open_file(file).document
    with Worker() as worker:
        exported = export_python(document.snapshot(), worker)
    write_atomically(Path(out), exported.source.encode("utf-8", "surrogatepass"))
    reasons: dict[str, list[str]] = {}
    for gap in exported.gaps:
        reasons.setdefault(gap.reason, []).append(safe(gap.subject))
    for reason, subjects in reasons.items():
        tell(f"The DSL cannot say {safe(reason)}: {', '.join(_at_most_ten(subjects))}.")
    tell(f"Wrote {safe(out)}")
    return 0


def found_issues(document: "DocumentView") -> "list[Issue]":
    """The issues, the worst first."""
    from editor.validation import validate as find

    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(find(document), key=lambda issue: order[issue.severity])


def refuse_errors(document: "DocumentView") -> None:
    """Raises EditorError if the pipeline has errors, having told them on stderr; warnings are told too."""
    issues = found_issues(document)
    errors = [issue for issue in issues if issue.severity == "error"]
    for issue in issues:
        if issue.severity != "info":
            tell(_issue_text(document, issue))
    if errors:
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        raise EditorError(f"The pipeline has {count}.", hint="Mend what is listed above, in the window or with 'set'.")


def _issue_json(document: "DocumentView", issue: "Issue") -> dict[str, str | None]:
    return {
        "severity": issue.severity,
        "code": issue.code,
        "subject": _subject(document, issue.subject),
        "message": issue.message,
        "hint": issue.hint,
    }


def _issue_text(document: "DocumentView", issue: "Issue") -> str:
    subject = _subject(document, issue.subject)
    where = f"{safe(subject)}: " if subject else ""
    hint = f"\n    {safe(issue.hint)}" if issue.hint else ""
    return f"{issue.severity}: {where}{safe(issue.message)} [{issue.code}]{hint}"


def _subject(document: "DocumentView", subject: "EntityId | None") -> str | None:
    """The path of a task or group; None for the pipeline itself, and for what has no path."""
    if subject is None:
        return None
    return next(iter(document.paths(subject)), None)


def _summary(issues: "Sequence[Issue]") -> str:
    counts = [
        (sum(1 for issue in issues if issue.severity == severity), one, many)
        for severity, one, many in (("error", "error", "errors"), ("warning", "warning", "warnings"))
    ]
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return f"{', '.join(said)}." if said else "No problems."


def _kept_verbatim(document: "DocumentView") -> list[str]:
    """What the model has no word for, as `task: field`, at most ten of them."""
    found: list[str] = []
    for entity in document.entities.values():
        extra = getattr(entity, "extra", None)
        if extra:
            name = next(iter(document.paths(entity.id)), getattr(entity, "name", entity.id))
            found += [f"{safe(name)}: {safe(key)}" for key in extra]
    return _at_most_ten(found)


def _at_most_ten(names: list[str]) -> list[str]:
    return [*names[:10], f"and {len(names) - 10} more"] if len(names) > 10 else names
