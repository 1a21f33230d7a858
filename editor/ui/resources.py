"""Where the files are that come with the program: icons, themes, samples, help."""

from pathlib import Path


def resource_path(*parts: str) -> Path:
    """A file or folder in `resources/`, whether installed from a wheel or run from a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return (installed if installed.is_dir() else package.parent / "resources").joinpath(*parts)
