"""What a file is by the ending of its name, in capitals or not: the window and the command line ask here."""

from pathlib import Path

DOCUMENT_ENDING = ".pipeloom"
PACKAGE_ENDINGS = (".yaml", ".yml", ".json", ".tar.gz", ".tgz", ".zip")


def is_document(path: Path | str) -> bool:
    return str(path).lower().endswith(DOCUMENT_ENDING)


def is_package(path: Path | str) -> bool:
    return str(path).lower().endswith(PACKAGE_ENDINGS)
