"""What the fake server keeps and answers: pipelines, versions, experiments, runs. No HTTP here."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from editor.compiler.packages import RawPackage, read_package
from editor.errors import EditorError
from tests.fake_kfp.progress import NOW, NodeTree, Script

Record = dict[str, Any]
NOT_FOUND, INVALID, EXISTS = 5, 3, 6
_HTTP = {NOT_FOUND: 404, INVALID: 400, EXISTS: 409}


class ApiRefusal(Exception):
    """An answer that is an error, as the gateway words it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.status = _HTTP[code]
        self.body = {"code": code, "message": message, "details": []}


class Store:
    """All of the server's state. Ids count up; every list is in the order of making."""

    def __init__(self, *, multi_user: bool = False) -> None:
        self.multi_user = multi_user
        self.pipelines: list[Record] = []
        self.versions: list[Record] = []
        self.experiments: list[Record] = []
        self.runs: list[Record] = []
        self.uploads: list[RawPackage] = []
        self.script = Script()
        self._progress: dict[str, tuple[NodeTree, Script]] = {}
        self._polls: dict[str, int] = {}
        self._count = 0

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Record:
        """The JSON of a 200; raises ApiRefusal. `body` of an upload is (file name, content)."""
        for known, pattern, handler in _ROUTES:
            found = re.fullmatch("/apis/v2beta1" + pattern, path)
            if known == method and found:
                return handler(self, query, body, *found.groups())
        raise ApiRefusal(NOT_FOUND, "Not Found")

    def _new_id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count:04d}-4f6e"

    def _healthz(self, _query: dict[str, str], _body: Any) -> Record:
        return {"multi_user": self.multi_user, "pipeline_store": "database"}

    # Pipelines and versions

    def _upload(self, query: dict[str, str], upload: tuple[str, bytes]) -> Record:
        package = self._read(upload)
        name = query.get("name") or package.spec["pipelineInfo"]["name"]
        pipeline = self._add_pipeline(name, query.get("description", ""), query.get("namespace", ""))
        self._add_version(pipeline, name, query.get("description", ""), package)
        return pipeline

    def _upload_version(self, query: dict[str, str], upload: tuple[str, bytes]) -> Record:
        package = self._read(upload)
        pipeline = self._found(self.pipelines, "pipeline_id", query.get("pipelineid", ""))
        name = query.get("name") or f"version-{len(self.versions)}"
        return self._add_version(pipeline, name, query.get("description", ""), package)

    def _read(self, upload: tuple[str, bytes]) -> RawPackage:
        name, content = upload
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / Path(name).name
            file.write_bytes(content)
            try:
                package = read_package(file)
            except EditorError as error:
                raise ApiRefusal(INVALID, f"Failed to create a pipeline version: {error.message}") from error
        self.uploads.append(package)
        return package

    def _create_pipeline(self, _query: dict[str, str], body: Record) -> Record:
        name = body.get("display_name") or body.get("name") or ""
        return self._add_pipeline(name, body.get("description", ""), body.get("namespace", ""))

    def _add_pipeline(self, name: str, description: str, namespace: str) -> Record:
        if not name:
            raise ApiRefusal(INVALID, "Failed to create a pipeline due to empty name")
        self._need_namespace(namespace)
        if any(each["display_name"] == name and each.get("namespace", "") == namespace for each in self.pipelines):
            raise ApiRefusal(EXISTS, f"Failed to create a new pipeline. The name {name} already exists.")
        made: Record = {
            "pipeline_id": self._new_id("pipeline"),
            "display_name": name,
            "name": name,
            "created_at": NOW,
        }
        made |= {key: value for key, value in (("description", description), ("namespace", namespace)) if value}
        self.pipelines.append(made)
        return made

    def _add_version(self, pipeline: Record, name: str, description: str, package: RawPackage) -> Record:
        mine = [each for each in self.versions if each["pipeline_id"] == pipeline["pipeline_id"]]
        if any(each["display_name"] == name for each in mine):
            raise ApiRefusal(EXISTS, f"Failed to create a new pipeline version. The name {name} already exists.")
        spec: Record = package.spec
        if package.platform:
            spec = {"pipeline_spec": package.spec, "platform_spec": package.platform}
        made: Record = {
            "pipeline_id": pipeline["pipeline_id"],
            "pipeline_version_id": self._new_id("version"),
            "display_name": name,
            "name": name,
            "created_at": NOW,
            "pipeline_spec": spec,
        }
        if description:
            made["description"] = description
        self.versions.append(made)
        return made

    def _list_pipelines(self, query: dict[str, str], _body: Any) -> Record:
        namespace = query.get("namespace", "")
        here = [each for each in self.pipelines if each.get("namespace", "") == namespace]
        return _page("pipelines", here, query)

    def _get_pipeline(self, _query: dict[str, str], _body: Any, pipeline: str) -> Record:
        return self._found(self.pipelines, "pipeline_id", pipeline)

    def _pipeline_by_name(self, _query: dict[str, str], _body: Any, name: str) -> Record:
        return self._found(self.pipelines, "name", name)

    def _list_versions(self, query: dict[str, str], _body: Any, pipeline: str) -> Record:
        self._found(self.pipelines, "pipeline_id", pipeline)
        return _page("pipeline_versions", [each for each in self.versions if each["pipeline_id"] == pipeline], query)

    def _get_version(self, _query: dict[str, str], _body: Any, pipeline: str, version: str) -> Record:
        found = self._found(self.versions, "pipeline_version_id", version)
        if found["pipeline_id"] != pipeline:
            raise ApiRefusal(NOT_FOUND, f"PipelineVersion {version} not found")
        return found

    # Experiments

    def _create_experiment(self, _query: dict[str, str], body: Record) -> Record:
        self._need_namespace(body.get("namespace", ""))
        made = {
            "experiment_id": self._new_id("experiment"),
            "display_name": body["display_name"],
            "created_at": NOW,
            "storage_state": "AVAILABLE",
        }
        made |= {key: body[key] for key in ("namespace", "description") if body.get(key)}
        self.experiments.append(made)
        return made

    def _list_experiments(self, query: dict[str, str], _body: Any) -> Record:
        self._need_namespace(query.get("namespace", ""))
        here = [each for each in self.experiments if each.get("namespace", "") == query.get("namespace", "")]
        return _page("experiments", here, query)

    def _get_experiment(self, _query: dict[str, str], _body: Any, experiment: str) -> Record:
        return self._found(self.experiments, "experiment_id", experiment)

    # Runs

    def _create_run(self, _query: dict[str, str], body: Record) -> Record:
        reference = body.get("pipeline_version_reference", {})
        spec = body.get("pipeline_spec")
        if spec is None:
            version = self._get_version({}, None, reference.get("pipeline_id", ""), reference["pipeline_version_id"])
            spec = version["pipeline_spec"]
        spec = spec.get("pipeline_spec", spec)
        given = body.get("runtime_config", {}).get("parameters", {})
        known = spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
        for name in given:
            if name not in known:
                raise ApiRefusal(INVALID, f"Failed to create a run: unknown parameter {name}")
        for name, definition in known.items():
            if name not in given and "defaultValue" not in definition and not definition.get("isOptional"):
                raise ApiRefusal(INVALID, f"Failed to create a run: parameter {name} is required but missing")
        experiment = self._found(self.experiments, "experiment_id", body.get("experiment_id", ""))
        run_id = self._new_id("run")
        made = {
            **body,
            "run_id": run_id,
            "experiment_id": experiment["experiment_id"],
            "created_at": NOW,
            "storage_state": "AVAILABLE",
            "state": "PENDING",
            "state_history": [{"update_time": NOW, "state": "PENDING"}],
        }
        self.runs.append(made)
        self._progress[run_id] = (NodeTree(spec, self.script, run_id), self.script)
        self._polls[run_id] = 0
        return made

    def _get_run(self, _query: dict[str, str], _body: Any, run_id: str) -> Record:
        """One poll takes the run one leaf further: PENDING at the first, the first task running at the second."""
        run = self._found(self.runs, "run_id", run_id)
        tree, script = self._progress[run_id]
        if script.stays_pending and run["state"] == "PENDING":
            return run
        done = self._polls[run_id]
        self._polls[run_id] += 1
        if done == 0 and run["state"] == "PENDING":
            return run
        is_cancelled = run["state"] in ("CANCELING", "CANCELED")
        state, details = tree.details(done - 1, is_cancelled=is_cancelled)
        run["state"] = state
        run["run_details"] = {"task_details": details}
        if state in ("SUCCEEDED", "FAILED", "CANCELED"):
            run["finished_at"] = NOW
        if state == "FAILED":
            run["error"] = {"code": 13, "message": "child 'train' failed"}
        return run

    def _list_runs(self, query: dict[str, str], _body: Any) -> Record:
        here = self.runs
        if query.get("experiment_id"):
            here = [each for each in here if each["experiment_id"] == query["experiment_id"]]
        return _page("runs", here, query)

    def _terminate(self, _query: dict[str, str], _body: Any, run_id: str) -> Record:
        run = self._found(self.runs, "run_id", run_id)
        if run["state"] in ("SUCCEEDED", "FAILED", "CANCELED"):
            raise ApiRefusal(INVALID, f"Failed to terminate a run {run_id}: it has finished")
        run["state"] = "CANCELING"
        return {}

    def _need_namespace(self, namespace: str) -> None:
        if self.multi_user and not namespace:
            raise ApiRefusal(INVALID, "Invalid input error: namespace cannot be empty in multi-user mode")

    def _found(self, records: list[Record], key: str, value: str) -> Record:
        for record in records:
            if record[key] == value:
                return record
        raise ApiRefusal(NOT_FOUND, f"ResourceNotFoundError: {key} {value} not found")


def _page(name: str, records: list[Record], query: dict[str, str]) -> Record:
    records = [record for record in records if _matches(record, query.get("filter", ""))]
    if query.get("sort_by", "").endswith(" desc"):
        records = list(reversed(records))
    size = int(query.get("page_size") or 20) or 20
    start = int(query.get("page_token") or 0)
    answer: Record = {"total_size": len(records)}
    if records[start : start + size]:
        answer[name] = records[start : start + size]
    if start + size < len(records):
        answer["next_page_token"] = str(start + size)
    return answer


def _matches(record: Record, text: str) -> bool:
    for predicate in json.loads(text)["predicates"] if text else []:
        wanted = predicate.get("stringValue", predicate.get("string_value"))
        held = str(record.get(predicate["key"], ""))
        match predicate["operation"]:
            case 1 | "EQUALS":
                fits = held == wanted
            case 8 | 9 | "IS_SUBSTRING":
                fits = wanted in held
            case other:
                raise ApiRefusal(INVALID, f"unknown operation {other}")
        if not fits:
            return False
    return True


_SEGMENT = "([^/:]+)"
_ROUTES: list[tuple[str, str, Callable[..., Record]]] = [
    ("GET", "/healthz", Store._healthz),
    ("POST", "/pipelines/upload", Store._upload),
    ("POST", "/pipelines/upload_version", Store._upload_version),
    ("POST", "/pipelines", Store._create_pipeline),
    ("GET", "/pipelines", Store._list_pipelines),
    ("GET", f"/pipelines/names/{_SEGMENT}", Store._pipeline_by_name),
    ("GET", f"/pipelines/{_SEGMENT}", Store._get_pipeline),
    ("GET", f"/pipelines/{_SEGMENT}/versions", Store._list_versions),
    ("GET", f"/pipelines/{_SEGMENT}/versions/{_SEGMENT}", Store._get_version),
    ("POST", "/experiments", Store._create_experiment),
    ("GET", "/experiments", Store._list_experiments),
    ("GET", f"/experiments/{_SEGMENT}", Store._get_experiment),
    ("POST", "/runs", Store._create_run),
    ("GET", "/runs", Store._list_runs),
    ("GET", f"/runs/{_SEGMENT}", Store._get_run),
    ("POST", f"/runs/{_SEGMENT}:terminate", Store._terminate),
]
