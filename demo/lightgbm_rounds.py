"""LightGBM: python -m demo.lightgbm_rounds"""

from __future__ import annotations

from typing import Any

import lightgbm

from demo import command, digits
from tensorboard_candles.integrations.lightgbm import CandlesCallback

PARAMS = {
    "objective": "multiclass", "metric": ["multi_logloss", "auc_mu"], "num_class": 10, "num_leaves": 7,
    "learning_rate": 0.2, "num_threads": 1, "seed": 1, "verbose": -1,
}  # fmt: skip


def train(epochs: int, **where: Any) -> list[float]:
    """Boost ten rounds for each epoch; returns each round's loss."""
    data = digits.load(1)
    sets = [lightgbm.Dataset(*part) for part in (data.train, data.validation)]
    history: dict[str, dict[str, list[float]]] = {}
    lightgbm.train(
        PARAMS, sets[0], 10 * epochs, valid_sets=sets, valid_names=["train", "val"],
        callbacks=[CandlesCallback(project="lightgbm", **where), lightgbm.record_evaluation(history)],
    )  # fmt: skip
    return history["train"]["multi_logloss"]


if __name__ == "__main__":
    command.main(train)
