"""Components that are a command in an image: no Python inside, so any language does.

The functions here do not run in the task. They are called once, when the pipeline is compiled, and say which image and
which command to start, with placeholders where values will stand.
"""

from kfp import dsl
from kfp.dsl import Dataset, Input, Output

IMAGE = "alpine:3.20"


@dsl.container_component
def sort_lines(lines: Input[Dataset], ordered: Output[Dataset], descending: bool = False):
    """Sort the lines of a text.

    Args:
        lines: The text.
        ordered: Its lines in order.
        descending: Last first.
    """
    script = 'mkdir -p "$(dirname "$1")"; if [ "$2" = true ]; then sort -r "$0" > "$1"; else sort "$0" > "$1"; fi'
    return dsl.ContainerSpec(image=IMAGE, command=["sh", "-ec", script], args=[lines.path, ordered.path, descending])


@dsl.container_component
def count_lines(lines: Input[Dataset], count: dsl.OutputPath(int)):
    """Count the lines of a text: a parameter output is a file that the command writes."""
    script = 'mkdir -p "$(dirname "$1")"; wc -l < "$0" | tr -d " " > "$1"'
    return dsl.ContainerSpec(image=IMAGE, command=["sh", "-ec", script], args=[lines.path, count])


@dsl.container_component
def greet(name: str, greeting: str = "Hello"):
    """Print a greeting: text can be put together from values with a concat placeholder."""
    return dsl.ContainerSpec(image=IMAGE, command=["echo"], args=[dsl.ConcatPlaceholder([greeting, ", ", name, "!"])])
