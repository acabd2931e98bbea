"""XGBoost: python -m demo.xgboost_rounds"""

from __future__ import annotations

from typing import Any

import xgboost

from demo import command, digits
from tensorboard_candles.integrations.xgboost import CandlesCallback

PARAMS = {"objective": "multi:softprob", "num_class": 10, "max_depth": 3, "eta": 0.3, "nthread": 1, "seed": 1}


def train(epochs: int, **where: Any) -> list[float]:
    """Boost ten rounds for each epoch; returns each round's loss."""
    data = digits.load(1)
    sets = [(xgboost.DMatrix(*data.train), "train"), (xgboost.DMatrix(*data.validation), "val")]
    history: dict[str, dict[str, list[float]]] = {}
    xgboost.train(
        {**PARAMS, "eval_metric": ["mlogloss", "merror"]}, sets[0][0], 10 * epochs, evals=sets,
        evals_result=history, verbose_eval=False,
        callbacks=[CandlesCallback(project="xgboost", config=PARAMS, **where)],
    )  # fmt: skip
    return history["train"]["mlogloss"]


if __name__ == "__main__":
    command.main(train)
