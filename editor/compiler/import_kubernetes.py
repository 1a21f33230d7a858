"""The Kubernetes part of a platform document, back to the calls of kfp.kubernetes functions that wrote it. Pure.

A field in which anything is not understood stays as it was, whole.
"""

from collections.abc import Callable, Iterator

from editor.compiler.definitions import tidy
from editor.compiler.shapes import check_bool, check_dict, check_list, check_number, check_str
from editor.model import Argument, Constant, Json, KubernetesSetting

Resolve = Callable[[dict[str, Json]], Argument | None]
Arguments = dict[str, Argument]


def read_kubernetes(
    platform: dict[str, Json], resolve: Resolve, where: str
) -> tuple[tuple[KubernetesSetting, ...], dict[str, Json]]:
    """The settings, and what is left of `platform` (platform name -> executor's fields) that no function says.

    `resolve` gives the argument of an InputParameterSpec, or None if it is no such thing.
    """
    left = dict(platform)
    fields = dict(check_dict(left.pop("kubernetes", None), f"{where}: kubernetes"))
    settings: list[KubernetesSetting] = []
    for field, reader in _READERS.items():
        if field in fields:
            found = list(reader(fields[field], resolve, f"{where}: {field}"))
            if all(setting is not None for setting in found):
                settings.extend(setting for setting in found if setting is not None)
                del fields[field]
    if fields:
        left["kubernetes"] = fields
    return tuple(settings), left


Found = Iterator[KubernetesSetting | None]
Reader = Callable[[Json, Resolve, str], Found]


def _secret_as_env(value: Json, resolve: Resolve, where: str) -> Found:
    yield from _keys_as_env(value, resolve, where, "use_secret_as_env", "secretName", "secretKey", "secret_name")


def _config_map_as_env(value: Json, resolve: Resolve, where: str) -> Found:
    yield from _keys_as_env(
        value, resolve, where, "use_config_map_as_env", "configMapName", "configMapKey", "config_map_name"
    )


def _keys_as_env(
    value: Json, resolve: Resolve, where: str, function: str, name_field: str, key_field: str, parameter: str
) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        name = _name(given, name_field, resolve, where)
        pairs = [check_dict(pair, where) for pair in check_list(given.pop("keyToEnv", None), where)]
        keys = {check_str(pair.get(key_field), where): check_str(pair.get("envVar"), where) for pair in pairs}
        arguments: Arguments = {f"{key_field_to_parameter(key_field)}_to_env": Constant(keys)}
        yield _setting(function, parameter, name, arguments, given, where)


def key_field_to_parameter(field: str) -> str:
    """`secretKey` is `secret_key` in Python."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in field)


def _secret_as_volume(value: Json, resolve: Resolve, where: str) -> Found:
    yield from _as_volume(value, resolve, where, "use_secret_as_volume", "secretName", "secret_name")


def _config_map_as_volume(value: Json, resolve: Resolve, where: str) -> Found:
    yield from _as_volume(value, resolve, where, "use_config_map_as_volume", "configMapName", "config_map_name")


def _as_volume(value: Json, resolve: Resolve, where: str, function: str, name_field: str, parameter: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        name = _name(given, name_field, resolve, where)
        mount: Arguments = {"mount_path": Constant(check_str(given.pop("mountPath", None), where))}
        yield _setting(function, parameter, name, mount, given, where)


def _setting(
    function: str, parameter: str, name: Argument | None, arguments: Arguments, given: dict[str, Json], where: str
) -> KubernetesSetting | None:
    if check_bool(given.pop("optional", None), where):
        arguments["optional"] = Constant(True)  # noqa: FBT003 a JSON value
    if name is None or given:
        return None
    return KubernetesSetting(function=function, arguments={parameter: name, **arguments})


def _pvc_mount(value: Json, resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        parameter = given.pop("pvcNameParameter", None)
        old = {
            field: given.pop(field)
            for field in ("taskOutputParameter", "componentInputParameter", "constant")
            if field in given
        }
        if parameter is None and "constant" in old:
            parameter = {"runtimeValue": {"constant": old["constant"]}}
        name = resolve(check_dict(parameter if parameter is not None else old, where))
        arguments: Arguments = {"mount_path": Constant(check_str(given.pop("mountPath", None), where))}
        if "subPath" in given:
            arguments["sub_path"] = Constant(check_str(given.pop("subPath"), where))
        if name is None or given:
            yield None
        else:
            yield KubernetesSetting(function="mount_pvc", arguments={"pvc_name": name, **arguments})


def _image_pull_secret(value: Json, resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        name = _name(given, "secretName", resolve, where)
        if name is None or given:
            yield None
        else:
            listed = Constant([name.value]) if isinstance(name, Constant) else name
            yield KubernetesSetting(function="set_image_pull_secrets", arguments={"secret_names": listed})


def _ephemeral_volume(value: Json, _resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        arguments = _texts(given, where, volumeName="volume_name", mountPath="mount_path", size="size")
        modes = check_list(given.pop("accessModes", None), where)
        arguments["access_modes"] = Constant([check_str(mode, where) for mode in modes])
        has_default_class = check_bool(given.pop("defaultStorageClass", None), where)
        arguments.update(_texts(given, where, storageClassName="storage_class_name"))
        metadata = dict(check_dict(given.pop("metadata", None), where))
        for part in ("labels", "annotations"):
            if part in metadata:
                arguments[part] = Constant(check_dict(metadata.pop(part), where))
        is_odd = has_default_class == ("storage_class_name" in arguments)
        yield None if given or metadata or is_odd else _call("add_ephemeral_volume", arguments)


def _empty_dir(value: Json, _resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        arguments = _texts(
            given, where, volumeName="volume_name", mountPath="mount_path", medium="medium", sizeLimit="size_limit"
        )
        yield None if given else _call("empty_dir_mount", arguments)


def _field_path(value: Json, _resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        arguments = _texts(given, where, name="env_name", fieldPath="field_path")
        yield None if given else _call("use_field_path_as_env", arguments)


def _node_selector(value: Json, resolve: Resolve, where: str) -> Found:
    given = dict(check_dict(value, where))
    for key, label in check_dict(given.pop("labels", None), where).items():
        text = check_str(label, where)
        yield _call("add_node_selector", {"label_key": Constant(key), "label_value": Constant(text)})
    if "nodeSelectorJson" in given:
        yield _json_call("add_node_selector_json", "node_selector_json", given.pop("nodeSelectorJson"), resolve, where)
    if given:
        yield None


def _node_affinity(value: Json, resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        if "nodeAffinityJson" in given:
            call = _json_call(
                "add_node_affinity_json", "node_affinity_json", given.pop("nodeAffinityJson"), resolve, where
            )
            yield None if given else call
            continue
        arguments: Arguments = {}
        for field, parameter in (("matchExpressions", "match_expressions"), ("matchFields", "match_fields")):
            if field in given:
                arguments[parameter] = Constant(check_list(given.pop(field), where))
        if "weight" in given:
            arguments["weight"] = Constant(int(check_number(given.pop("weight"), where)))
        yield None if given else _call("add_node_affinity", arguments)


def _tolerations(value: Json, resolve: Resolve, where: str) -> Found:
    for entry in _entries(value, where):
        given = dict(entry)
        if "tolerationJson" in given:
            # The function writes out a constant as single tolerations: such JSON is not its work.
            call = _json_call("add_toleration_json", "toleration_json", given.pop("tolerationJson"), resolve, where)
            is_constant = call is not None and isinstance(call.arguments["toleration_json"], Constant)
            yield None if given or is_constant else call
            continue
        arguments = _texts(given, where, key="key", operator="operator", value="value", effect="effect")
        if "tolerationSeconds" in given:
            seconds = int(check_number(given.pop("tolerationSeconds"), where))
            arguments["toleration_seconds"] = Constant(seconds)
        yield None if given else _call("add_toleration", arguments)


def _pod_metadata(value: Json, _resolve: Resolve, where: str) -> Found:
    given = dict(check_dict(value, where))
    for field, function, prefix in (
        ("labels", "add_pod_label", "label"),
        ("annotations", "add_pod_annotation", "annotation"),
    ):
        for key, text in check_dict(given.pop(field, None), where).items():
            arguments: Arguments = {
                f"{prefix}_key": Constant(key),
                f"{prefix}_value": Constant(check_str(text, where)),
            }
            yield _call(function, arguments)
    if given:
        yield None


def _image_pull_policy(value: Json, _resolve: Resolve, where: str) -> Found:
    policy = check_str(value, where)
    is_known = policy in ("Always", "Never", "IfNotPresent")
    yield _call("set_image_pull_policy", {"policy": Constant(policy)}) if is_known else None


def _security_context(value: Json, _resolve: Resolve, where: str) -> Found:
    given = dict(check_dict(value, where))
    arguments: Arguments = {}
    for field, parameter in (("runAsUser", "run_as_user"), ("runAsGroup", "run_as_group")):
        if field in given:
            arguments[parameter] = Constant(int(check_number(given.pop(field), where)))
    if "runAsNonRoot" in given:
        arguments["run_as_non_root"] = Constant(check_bool(given.pop("runAsNonRoot"), where))
    yield _call("set_security_context", arguments) if arguments and not given else None


def _timeout(value: Json, _resolve: Resolve, where: str) -> Found:
    yield _call("set_timeout", {"seconds": Constant(int(check_number(value, where)))})


_READERS: dict[str, Reader] = {
    "secretAsEnv": _secret_as_env,
    "secretAsVolume": _secret_as_volume,
    "configMapAsEnv": _config_map_as_env,
    "configMapAsVolume": _config_map_as_volume,
    "pvcMount": _pvc_mount,
    "genericEphemeralVolume": _ephemeral_volume,
    "emptyDirMounts": _empty_dir,
    "fieldPathAsEnv": _field_path,
    "nodeSelector": _node_selector,
    "nodeAffinity": _node_affinity,
    "tolerations": _tolerations,
    "podMetadata": _pod_metadata,
    "imagePullSecret": _image_pull_secret,
    "imagePullPolicy": _image_pull_policy,
    "securityContext": _security_context,
    "activeDeadlineSeconds": _timeout,
}


def _entries(value: Json, where: str) -> list[dict[str, Json]]:
    return [check_dict(entry, where) for entry in check_list(value, where)]


def _call(function: str, arguments: Arguments) -> KubernetesSetting:
    return KubernetesSetting(function=function, arguments=arguments)


def _json_call(function: str, parameter: str, source: Json, resolve: Resolve, where: str) -> KubernetesSetting | None:
    argument = resolve(check_dict(source, where))
    if isinstance(argument, Constant):
        argument = Constant(tidy(argument.value))
    return None if argument is None else _call(function, {parameter: argument})


def _texts(given: dict[str, Json], where: str, **parameters: str) -> Arguments:
    """The text fields of an entry, taken out of it, by the names of the function's parameters."""
    return {
        parameter: Constant(check_str(given.pop(field), where))
        for field, parameter in parameters.items()
        if field in given
    }


def _name(given: dict[str, Json], field: str, resolve: Resolve, where: str) -> Argument | None:
    """What names a Secret or ConfigMap: the newer parameter, or the older text."""
    old = given.pop(field, None)
    parameter = given.pop(f"{field}Parameter", None)
    if parameter is not None:
        return resolve(check_dict(parameter, where))
    return None if old is None else Constant(check_str(old, where))
