"""When a metric was best, when training might have stopped, and whether it has got worse since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.convergence.curves import robust_scale
from tensorboard_candles.analysis.convergence.noise import block_means
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import Polarity

EVALUATIONS = 200
"""Of more points, the means of so many stretches are evaluations."""
_GROUPS = 40
_LEAST_GROUPS = 8
_SIGMAS = 5.0
_LEAST_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Best:
    """The best evaluation: a point, or the mean of several where there are many."""

    step: int
    """The last one of it."""
    value: float
    patience: int
    """Evaluations without a better one after which early stopping ends."""
    stop_step: int | None
    """Where it would have ended; None where it would not yet."""
    stop_best_step: int
    """The best evaluation by then."""
    points: int
    """In each evaluation, about."""


def best_of(step: Int64Array, value: Float64Array, *, polarity: Polarity, patience: int) -> Best:
    """The best evaluation of all, and where early stopping would have ended.

    >>> values = np.array([5.0, 3.0, 4.0, 4.0, 4.0, 2.0])
    >>> best_of(np.arange(0, 60, 10), values, polarity="lower_is_better", patience=3)
    Best(step=50, value=2.0, patience=3, stop_step=40, stop_best_step=10, points=1)

    As Keras counts: after `patience` evaluations in a row of which none was better than the best before
    (Prechelt 1998). There must be a point.
    """
    sign = 1.0 if polarity == "lower_is_better" else -1.0
    count = min(len(value), EVALUATIONS)
    last = np.arange(1, count + 1) * len(value) // count - 1
    means = sign * block_means(value, blocks=EVALUATIONS)
    at = int(np.argmin(means))
    so_far = np.minimum.accumulate(means)
    is_better = np.append(True, means[1:] < so_far[:-1])
    best_by = np.maximum.accumulate(np.where(is_better, np.arange(count), 0))
    stops = np.flatnonzero(np.arange(count) - best_by >= patience)
    stop = int(stops[0]) if len(stops) else None
    return Best(
        step=int(step[last[at]]),
        value=float(sign * means[at]),
        patience=patience,
        stop_step=None if stop is None else int(step[last[stop]]),
        stop_best_step=int(step[last[at if stop is None else best_by[stop]]]),
        points=max(round(len(value) / count), 1),
    )


def has_turned(value: Float64Array, *, polarity: Polarity) -> bool:
    """Whether it was clearly better before than it is at the end.

    >>> down, up = np.linspace(2, 1, 50), np.linspace(1, 1.5, 50)
    >>> [has_turned(one, polarity="lower_is_better") for one in (np.append(down, up), down)]
    [True, False]

    By means of 40 stretches: the last two are worse than the best by five times their noise (by their second
    differences), by 15 % of all that they span, and what is behind the best rises on the whole.
    """
    means = block_means(value, blocks=_GROUPS)
    if len(means) < _LEAST_GROUPS:
        return False
    # Scaled, so that no difference overflows.
    means = means / (np.abs(means).max() or 1.0) * (1.0 if polarity == "lower_is_better" else -1.0)
    best = int(np.argmin(means))
    noise = robust_scale(np.diff(means, 2)) / np.sqrt(6)
    worse = float(means[-2:].min() - means[best])
    behind = means[best:]
    if len(behind) < 4 or worse <= max(_SIGMAS * noise, _LEAST_SHARE * float(np.ptp(means))):
        return False
    rising = float(np.mean(np.diff(behind) > 0))
    return bool(rising > 0.5)
