"""Documents to KFP packages and back. This facade imports no kfp: the SDK is driven in the worker process only."""

from editor.compiler.compile import compile_document
from editor.compiler.import_ir import import_package
from editor.compiler.packages import ENDINGS, Package, RawPackage, package_ending, read_package, write_package
from editor.compiler.plan import Plan
from editor.compiler.planning import CompileError, make_plan

__all__ = [
    "ENDINGS",
    "CompileError",
    "Package",
    "Plan",
    "RawPackage",
    "compile_document",
    "import_package",
    "make_plan",
    "package_ending",
    "read_package",
    "write_package",
]
