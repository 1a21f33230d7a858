"""An image whose name is put together from a parameter: the task's setting, and it comes back as such."""

from pathlib import Path

from editor.compiler import compile_document, import_package, read_package, write_package
from editor.model import Document, FromPipelineInput, Task, TaskSettings, Template
from editor.model.port_types import STRING
from editor.worker import Worker
from tests.builders import pipeline, task, value


def test_an_image_of_text_and_parameter_comes_back(worker: Worker, tmp_path: Path) -> None:
    image = Template(("registry/train:", FromPipelineInput("tag")))
    drawn = pipeline(task("train", x=value("v"), settings=TaskSettings(image=image)), inputs={"tag": STRING})
    first = compile_document(drawn, worker)
    write_package(first, tmp_path / "first.yaml")
    entities = import_package(read_package(tmp_path / "first.yaml"))
    (found,) = [entity for entity in entities.values() if isinstance(entity, Task)]
    assert found.settings.image == image
    assert compile_document(Document(entities), worker).spec == first.spec
