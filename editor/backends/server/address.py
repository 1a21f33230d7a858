"""A server's address as people give it, made into the base of its API; and the token, checked. No network."""

import re
from urllib.parse import urlsplit

from editor.errors import EditorError

_LOCAL = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$)")
_API = re.compile(r"/apis(/v\d\w*)?(/.*)?$")


def server_address(text: str) -> str:
    """`scheme://host[:port][/path]`, without what a browser's address bar adds (`/#/runs/…`).

    Without a scheme it is https, but http on this computer. Raises EditorError if it is no address of a web server, or
    holds a password (addresses are shown and remembered).
    """
    given = text.strip()
    if not given:
        raise EditorError("There is no server address.", hint="Give one like https://kubeflow.example.org/pipeline")
    if "://" not in given:
        given = ("http://" if _LOCAL.match(given) else "https://") + given
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f]", given):
        raise EditorError(
            f"'{_shown(text)}' is no address of a server.", hint="Give one like https://kubeflow.example.org/pipeline"
        )
    if parts.username is not None or parts.password is not None:
        raise EditorError(
            "A server's address must not hold a user name or password.",
            hint="Put a token into PIPELOOM_TOKEN or a file for --token-file, or into the window's token field.",
        )
    path = _API.sub("", parts.path.rstrip("/"))
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{where}{'' if port is None else f':{port}'}{path}"


def checked_token(token: str | None) -> str:
    """The token without the space around it and without a leading `Bearer`; empty if there is none.

    Raises EditorError, without showing it, if it cannot stand in an HTTP header.
    """
    bare = (token or "").strip()
    if bare.lower().startswith("bearer "):
        bare = bare[7:].strip()
    if not re.fullmatch(r"[\x21-\x7e]*", bare):
        raise EditorError(
            "The token is damaged: it holds spaces, line breaks or characters that no token has.",
            hint="Copy it again, alone and on one line.",
        )
    return bare


def _shown(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:200])
    # What stands before an @ may be a password.
    return re.sub(r"//[^/@]*@", "//…@", clean)
