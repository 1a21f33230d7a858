"""The iris pipeline in Python: the same as iris.pipeloom, which was drawn.

    kfp dsl compile --py iris_pipeline.py --output iris.yaml
"""

from typing import NamedTuple

from iris_components import (
    choose_model,
    evaluate_model,
    load_iris,
    report,
    split_data,
    train_logistic_regression,
    train_random_forest,
)
from kfp import dsl
from kfp.dsl import Model


@dsl.pipeline(name="iris", description="Trains two models on the iris data, keeps the better one, and reports on it.")
def iris(
    test_share: float = 0.3, trees: int = 100, seed: int = 0
) -> NamedTuple("Outputs", [("best_model", Model), ("accuracy", float)]):
    flowers = load_iris()
    split = split_data(flowers=flowers.outputs["flowers"], test_share=test_share, seed=seed)
    training, testing = split.outputs["training"], split.outputs["testing"]

    regression = train_logistic_regression(training=training)
    forest = train_random_forest(training=training, trees=trees, seed=seed)
    regression_scores = evaluate_model(model=regression.outputs["model"], testing=testing)
    forest_scores = evaluate_model(model=forest.outputs["model"], testing=testing)

    choice = choose_model(
        first=regression.outputs["model"],
        second=forest.outputs["model"],
        first_accuracy=regression_scores.outputs["accuracy"],
        second_accuracy=forest_scores.outputs["accuracy"],
    )
    report(
        model=choice.outputs["best"],
        testing=testing,
        name=choice.outputs["name"],
        accuracy=choice.outputs["accuracy"],
    )
    outputs = NamedTuple("Outputs", [("best_model", Model), ("accuracy", float)])
    return outputs(best_model=choice.outputs["best"], accuracy=choice.outputs["accuracy"])
