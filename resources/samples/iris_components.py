"""Components for a small machine learning pipeline on the iris data that ships with scikit-learn.

Each function becomes a component: its code is carried inside the pipeline and runs in a container (or, with "Run here",
in an environment on your computer) that has the packages named in the decorator. Three rules follow from that:

* a function imports what it uses inside itself;
* it reaches nothing else in this file;
* what it takes and gives is in its signature. Small values (int, float, str, bool, list, dict) are *parameters*;
  files are *artifacts*, written to and read from the `path` of an `Output[...]` or `Input[...]`.
"""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import HTML, ClassificationMetrics, Dataset, Input, Markdown, Metrics, Model, Output

PYTHON = "python:3.11"
LEARNING = ["scikit-learn==1.7.2", "pandas==2.3.3"]
PLOTTING = [*LEARNING, "matplotlib==3.10.8"]


@dsl.component(base_image=PYTHON, packages_to_install=LEARNING)
def load_iris(flowers: Output[Dataset]) -> int:
    """Write the 150 flowers of the iris data as a CSV file.

    Args:
        flowers: One row a flower: four measurements in cm, and its species as text.

    Returns:
        The number of flowers.
    """
    from sklearn.datasets import load_iris

    iris = load_iris(as_frame=True)
    table = iris.data.copy()
    table["species"] = [iris.target_names[number] for number in iris.target]
    table.to_csv(flowers.path, index=False)
    flowers.metadata["rows"] = len(table)
    return len(table)


@dsl.component(base_image=PYTHON, packages_to_install=LEARNING)
def split_data(
    flowers: Input[Dataset],
    training: Output[Dataset],
    testing: Output[Dataset],
    test_share: float = 0.3,
    seed: int = 0,
):
    """Split a table at random, with the same share of each species in both parts.

    Args:
        flowers: The table to split; it has a column `species`.
        training: The rows to learn from.
        testing: The rows to judge by; no model sees them before.
        test_share: How much of the table goes into `testing`, between 0 and 1.
        seed: The same seed gives the same split.
    """
    import pandas
    from sklearn.model_selection import train_test_split

    table = pandas.read_csv(flowers.path)
    train_rows, test_rows = train_test_split(
        table, test_size=test_share, random_state=seed, stratify=table["species"]
    )
    train_rows.to_csv(training.path, index=False)
    test_rows.to_csv(testing.path, index=False)
    training.metadata["rows"] = len(train_rows)
    testing.metadata["rows"] = len(test_rows)


@dsl.component(base_image=PYTHON, packages_to_install=LEARNING)
def train_logistic_regression(training: Input[Dataset], model: Output[Model], strength: float = 1.0):
    """Train a logistic regression on scaled measurements.

    Args:
        training: The rows to learn from; the column `species` says what is right.
        model: The trained scikit-learn pipeline, written by joblib.
        strength: How freely the weights may grow: smaller values hold them back more (scikit-learn's `C`).
    """
    import joblib
    import pandas
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = pandas.read_csv(training.path)
    trained = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    trained.fit(table.drop(columns="species"), table["species"])
    joblib.dump(trained, model.path)
    model.metadata["name"] = "logistic regression"


@dsl.component(base_image=PYTHON, packages_to_install=LEARNING)
def train_random_forest(training: Input[Dataset], model: Output[Model], trees: int = 100, seed: int = 0):
    """Train a random forest.

    Args:
        training: The rows to learn from; the column `species` says what is right.
        model: The trained forest, written by joblib.
        trees: How many trees vote.
        seed: The same seed gives the same forest.
    """
    import joblib
    import pandas
    from sklearn.ensemble import RandomForestClassifier

    table = pandas.read_csv(training.path)
    trained = RandomForestClassifier(n_estimators=trees, random_state=seed)
    trained.fit(table.drop(columns="species"), table["species"])
    joblib.dump(trained, model.path)
    model.metadata["name"] = "random forest"


@dsl.component(base_image=PYTHON, packages_to_install=LEARNING)
def evaluate_model(
    model: Input[Model],
    testing: Input[Dataset],
    metrics: Output[Metrics],
    confusion: Output[ClassificationMetrics],
) -> NamedTuple("Scores", [("accuracy", float), ("macro_f1", float)]):
    """Judge a model by rows that it has not seen.

    Args:
        model: What `train_logistic_regression` or `train_random_forest` wrote.
        testing: The rows to judge by.
        metrics: Accuracy and F1, to look at beside the run.
        confusion: Which species were taken for which.

    Returns:
        accuracy: The share of flowers that were named rightly.
        macro_f1: The mean of the F1 scores of the species.
    """
    from typing import NamedTuple

    import joblib
    import pandas
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

    table = pandas.read_csv(testing.path)
    expected = table["species"]
    predicted = joblib.load(model.path).predict(table.drop(columns="species"))
    accuracy = float(accuracy_score(expected, predicted))
    macro_f1 = float(f1_score(expected, predicted, average="macro"))

    metrics.log_metric("accuracy", accuracy)
    metrics.log_metric("macro_f1", macro_f1)
    species = sorted(expected.unique())
    matrix = confusion_matrix(expected, predicted, labels=species)
    confusion.log_confusion_matrix(species, matrix.tolist())

    scores = NamedTuple("Scores", [("accuracy", float), ("macro_f1", float)])
    return scores(accuracy=accuracy, macro_f1=macro_f1)


@dsl.component(base_image=PYTHON)
def choose_model(
    first: Input[Model],
    second: Input[Model],
    best: Output[Model],
    first_accuracy: float,
    second_accuracy: float,
) -> NamedTuple("Choice", [("name", str), ("accuracy", float)]):
    """Keep the more accurate of two models, the first if they are equal.

    Args:
        first: A model.
        second: Another.
        best: A copy of the better one.
        first_accuracy: What `evaluate_model` said of the first.
        second_accuracy: What it said of the second.

    Returns:
        name: What kind of model it is.
        accuracy: Its accuracy.
    """
    import shutil
    from typing import NamedTuple

    chosen, accuracy = (first, first_accuracy) if first_accuracy >= second_accuracy else (second, second_accuracy)
    shutil.copyfile(chosen.path, best.path)
    name = str(chosen.metadata.get("name", "model"))
    best.metadata["name"] = name
    best.metadata["accuracy"] = accuracy

    choice = NamedTuple("Choice", [("name", str), ("accuracy", float)])
    return choice(name=name, accuracy=accuracy)


@dsl.component(base_image=PYTHON, packages_to_install=PLOTTING)
def report(
    model: Input[Model],
    testing: Input[Dataset],
    plot: Output[HTML],
    summary: Output[Markdown],
    name: str,
    accuracy: float,
):
    """Draw what the model gets right and wrong, and say it in words.

    Args:
        model: The model to report on.
        testing: The rows to show.
        plot: A web page with the flowers by petal size, coloured by what the model calls them.
        summary: The result in a few lines.
        name: What kind of model it is.
        accuracy: Its accuracy.
    """
    import io

    import joblib
    import matplotlib
    import pandas

    matplotlib.use("svg")
    from matplotlib import pyplot

    table = pandas.read_csv(testing.path)
    table["predicted"] = joblib.load(model.path).predict(table.drop(columns="species"))
    wrong = table[table["predicted"] != table["species"]]

    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    length, width = "petal length (cm)", "petal width (cm)"
    for species, rows in table.groupby("predicted"):
        axes.scatter(rows[length], rows[width], label=species, s=50, alpha=0.8)
    axes.scatter(wrong[length], wrong[width], label="wrong", s=160, facecolors="none", edgecolors="black")
    axes.set(xlabel=length, ylabel=width, title=f"{name}: {accuracy:.1%} right")
    axes.legend()
    picture = io.StringIO()
    figure.savefig(picture, format="svg")

    drawing = picture.getvalue()
    with open(plot.path, "w", encoding="utf-8") as file:
        file.write(f"<!doctype html>\n<title>{name}</title>\n{drawing[drawing.index('<svg'):]}\n")
    with open(summary.path, "w", encoding="utf-8") as file:
        file.write(f"# {name.capitalize()}\n\n")
        file.write(f"It names **{accuracy:.1%}** of {len(table)} flowers rightly.\n\n")
        for _, row in wrong.iterrows():
            file.write(f"- A {row['species']} was taken for a {row['predicted']}.\n")
