"""From a Plan to a package, in the worker: the SDK compiles each pipeline, `assemble` makes the IR whole.

Worker only: this imports kfp. Called by name through `editor.worker`.
"""

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# The generated protobuf modules have no names for the type checker, and some of the SDK's parts no public way in.

import contextlib
import gc
import hashlib
from collections.abc import Generator
from typing import Any

import msgspec
import yaml
from google.protobuf import json_format
from kfp.compiler import pipeline_spec_builder
from kfp.pipeline_spec import pipeline_spec_pb2

from editor.compiler.assemble import Assembler
from editor.compiler.dialect import Dialect
from editor.compiler.lines import Span, package_spans
from editor.compiler.plan import PipelinePlan, Plan, TaskStatement, walk
from editor.compiler.sdk_patches import patched
from editor.compiler.skeletons import Skeletons
from editor.compiler.tracing import Traced, Tracer
from editor.model import EntityId, Json

_ENCODER = msgspec.json.Encoder(order="deterministic")
_CACHE_LIMIT = 500
_traced: dict[str, tuple[bytes, bytes]] = {}


class _Dumper(yaml.CSafeDumper):
    """The C emitter (its output equals the Python one's), without anchors for values that stand in two places."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def compile_plan(encoded: bytes) -> tuple[dict[str, Json], dict[str, Json], dict[str, Json], str, dict[str, str], str]:
    """Spec, platform, runtime config, YAML text, source map and digest of a plan encoded with msgspec's JSON."""
    with _without_collecting():
        plan = msgspec.json.decode(encoded, type=Plan)
        spec, platform = _compiled(plan)
        assembler = Assembler(plan, spec, platform)
        runtime_config = assembler.run()
        text = package_text(spec, platform)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return spec, platform, runtime_config, text, dict(assembler.source_map), digest


def preview_plan(encoded: bytes) -> tuple[str, tuple[Span, ...]]:
    """The text of a plan's package, and which lines stand for what.

    What a preview needs and no more: the spec itself, read back by the window, would hold its interpreter up.
    """
    _spec, _platform, _runtime_config, text, source_map, _digest = compile_plan(encoded)
    with _without_collecting():
        return text, package_spans(text, {path: EntityId(entity) for path, entity in source_map.items()})


@contextlib.contextmanager
def _without_collecting() -> Generator[None]:
    """No garbage collection meanwhile: nearly all that is made is kept, and looking for the rest is half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def package_text(spec: dict[str, Json], platform: dict[str, Json]) -> str:
    """The text of a `.yaml` package as kfp's compiler writes it: comments, the spec, the platform spec if any."""
    try:
        comments = pipeline_spec_builder.extract_comments_from_pipeline_spec(
            spec, spec.get("pipelineInfo", {}).get("description", "")
        )
    except KeyError:  # a schema older than the SDK's comments
        comments = f"# PIPELINE DEFINITION\n# Name: {spec['pipelineInfo']['name']}\n"
    documents = [spec, platform] if platform.get("platforms") else [spec]
    return comments + yaml.dump_all(documents, Dumper=_Dumper, sort_keys=True)


def _compiled(plan: Plan) -> tuple[dict[str, Json], dict[str, Json]]:
    skeletons = Skeletons()
    traced: dict[EntityId, Traced] = {}
    digests: dict[EntityId, str] = {}
    deployment: Any = None
    checks_types = Dialect.of(plan.root.header).checks_types
    for pipeline in plan.pipelines:
        is_main = pipeline is plan.root
        key = digests[pipeline.id] = _digest(plan, pipeline, digests)
        if not is_main and key in _traced:
            traced[pipeline.id] = _restored(*_traced[key])
            continue
        names = {statement.name for statement in walk(pipeline.body)}
        with patched(names | {"pipeline"}, f"@{pipeline.id}", checks_types=checks_types) as writer:
            made = Tracer(plan, pipeline, traced, skeletons).run()
            deployment = writer.deployment
        if not is_main:
            # Merging reads the executors from here; for the main pipeline they are written once, below.
            made.spec.deployment_spec.update(json_format.MessageToDict(deployment))
            traced[pipeline.id] = made
            if len(_traced) >= _CACHE_LIMIT:
                _traced.clear()
            _traced[key] = (made.spec.SerializeToString(), made.platform.SerializeToString())
        else:
            traced[pipeline.id] = made
    main = traced[plan.root.id]
    spec = json_format.MessageToDict(main.spec)
    spec["deploymentSpec"] = json_format.MessageToDict(deployment) if deployment is not None else {}
    return spec, json_format.MessageToDict(main.platform)


def _digest(plan: Plan, pipeline: PipelinePlan, digests: dict[EntityId, str]) -> str:
    """Of all that goes into a sub-pipeline's compiling: its own plan, and the digests of what it uses."""
    parts = [_ENCODER.encode(pipeline)]
    used = {statement.component for statement in walk(pipeline.body) if isinstance(statement, TaskStatement)}
    for key in sorted(used):
        component = plan.components.get(key)
        parts.append(digests[key].encode() if component is None else key.encode() + _ENCODER.encode(component))
    return hashlib.sha256(b"\x00".join(parts)).hexdigest()


def _restored(spec: bytes, platform: bytes) -> Traced:
    return Traced(pipeline_spec_pb2.PipelineSpec.FromString(spec), pipeline_spec_pb2.PlatformSpec.FromString(platform))
