"""Descriptions of inputs and outputs as a docstring, where the SDK reads them, and whether it reads them back."""

import inspect
import re
from collections.abc import Mapping

import docstring_parser

_INDENT = " " * 4


def docstring(summary: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """The docstring of a function at module level, indentation included; empty for nothing to say."""
    sections = [
        f"{_INDENT}{title}:\n" + "".join(_entry(name, text) for name, text in described.items())
        for title, described in (("Args", inputs), ("Returns", outputs))
        if described
    ]
    if not sections:
        return summary
    head = f"{summary}\n\n" if summary else "\n"
    return head + "\n".join(sections) + _INDENT


def _entry(name: str, text: str) -> str:
    first, *others = text.split("\n")
    lines = [f"{_INDENT * 2}{name}: {first}", *(f"{_INDENT * 3}{line}" if line else "" for line in others)]
    return "".join(f"{line}\n" for line in lines)


def reads_back(text: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> bool:
    """Whether the SDK finds just these descriptions in a docstring (kfp.dsl.component_factory, 2.17)."""
    clean = inspect.cleandoc(text)
    found = {param.arg_name: param.description for param in docstring_parser.parse(clean).params}
    if any(found.get(name) != description for name, description in inputs.items()):
        return False
    if not outputs:
        return True
    as_arguments = re.sub(r"^Returns:$", "Args:", clean, flags=re.MULTILINE)
    found = {param.arg_name: param.description for param in docstring_parser.parse(as_arguments).params}
    return all(found.get(name) == description for name, description in outputs.items())
