"""The child's side: `kfp.Client`, loaded only when a Session is made, and what is asked of it.

The client itself knows no time limits, follows redirects to login pages, takes a web page for an answer with nothing in
it, and tries five times with pauses when it is made. All of that is mended at one point: below, around its `request`.
"""

import contextlib
import importlib
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from editor.backends.server.failures import (
    ServerError,
    http_error,
    not_kfp,
    server_error,
    slow,
    transport_error,
)
from editor.backends.server.progress import paths_of_spec
from editor.compiler.packages import read_package
from editor.errors import EditorError

CONNECT_LIMIT_S = 10.0
_FORM_FACTOR = 10
"""How many times longer an upload may take than another request: a package may have megabytes."""
_PAGE = 100
_MAX_PAGES = 50


def serve() -> None:
    """The child's whole life: one request after another until the other end closes."""
    requests, answers = _own_channels()
    session: Session | None = None
    for line in requests:
        request = json.loads(line)
        try:
            if request["method"] == "load":
                # Apart from "open", so that a slow disk and a slow server have time limits of their own.
                importlib.import_module("kfp.client")
                result: object = None
            elif request["method"] == "open":
                session = Session(**request["arguments"])
                result = None
            else:
                assert session is not None
                result = session.methods[request["method"]](**request["arguments"])
            answer: dict[str, object] = {"id": request["id"], "result": result}
        except EditorError as error:
            answer = {"id": request["id"], "error": _words(error)}
        except Exception as error:  # noqa: BLE001 the one boundary between the SDK's client and the program
            url = session.url if session is not None else str(request["arguments"].get("url", ""))
            answer = {"id": request["id"], "error": _words(_unexpected(url, error))}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _own_channels() -> tuple[TextIO, TextIO]:
    """stdin and stdout under other numbers: what the SDK prints, or asks at a terminal, reaches neither."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 as long as the process lives
    return requests, answers


def _words(error: EditorError) -> dict[str, str]:
    kind = error.kind if isinstance(error, ServerError) else ""
    return {"message": error.message, "hint": error.hint, "details": error.details, "kind": kind}


def _unexpected(url: str, error: Exception) -> EditorError:
    """kfp.Client raises ValueError for what it refuses, and anything at all for an answer of wrong types."""
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    details = traceback.format_exc()
    if any("kfp_server_api" in frame.filename for frame in frames):
        return server_error(
            "not-kfp",
            f"The server at {url} gave an answer that does not fit the KFP API.",
            "Its version may be too old or too new for KFP 2; the details say where.",
            details,
        )
    return EditorError(f"The KFP client failed: {first}", hint="The details have its whole report.", details=details)


class Session:
    """A client for one server, made at the first request, and the requests that the parent may make by name."""

    def __init__(self, url: str, token: str, namespace: str, timeout_s: float) -> None:
        self.url = url
        self._namespace = namespace or None
        self._has_token = bool(token)
        self._timeout_s = timeout_s
        self._client = self._connected(token)
        self.methods: dict[str, Callable[..., object]] = {
            "check": self.check,
            "experiments": self.experiments,
            "upload": self.upload,
            "submit": self.submit,
            "get_run": self.get_run,
            "task_paths": self.task_paths,
            "runs": self.runs,
            "cancel": self.cancel,
        }

    def check(self) -> dict[str, object]:
        health = self._client.healthzs.healthz_service_get_healthz()
        return {"multi_user": health.multi_user is True, "namespace": self._client.get_user_namespace() or ""}

    def experiments(self) -> list[dict[str, object]]:
        return [
            {
                "id": self._needed(each.experiment_id),
                "name": each.display_name or "",
                "description": each.description or "",
                "created": _time(each.created_at),
            }
            for each in self._pages("experiments", self._client.list_experiments, namespace=self._namespace)
            if each.storage_state != "ARCHIVED"
        ]

    def upload(self, path: str, name: str, version: str, description: str) -> dict[str, object]:
        """A new pipeline, or a version of the one of that name; a version that is the same already is taken instead."""
        pipeline_id = self._pipeline_named(name)
        created = "version"
        if pipeline_id is None:
            created = "pipeline"
            if not version:
                pipeline = self._client.upload_pipeline(path, name, description or None, self._namespace)
                pipeline_id = self._needed(pipeline.pipeline_id)
                made = next(self._versions(pipeline_id), None)
                return self._uploaded(pipeline_id, name, made, created)
            pipeline_id = self._new_pipeline(name, description)
        else:
            same = self._same_version(pipeline_id, path, version)
            if same is not None:
                return self._uploaded(pipeline_id, name, same, "")
        version = version or f"{name}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S-%f}"
        made = self._client.upload_pipeline_version(
            path, version, pipeline_id=pipeline_id, description=description or None
        )
        return self._uploaded(pipeline_id, name, made, created)

    def submit(
        self, pipeline_id: str, version_id: str, experiment: str, run_name: str, arguments: dict[str, Any]
    ) -> dict[str, object]:
        made = self._client.create_experiment(experiment, namespace=self._namespace)
        run = self._client.run_pipeline(
            self._needed(made.experiment_id), run_name, params=arguments, pipeline_id=pipeline_id, version_id=version_id
        )
        return self._run(run) | {"experiment": experiment}

    def get_run(self, run_id: str) -> dict[str, object]:
        run = self._client.get_run(run_id)
        details = (run.run_details.task_details if run.run_details else None) or []
        return self._run(run) | {"tasks": [_task(detail) for detail in details]}

    def task_paths(self, run_id: str) -> list[str]:
        """The paths of the tasks in the run's package, as far as the server tells it."""
        run = self._client.get_run(run_id)
        spec = run.pipeline_spec
        reference = run.pipeline_version_reference
        if not spec and reference and reference.pipeline_id and reference.pipeline_version_id:
            spec = self._client.get_pipeline_version(reference.pipeline_id, reference.pipeline_version_id).pipeline_spec
        return list(paths_of_spec(_specs(spec)[0])) if isinstance(spec, dict) else []

    def runs(self, limit: int) -> list[dict[str, object]]:
        found = self._client.list_runs(page_size=limit, sort_by="created_at desc", namespace=self._namespace).runs
        return [self._run(run) for run in found or []]

    def cancel(self, run_id: str) -> None:
        self._client.terminate_run(run_id)

    def _uploaded(self, pipeline_id: str, name: str, version: Any, created: str) -> dict[str, object]:
        version_id = self._needed(getattr(version, "pipeline_version_id", None))
        return {
            "pipeline_id": pipeline_id,
            "version_id": version_id,
            "name": name,
            "version": version.display_name or version.name or "",
            "created": created,
            "link": f"{self._page()}/#/pipelines/details/{pipeline_id}/version/{version_id}",
        }

    def _pipeline_named(self, name: str) -> str | None:
        # Client.get_pipeline_id asks without the namespace, and so finds nothing on a server for several users.
        named = json.dumps({"predicates": [{"operation": "EQUALS", "key": "display_name", "stringValue": name}]})
        found = self._client.list_pipelines(filter=named, namespace=self._namespace).pipelines or []
        return self._needed(found[0].pipeline_id) if found else None

    def _new_pipeline(self, name: str, description: str) -> str:
        """A pipeline without a version: an upload would give its first version the pipeline's own name."""
        made = self._client.api_models.V2beta1Pipeline(
            display_name=name, name=name, description=description or None, namespace=self._namespace
        )
        return self._needed(self._client.pipelines.pipeline_service_create_pipeline(made).pipeline_id)

    def _versions(self, pipeline_id: str) -> Iterator[Any]:
        return self._pages(
            "pipeline_versions", self._client.list_pipeline_versions, pipeline_id=pipeline_id, sort_by="created_at desc"
        )

    def _same_version(self, pipeline_id: str, path: str, version: str) -> Any:
        """The newest version (of the name asked, if one is) whose specification equals the package's."""
        package = read_package(Path(path))
        for each in self._versions(pipeline_id):
            if version and version not in (each.display_name, each.name):
                continue
            if isinstance(each.pipeline_spec, dict) and _specs(each.pipeline_spec) == (package.spec, package.platform):
                return each
            if version:
                raise server_error(
                    "refused",
                    f"The server at {self.url} has a version '{version}' of this pipeline already, with other content.",
                    "Choose another name for the version (--version).",
                )
        return None

    def _run(self, run: Any) -> dict[str, object]:
        run_id = self._needed(run.run_id)
        reference = run.pipeline_version_reference
        return {
            "id": run_id,
            "name": run.display_name or "",
            "state": run.state or "",
            "message": (run.error.message or "") if run.error else "",
            "created": _time(run.created_at),
            "finished": _time(run.finished_at),
            "experiment_id": run.experiment_id or "",
            "pipeline_id": (reference.pipeline_id or "") if reference else "",
            "arguments": (run.runtime_config.parameters or {}) if run.runtime_config else {},
            "link": f"{self._page()}/#/runs/details/{run_id}",
        }

    def _pages(self, field: str, listing: Callable[..., Any], **arguments: object) -> Iterator[Any]:
        token = ""
        for _ in range(_MAX_PAGES):
            answer = listing(page_token=token, page_size=_PAGE, **arguments)
            yield from getattr(answer, field) or []
            token = answer.next_page_token or ""
            if not token:
                return

    def _needed(self, identity: str | None) -> str:
        if isinstance(identity, str) and identity:
            return identity
        raise not_kfp(self.url, "JSON in which the ids are missing")

    def _page(self) -> str:
        """Where people look at the server; the SDK's own variable says so if it is another address."""
        return os.environ.get("KF_PIPELINES_UI_ENDPOINT", "").rstrip("/") or self.url

    def _connected(self, token: str) -> Any:
        import warnings

        import urllib3
        from kfp import client as kfp_client
        from kfp_server_api import rest

        warnings.simplefilter("ignore")
        session = self

        class Client(kfp_client.Client):
            def _load_config(self, *arguments: Any, **named: Any) -> Any:
                config = super()._load_config(*arguments, **named)
                # A redirect is an answer to be told of, not to be followed with the token in hand.
                setattr(config, "retries", urllib3.Retry(connect=1, read=0, status=0, other=0, redirect=False))  # noqa: B010
                return config

        unlimited = rest.RESTClientObject.request

        def request(self: Any, *arguments: Any, **named: Any) -> Any:
            named["_request_timeout"] = named.get("_request_timeout") or (CONNECT_LIMIT_S, session._timeout_s)
            limit_s = session._timeout_s * (_FORM_FACTOR if named.get("post_params") else 1)
            try:
                with _time_limit(limit_s, slow(session.url, limit_s)):
                    answer = unlimited(self, *arguments, **named)
            except rest.ApiException as error:
                raise session._refusal(error) from None
            except (urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
                raise session._broken(error) from error
            session._check_is_json(answer)
            return answer

        rest.RESTClientObject.request = request
        authority = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or None
        # An empty namespace would make the constructor ask the server: without one, "kubeflow" stands for "not chosen".
        return Client(
            host=self.url,
            existing_token=token or None,
            namespace=self._namespace or "kubeflow",
            ssl_ca_cert=authority,
            verify_ssl=True,
        )

    def _refusal(self, error: Any) -> ServerError:
        body = error.body.decode("utf-8", "replace") if isinstance(error.body, bytes) else str(error.body or "")
        if not error.status:
            return transport_error(self.url, str(error.reason))
        return http_error(self.url, error.status, body, dict(error.headers or {}), has_token=self._has_token)

    def _broken(self, error: BaseException) -> ServerError:
        reasons: list[str] = []
        cause: BaseException | None = error
        while cause is not None and len(reasons) < 6:
            reasons.append(f"{type(cause).__name__}: {cause}")
            reason = getattr(cause, "reason", None)
            cause = reason if isinstance(reason, BaseException) else cause.__cause__
        if "ReadTimeoutError" in reasons[0]:
            return slow(self.url, self._timeout_s)
        return transport_error(self.url, "\n".join(reasons))

    def _check_is_json(self, answer: Any) -> None:
        """The generated client takes any text for an empty answer; refuse it here instead."""
        body: bytes = answer.data
        text = body.decode("utf-8", "replace")
        try:
            value = json.loads(body)
        except ValueError:
            kind = str(answer.getheader("content-type") or "")
            if not body.strip():
                what = "nothing at all"
            elif "html" in kind or re.match(r"\s*<(!doctype|html)", text, re.IGNORECASE):
                what = "a web page"
            else:
                what = "something that is not JSON"
            raise not_kfp(self.url, what, text) from None
        if not isinstance(value, dict):
            raise not_kfp(self.url, "JSON of another kind", text)


@contextlib.contextmanager
def _time_limit(seconds: float, error: ServerError) -> Generator[None]:
    """Raises `error` if the body takes longer: a byte now and then outlasts any limit for one wait."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def rang(_number: int, _frame: object) -> None:
        raise error

    signal.signal(signal.SIGALRM, rang)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _specs(spec: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(pipeline, platform) of what a server holds: the pipeline alone, or both under their names."""
    if isinstance(spec.get("pipeline_spec"), dict):
        return spec["pipeline_spec"], spec.get("platform_spec") or {}
    return spec, {}


def _task(detail: Any) -> dict[str, object]:
    return {
        "id": detail.task_id or "",
        "name": detail.display_name or "",
        "state": detail.state or "",
        "message": (detail.error.message or "") if detail.error else "",
        "started": _time(detail.start_time),
        "finished": _time(detail.end_time),
        "pod": detail.pod_name or "",
        "parent": detail.parent_task_id or "",
        "children": [child.task_id or child.pod_name or "" for child in detail.child_tasks or []],
    }


def _time(value: Any) -> str:
    """UTC ISO 8601, empty for none; the server's zero time (1970) means that it has not happened."""
    if not isinstance(value, datetime) or value.year <= 1970:
        return ""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
