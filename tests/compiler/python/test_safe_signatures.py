"""What of a stranger's function may be evaluated to see whether it reproduces its executor."""

import ast

import pytest

from editor.compiler.python.functions import has_safe_signature


def _function(source: str) -> ast.FunctionDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize(
    "signature",
    [
        "def f(): pass",
        "def f(a: int, b: str = 'x', c: list = [1, 2], d: dict = {'k': -1}) -> str: pass",
        "def f(data: Input[Dataset], out: dsl.Output[dsl.Model], rate: Optional[float] = None): pass",
        "def f(a: Literal['x', 'y'] = 'x') -> NamedTuple('Out', [('a', int), ('b', str)]): pass",
        "def f(path: OutputPath(str), xs: List[Dict[str, int]], y: 'int | None' = None): pass",
    ],
)
def test_types_and_literals_are_safe(signature: str) -> None:
    assert has_safe_signature(_function(signature))


@pytest.mark.parametrize(
    "signature",
    [
        "def f(a=__import__('os').system('true')): pass",
        "def f(a: __import__('os').system('true')): pass",
        "def f(a: print(1)): pass",
        "def f(a: (lambda: 1)()): pass",
        "def f(a: int.__subclasses__()): pass",
        "def f(a: [x for x in open('/etc/passwd')]): pass",
        "def f(a: dsl.NamedTuple.__class__): pass",
        "def f() -> exec('1'): pass",
        "def f(*rest): pass",
        "def f(**rest): pass",
    ],
)
def test_anything_that_would_run_is_not(signature: str) -> None:
    assert not has_safe_signature(_function(signature))
