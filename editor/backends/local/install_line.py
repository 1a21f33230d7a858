"""The install line that the SDK puts before a Python component: found in a command, and read without running it."""

import re
import shlex
from dataclasses import dataclass

EXECUTOR_MODULES = (
    "kfp.dsl.executor_main",
    "kfp.components.executor_main",
    "kfp.v2.components.executor_main",
)
_BOILERPLATE = (
    re.compile(r"if ! \[ -x \"\$\(command -v pip\)\" \]; then\s.*?\sfi\b", re.DOTALL),
    re.compile(r"^\s*export PIP_DISABLE_PIP_VERSION_CHECK=1\s*$", re.MULTILINE),
    re.compile(r"^\s*tmp=\$\(mktemp -d\)\s*$", re.MULTILINE),
    re.compile(r"^\s*python3 -m venv \"\$tmp/venv\" --system-site-packages\s*$", re.MULTILINE),
    re.compile(r"^\s*\. \"\$tmp/venv/bin/activate\"\s*$", re.MULTILINE),
    re.compile(r"\bPIP_DISABLE_PIP_VERSION_CHECK=1(?=\s)"),
)
_TAIL = re.compile(r"(?:&&)?\s*\"\$0\"\s+\"\$@\"\s*$")
_PIP = ["python3", "-m", "pip", "install"]
_HARMLESS = {"--quiet", "-q", "--no-warn-script-location", "--no-cache-dir", "--disable-pip-version-check", "--user"}


@dataclass(frozen=True, slots=True)
class Install:
    """One `pip install` of the line: what it asks for and from where."""

    requirements: tuple[str, ...]
    has_dependencies: bool = True
    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    pre: bool = False


@dataclass(frozen=True, slots=True)
class PythonCommand:
    """A lightweight Python component's command, taken apart. `command` starts the program, the install line left out.

    `unread` is an install line that could not be read; then it stays in `command` and pip runs it at each start.
    """

    command: tuple[str, ...]
    installs: tuple[Install, ...] = ()
    unread: str = ""
    mentions_pip: bool = False


def python_command(command: list[str]) -> PythonCommand | None:
    """None if the command is not that of a lightweight Python component: it needs its image then."""
    program = next((part for part in command if any(module in part for module in EXECUTOR_MODULES)), None)
    if program is None or "--component_module_path" not in program:
        return None
    has_line = len(command) > 3 and command[:2] == ["sh", "-c"] and "pip install" in command[2]
    source = command[-1]
    mentions_pip = bool(re.search(r"\bpip\b", source))
    if not has_line:
        return PythonCommand(tuple(command), mentions_pip=mentions_pip)
    installs = read_install_line(command[2])
    if installs is None:
        return PythonCommand(tuple(command), unread=command[2], mentions_pip=True)
    return PythonCommand(tuple(command[3:]), installs, mentions_pip=mentions_pip)


def read_install_line(script: str) -> tuple[Install, ...] | None:
    """The pip calls of the script in order, or None if it does anything that we do not know."""
    rest = script
    for pattern in _BOILERPLATE:
        rest = pattern.sub(" ", rest)
    tail = _TAIL.search(rest)
    if tail is None:
        return None
    try:
        words = shlex.split(rest[: tail.start()].replace("\n", " "))
    except ValueError:
        return None
    installs: list[Install] = []
    for call in _calls(words):
        install = _read_call(call)
        if install is None:
            return None
        installs.append(install)
    return tuple(installs)


def _calls(words: list[str]) -> list[list[str]]:
    # `use_venv` has the second pip call on a line of its own, so a call also ends where the next begins.
    calls: list[list[str]] = [[]]
    for index, word in enumerate(words):
        if word == "&&":
            calls.append([])
            continue
        if words[index : index + len(_PIP)] == _PIP and calls[-1]:
            calls.append([])
        calls[-1].append(word)
    return [call for call in calls if call]


def _read_call(words: list[str]) -> Install | None:
    if words[: len(_PIP)] != _PIP:
        return None
    requirements: list[str] = []
    options: dict[str, list[str]] = {"--index-url": [], "--extra-index-url": [], "--trusted-host": []}
    has_dependencies, pre = True, False
    rest = iter(words[len(_PIP) :])
    for word in rest:
        name, equals, value = word.partition("=")
        if word in _HARMLESS:
            continue
        if word == "--no-deps":
            has_dependencies = False
        elif word == "--pre":
            pre = True
        elif name in options:
            options[name].append(value if equals else next(rest, ""))
        elif word in ("-U", "--upgrade"):
            continue
        elif word.startswith("-") or not _is_requirement(word):
            return None
        else:
            requirements.append(word)
    return Install(
        tuple(requirements),
        has_dependencies,
        (options["--index-url"] or [""])[-1],
        tuple(options["--extra-index-url"]),
        tuple(options["--trusted-host"]),
        pre,
    )


def _is_requirement(word: str) -> bool:
    return bool(re.match(r"[A-Za-z0-9./]", word)) and not any(mark in word for mark in "$`|")
