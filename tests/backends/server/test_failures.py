"""Servers that are down, slow, or no KFP servers: a clear message, in time, and no token in it."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from editor.backends.server import ServerConnection, ServerError
from editor.backends.server.failures import http_error, transport_error
from tests.fake_kfp import FakeKfp, Misbehaviour, closed_address

TOKEN = "sesame-token-7a61"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("slow", "slow", "did not answer within 1 s"),
        ("drip", "slow", "did not answer within 1 s"),
        ("html", "login", "a web page that looks like a login page"),
        ("login", "login", "sends us to a login page"),
        ("moved", "not-kfp", "another address: https://kfp.example.org/pipeline/apis"),
        ("500", "failed", "has failed (500): Internal error: dial tcp mysql"),
        ("502", "failed", "has failed (502)."),
        ("garbage", "not-kfp", "something that is not JSON"),
        ("wrong types", "not-kfp", "JSON of another kind"),
        ("empty", "not-kfp", "nothing at all"),
        ("hang up", "unreachable", "The connection to the server"),
        ("not kfp", "not-kfp", "'not found' (404)"),
    ],
)
def test_what_is_no_kfp_server_is_said(kfp: FakeKfp, how: Misbehaviour, kind: str, words: str) -> None:
    kfp.misbehaves = how
    began = time.monotonic()
    with ServerConnection(kfp.url, TOKEN, timeout_s=1) as connection, pytest.raises(ServerError) as failed:
        connection.check()
    assert failed.value.kind == kind
    assert words in failed.value.message
    assert kfp.url in failed.value.message
    assert failed.value.hint
    assert TOKEN not in failed.value.message + failed.value.hint + failed.value.details
    # "drip" never stops sending: a limit for each wait would never be reached.
    assert time.monotonic() - began < 20


def test_every_misbehaviour_is_tried() -> None:
    marks = test_what_is_no_kfp_server_is_said.pytestmark  # pyright: ignore[reportFunctionMemberAccess]
    tried = {case[0] for mark in marks if mark.name == "parametrize" for case in mark.args[1]}
    assert tried == set(get_args(Misbehaviour)) - {""}


@pytest.mark.slow
def test_server_that_is_down_is_said_at_once() -> None:
    url = closed_address()
    began = time.monotonic()
    with ServerConnection(url) as connection, pytest.raises(ServerError) as failed:
        connection.check()
    assert (failed.value.kind, failed.value.message) == (
        "unreachable",
        f"Nothing answers at {url}: the connection was refused.",
    )
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_failure_in_the_middle_is_said_too(kfp: FakeKfp, package: Path) -> None:
    with ServerConnection(kfp.url) as connection:
        connection.check()
        kfp.misbehaves, kfp.misbehaves_at = "wrong types", "/pipelines/upload"
        with pytest.raises(ServerError, match="JSON of another kind"):
            connection.upload(package, "p")
        kfp.misbehaves, kfp.misbehaves_at = "html", "/runs"
        with pytest.raises(ServerError, match="looks like a login page"):
            connection.submit(package, pipeline_name="p", arguments={"rate": 1})
        kfp.misbehaves = ""
        assert connection.runs() == []


@pytest.mark.slow
def test_token_is_sent_and_a_wrong_one_named(package: Path) -> None:
    with FakeKfp(token=TOKEN) as server:
        with ServerConnection(server.url) as connection, pytest.raises(ServerError, match="wants a token"):
            connection.check()
        with ServerConnection(server.url, "another") as connection, pytest.raises(ServerError) as refused:
            connection.check()
        assert refused.value.kind == "forbidden"
        with ServerConnection(server.url, f"Bearer {TOKEN}") as connection:
            connection.upload(package, "p")
            child = connection._child
            assert child is not None
            pid = child._process.pid
            assert TOKEN not in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            assert TOKEN not in Path(f"/proc/{pid}/environ").read_text(encoding="utf-8")
        assert server.violations == []


@pytest.mark.slow
def test_files_of_the_current_folder_are_not_taken_for_the_sdk(
    kfp: FakeKfp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kfp.py").write_text("raise SystemExit('taken')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with ServerConnection(kfp.url) as connection:
        assert connection.check().url == kfp.url


@pytest.mark.slow
def test_dead_child_is_said_and_replaced(kfp: FakeKfp) -> None:
    with ServerConnection(kfp.url) as connection:
        connection.check()
        child = connection._child
        assert child is not None
        os.kill(child._process.pid, 9)
        child._process.wait()
        assert connection.runs() == []


def test_importing_the_connection_loads_no_kfp() -> None:
    code = "import sys, editor.backends.server; print({'kfp', 'urllib3', 'networkx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("reasons", "kind", "hint"),
    [
        ("SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "tls", "SSL_CERT_FILE"),
        ("SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number", "tls", "http://"),
        ("NameResolutionError: Failed to resolve 'x'", "unreachable", "spelling"),
        ("NewConnectionError: [Errno 111] Connection refused", "unreachable", "port-forward"),
        ("ConnectTimeoutError: timed out", "slow", "VPN"),
        ("ProtocolError: ('Connection aborted.', RemoteDisconnected())", "unreachable", "KFP server"),
    ],
)
def test_causes_below_http_are_told_apart(reasons: str, kind: str, hint: str) -> None:
    error = transport_error("https://x", reasons)
    assert error.kind == kind
    assert hint in error.hint


def test_http_on_an_https_port_is_told() -> None:
    body = "Client sent an HTTP request to an HTTPS server."
    assert "https://" in http_error("http://x:8443", 400, body, {}, has_token=False).hint
    assert http_error("http://x", 401, "{}", {}, has_token=True).message == (
        "The server at http://x refused the token (401)."
    )
