"""What can go wrong with a server, in words: what happened, at which address, what to do. No kfp, no network."""

import json
import re
from collections.abc import Mapping
from typing import Literal

from editor.errors import EditorError

Kind = Literal["unreachable", "slow", "tls", "not-kfp", "login", "token", "forbidden", "refused", "failed"]
TRANSIENT: frozenset[str] = frozenset({"unreachable", "slow", "failed"})
"""Kinds that may pass by themselves: who watches a run tries again."""


class ServerError(EditorError):
    """A server could not be reached, or did not do what was asked. `kind` says which, for programs."""

    kind: Kind = "refused"


def server_error(kind: Kind, message: str, hint: str = "", details: str = "") -> ServerError:
    error = ServerError(message, hint=hint, details=details)
    error.kind = kind
    return error


def slow(url: str, seconds: float) -> ServerError:
    return server_error(
        "slow",
        f"The server at {url} did not answer within {seconds:.0f} s.",
        "Try again; if it stays so, look whether the server is overloaded or a proxy stands between.",
    )


def not_kfp(url: str, what: str, body: str = "") -> ServerError:
    """`what` is what it gave instead of KFP's JSON: "a web page", "nothing"…"""
    is_login = re.search(r"log.?in|sign.?in|password|oauth|dex", body, re.IGNORECASE) is not None
    if is_login:
        return server_error(
            "login",
            f"The server at {url} answered with {what} that looks like a login page: it wants a token.",
            "Give a token (PIPELOOM_TOKEN, --token-file, or the window's token field); your administrator says which.",
            body[:2000],
        )
    return server_error(
        "not-kfp",
        f"The server at {url} answered with {what}, not as a KFP server does.",
        "Check the address: the KFP API is often under a path, as in https://kubeflow.example.org/pipeline",
        body[:2000],
    )


def redirected(url: str, location: str) -> ServerError:
    target = location.split("?", 1)[0][:300]
    if re.search(r"log.?in|sign.?in|oauth|dex|auth", location, re.IGNORECASE):
        return server_error(
            "login",
            f"The server at {url} sends us to a login page ({target}): it wants a token.",
            "Give a token (PIPELOOM_TOKEN, --token-file, or the window's token field); your administrator says which.",
        )
    moved = re.sub(r"/apis/v\w+/.*$", "", target)
    return server_error(
        "not-kfp", f"The server at {url} sends us to another address: {target}.", f"Use that address instead: {moved}"
    )


def http_error(url: str, status: int, body: str, headers: Mapping[str, str], *, has_token: bool) -> ServerError:
    """The failure that an answer with a status other than 2xx is."""
    words = _words(body)
    if 300 <= status < 400:
        location = next((value for name, value in headers.items() if name.lower() == "location"), "")
        return redirected(url, location or "an address that it does not say")
    if status == 401:
        if has_token:
            return server_error(
                "token",
                f"The server at {url} refused the token (401).",
                "It may have expired, or be for another server: get a new one.",
                words,
            )
        return server_error(
            "token",
            f"The server at {url} wants a token (401).",
            "Give one: PIPELOOM_TOKEN, --token-file, or the window's token field.",
            words,
        )
    if status == 403:
        return server_error(
            "forbidden",
            f"The server at {url} does not allow this (403){f': {words}' if words else ''}.",
            "Check the token and the namespace (--namespace); your administrator grants access.",
            body[:2000],
        )
    if "HTTP request to an HTTPS server" in body or status == 497:
        return server_error("tls", f"The server at {url} speaks HTTPS only.", "Begin its address with https://")
    if words and 400 <= status < 500:
        hint = "It is a server for several users: name your namespace (--namespace)." if "namespace" in words else ""
        return server_error("refused", f"The server at {url} refuses ({status}): {words}", hint, body[:2000])
    if status in (404, 405, 501):
        return not_kfp(url, f"'not found' ({status})")
    if status >= 500:
        return server_error(
            "failed",
            f"The server at {url} has failed ({status}){f': {words}' if words else ''}.",
            "Try again later; its own logs say more.",
            body[:2000],
        )
    return not_kfp(url, f"status {status}", body)


def transport_error(url: str, reasons: str) -> ServerError:
    """The failure behind an exception below HTTP; `reasons` is the texts of it and its causes."""
    if re.search(r"CERTIFICATE_VERIFY_FAILED|hostname|Hostname mismatch|self.signed", reasons):
        return server_error(
            "tls",
            f"The certificate of the server at {url} is not trusted.",
            "Name your organisation's authority in SSL_CERT_FILE if it has its own; else do not trust this server.",
            reasons,
        )
    if re.search(r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|record layer failure|UNKNOWN_PROTOCOL", reasons):
        return server_error(
            "tls", f"The server at {url} does not speak HTTPS.", "Begin its address with http://", reasons
        )
    if "SSL" in reasons:
        return server_error("tls", f"No secure connection to the server at {url}.", "The details say why.", reasons)
    if re.search(r"NameResolution|getaddrinfo|Name or service not known|name resolution|IDNA|label", reasons):
        return server_error(
            "unreachable",
            f"There is no computer with the name in {url}.",
            "Check the spelling, the network, and whether you need a VPN.",
            reasons,
        )
    if re.search(r"refused", reasons, re.IGNORECASE):
        return server_error(
            "unreachable",
            f"Nothing answers at {url}: the connection was refused.",
            "Check the address and port, and that the server (or your port-forward to it) is running.",
            reasons,
        )
    if re.search(r"Timeout|timed out", reasons):
        return server_error(
            "slow",
            f"The server at {url} did not answer in time.",
            "Check the address, the network and the VPN; a server that is busy may answer later.",
            reasons,
        )
    return server_error(
        "unreachable",
        f"The connection to the server at {url} broke.",
        "Check that it is a KFP server's address (http:// or https://), and try again.",
        reasons,
    )


def _words(body: str) -> str:
    """What the server's own error says, as one line; empty if it is no KFP error."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    text = answer.get("message") or answer.get("error_message") or answer.get("error") or ""
    if not isinstance(text, str):
        return ""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter.isprintable())[:500]
