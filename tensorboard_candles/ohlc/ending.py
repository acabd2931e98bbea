"""How a series ends: with a number, or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.ohlc.candles import NO_STEP
from tensorboard_candles.store import Series

_POINTS_AT_A_TIME = 1 << 16


@dataclass(frozen=True, slots=True)
class Ending:
    """NO_STEP where there is no such point."""

    last_finite_step: int
    """The last one at which the series was finite."""
    nonfinite_since: int
    """Where the stretch of points that are no finite numbers begins with which the series ends."""


def ending_of(series: Series) -> Ending:
    """The end of a series by step; of candles that the writer made one is finite if any of its points is.

    >>> steps = np.arange(4)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([np.nan, 0.5, np.inf, np.nan]))
    >>> ending_of(loss)
    Ending(last_finite_step=1, nonfinite_since=2)
    """
    row = _last_finite_row(series)
    steps = series.candles.rows["last_step"] if series.candles else series.step
    return Ending(
        last_finite_step=NO_STEP if row < 0 else int(steps[row]),
        nonfinite_since=NO_STEP if row + 1 == len(series) else int(series.step[row + 1]),
    )


def _last_finite_row(series: Series) -> int:
    """-1 where there is none."""
    end = len(series)
    while end:
        begin = max(end - _POINTS_AT_A_TIME, 0)
        finite = np.flatnonzero(np.isfinite(series.value[begin:end]))
        if len(finite):
            return begin + int(finite[-1])
        end = begin
    return -1
