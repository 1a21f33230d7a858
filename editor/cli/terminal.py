"""Writing to the terminal: answers to stdout, everything else to stderr; text of strangers made harmless."""

import io
import json
import sys
from typing import Any

import click


def say(text: str = "") -> None:
    """A line for people, on stdout."""
    click.echo(text)


def tell(text: str) -> None:
    """A line beside the answer, on stderr."""
    click.echo(text, err=True)


def emit(value: Any) -> None:
    """One JSON document on stdout: UTF-8 whatever the terminal's encoding."""
    emit_bytes(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n")


def emit_bytes(content: bytes) -> None:
    click.echo(content, nl=False)


def safe(text: object) -> str:
    """One line without control or direction marks: names come from files, and terminals obey escape codes."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(text))


def short(value: Any, limit: int = 80) -> str:
    """A JSON value on one line, cut at `limit`."""
    text = safe(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def be_lenient() -> None:
    """What the terminal's encoding lacks is escaped, instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
