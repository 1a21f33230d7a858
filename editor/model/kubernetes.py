"""The functions of kfp.kubernetes (2.17) as a table: what each sets and what each parameter takes. For the inspector,
validation and the compiler. CreatePVC and DeletePVC are components, not settings, and come from the library.
"""

from typing import Literal

import msgspec

from editor.model.port_types import Json

ParameterKindName = Literal["text", "integer", "boolean", "text_list", "text_map", "json", "terms"]
"""`text_list` and `text_map` hold text only; `terms` is a list of {key, operator, values}; `json` a list or mapping."""


class KubernetesParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parameter of a function. `takes_wires`: a pipeline input, an output or a loop's item may feed it."""

    name: str
    kind: ParameterKindName = "text"
    is_required: bool = True
    default: Json = None
    takes_wires: bool = False
    choices: tuple[str, ...] = ()
    description: str = ""


class KubernetesFunction(msgspec.Struct, frozen=True, kw_only=True):
    """`title` is for menus; `is_repeatable`: a second call adds, where it is not, it replaces."""

    name: str
    title: str
    description: str
    parameters: tuple[KubernetesParameter, ...]
    is_repeatable: bool = True

    def parameter(self, name: str) -> KubernetesParameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def _named(name: str, description: str) -> KubernetesParameter:
    return KubernetesParameter(name=name, takes_wires=True, description=description)


def _text(name: str, description: str = "", choices: tuple[str, ...] = ()) -> KubernetesParameter:
    return KubernetesParameter(name=name, description=description, choices=choices)


def _maybe(
    name: str, kind: ParameterKindName = "text", description: str = "", choices: tuple[str, ...] = ()
) -> KubernetesParameter:
    return KubernetesParameter(name=name, kind=kind, is_required=False, description=description, choices=choices)


def _map(name: str, description: str) -> KubernetesParameter:
    return KubernetesParameter(name=name, kind="text_map", description=description)


def _optional(of: str) -> KubernetesParameter:
    return KubernetesParameter(
        name="optional",
        kind="boolean",
        is_required=False,
        default=False,
        description=f"The task may start without the {of}.",
    )


_MOUNT = _text("mount_path", "The folder in the container.")
_OPERATORS = "In, NotIn, Exists, DoesNotExist, Gt or Lt"

_TABLE = (
    KubernetesFunction(
        name="use_secret_as_env",
        title="Secret as environment variables",
        description="Keys of a Secret become environment variables.",
        parameters=(
            _named("secret_name", "The Secret."),
            _map("secret_key_to_env", "Key of the Secret to the variable's name."),
            _optional("Secret"),
        ),
    ),
    KubernetesFunction(
        name="use_secret_as_volume",
        title="Secret as files",
        description="The keys of a Secret become files in a folder.",
        parameters=(_named("secret_name", "The Secret."), _MOUNT, _optional("Secret")),
    ),
    KubernetesFunction(
        name="use_config_map_as_env",
        title="ConfigMap as environment variables",
        description="Keys of a ConfigMap become environment variables.",
        parameters=(
            _named("config_map_name", "The ConfigMap."),
            _map("config_map_key_to_env", "Key of the ConfigMap to the variable's name."),
            _optional("ConfigMap"),
        ),
    ),
    KubernetesFunction(
        name="use_config_map_as_volume",
        title="ConfigMap as files",
        description="The keys of a ConfigMap become files in a folder.",
        parameters=(_named("config_map_name", "The ConfigMap."), _MOUNT, _optional("ConfigMap")),
    ),
    KubernetesFunction(
        name="mount_pvc",
        title="Mount a volume claim",
        description="A PersistentVolumeClaim is mounted as a folder.",
        parameters=(
            _named("pvc_name", "The claim's name, or the output of CreatePVC."),
            _MOUNT,
            KubernetesParameter(
                name="sub_path", is_required=False, default="", description="A folder inside the volume."
            ),
        ),
    ),
    KubernetesFunction(
        name="add_ephemeral_volume",
        title="Ephemeral volume",
        description="A volume that lives as long as the task's pod.",
        parameters=(
            _text("volume_name", "Its name in the pod."),
            _MOUNT,
            KubernetesParameter(name="access_modes", kind="text_list", description="Such as ReadWriteOnce."),
            _text("size", "Such as 5Gi."),
            _maybe("storage_class_name", description="Left out: the cluster's default."),
            _maybe("labels", "text_map"),
            _maybe("annotations", "text_map"),
        ),
    ),
    KubernetesFunction(
        name="empty_dir_mount",
        title="Empty folder",
        description="An empty folder that lives as long as the task's pod.",
        parameters=(
            _text("volume_name", "Its name in the pod."),
            _MOUNT,
            _maybe("medium", choices=("Memory", "HugePages"), description="What backs it."),
            _maybe("size_limit", description="Such as 5Gi."),
        ),
    ),
    KubernetesFunction(
        name="use_field_path_as_env",
        title="Pod field as environment variable",
        description="A field of the pod becomes an environment variable.",
        parameters=(_text("env_name", "The variable."), _text("field_path", "Such as metadata.name.")),
    ),
    KubernetesFunction(
        name="add_node_selector",
        title="Node selector",
        description="Run on nodes with this label only.",
        parameters=(_text("label_key"), _text("label_value")),
    ),
    KubernetesFunction(
        name="add_node_selector_json",
        title="Node selector from a parameter",
        description="Run on nodes with these labels only; goes before single labels.",
        parameters=(
            KubernetesParameter(
                name="node_selector_json", kind="json", takes_wires=True, description="Label to value."
            ),
        ),
        is_repeatable=False,
    ),
    KubernetesFunction(
        name="add_node_affinity",
        title="Node affinity",
        description="Run on nodes that match; with a weight: on these rather than others.",
        parameters=(
            _maybe("match_expressions", "terms", f"On labels; the operator is {_OPERATORS}."),
            _maybe("match_fields", "terms", f"On fields of the node; the operator is {_OPERATORS}."),
            _maybe("weight", "integer", "1 to 100; left out: it must match."),
        ),
    ),
    KubernetesFunction(
        name="add_node_affinity_json",
        title="Node affinity from a parameter",
        description="A whole Kubernetes NodeAffinity.",
        parameters=(
            KubernetesParameter(
                name="node_affinity_json", kind="json", takes_wires=True, description="As Kubernetes writes it."
            ),
        ),
        is_repeatable=False,
    ),
    KubernetesFunction(
        name="add_toleration",
        title="Toleration",
        description="Run on nodes with this taint too.",
        parameters=(
            _maybe("key", description="Left out: every taint (the operator must be Exists)."),
            _maybe("operator", choices=("Equal", "Exists")),
            _maybe("value"),
            _maybe("effect", choices=("NoSchedule", "PreferNoSchedule", "NoExecute")),
            _maybe("toleration_seconds", "integer", "For NoExecute: how long to stay; left out: for ever."),
        ),
    ),
    KubernetesFunction(
        name="add_toleration_json",
        title="Toleration from a parameter",
        description="A whole toleration, or a list of them.",
        parameters=(
            KubernetesParameter(
                name="toleration_json", kind="json", takes_wires=True, description="As Kubernetes writes it."
            ),
        ),
    ),
    KubernetesFunction(
        name="add_pod_label",
        title="Pod label",
        description="A label on the task's pod.",
        parameters=(_text("label_key"), _text("label_value")),
    ),
    KubernetesFunction(
        name="add_pod_annotation",
        title="Pod annotation",
        description="An annotation on the task's pod.",
        parameters=(_text("annotation_key"), _text("annotation_value")),
    ),
    KubernetesFunction(
        name="set_image_pull_secrets",
        title="Image pull secrets",
        description="Secrets with which the image is pulled. A wire stands for a list of one.",
        parameters=(
            KubernetesParameter(
                name="secret_names", kind="text_list", takes_wires=True, description="Names of Secrets."
            ),
        ),
    ),
    KubernetesFunction(
        name="set_image_pull_policy",
        title="Image pull policy",
        description="When the image is pulled.",
        parameters=(_text("policy", choices=("Always", "IfNotPresent", "Never")),),
        is_repeatable=False,
    ),
    KubernetesFunction(
        name="set_security_context",
        title="Security context",
        description="As whom the container runs. At least one must be given.",
        parameters=(
            _maybe("run_as_user", "integer", "The user's number."),
            _maybe("run_as_group", "integer", "The group's number."),
            _maybe("run_as_non_root", "boolean", "Refuse to run as root."),
        ),
        is_repeatable=False,
    ),
    KubernetesFunction(
        name="set_timeout",
        title="Timeout",
        description="The pod is stopped after this time.",
        parameters=(KubernetesParameter(name="seconds", kind="integer", description="0: no limit."),),
        is_repeatable=False,
    ),
)

KUBERNETES_FUNCTIONS: dict[str, KubernetesFunction] = {function.name: function for function in _TABLE}
"""By name, in the order of a menu."""


def why_not_setting(parameter: KubernetesParameter, value: Json) -> str:
    """Empty if the constant `value` may be given to `parameter`, else the reason as a sentence."""
    if value is None:
        return f"'{parameter.name}' needs a value." if parameter.is_required else ""
    if parameter.choices and value not in parameter.choices:
        return f"'{parameter.name}' must be one of: {', '.join(parameter.choices)}."
    fits = {
        "text": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "text_list": isinstance(value, list) and all(isinstance(item, str) for item in value),
        "text_map": isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
        "json": isinstance(value, dict | list),
        "terms": isinstance(value, list)
        and all(isinstance(item, dict) and item.get("key") and item.get("operator") for item in value),
    }[parameter.kind]
    wanted = {
        "text": "text",
        "integer": "a whole number",
        "boolean": "true or false",
        "text_list": "a list of texts",
        "text_map": "a mapping of texts",
        "json": "a mapping or list",
        "terms": "a list of terms with key, operator and values",
    }[parameter.kind]
    return "" if fits else f"'{parameter.name}' takes {wanted}."
