"""Names of tasks, groups and pipelines: as the SDK would write them, each once in its pipeline."""

import msgspec

from editor.edits.draft import Draft
from editor.model import GROUP_TYPES, NODE_TYPES, DocumentView, Edit, EditRefused, EntityId, Pipeline
from editor.model.names import MAX_NAME, slug, unique

replace = msgspec.structs.replace


def is_taken(view: DocumentView, name: str, pipeline: EntityId, *, but: EntityId | None = None) -> bool:
    """Whether a task or group of `pipeline`, other than `but`, sanitises to the same name."""
    return any(one != but and view.pipeline_of(one) == pipeline for one in view.named(name))


def default_name(wanted: str, otherwise: str = "task") -> str:
    """`wanted` sanitised, and so short that a number can follow."""
    return slug(wanted)[: MAX_NAME - 8].strip("-") or otherwise


def free_name(view: DocumentView, wanted: str, pipeline: EntityId, otherwise: str = "task") -> str:
    """`wanted` sanitised, with a number behind it where the pipeline has it already."""
    return unique(default_name(wanted, otherwise), lambda one: is_taken(view, one, pipeline))


def rename(view: DocumentView, entity: EntityId, name: str, *, merge_key: str = "") -> Edit:
    """Give a task, group or pipeline another name, sanitised as the SDK does: "Train model" becomes train-model.

    Raises EditRefused if nothing is left of it or if it is taken in the same pipeline.
    """
    before = view.get(entity)
    if before is None:
        raise EditRefused("What was to have another name is not there any more.")
    if not isinstance(before, (*NODE_TYPES, Pipeline)):
        raise EditRefused(f"'{entity}' has no name to change.")
    clean = slug(name)
    if not clean:
        raise EditRefused(
            f"'{name[:40]}' cannot be a name: nothing of it is left in a package.",
            hint="Use letters a to z, digits and dashes; the display name may be anything.",
        )
    if len(clean) > MAX_NAME:
        raise EditRefused(f"The name has {len(clean)} characters; {MAX_NAME} is the most.")
    if isinstance(before, NODE_TYPES):
        pipeline = view.pipeline_of(entity)
        other = next((one for one in view.named(clean) if one != entity and view.pipeline_of(one) == pipeline), None)
        if other is not None:
            kind = "group" if isinstance(view.get(other), GROUP_TYPES) else "task"
            raise EditRefused(f"There is a {kind} '{clean}' in this pipeline already.", subjects=(other,))
    draft = Draft(view)
    draft.put(replace(before, name=clean))
    return draft.edit(f"Rename {before.name} to {clean}", merge_key)
