"""Rules about groups: conditions and their tests, loops and their items, exit handlers."""

from collections.abc import Iterator
from itertools import islice

from editor import edits
from editor.edits.scopes import argument_type, branches_of, name_of, value_type
from editor.model import (
    MAX_GROUP_DEPTH,
    Argument,
    ArtifactType,
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    EntityId,
    ExitHandler,
    FromLoop,
    Group,
    Loop,
    OneOf,
    OpaqueTest,
    ParameterType,
    Pipeline,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.port_types import BOOLEAN, LIST, PortType, type_words
from editor.model.references import every_argument
from editor.validation.argument_rules import argument_issues, past_muted, shown, value_issues
from editor.validation.issues import Fix, Issue, error, warning

_NUMBERS = {"NUMBER_INTEGER", "NUMBER_DOUBLE"}


def not_empty(view: DocumentView, group: Group) -> Iterator[Issue]:
    """A body without tasks compiles to a component without an implementation."""
    if not view.children(group.id):
        what = "has no branches" if isinstance(group, Condition) else "has no tasks in it"
        fix = Fix(f"Delete {group.name}", lambda doc: edits.delete(doc, [group.id]))
        yield error("group-empty", group.id, f"'{group.name}' {what}.", "Drag a task in, or delete it.", fixes=(fix,))


def not_too_deep(view: DocumentView, group: Group) -> Iterator[Issue]:
    if sum(1 for _scope in islice(view.ancestors(group.id), MAX_GROUP_DEPTH + 1)) > MAX_GROUP_DEPTH:
        message = f"'{group.name[:40]}' lies in more than {MAX_GROUP_DEPTH} groups."
        yield error("group-too-deep", group.id, message, "Take some away, or make a sub-pipeline of what lies in them.")


def branches_sound(view: DocumentView, condition: Condition) -> Iterator[Issue]:
    branches = branches_of(view, condition.id)
    for child in view.children(condition.id):
        if not isinstance(view.get(child), ConditionBranch):
            message = f"'{name_of(view, child)}' lies in '{condition.name}', but in none of its branches."
            yield error("not-in-branch", child, message, "Move it into a branch.")
    if not branches:
        return
    elses = [branch for branch in branches if branch.test is None]
    tested = [branch for branch in branches if branch.test is not None]
    if not tested:
        message = f"'{condition.name}' has an Else and no If."
        yield error("condition-no-if", condition.id, message, "Add a branch with a test.")
    elif elses and all(_is_muted(view, branch) for branch in tested) and not _is_muted(view, elses[0]):
        message = f"'{condition.name}' has an Else, and every task in its other branches is muted."
        yield error("condition-no-if", condition.id, message, "Unmute one, or mute those in the Else too.")
    if len(elses) > 1:
        message = f"'{condition.name}' has {len(elses)} branches without a test; only the last can be the Else."
        yield error("condition-elses", condition.id, message, "Give the others a test.")
    elif elses and tested and elses[0].order < max(branch.order for branch in tested):
        message = f"The Else of '{condition.name}' comes before '{tested[-1].name}', which would never run."
        yield error("condition-else-first", condition.id, message, "Put the Else last.")
    orders = [branch.order for branch in branches]
    if len(set(orders)) != len(orders):
        message = f"Two branches of '{condition.name}' have the same place in the order."
        yield error("condition-order", condition.id, message, "Give each its own place.")


def _is_muted(view: DocumentView, branch: ConditionBranch) -> bool:
    """Whether the compiler leaves the branch out, all tasks in it being muted."""
    tasks = [task for node in view.descendants(branch.id) if isinstance(task := view.get(node), Task)]
    return bool(tasks) and all(task.is_muted for task in tasks)


def test_sound(view: DocumentView, branch: ConditionBranch) -> Iterator[Issue]:
    if branch.test is None:
        if not isinstance(view.get(branch.parent), Condition):
            message = f"'{branch.name}' is an Else of nothing."
            yield error("condition-no-if", branch.id, message, "Give it a test, or delete it.")
        return
    if branch.after and isinstance(view.get(branch.parent), Condition):
        message = f"'{branch.name}' waits by itself, which a branch cannot."
        yield error("after-branch", branch.id, message, "Let the whole condition wait.")
    if isinstance(branch.test, OpaqueTest):
        if not branch.test.operands:
            message = f"The condition of '{branch.name}' reads nothing: it would always come out the same."
            yield error("condition-constant", branch.id, message, "Choose an output or a pipeline input.", input="test")
        for name, operand in branch.test.operands.items():
            where = f"the condition '{branch.name}' ({name})"
            yield from argument_issues(view, branch, operand, None, key="test", where=where)
        return
    yield from _comparison(view, branch, branch.test)


def _comparison(view: DocumentView, branch: ConditionBranch, test: Comparison) -> Iterator[Issue]:
    where = f"The condition of '{branch.name}'"
    kinds: list[PortType | None] = []
    broken = False
    test = Comparison(past_muted(view, test.left), test.operator, past_muted(view, test.right))
    for operand in (test.left, test.right):
        found = list(argument_issues(view, branch, operand, None, key="test", where=where))
        yield from found
        broken = broken or bool(found)
        found = list(_operand(view, branch, operand, where))
        yield from found
        broken = broken or bool(found)
        kinds.append(argument_type(view, operand, view.pipeline_of(branch.id)))
    if isinstance(test.left, Constant) and isinstance(test.right, Constant):
        message = f"{where} compares two constants: it would always come out the same."
        yield error("condition-constant", branch.id, message, "Choose an output or a pipeline input.", input="test")
        return
    if broken:
        return
    left, right = kinds
    if left is None or right is None or _is_open(view, test.left) or _is_open(view, test.right):
        return
    first, second = str(left), str(right)
    if first != second and not {first, second} <= _NUMBERS:
        message = f"{where} compares {first} with {second}, which never are the same."
        hint = "Compare values of one type."
        yield error("condition-types", branch.id, message, hint, input="test")
    elif first == str(BOOLEAN) and test.operator not in ("==", "!="):
        message = f"{where} asks which of two true-or-false values is larger."
        yield warning("condition-boolean-order", branch.id, message, "Use == or !=.", input="test")


def _is_open(view: DocumentView, operand: Argument) -> bool:
    """Whether the type of what is read is known only at the run: the item of a loop, unless that is over constants."""
    if not isinstance(operand, FromLoop):
        return False
    loop = view.get(operand.loop)
    return not (isinstance(loop, Loop) and isinstance(loop.items, Constant))


def _operand(view: DocumentView, branch: ConditionBranch, operand: Argument, where: str) -> Iterator[Issue]:
    if isinstance(operand, Constant):
        value = operand.value
        if value is None or isinstance(value, list | tuple | dict):
            message = f"{where} compares with {shown(value)}; it can with a text, a number, true or false."
            yield error("condition-value", branch.id, message, "Compare with one of these.", input="test")
        elif isinstance(value, str) and any(letter in value for letter in "'\"\\\n\r\0"):
            message = f"{where} compares with a text that holds a quote, a backslash or a line break."
            hint = "KFP writes it into the condition as it stands, where it means something else."
            yield error("condition-text", branch.id, message, hint, input="test")
        elif isinstance(value, str) and "{{" in value:
            message = f"{where} compares with {shown(value)}, whose braces KFP takes for a placeholder."
            yield error("condition-text", branch.id, message, "Compare with a text without braces.", input="test")
        return
    if isinstance(operand, Template):
        message = f"{where} cannot read a text with values in it."
        hint = "Have a task give out the text, and compare that."
        yield error("condition-template", branch.id, message, hint, input="test")
        return
    kind = argument_type(view, operand, view.pipeline_of(branch.id))
    if isinstance(kind, ArtifactType):
        message = f"{where} reads an artifact ({type_words(kind)}); it can only compare parameters."
        yield error("condition-artifact", branch.id, message, "Have a task give out a parameter.", input="test")
    elif isinstance(kind, ParameterType) and kind.kind in ("LIST", "STRUCT", "TASK_FINAL_STATUS", "TASK_CONFIG"):
        message = f"{where} reads a {kind}; it can only compare texts, numbers, true and false."
        yield error("condition-list", branch.id, message, "Have a task give out a simple value.", input="test")


def items_sound(view: DocumentView, loop: Loop) -> Iterator[Issue]:
    where = f"The list of '{loop.name}'"
    items = past_muted(view, loop.items)
    if isinstance(items, Constant):
        yield from _constant_items(loop, items, where)
        return
    if isinstance(items, Collected | OneOf | Template):
        what = {"Collected": "collected", "OneOf": "chosen", "Template": "text"}[type(items).__name__]
        message = f"{where} is a {what} value, over which KFP cannot loop."
        yield error("loop-items", loop.id, message, "Put a task between that gives the list.", input="items")
        return
    found = list(argument_issues(view, loop, items, None, key="items", where=where))
    yield from found
    kind = argument_type(view, items, view.pipeline_of(loop.id))
    if found or kind is None or kind == LIST or (isinstance(kind, ArtifactType) and kind.is_list):
        return
    if isinstance(items, FromLoop) and items.field is not None:
        return  # what the field of an item is, is known at the run
    message = f"{where} is a {type_words(kind)}; a loop runs over a list."
    yield error("loop-items", loop.id, message, "Connect a list.", input="items")


def _constant_items(loop: Loop, items: Constant, where: str) -> Iterator[Issue]:
    values = items.value
    if not isinstance(values, list | tuple):
        yield error("loop-items", loop.id, f"{where} is {shown(values)}, no list.", "Give a list.", input="items")
        return
    if not values:
        message = f"'{loop.name}' runs over an empty list: never."
        yield error("loop-empty", loop.id, message, "Give it items, or connect a list.", input="items")
        return
    yield from value_issues(loop.id, values, key="items", where=where)
    keys = {key for value in values if isinstance(value, dict) for key in value}
    for key in sorted(str(key) for key in keys):
        if not (key.isascii() and key.isidentifier()):
            message = f"{where} has items with the field '{key}', which is no Python name."
            yield error("loop-field-name", loop.id, message, "Rename the field.", input="items")
    dicts = sum(isinstance(value, dict) for value in values)
    if 0 < dicts < len(values):
        message = f"{where} mixes items that have fields with items that have none."
        yield error("loop-mixed", loop.id, message, "Give all items the same fields.", input="items")
    elif dicts and any(set(value) != keys for value in values):
        message = f"{where} has items with different fields."
        yield warning("loop-fields-differ", loop.id, message, "Give all items the same fields.", input="items")
    if values[0] is None:
        yield error("loop-null", loop.id, f"{where} begins with null, which has no type.", input="items")
    kinds = {str(value_type(value)) for value in values if value is not None}
    if len(kinds) > 1 and not dicts and not kinds <= _NUMBERS:
        message = f"{where} mixes {' and '.join(sorted(kinds))}; KFP takes all for what the first is."
        yield warning("loop-mixed-types", loop.id, message, "Give items of one type.", input="items")


def fields_read(view: DocumentView, loop: Loop) -> Iterator[Issue]:
    """Fields that some item does not have, or that no item can have."""
    yield from _field_names(view, loop)
    if not isinstance(loop.items, Constant) or not isinstance(loop.items.value, list | tuple):
        return
    read = {
        argument.field
        for user in view.users(loop.id)
        if isinstance(task := view.get(user), Task)
        for argument in task.arguments.values()
        if isinstance(argument, FromLoop) and argument.loop == loop.id and argument.field is not None
    }
    for field in sorted(read):
        if any(not isinstance(value, dict) or field not in value for value in loop.items.value):
            message = f"Not every item of '{loop.name}' has the field '{field}', which is read inside."
            yield error("loop-field", loop.id, message, "Add the field to every item.", input="items")


def _field_names(view: DocumentView, loop: Loop) -> Iterator[Issue]:
    """Fields read anywhere that are no names, or read of artifacts."""
    read = {field for user in view.users(loop.id) for field in _item_fields(view, user, loop) if field is not None}
    items = argument_type(view, past_muted(view, loop.items), view.pipeline_of(loop.id)) if read else None
    for field in sorted(read):
        if isinstance(items, ArtifactType):
            message = f"The items of '{loop.name}' are artifacts ({items}), which have no field '{field}'."
            yield error("loop-field", loop.id, message, "Read the item itself.", input="items")
        elif not (field.isascii() and field.isidentifier()):
            message = f"The field '{field}' of the items of '{loop.name}' is no Python name."
            yield error("loop-field-name", loop.id, message, "Rename the field.", input="items")


def _item_fields(view: DocumentView, reader: EntityId, loop: Loop) -> set[str | None]:
    """Which fields of the loop's item an entity reads; None for the item itself."""
    entity = view.get(reader)
    return {
        leaf.field
        for _role, _key, argument in (every_argument(entity) if entity is not None else ())
        for leaf in leaves(argument)
        if isinstance(leaf, FromLoop) and leaf.loop == loop.id
    }


def item_not_hidden(view: DocumentView, loop: Loop) -> Iterator[Issue]:
    """Readers of the item inside another loop over the same list: KFP gives the two items one name."""
    if isinstance(loop.items, Constant):
        return
    for user in view.users(loop.id):
        if not _item_fields(view, user, loop):
            continue
        for scope in view.ancestors(user):
            if scope == loop.id:
                break
            inner = view.get(scope)
            if isinstance(inner, Loop) and inner.items == loop.items:
                message = f"'{name_of(view, user)}' reads the item of '{loop.name}', but lies in '{inner.name}' too."
                hint = "KFP mixes up the items of two loops over one list: have a task copy the list for one of them."
                yield error("loop-same-list", loop.id, f"{message} Both run over the same list.", hint, input="items")
                return


def parallelism_sound(_view: DocumentView, loop: Loop) -> Iterator[Issue]:
    if loop.parallelism is not None and loop.parallelism < 0:
        message = f"'{loop.name}' runs {loop.parallelism} iterations at a time."
        fix = Fix("No limit", lambda doc: edits.set_group(doc, loop.id, parallelism=None))
        yield error("loop-parallelism", loop.id, message, "Give 1 or more, or no limit.", fixes=(fix,))


def handler_sound(view: DocumentView, handler: ExitHandler) -> Iterator[Issue]:
    if not isinstance(view.get(handler.parent), Pipeline):
        message = f"The exit handler '{handler.name}' lies in '{name_of(view, handler.parent)}'."
        hint = "KFP knows exit handlers at the top of a pipeline only: move it out."
        fix = Fix(f"Take away {handler.name}", lambda doc: edits.unwrap(doc, handler.id))
        yield error("exit-handler-nested", handler.id, message, hint, fixes=(fix,))
    task = view.get(handler.exit_task)
    if not isinstance(task, Task):
        message = f"The exit handler '{handler.name}' has no exit task."
        yield error("exit-task-missing", handler.id, message, "Choose a task that lies beside it.", input="exit_task")
    elif task.parent != handler.parent:
        message = f"The exit task '{task.name}' does not lie beside its exit handler '{handler.name}'."
        yield error("exit-task-elsewhere", handler.id, message, "Move it there.", input="exit_task")
