"""The KFP servers a person has named, and their tokens: in the system's keyring, or for this session only."""

import logging
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from editor.ui.settings import Settings

log = logging.getLogger(__name__)

SETTING = "servers/list"
TARGET = "servers/target"
KEYRING_SERVICE = "pipeloom"
# keyring looks for its backends when it is imported: only who has a token pays for that.
THIS_COMPUTER = "local"
ADD_SERVER = "add"


@dataclass(frozen=True)
class Server:
    """A server's address as the person gave it, and the namespace to work in (empty: the server's own choice)."""

    url: str
    namespace: str = ""
    name: str = ""

    @property
    def title(self) -> str:
        return self.name or urlsplit(self.url).netloc or self.url


class Servers(QObject):
    """The list is remembered in the settings; a token never is."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tokens: dict[str, str] = {}

    def all(self) -> list[Server]:
        return [
            Server(each["url"], str(each.get("namespace", "")), str(each.get("name", "")))
            for each in self._settings.json(SETTING, [])
            if isinstance(each, dict) and isinstance(each.get("url"), str)
        ]

    def get(self, url: str) -> Server | None:
        return next((server for server in self.all() if server.url == url), None)

    def put(self, server: Server) -> None:
        """Add a server, or change the one with the same address."""
        others = [each for each in self.all() if each.url != server.url]
        self._write([*others, server])

    def remove(self, url: str) -> None:
        self.set_token(url, "")
        if self.target == url:
            self._settings.set_text(TARGET, THIS_COMPUTER)
        self._write([each for each in self.all() if each.url != url])

    @property
    def target(self) -> str:
        """Where Run runs: THIS_COMPUTER or a server's address."""
        chosen = self._settings.text(TARGET, THIS_COMPUTER)
        return chosen if self.get(chosen) is not None else THIS_COMPUTER

    def set_target(self, target: str) -> None:
        self._settings.set_text(TARGET, target)
        self.changed.emit()

    def token(self, url: str) -> str:
        """The server's token, empty if there is none. May ask the system's keyring, which may block: for jobs."""
        if url in self._tokens:
            return self._tokens[url]
        import keyring
        import keyring.errors

        try:
            return keyring.get_password(KEYRING_SERVICE, url) or ""
        except (keyring.errors.KeyringError, RuntimeError) as error:
            log.info("The keyring cannot be read: %s", error)
            return ""

    def set_token(self, url: str, token: str) -> bool:
        """Keep a token; False if no keyring takes it, so that it lasts for this session only."""
        import keyring
        import keyring.errors

        self._tokens[url] = token
        try:
            if token:
                keyring.set_password(KEYRING_SERVICE, url, token)
            elif keyring.get_password(KEYRING_SERVICE, url):
                keyring.delete_password(KEYRING_SERVICE, url)
        except (keyring.errors.KeyringError, RuntimeError) as error:
            log.info("The keyring cannot be written: %s", error)
            return not token
        return True

    def _write(self, servers: list[Server]) -> None:
        self._settings.set_json(SETTING, [asdict(server) for server in servers])
        self.changed.emit()
