"""Text out of syntax trees, laid out as the common formatters do: double quotes, long calls one argument a line.

It prints the nodes that the exporter builds; a node that it does not know goes through `ast.unparse`. What it prints
parses back to the tree that it was given (`printed` checks that).
"""

import ast
from collections.abc import Iterable, Sequence

WIDTH = 100
_STEP = 4


def printed(statements: Sequence[ast.stmt], *, indent: int = 0) -> str:
    """The source of a block, ending in a line break."""
    text = "".join(f"{_statement(statement, indent)}\n" for statement in statements)
    if indent == 0:
        tree = ast.Module(body=list(statements), type_ignores=[])
        assert ast.dump(ast.parse(text)) == ast.dump(tree), "the printed source is not the tree"
    return text


def _statement(node: ast.stmt, indent: int) -> str:
    pad = " " * indent
    match node:
        case ast.FunctionDef():
            head = "".join(f"{pad}@{_expression(item, indent, 1)}\n" for item in node.decorator_list)
            return f"{head}{_signature(node, indent)}\n{_body(node.body, indent)}"
        case ast.ClassDef():
            bases = f"({', '.join(_flat(base) for base in node.bases)})" if node.bases else ""
            return f"{pad}class {node.name}{bases}:\n{_body(node.body, indent)}"
        case ast.With():
            items = ", ".join(_with_item(item, indent) for item in node.items)
            return f"{pad}with {items}:\n{_body(node.body, indent)}"
        case ast.If():
            return f"{pad}if {_flat(node.test)}:\n{_body(node.body, indent)}"
        case ast.Assign():
            head = f"{' = '.join(_flat(target) for target in node.targets)} = "
            return f"{pad}{head}{_expression(node.value, indent, len(head))}"
        case ast.AnnAssign(value=None):
            return f"{pad}{_flat(node.target)}: {_flat(node.annotation)}"
        case ast.Expr():
            return f"{pad}{_docstring(node.value, indent) or _expression(node.value, indent, 0)}"
        case ast.Return() if node.value is not None:
            return f"{pad}return {_expression(node.value, indent, 7)}"
        case _:
            return "\n".join(pad + line for line in ast.unparse(node).splitlines())


def _body(statements: Sequence[ast.stmt], indent: int) -> str:
    lines: list[str] = []
    for number, statement in enumerate(statements):
        if number and (isinstance(statement, ast.FunctionDef | ast.With)):
            lines.append("")
        lines.append(_statement(statement, indent + _STEP))
        if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            if len(statements) > 1:
                lines.append("")
        elif isinstance(statement, ast.With) and number + 1 < len(statements):
            lines.append("")
    return "\n".join(_without_double_blanks(lines))


def _without_double_blanks(lines: Iterable[str]) -> Iterable[str]:
    previous = None
    for line in lines:
        if not (line == "" and previous == ""):
            yield line
        previous = line


def _signature(node: ast.FunctionDef, indent: int) -> str:
    pad, arguments = " " * indent, node.args
    defaults: list[ast.expr | None] = [None] * (len(arguments.args) - len(arguments.defaults))
    parts = [
        _parameter(argument, default)
        for argument, default in zip(arguments.args, [*defaults, *arguments.defaults], strict=True)
    ]
    if arguments.kwonlyargs:
        parts.append("*")
        parts += [_parameter(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    tail = f" -> {_flat(node.returns)}:" if node.returns is not None else ":"
    flat = f"{pad}def {node.name}({', '.join(parts)}){tail}"
    if len(flat) <= WIDTH:
        return flat
    inner = "".join(f"{pad}{' ' * _STEP}{part},\n" for part in parts)
    return f"{pad}def {node.name}(\n{inner}{pad}){tail}"


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    annotated = f"{argument.arg}: {_flat(argument.annotation)}" if argument.annotation is not None else argument.arg
    if default is None:
        return annotated
    return f"{annotated} = {_flat(default)}" if argument.annotation is not None else f"{annotated}={_flat(default)}"


def _with_item(item: ast.withitem, indent: int) -> str:
    name = f" as {_flat(item.optional_vars)}" if item.optional_vars is not None else ""
    return f"{_expression(item.context_expr, indent, 6 + len(name))}{name}"


def _expression(node: ast.expr, indent: int, taken: int) -> str:
    """`node` on one line if it fits behind `taken` columns, else opened, one part a line."""
    flat = _flat(node)
    if indent + taken + len(flat) <= WIDTH and "\n" not in flat:
        return flat
    match node:
        case ast.Call() if node.args or node.keywords:
            parts = [_expression(argument, indent + _STEP, 1) for argument in node.args]
            for keyword in node.keywords:
                head = f"{keyword.arg}=" if keyword.arg else "**"
                parts.append(head + _expression(keyword.value, indent + _STEP, len(head) + 1))
            if len(parts) == 1 and "\n" in parts[0] and parts[0].startswith(('"""', "[", "{")):
                # A lone text or list hugs the call's parentheses: load_component_from_text("""…""").
                lone = node.args[0] if node.args else node.keywords[0].value
                head = f"{node.keywords[0].arg}=" if node.keywords else ""
                return f"{_expression(node.func, indent, 0)}({head}{_expression(lone, indent, 0)})"
            return _opened(f"{_expression(node.func, indent, 0)}(", parts, ")", indent)
        case ast.List() if node.elts:
            return _opened("[", [_expression(item, indent + _STEP, 1) for item in node.elts], "]", indent)
        case ast.Dict() if node.keys:
            parts = []
            for key, value in zip(node.keys, node.values, strict=True):
                head = f"{_flat(key)}: " if key is not None else "**"
                parts.append(head + _expression(value, indent + _STEP, len(head) + 1))
            return _opened("{", parts, "}", indent)
        case _:
            return flat


def _opened(start: str, parts: Sequence[str], end: str, indent: int) -> str:
    pad = " " * (indent + _STEP)
    return f"{start}\n" + "".join(f"{pad}{part},\n" for part in parts) + " " * indent + end


def _flat(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text_literal(text)
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{_flat(node.value)}.{node.attr}"
        case ast.Subscript():
            index = node.slice
            inside = ", ".join(map(_flat, index.elts)) if isinstance(index, ast.Tuple) and index.elts else _flat(index)
            return f"{_flat(node.value)}[{inside}]"
        case ast.Call():
            parts = [_flat(argument) for argument in node.args]
            parts += [
                f"{word.arg}={_flat(word.value)}" if word.arg else f"**{_flat(word.value)}" for word in node.keywords
            ]
            return f"{_flat(node.func)}({', '.join(parts)})"
        case ast.List():
            return f"[{', '.join(map(_flat, node.elts))}]"
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            inside = [
                f"{_flat(key)}: {_flat(value)}" if key is not None else f"**{_flat(value)}" for key, value in pairs
            ]
            return "{" + ", ".join(inside) + "}"
        case ast.Compare(ops=[operator], comparators=[right]):
            return f"{_flat(node.left)} {_OPERATORS[type(operator)]} {_flat(right)}"
        case _:
            return ast.unparse(node)


_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def text_literal(text: str) -> str:
    """A string as people write it: double quotes; three of them where it has lines that can stand as they are."""
    readable = all(character in "\n\t" or character.isprintable() for character in text)
    if "\n" in text.rstrip("\n") and readable:
        body = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        if body.endswith('"'):
            body = f'{body[:-1]}\\"'
        return f'"""{body}"""'
    plain = repr(text)
    if plain.startswith("'") and '"' not in plain:
        return f'"{plain[1:-1]}"'.replace("\\'", "'")
    return plain


def _docstring(node: ast.expr, indent: int) -> str:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return ""
    body = node.value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    del indent
    # A carriage return would come back as a line break, and a null not at all.
    is_plain = all(letter.isprintable() or letter in "\n\t" for letter in body)
    return f'"""{body}"""' if is_plain and not body.endswith('"') else text_literal(node.value)
