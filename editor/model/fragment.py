"""What a library entry becomes when it is used: entities to put into a document, and the one a task will name."""

from collections.abc import Iterable, Mapping

import msgspec

from editor.model.entities import Component, Entity
from editor.model.ids import ROOT, EntityId, derived_id
from editor.model.renaming import with_ids


class Fragment(msgspec.Struct, frozen=True):
    """`component` is the id of a Component or sub-Pipeline in `entities`, which hold all that it needs."""

    component: EntityId
    entities: tuple[Entity, ...]

    @property
    def name(self) -> str:
        """The name of the component, from which a task takes its own."""
        return next(
            (str(getattr(entity, "name", "")) for entity in self.entities if entity.id == self.component),
            str(self.component),
        )


def sub_pipeline_fragment(entities: Mapping[EntityId, Entity] | Iterable[Entity], *, digest: str) -> Fragment:
    """A whole document's entities as a sub-pipeline: ROOT and every id but the components' become ids of their own.

    The same `digest` gives the same ids, so that using a pipeline twice embeds it once; another gives others.
    """
    table = tuple(entities.values()) if isinstance(entities, Mapping) else tuple(entities)
    ids = {
        entity.id: derived_id("p" if entity.id == ROOT else entity.id[:1], digest, entity.id)
        for entity in table
        if not isinstance(entity, Component)
    }
    return Fragment(ids[ROOT], tuple(with_ids(entity, ids) for entity in table))
