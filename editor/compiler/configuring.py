"""Gives what the SDK has made of a task or a pipeline its settings. Worker only: this imports kfp."""

# pyright: reportPrivateUsage=false
# Some of the SDK's parts have no public way in.

from collections.abc import Callable
from typing import Any

from kfp import dsl
from kfp.dsl import pipeline_channel, pipeline_task

from editor.model import ROOT, Argument, Pipeline, TaskSettings


def pipeline_config(header: Pipeline) -> Any:
    """The SDK's config of the document's pipeline; None where nothing is set, and for a sub-pipeline."""
    config = header.config
    if config is None or header.id != ROOT:
        return None
    made = dsl.PipelineConfig()
    if config.workspace is not None:
        patch = config.workspace.pvc_spec_patch
        kubernetes = dsl.KubernetesWorkspaceConfig(pvcSpecPatch=patch) if patch else None
        made.workspace = dsl.WorkspaceConfig(size=config.workspace.size, kubernetes=kubernetes)
    made.ttl_seconds_after_finished = config.ttl_seconds_after_finished
    made.ttl_seconds_after_success = config.ttl_seconds_after_success
    made.ttl_seconds_after_failure = config.ttl_seconds_after_failure
    made.active_deadline_seconds = config.active_deadline_seconds
    return made


def apply_settings(
    task: pipeline_task.PipelineTask, settings: TaskSettings, value_of: Callable[[Argument], Any]
) -> None:
    """Give a task its settings; `value_of` gives the value or channel that the DSL would be given."""
    if settings == TaskSettings():
        task._task_spec.enable_caching = True
        return
    task._task_spec.enable_caching = settings.caching.enabled
    if settings.caching.key:
        task.set_caching_options(settings.caching.enabled, cache_key=settings.caching.key)
    if settings.display_name:
        task.set_display_name(settings.display_name)
    if settings.ignore_upstream_failure:
        # The SDK's method fails on any optional input that was not given (KeyError); this is all that it then does.
        task._ignore_upstream_failure_tag = True
    resources = settings.resources
    setters = (
        (resources.cpu_limit, "set_cpu_limit"),
        (resources.cpu_request, "set_cpu_request"),
        (resources.memory_limit, "set_memory_limit"),
        (resources.memory_request, "set_memory_request"),
        (resources.accelerator_type, "set_accelerator_type"),
        (resources.accelerator_limit, "set_accelerator_limit"),
    )
    for argument, setter in setters:
        if argument is not None:
            value = value_of(argument)
            getattr(task, setter)(_quantity(value))
            if isinstance(value, pipeline_channel.PipelineChannel) and not _is_at_root(task):
                # The setters do not tell the groups around of it, and the package asks for an input that is not there.
                task.register_pipeline_channels([value])
    if settings.image is not None:
        task.set_container_image(value_of(settings.image))
    if settings.kubernetes:
        from kfp import kubernetes

        for setting in settings.kubernetes:
            function = getattr(kubernetes, setting.function)
            given = {name: value_of(argument) for name, argument in setting.arguments.items()}
            names = given.get("secret_names")
            if isinstance(names, pipeline_channel.PipelineChannel):
                given["secret_names"] = [names]
            function(task, **given)


def _is_at_root(task: pipeline_task.PipelineTask) -> bool:
    return task.parent_task_group is None or bool(task.parent_task_group.is_root)


def _quantity(value: Any) -> Any:
    return value if isinstance(value, pipeline_channel.PipelineChannel) else str(value)
