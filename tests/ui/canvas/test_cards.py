"""What the rows of a card say."""

from editor.model import EntityId, Task
from editor.model.port_types import INTEGER
from editor.ui.canvas.cards import Shapes
from tests.builders import component, from_input, pipeline, task, value

TRAIN = component("train", {"trees": INTEGER, "seed": INTEGER, "depth": INTEGER}, {})


def test_an_input_says_in_words_what_feeds_it():
    fed = task("a", of=TRAIN, trees=from_input("trees"), seed=from_input("random_seed"), depth=value(3))
    document = pipeline(TRAIN, fed, inputs={"trees": INTEGER, "random_seed": INTEGER})
    found = document.get(EntityId("a"))
    assert isinstance(found, Task)
    hints = {row.text: row.hint for row in Shapes(document).look(found, is_open=True).rows}
    assert hints == {"trees": "\u27f5 input", "seed": "\u27f5 random_seed", "depth": "= 3"}
