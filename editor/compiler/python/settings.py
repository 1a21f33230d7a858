"""A task's settings as the calls that a person chains behind its creation."""

import ast
from collections.abc import Callable

from editor.compiler.plan import TaskStatement
from editor.compiler.python.expressions import call, constant, method
from editor.model import Argument, Component, ContainerImplementation
from editor.model.settings import Retry, TaskSettings

Call = Callable[[ast.expr], ast.expr]
"""Given the task's name as a tree, the statement's expression."""

_RESOURCE_METHODS = {
    "cpu_limit": "set_cpu_limit",
    "cpu_request": "set_cpu_request",
    "memory_limit": "set_memory_limit",
    "memory_request": "set_memory_request",
    "accelerator_type": "set_accelerator_type",
    "accelerator_limit": "set_accelerator_limit",
}


def setting_calls(
    task: TaskStatement,
    component: Component | None,
    expression: Callable[[Argument], ast.expr],
) -> list[Call]:
    """One call a setting that differs from the DSL's default, in the order in which people write them."""
    settings = task.settings
    calls = _plain_calls(settings)
    if component is not None and isinstance(component.implementation, ContainerImplementation):
        # The SDK drops the env of a component that it loads from text: the file sets it on each task instead.
        for pair in component.implementation.container.get("env", []):
            calls.append(
                _call("set_env_variable", ast.Constant(pair.get("name", "")), ast.Constant(pair.get("value", "")))
            )
    calls += [_call("set_env_variable", ast.Constant(key), ast.Constant(value)) for key, value in settings.env.items()]
    if settings.image is not None:
        calls.append(_call("set_container_image", expression(settings.image)))
    for field, method_name in _RESOURCE_METHODS.items():
        value: Argument | None = getattr(settings.resources, field)
        if value is not None:
            calls.append(_call(method_name, expression(value)))
    for setting in settings.kubernetes:
        given = {key: expression(value) for key, value in setting.arguments.items()}
        calls.append(_kubernetes(setting.function, given))
    return calls


def _plain_calls(settings: TaskSettings) -> list[Call]:
    calls: list[Call] = []
    if settings.display_name:
        calls.append(_call("set_display_name", ast.Constant(settings.display_name)))
    if not settings.caching.enabled or settings.caching.key:
        key = ast.Constant(settings.caching.key) if settings.caching.key else None
        enabled = ast.Constant(settings.caching.enabled)
        calls.append(lambda task: method(task, "set_caching_options", enable_caching=enabled, cache_key=key))
    if settings.retry is not None:
        calls.append(_retry(settings.retry))
    if settings.ignore_upstream_failure:
        calls.append(_call("ignore_upstream_failure"))
    return calls


def _call(method_name: str, *arguments: ast.expr) -> Call:
    return lambda task: method(task, method_name, *arguments)


def _kubernetes(function: str, arguments: dict[str, ast.expr]) -> Call:
    return lambda task: call(f"kubernetes.{function}", task, **arguments)


def _retry(retry: Retry) -> Call:
    def seconds(value: float | None) -> ast.expr | None:
        return None if value is None else ast.Constant(f"{value:g}s")

    return lambda task: method(
        task,
        "set_retry",
        num_retries=constant(retry.max_count),
        backoff_duration=seconds(retry.backoff_duration_s),
        backoff_factor=None if retry.backoff_factor is None else constant(retry.backoff_factor),
        backoff_max_duration=seconds(retry.backoff_max_duration_s),
    )
