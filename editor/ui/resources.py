"""Where the files are that come with the program: icons, themes, samples, help."""

from pathlib import Path


def is_shipped(path: Path) -> bool:
    """Whether a file came with the program: it is opened as a copy, never written."""
    return path.resolve().is_relative_to(resource_path().resolve())


def resource_path(*parts: str) -> Path:
    """A file or folder in `resources/`, whether installed from a wheel or run from a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return (installed if installed.is_dir() else package.parent / "resources").joinpath(*parts)
