"""What the library shows: an entry for each component found, and a load error for what could not be read."""

from typing import Literal

import msgspec

from editor.model import Input, Origin, Output

EntryKind = Literal["container", "python", "notebook", "importer", "pipeline"]


class LibraryEntry(msgspec.Struct, frozen=True):
    """A component as listed, without having executed anything; `realise` makes of it what a document embeds.

    `key` is unique in a listing and the same each time; `digest` changes when the text that defines it does; `source`
    is that text, to show (a Python function's own lines, else the whole file). `path` is where the file lies on this
    machine, `function` the name in it if it is Python: what `realise` reads again, and no document keeps.
    """

    key: str
    name: str
    kind: EntryKind
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    description: str
    origin: Origin
    digest: str
    source: str
    path: str = ""
    function: str = ""


class LoadError(msgspec.Struct, frozen=True):
    """A file, or a component in one, that could not be read: `origin` says which, `message` what is wrong and where."""

    origin: str
    message: str
    hint: str
