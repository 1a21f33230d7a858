"""What the window remembers between two starts: layout, shortcuts, servers, last choices. No secrets."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from editor.storage.places import config_folder


class Settings(QObject):
    """Values under "group/name" keys, kept in one ini file that a person may read."""

    changed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path or config_folder() / "window.ini"
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def json(self, key: str, default: Any) -> Any:
        """A JSON value of the type of `default`; `default` where there is none or it cannot be read."""
        try:
            value = json.loads(self.text(key, ""))
        except ValueError:
            return default
        return value if default is None or isinstance(value, type(default)) else default

    def blob(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_text(self, key: str, value: str) -> None:
        self._store.setValue(key, value)
        self.changed.emit(key)

    def set_json(self, key: str, value: object) -> None:
        self.set_text(key, json.dumps(value, ensure_ascii=True))

    def set_blob(self, key: str, value: QByteArray) -> None:
        self._store.setValue(key, value)

    def remove(self, key: str) -> None:
        self._store.remove(key)
        self.changed.emit(key)

    def sync(self) -> None:
        """Write to disk now rather than when Qt gets round to it."""
        self._store.sync()
