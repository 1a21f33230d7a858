"""Random documents and random gestures on them, for laws: every construct, and every edit function there is."""

import random
from collections.abc import Callable
from typing import Any

from editor import edits
from editor.layout import arrange
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Caching,
    Comparison,
    ConditionBranch,
    Constant,
    Document,
    Edit,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Loop,
    Note,
    Pipeline,
    Retry,
    Task,
    Template,
)
from editor.model.fragment import Fragment
from editor.model.port_types import DATASET, DOUBLE, INTEGER, LIST, MODEL, STRING, TASK_FINAL_STATUS, ArtifactType
from tests.builders import ADD, COUNT, STEP, component

DATASETS = ArtifactType(schema_title="system.Dataset", is_list=True)
LOAD = component("load", {"name": STRING}, {"data": DATASET, "names": LIST}, optional=("name",))
TRAIN = component(
    "train",
    {"data": DATASET, "rate": DOUBLE, "epochs": INTEGER},
    {"model": MODEL, "score": DOUBLE},
    optional=("data", "rate", "epochs"),
)
MERGE = component(
    "merge",
    {"many": DATASETS, "values": LIST, "one": DATASET},
    {"data": DATASET, "out": STRING},
    optional=("many", "values", "one"),
)
BYE = component("bye", {"status": TASK_FINAL_STATUS, "text": STRING}, {}, optional=("text",))
COMPONENTS = (STEP, ADD, COUNT, LOAD, TRAIN, MERGE, BYE)

TEST = Comparison(FromPipelineInput("p"), "==", Constant("y"))

Gesture = Callable[[random.Random, Document], Edit]


def random_document(chance: random.Random, steps: int = 25) -> Document:
    """A document made by random gestures from an empty one: valid as far as gestures keep it so."""
    document = Document.empty("random")
    for port in (Input(name="p", type=STRING, default=Constant("x")), Input(name="items", type=LIST)):
        document.apply(edits.add_input(document, port))
    for _ in range(4):
        document.apply(add_task(chance, document))
    for _ in range(steps):
        try:
            document.apply(chance.choice(BUILDING)(chance, document))
        except EditRefused:
            continue
    return document


def add_task(chance: random.Random, document: Document) -> Edit:
    chosen = chance.choice(COMPONENTS)
    x, y = chance.randrange(0, 2000, 8), chance.randrange(0, 1000, 8)
    return edits.add_task(document, Fragment(chosen.id, (chosen,)), parent=scope(chance, document), x=x, y=y)[0]


def scope(chance: random.Random, document: Document) -> EntityId:
    """Any entity in which tasks may lie."""
    return pick(chance, document, lambda one: isinstance(one, Pipeline | ConditionBranch | Loop | ExitHandler))


def pick(chance: random.Random, document: Document, wanted: Callable[[Any], bool]) -> EntityId:
    found = [one.id for one in document.entities.values() if wanted(one)]
    if not found:
        raise EditRefused("nothing to pick")
    return chance.choice(found)


def node(chance: random.Random, document: Document) -> EntityId:
    return pick(chance, document, lambda one: isinstance(one, NODE_TYPES))


def a_task(chance: random.Random, document: Document) -> EntityId:
    return pick(chance, document, lambda one: isinstance(one, Task))


def group(chance: random.Random, document: Document) -> EntityId:
    return pick(chance, document, lambda one: isinstance(one, GROUP_TYPES))


def siblings(chance: random.Random, document: Document) -> list[EntityId]:
    """Some things of one scope."""
    parent = scope(chance, document)
    children = list(document.children(parent))
    if not children:
        raise EditRefused("nothing in it")
    return chance.sample(children, chance.randint(1, min(4, len(children))))


def a_port(chance: random.Random, document: Document, side: str) -> tuple[EntityId, str]:
    one = a_task(chance, document)
    interface = document.interface(document.task(one).component)
    ports = interface.inputs if side == "input" else interface.outputs
    if not ports:
        raise EditRefused("no ports")
    return one, chance.choice(ports).name


def source(chance: random.Random, document: Document) -> FromTask | FromLoop:
    if chance.random() < 0.15:
        loop = pick(chance, document, lambda one: isinstance(one, Loop))
        return FromLoop(loop, chance.choice([None, None, "a"]))
    return FromTask(*a_port(chance, document, "output"))


def connect(chance: random.Random, document: Document) -> Edit:
    """Half the time somewhere that takes it, so that random documents have wires."""
    giver = source(chance, document)
    if chance.random() < 0.7:
        fitting = [target for target, why in edits.connect_targets(document, giver).items() if not why]
        if fitting:
            return edits.connect(document, giver, *chance.choice(fitting))
    return edits.connect(document, giver, *a_port(chance, document, "input"))


def set_constant(chance: random.Random, document: Document) -> Edit:
    value = chance.choice(["text", "it's", 1, 2.5, True, [1, 2], {"a": 1}, 2**60])
    return edits.set_constant(document, *a_port(chance, document, "input"), value)


def set_template(chance: random.Random, document: Document) -> Edit:
    target, name = a_port(chance, document, "input")
    part = chance.choice([FromPipelineInput("p"), source(chance, document)])
    return edits.set_argument(document, target, name, Template(("before ", part, " after")))


def set_from_input(chance: random.Random, document: Document) -> Edit:
    return edits.set_argument(
        document, *a_port(chance, document, "input"), FromPipelineInput(chance.choice(["p", "items"]))
    )


def wrap(chance: random.Random, document: Document) -> Edit:
    kind = chance.choice(["if", "ifelse", "loop", "loop", "exit", "subpipeline"])
    return edits.wrap(document, siblings(chance, document), kind)[0]


def set_test(chance: random.Random, document: Document) -> Edit:
    branch = pick(chance, document, lambda one: isinstance(one, ConditionBranch) and one.test is not None)
    left = chance.choice([FromPipelineInput("p"), source(chance, document)])
    return edits.set_group(document, branch, test=Comparison(left, chance.choice(["==", "!="]), Constant("x")))


def set_items(chance: random.Random, document: Document) -> Edit:
    loop = pick(chance, document, lambda one: isinstance(one, Loop))
    items = chance.choice(
        [Constant([{"a": 1}, {"a": 2}]), Constant(["x"]), FromPipelineInput("items"), source(chance, document)]
    )
    if isinstance(items, FromTask | FromLoop):
        return edits.connect(document, items, loop, edits.ITEMS)
    return edits.set_group(document, loop, items=items)


def rename(chance: random.Random, document: Document) -> Edit:
    return edits.rename(
        document, node(chance, document), chance.choice(["Zoë", "train", "a b", "step-2", "", "x" * 200])
    )


def replace_component(chance: random.Random, document: Document) -> Edit:
    chosen = chance.choice(COMPONENTS)
    return edits.replace_component(document, a_task(chance, document), Fragment(chosen.id, (chosen,)))[0]


def copy_paste(chance: random.Random, document: Document) -> Edit:
    text = edits.copy(document, siblings(chance, document))
    return edits.paste(document, text, parent=scope(chance, document), x=chance.choice([None, 80.0]))[0]


def change_settings(chance: random.Random, document: Document) -> Edit:
    fields: dict[str, object] = chance.choice(
        [
            {"caching": Caching(enabled=False)},
            {"retry": Retry(max_count=2)},
            {"display_name": "Nice"},
            {"env": {"A": "1"}},
        ]
    )
    return edits.change_settings(document, [a_task(chance, document)], **fields)


def set_output(chance: random.Random, document: Document) -> Edit:
    giver = FromTask(*a_port(chance, document, "output"))
    return edits.set_output(document, chance.choice(["o", "q"]), giver, pipeline=document.pipeline_of(giver.task))


def move_into(chance: random.Random, document: Document) -> Edit:
    return edits.move_into(document, siblings(chance, document), scope(chance, document))


def insert(chance: random.Random, document: Document) -> Edit:
    chosen = chance.choice(COMPONENTS)
    what = chance.choice([Fragment(chosen.id, (chosen,)), a_task(chance, document)])
    return edits.insert_on_wire(document, what, *a_port(chance, document, "input"))[0]


def a_note(chance: random.Random, document: Document) -> EntityId:
    return pick(chance, document, lambda one: isinstance(one, Note))


def a_pipeline(chance: random.Random, document: Document) -> EntityId:
    return pick(chance, document, lambda one: isinstance(one, Pipeline))


BUILDING: tuple[Gesture, ...] = (
    add_task,
    add_task,
    connect,
    connect,
    connect,
    connect,
    set_constant,
    set_template,
    set_from_input,
    wrap,
    wrap,
    set_test,
    set_items,
    move_into,
    set_output,
    lambda c, d: edits.run_after(d, node(c, d), node(c, d)),
    lambda c, d: edits.add_branch(
        d, group(c, d), c.choice([None, Comparison(FromPipelineInput("p"), "==", Constant("y"))])
    )[0],
    lambda c, d: edits.add_group(d, c.choice(["if", "ifelse", "loop"]), parent=scope(c, d), x=8, y=8)[0],
)

GESTURES: tuple[Gesture, ...] = (
    *BUILDING,
    rename,
    replace_component,
    copy_paste,
    change_settings,
    insert,
    lambda c, d: edits.disconnect(d, *a_port(c, d, "input")),
    lambda c, d: edits.delete(d, siblings(c, d)),
    lambda c, d: edits.delete(d, [node(c, d)]),
    lambda c, d: edits.unwrap(d, node(c, d)),
    lambda c, d: edits.unwrap(d, node(c, d)),
    lambda c, d: edits.drop_run_after(d, node(c, d), node(c, d)),
    lambda c, d: edits.unplug_all(d, *a_port(c, d, "output")),
    lambda c, d: edits.move_wires(d, FromTask(*a_port(c, d, "output")), FromTask(*a_port(c, d, "output"))),
    lambda c, d: edits.connect_series(d, siblings(c, d)),
    lambda c, d: edits.run_in_order(d, siblings(c, d)),
    lambda c, d: edits.unplug_tasks(d, siblings(c, d)),
    lambda c, d: edits.unwrap_all(d, [group(c, d), group(c, d)]),
    lambda c, d: edits.fold_all(d, siblings(c, d), c.random() < 0.5),
    lambda c, d: edits.duplicate(d, siblings(c, d))[0],
    lambda c, d: edits.move(d, {one: (c.randrange(0, 800, 8), 40.0) for one in siblings(c, d)}),
    lambda c, d: edits.resize(d, group(c, d), (0, 0, 600, 400)),
    lambda c, d: edits.fold(d, node(c, d), c.random() < 0.5),
    lambda c, d: edits.align(d, siblings(c, d), c.choice(["left", "right", "top", "bottom", "center", "middle"])),
    lambda c, d: edits.distribute(d, siblings(c, d), c.choice(["horizontal", "vertical"])),
    lambda c, d: edits.color(d, [node(c, d)], "amber"),
    lambda c, d: edits.add_note(d, a_pipeline(c, d), "words", x=8, y=8)[0],
    lambda c, d: edits.change_note(d, a_note(c, d), text="other"),
    lambda c, d: edits.delete(d, [a_note(c, d)]),
    lambda c, d: edits.promote_to_input(d, *a_port(c, d, "input"))[0],
    lambda c, d: edits.change_input(d, "p", Input(name=c.choice(["p", "q"]), type=c.choice([STRING, LIST]))),
    lambda c, d: edits.add_input(d, Input(name=c.choice(["p", "extra"]), type=STRING), pipeline=a_pipeline(c, d)),
    lambda c, d: edits.remove_input(d, c.choice(["p", "items", "extra"])),
    lambda c, d: edits.remove_output(d, c.choice(["o", "q"])),
    lambda c, d: edits.mute(d, [node(c, d)], c.random() < 0.6),
    lambda c, d: edits.set_pipeline(d, display_name=c.choice(["", "Nice"])),
    lambda c, d: edits.set_group(d, group(c, d), display_name="Group"),
    lambda c, d: arrange(d, scope=scope(c, d), only=c.choice([None, siblings(c, d)])),
)


def random_edit(chance: random.Random, document: Document) -> Edit | None:
    """What a random gesture does, or None if it was refused in words."""
    try:
        return chance.choice(GESTURES)(chance, document)
    except EditRefused:
        return None
