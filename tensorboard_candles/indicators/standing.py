"""Where a series stands: all of it in a few numbers, made of candles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.volatility import atr, relative_volatility
from tensorboard_candles.ohlc import NO_STEP, Candles

ATR_PERIOD = 14


@dataclass(frozen=True, slots=True)
class Standing:
    """Prices are NaN, and steps of extremes NO_STEP, where no point is finite, or has a place."""

    last: float
    """Finite value."""
    high: float
    high_step: int
    low: float
    low_step: int
    mean: float
    """Of all finite points."""
    volatility: float
    atr: float
    """The latest; NaN until there are 15 candles with a price."""
    nonfinite: int
    start_time: float
    end_time: float


def standing_of(found: Candles) -> Standing:
    """The standing of a series, given the candles of all of it; there are none where no point has a time.

    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> from tensorboard_candles.store import Series
    >>> steps = np.arange(6)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([3.0, 9.0, 1.0, np.nan, 2.0, 5.0]))
    >>> standing = standing_of(candles(loss, StepAxis(), width=2))
    >>> standing.last, standing.low, standing.low_step, standing.mean, standing.nonfinite
    (5.0, 1.0, 2, 4.0, 1)

    Extremes, their steps and the mean are exact whatever the candles' width; volatility and ATR go by it.
    """
    ranges = atr(found.high, found.low, found.close, period=ATR_PERIOD)
    high, high_step = _first(found.high, found.high_step, -found.high)
    low, low_step = _first(found.low, found.low_step, found.low)
    return Standing(
        last=_last(found.close),
        high=high,
        high_step=high_step,
        low=low,
        low_step=low_step,
        mean=_mean(found),
        volatility=relative_volatility(found.close),
        atr=_last(ranges),
        nonfinite=int(found.nonfinite.sum()),
        start_time=float(np.fmin.reduce(found.start_time, initial=np.nan)),
        end_time=float(np.fmax.reduce(found.end_time, initial=np.nan)),
    )


def _first(price: Float64Array, step: Int64Array, badness: Float64Array) -> tuple[float, int]:
    """The price that is least bad, and the smallest step at which it was that."""
    least = np.fmin.reduce(badness, initial=np.nan)
    if np.isnan(least):
        return np.nan, NO_STEP
    # On the axis of seconds candles are not in the order of steps.
    rows = np.flatnonzero(badness == least)
    row = rows[step[rows].argmin()]
    return float(price[row]), int(step[row])


def _last(values: Float64Array) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else np.nan


def _mean(found: Candles) -> float:
    count = found.count.sum()
    if not count:
        return np.nan
    # Measured from one of them, so that few digits are lost; weighed first, as the sum of all may not fit.
    origin = found.mean[found.count.argmax()]
    beyond = np.where(found.count > 0, found.mean - origin, 0.0) * (found.count / count)
    return float(np.clip(origin + beyond.sum(), np.fmin.reduce(found.low), np.fmax.reduce(found.high)))
