"""Which way a metric is going, and how fast.

All take closes, one per bar, and give float64 arrays of the same length, NaN where they are not defined yet.
`rsi`, `macd`, `rate_of_change` and `momentum` equal TA-Lib's RSI, MACD, ROC and MOM.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators.averages import ema
from tensorboard_candles.indicators.rolling import (
    around_mean,
    earlier,
    over_priced_bars,
    rolling,
    root_mean_square,
    wilder,
)

NO_CHANGE = 1e-14
"""The RSI of changes smaller than this on average is 0, as TA-Lib has it."""


class Macd(NamedTuple):
    """In the unit of the metric."""

    line: Float64Array
    signal: Float64Array
    histogram: Float64Array


@over_priced_bars
def rsi(close: Float64Array, *, period: int) -> Float64Array:
    """Relative strength index, 0 to 100: how much of all recent change was upwards (Wilder 1978).

    >>> rsi(np.array([1.0, 4.0, 3.0, 3.0]), period=2)
    array([nan, nan, 75., 75.])

    Ups and downs are averaged as the ranges of `atr` are. Where there is neither, it is 0.
    """
    change = close - earlier(close, 1)
    up, down = (wilder(np.maximum(side, 0)[1:], period) for side in (change, -change))
    both = up + down
    strength = np.where(both < NO_CHANGE, 0.0, 100 * up / both)
    strength[np.isnan(both)] = np.nan
    return np.append(change[:1], strength)


@over_priced_bars
def macd(close: Float64Array, *, fast: int, slow: int, signal: int) -> Macd:
    """Moving average convergence/divergence: a fast exponential average less a slow one; the exponential
    average of that; and their difference (Appel 1979).

    >>> macd(np.array([1.0, 2.0, 4.0, 8.0]), fast=2, slow=3, signal=1).line.round(3)
    array([  nan,   nan, 0.667, 1.167])

    The two begin at the same bar, and the line where the signal does, as TA-Lib has it. Which of them is the
    fast one goes by their periods.
    """
    fast, slow = sorted((fast, slow))
    late = close.copy()
    late[: slow - fast] = np.nan
    line = ema(late, period=fast) - ema(close, period=slow)
    smooth = ema(line, period=signal)
    line[np.isnan(smooth)] = np.nan
    return Macd(line, smooth, line - smooth)


@over_priced_bars
def rate_of_change(close: Float64Array, *, period: int) -> Float64Array:
    """Change since `period` bars ago, in percent of what it was then.

    >>> rate_of_change(np.array([4.0, 5.0]), period=1)
    array([nan, 25.])

    Where it was 0 then, it is 0, as TA-Lib has it.
    """
    before = earlier(close, period)
    return np.where(before == 0, 0.0, 100 * (close - before) / before)


@over_priced_bars
def momentum(close: Float64Array, *, period: int) -> Float64Array:
    """Change since `period` bars ago, in the unit of the metric.

    >>> momentum(np.array([4.0, 5.0]), period=1)
    array([nan,  1.])
    """
    return close - earlier(close, period)


@over_priced_bars
def zscore(close: Float64Array, *, period: int) -> Float64Array:
    """How many population standard deviations of the last `period` closes the close lies from their mean.

    >>> zscore(np.array([1.0, 3.0, 3.0]), period=2)
    array([nan,  1., nan])

    NaN where they are all the same.
    """

    def of_windows(windows: Float64Array) -> Float64Array:
        _, beyond = around_mean(windows)
        return np.asarray(beyond[:, -1] / root_mean_square(beyond))

    return rolling(close, period, of_windows)
