from collections.abc import Callable
from editor.model import Argument, Json, KubernetesSetting


def read_kubernetes(platform: dict[str, Json], resolve: Callable[[dict[str, Json]], Argument | None], where: str) -> tuple[tuple[KubernetesSetting, ...], dict[str, Json]]:
    return (), platform
