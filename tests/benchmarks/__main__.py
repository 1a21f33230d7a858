"""`python -m tests.benchmarks [NAME…] [--smoke]`: runs every module here that has `run(smoke: bool)`, or those named.

`--smoke` runs each at its smallest, to see that it still works; the figures then mean nothing.
"""

import importlib
import os
import pkgutil
import sys

import tests.benchmarks


def main(arguments: list[str]) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    smoke = "--smoke" in arguments
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    names = sorted(module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__) if module.name[0] != "_")
    unknown = set(wanted) - set(names)
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(names)}.\n")
        return 2
    for name in wanted or names:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        if hasattr(module, "run"):
            sys.stdout.write(f"\n== {name} ==\n")
            module.run(smoke)
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
