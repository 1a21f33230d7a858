"""The HTTP side of the fake: auth, misbehaviour, and a record of every exchange that the description judged."""

import contextlib
import email.parser
import email.policy
import json
import socket
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

from tests.fake_kfp.api import ApiRefusal, Store
from tests.fake_kfp.description import DESCRIPTION_FILE, ApiDescription

Misbehaviour = Literal[
    "", "slow", "drip", "html", "login", "moved", "500", "502", "garbage", "wrong types", "empty", "hang up", "not kfp"
]
_LOGIN_PAGE = b"<!doctype html><html><head><title>Log in</title></head><body><form>...</form></body></html>"


class Exchange(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    status: int
    token: str


class FakeKfp:
    """A server while the `with` lasts. `violations` must be empty at the end, and `exchanges` says what was asked.

    With `token`, requests need it as bearer: without any the answer is 401, with another 403. `misbehaves` may be set
    at any time; with `misbehaves_at`, only for paths that contain that text.
    """

    def __init__(self, *, token: str = "", multi_user: bool = False) -> None:
        self.store = Store(multi_user=multi_user)
        self.token = token
        self.misbehaves: Misbehaviour = ""
        self.misbehaves_at = ""
        self.violations: list[str] = []
        self.exchanges: list[Exchange] = []
        self.judged = 0
        self.description = ApiDescription() if DESCRIPTION_FILE.is_file() else None
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fake-kfp")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeKfp":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked(self, method: str, part: str) -> list[Exchange]:
        return [each for each in self.exchanges if each.method == method and part in each.path]


def closed_address() -> str:
    """The address of a server that is down: nothing listens on the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, fake: FakeKfp) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests watch stderr."""

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def _handle(self, method: str) -> None:
        # One exchange a connection: closing the server then never waits for an idle client.
        self.close_connection = True
        fake = self.server.fake
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urllib.parse.unquote(address.path)
        with contextlib.suppress(OSError):
            if fake.misbehaves and fake.misbehaves_at in path:
                self._misbehave(fake.misbehaves)
                return
            with fake.lock:
                status, body = self._answer(method, path, query, content)
                token = self.headers.get("Authorization", "")
                fake.exchanges.append(Exchange(method, path, query, status, token))
            self._send(status, json.dumps(body).encode(), "application/json")

    def _answer(self, method: str, path: str, query: dict[str, str], content: bytes) -> tuple[int, Any]:
        fake = self.server.fake
        if fake.token:
            given = self.headers.get("Authorization", "")
            if not given:
                return 401, {"code": 16, "message": "Request header error: there is no user identity header."}
            if given != f"Bearer {fake.token}":
                return 403, {"code": 7, "message": "User is not authorized", "details": []}
        body, form = self._body(content)
        if fake.description is not None:
            fake.violations += fake.description.request_violations(method, path, query, form or body)
        try:
            status, answer = 200, fake.store.answer(method, path, query, self._upload(content) if form else body)
        except ApiRefusal as refusal:
            status, answer = refusal.status, refusal.body
        if fake.description is not None:
            fake.violations += fake.description.response_violations(method, path, status, answer)
            fake.judged += 1
        return status, answer

    def _body(self, content: bytes) -> tuple[Any, list[str]]:
        if self.headers.get_content_type() == "multipart/form-data":
            return None, [name for name, _file, _content in self._parts(content)]
        return (json.loads(content) if content else None), []

    def _upload(self, content: bytes) -> tuple[str, bytes]:
        return next((file, part) for name, file, part in self._parts(content) if name == "uploadfile")

    def _parts(self, content: bytes) -> list[tuple[str, str, bytes]]:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
        found = []
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            found.append((str(name), part.get_filename() or "", payload))
        return found

    def _misbehave(self, how: Misbehaviour) -> None:
        fake = self.server.fake
        match how:
            case "slow":
                fake.closing.wait(30)
                self._send(200, b"{}", "application/json")
            case "drip":
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                for _ in range(1000):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    if fake.closing.wait(0.1):
                        return
            case "html":
                self._send(200, _LOGIN_PAGE, "text/html; charset=utf-8")
            case "login":
                self._send(302, b"", "text/html", {"Location": f"{fake.url}/dex/auth?client_id=kubeflow"})
            case "moved":
                self._send(301, b"", "text/html", {"Location": "https://kfp.example.org/pipeline" + self.path})
            case "500":
                body = {"code": 13, "message": "Internal error: dial tcp mysql:3306: connection refused"}
                self._send(500, json.dumps(body).encode(), "application/json")
            case "502":
                self._send(502, b"<html><body>Bad Gateway</body></html>", "text/html")
            case "garbage":
                self._send(200, b'{"multi_user": tr\xff', "application/json")
            case "wrong types":
                self._send(200, b'[1, {"run_id": {"x": []}}]', "application/json")
            case "empty":
                self._send(200, b"", "application/json")
            case "not kfp":
                self._send(404, b"404 page not found", "text/plain")
            case "hang up" | "":
                self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
