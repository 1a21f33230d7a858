"""The folders of this user: settings and data. `PIPELOOM_HOME` puts both in one folder, for tests and portable use.

What a local run keeps between runs (environments, results) lies beside them then, else in the user's cache folder: see
backends.local.kept.
"""

import os
from pathlib import Path

import platformdirs

from editor.errors import EditorError

HOME_VARIABLE = "PIPELOOM_HOME"


def config_folder() -> Path:
    return _folder("config", platformdirs.user_config_path("pipeloom", appauthor=False))


def data_folder() -> Path:
    """What should outlive an update: run history, journals of documents that were never saved."""
    return _folder("data", platformdirs.user_data_path("pipeloom", appauthor=False))


def _folder(name: str, otherwise: Path) -> Path:
    home = os.environ.get(HOME_VARIABLE, "")
    folder = Path(home) / name if home else otherwise
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EditorError(
            f"The folder '{folder}' could not be made: {error.strerror}.",
            hint=f"Set {HOME_VARIABLE} to a folder that you may write.",
        ) from error
    return folder
