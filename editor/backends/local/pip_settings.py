"""What pip is set up to use here (index, certificates, local wheels) in uv's words: uv itself reads no pip.conf."""

import configparser
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PipSettings:
    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    certificates: str = ""
    proxy: str = ""

    def uv_environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Variables to add for uv, none that overrides what `environment` already says to uv itself."""
        says_index = any(name in environment for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"))
        wanted = {
            "UV_DEFAULT_INDEX": "" if says_index else self.index_url,
            "UV_INDEX": "" if "UV_EXTRA_INDEX_URL" in environment else " ".join(self.extra_index_urls),
            "UV_INSECURE_HOST": " ".join(self.trusted_hosts),
            "UV_FIND_LINKS": ",".join(link for link in self.find_links if "://" in link or Path(link).is_dir()),
            "UV_NO_INDEX": "1" if self.no_index else "",
            "SSL_CERT_FILE": self.certificates,
            "HTTPS_PROXY": "" if "https_proxy" in environment else self.proxy,
        }
        return {name: value for name, value in wanted.items() if value and name not in environment}


def read_pip_settings(environment: Mapping[str, str], files: list[Path] | None = None) -> PipSettings:
    """pip's own order: its files (system, user, environment), then `PIP_…` variables over them."""
    found: dict[str, str] = {}
    for path in _files(environment) if files is None else files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            # pip would refuse too, in its own words, at the install; a broken file must not stop a run that needs none.
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            found[name[4:].lower().replace("_", "-")] = value
    return PipSettings(
        index_url=found.get("index-url", "").strip(),
        extra_index_urls=tuple(found.get("extra-index-url", "").split()),
        trusted_hosts=tuple(found.get("trusted-host", "").split()),
        find_links=tuple(found.get("find-links", "").split()),
        no_index=found.get("no-index", "").strip().lower() in ("1", "true", "yes", "on"),
        certificates=found.get("cert", "").strip(),
        proxy=found.get("proxy", "").strip(),
    )


def _files(environment: Mapping[str, str]) -> list[Path]:
    explicit = environment.get("PIP_CONFIG_FILE", "")
    if explicit == os.devnull:
        return []
    home = Path.home()
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    shared = [Path(folder) / "pip/pip.conf" for folder in environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")]
    files = [
        *shared,
        Path("/etc/pip.conf"),
        Path("/Library/Application Support/pip/pip.conf"),
        home / ".pip/pip.conf",
        home / "Library/Application Support/pip/pip.conf",
        config / "pip/pip.conf",
        Path(sys.prefix) / "pip.conf",
    ]
    return [*files, Path(explicit)] if explicit else files
