"""Run in the worker by tests that say what the SDK does by itself."""

from typing import Literal

from kfp import dsl


def compile_literal() -> None:
    """Raises while kfp cannot say Literal."""

    def f(a: Literal["low", "high"]) -> None:
        pass

    _ = dsl.component(base_image="x")(f).pipeline_spec
