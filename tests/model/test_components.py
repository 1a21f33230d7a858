"""The digest that is a component's id: the same for the same definition, however it was made."""

import msgspec

from editor.model import Component, component_digest, with_digest_id
from editor.model.port_types import DATASET, STRING
from tests.builders import component


def test_equal_components_have_the_same_id_however_they_were_made() -> None:
    made = component("load", {"name": STRING}, {"data": DATASET})
    # Read from text, "0.0.1" and its like are other objects than the defaults that they equal.
    read = msgspec.json.decode(msgspec.json.encode(made), type=Component)
    said = b'"schema_title":"system.Dataset","schema_version":"0.0.1"'
    spelt_out = msgspec.json.decode(
        msgspec.json.encode(made).replace(b'"schema_title":"system.Dataset"', said), type=Component
    )
    assert read == made == spelt_out
    assert with_digest_id(read).id == with_digest_id(spelt_out).id == made.id


def test_another_definition_has_another_id() -> None:
    one, other = component("load", {"name": STRING}, {}), component("load", {"name": STRING}, {"data": DATASET})
    assert component_digest(one) != component_digest(other)


def test_the_origin_is_no_part_of_what_a_component_is() -> None:
    made = component()
    assert component_digest(msgspec.structs.replace(made, id=made.id, origin=None)) == component_digest(made)
