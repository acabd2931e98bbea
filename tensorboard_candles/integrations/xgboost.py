"""XGBoost: every metric of every evaluation set, round by round.

from tensorboard_candles.integrations.xgboost import CandlesCallback

xgboost.train(params, train, 200, evals=[(train, "train"), (val, "val")],
              callbacks=[CandlesCallback(project="boosting", config=params)])
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.training import Training
from tensorboard_candles.writer.tracker import Tracker

try:
    import xgboost
except ImportError as error:
    raise missing("xgboost") from error


class CandlesCallback(xgboost.callback.TrainingCallback):
    """Logs each round as a step: `train/logloss`, `val/logloss`, … by the names given in `evals=`.

    Args:
        tracker: where to log; or else
        options: what a Tracker takes, `project=` at least. XGBoost shows a callback no parameters: `config=`.

    It obeys the dashboard: `stop`, `pause`, `checkpoint` (saved as `<run>/checkpoints/step-….ubj`) and
    `learning_rate`; of `xgboost.cv` the first two. Training that goes on from `xgb_model=` goes on in its
    rounds. Of `xgboost.cv` the mean over the folds is logged, and as `train/logloss/std` their standard
    deviation.
    """

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        super().__init__()
        self._training = Training(tracker, options)
        self._first_round = 0
        self._has_trained = False

    def before_training(self, model: Any) -> Any:
        self._first_round = model.num_boosted_rounds() if isinstance(model, xgboost.Booster) else 0
        if self._has_trained and not self._first_round:
            self._training.renew()
        self._has_trained = True
        if isinstance(model, xgboost.Booster):
            self._training.saves(model.save_model, ".ubj")
            self._training.learns_at(_rate(model), lambda rate: model.set_param("learning_rate", rate))
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        found: dict[str, float] = {}
        for data, metrics in evals_log.items():
            for metric, scores in metrics.items():
                score, *std = scores[-1] if isinstance(scores[-1], tuple) else (scores[-1],)
                found[f"{data}/{metric}"] = score
                found.update({f"{data}/{metric}/std": number for number in std})
        self._training.tracker.log(found, step=self._first_round + epoch)
        ends = self._training.at_batch(epoch + 1)
        self._training.settle()
        return ends

    def after_training(self, model: Any) -> Any:
        self._training.tracker.flush()
        return model


def _rate(model: xgboost.Booster) -> float | None:
    """As its configuration has it; a linear booster calls its parameters something else."""
    booster = json.loads(model.save_config())["learner"]["gradient_booster"]
    rate = booster.get("tree_train_param", {}).get("learning_rate")
    return None if rate is None else float(rate)
