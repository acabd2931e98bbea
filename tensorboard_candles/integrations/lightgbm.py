"""LightGBM: every metric of every evaluation set, round by round.

from tensorboard_candles.integrations.lightgbm import CandlesCallback

lightgbm.train(params, train, 200, valid_sets=[train, val], valid_names=["train", "val"],
               callbacks=[CandlesCallback(project="boosting")])
"""

from __future__ import annotations

from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.training import Training
from tensorboard_candles.writer.tracker import Tracker

try:
    from lightgbm import Booster
    from lightgbm.callback import CallbackEnv, EarlyStopException
except ImportError as error:
    raise missing("lightgbm") from error


class CandlesCallback:
    """Logs each round as a step: `train/binary_logloss`, … by the names given in `valid_names=`.

    Args:
        tracker: where to log; or else
        options: what a Tracker takes, `project=` at least.

    It obeys the dashboard: `stop`, `pause`, `checkpoint` (saved as `<run>/checkpoints/step-….txt`) and
    `learning_rate`; of `lightgbm.cv` all but the checkpoint. LightGBM knows which way each metric is better,
    and that is logged with it; so are its parameters, as hyperparameters, unless the Tracker has a `config=`.
    Training that goes on from `init_model=` goes on in its rounds. Of `lightgbm.cv` the mean over the folds
    is logged, and as `…/std` their standard deviation.
    """

    before_iteration = False
    order = 25  # before early stopping, which ends a round by an exception; after those that record it

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        self._training = Training(tracker, options)
        self._described: set[str] = set()
        self._has_trained = False

    def __call__(self, env: CallbackEnv) -> None:
        if env.iteration == env.begin_iteration:
            self._begin(env)
        tracker = self._training.tracker
        found: dict[str, float] = {}
        for data, metric, score, higher_is_better, *std in env.evaluation_result_list or ():
            tag = f"{data}/{metric}"
            found[tag] = score
            found.update({f"{tag}/std": number for number in std if number is not None})
            if tag not in self._described:
                self._described.add(tag)
                tracker.describe(tag, polarity="higher_is_better" if higher_is_better else "lower_is_better")
        tracker.log(found, step=env.iteration)
        ends = self._training.at_batch(
            env.iteration + 1, batch=env.iteration - env.begin_iteration,
            batches=env.end_iteration - env.begin_iteration,
        )  # fmt: skip
        self._training.settle()
        if ends or env.iteration + 1 == env.end_iteration:
            tracker.flush()
        if ends:
            raise EarlyStopException(env.iteration, env.evaluation_result_list or [])

    def _begin(self, env: CallbackEnv) -> None:
        if self._has_trained and not env.iteration:
            self._training.renew()
            self._described.clear()
        self._has_trained = True
        self._training.tracker.log_config(env.params)
        model = env.model
        if isinstance(model, Booster):
            self._training.saves(model.save_model, ".txt")
        names = ("learning_rate", "shrinkage_rate", "eta")
        rate = next((env.params[name] for name in names if name in env.params), 0.1)
        self._training.learns_at(rate, lambda rate: model.reset_parameter({"learning_rate": rate}))
