"""What runs of a log were given, and how well they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.hyperparameters.study import Trials
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.indicators.standing import standing_of
from tensorboard_candles.ohlc import NO_STEP, Polarity, StepAxis, candles, ending_of
from tensorboard_candles.store import RunView

Target = Literal["best", "last", "mean"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Each run's number, and where that is."""

    trials: Trials
    step: npt.NDArray[np.int64]


def measured_in(
    given: Sequence[tuple[RunView, RunView]],
    tag: str,
    target: Target,
    polarity: Polarity,
    progress: Progress = untold,
) -> Measured:
    """A tag of each run, with what that run was given which stands beside it (`Family.trials`)."""
    values, steps, diverged = [], [], []
    for number, (view, _) in enumerate(given):
        progress(number, len(given), "reading the runs")
        value, at, has_diverged = _measured(view, tag, target, polarity)
        values.append(value)
        steps.append(at)
        diverged.append(has_diverged)
    trials = Trials(
        tuple(view.name for view, _ in given),
        tuple({name: one.value for name, one in giver.arguments.items()} for _, giver in given),
        np.array(values, np.float64),
        np.array(diverged, np.bool_),
    )
    return Measured(trials, np.array(steps, np.int64))


def _measured(view: RunView, tag: str, target: Target, polarity: Polarity) -> tuple[float, int, bool]:
    """A run's number, the step that it has it at, and whether the run ended in no finite number."""
    series = view.series.get(tag)
    if series is None:
        return np.nan, NO_STEP, False
    # Of all points: candles of any width hold their extremes, their end and their mean.
    standing, ending = standing_of(candles(series, StepAxis(), limit=100)), ending_of(series)
    is_low = polarity == "lower_is_better"
    value, step = {
        "best": (standing.low, standing.low_step) if is_low else (standing.high, standing.high_step),
        "last": (standing.last, ending.last_finite_step),
        "mean": (standing.mean, NO_STEP),
    }[target]
    return value, step, ending.nonfinite_since != NO_STEP
