"""Importers: what they bring in, and what their metadata takes from elsewhere."""

import pytest

from editor import edits
from editor.model import (
    ROOT,
    ArtifactType,
    Component,
    Constant,
    Document,
    EditRefused,
    EntityId,
    FromTask,
    ImporterImplementation,
    Input,
    Output,
    with_digest_id,
)
from editor.model.port_types import ARTIFACT, DATASET, MODEL, STRING
from tests.builders import component, from_task, pipeline, task, value

IMPORTER = with_digest_id(
    Component(
        id=EntityId(""),
        name="importer",
        inputs=(Input(name="uri", type=STRING),),
        outputs=(Output(name="artifact", type=ARTIFACT),),
        implementation=ImporterImplementation(artifact_type=ARTIFACT),
    )
)
TRAIN = component("train", {"data": DATASET})
BRINGS, T = EntityId("importer"), EntityId("train")


@pytest.fixture
def document() -> Document:
    return pipeline(
        IMPORTER,
        TRAIN,
        task("importer", of=IMPORTER, uri=value("gs://a")),
        task("train", of=TRAIN, data=from_task("importer", "artifact")),
    )


def implementation(document: Document) -> ImporterImplementation:
    made = edits.importer_of(document, BRINGS).implementation
    assert isinstance(made, ImporterImplementation)
    return made


def test_type_is_given_out_and_keeps_what_takes_it(document: Document) -> None:
    edit, dropped = edits.set_importer(document, BRINGS, artifact_type=DATASET)
    document.apply(edit)
    assert dropped == []
    assert document.interface(document.task(BRINGS).component).outputs[0].type == DATASET
    assert document.task(T).arguments["data"] == FromTask(BRINGS, "artifact")
    assert document.task(BRINGS).arguments["uri"] == Constant("gs://a")


def test_type_that_does_not_fit_unplugs_and_says_so(document: Document) -> None:
    edit, dropped = edits.set_importer(document, BRINGS, artifact_type=MODEL)
    document.apply(edit)
    assert len(dropped) == 1
    assert "train.data" in dropped[0]
    assert "data" not in document.task(T).arguments
    document.apply(edit.inverse())
    assert document.task(T).arguments["data"] == FromTask(BRINGS, "artifact")


def test_custom_type_and_switches(document: Document) -> None:
    own = ArtifactType(schema_title="google.VertexModel", schema_version="1.2.0")
    document.apply(edits.set_importer(document, BRINGS, artifact_type=own)[0])
    document.apply(edits.set_importer(document, BRINGS, reimport=True, download_to_workspace=True)[0])
    made = implementation(document)
    assert (made.artifact_type, made.reimport, made.download_to_workspace) == (own, True, True)


def test_names_in_metadata_become_inputs_and_go_with_them(document: Document) -> None:
    given = {"owner": "of {{owner}}", "size": 3, "deep": {"{{owner}}": ["{{ row }}"]}}
    document.apply(edits.set_importer(document, BRINGS, metadata=given)[0])
    assert implementation(document).metadata["owner"] == "of {{$.inputs.parameters['owner']}}"
    ports = document.interface(document.task(BRINGS).component).inputs
    assert [port.name for port in ports] == ["uri", "owner", "row"]
    assert edits.metadata_as_written(document, BRINGS)["deep"] == {"{{owner}}": ["{{row}}"]}
    document.apply(edits.set_constant(document, BRINGS, "row", "7"))
    document.apply(edits.set_importer(document, BRINGS, metadata={"size": 3})[0])
    assert set(document.task(BRINGS).arguments) == {"uri"}
    assert document.task(BRINGS).parent == ROOT


def test_refusals(document: Document) -> None:
    with pytest.raises(EditRefused, match="no importer"):
        edits.set_importer(document, T, reimport=True)
    with pytest.raises(EditRefused, match="cannot be the name"):
        edits.set_importer(document, BRINGS, metadata={"a": "{{not a name}}"})
