"""Moving averages: the course of a noisy metric, with more or less delay.

All take closes, one per bar, and give a float64 array of the same length, NaN where they are not defined yet.
They equal TA-Lib's SMA, EMA, WMA, DEMA and TEMA.
"""

from __future__ import annotations

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators.rolling import around_mean, forgetting, mean, over_priced_bars, rolling


@over_priced_bars
def sma(close: Float64Array, *, period: int) -> Float64Array:
    """Simple moving average: the mean of the last `period` closes.

    >>> sma(np.array([1.0, 2.0, 6.0]), period=2)
    array([nan, 1.5, 4. ])
    """
    return rolling(close, period, mean)


@over_priced_bars
def ema(close: Float64Array, *, period: int) -> Float64Array:
    """Exponential moving average: e += 2 / (period + 1) · (close − e), from the mean of the first closes on.

    >>> ema(np.array([1.0, 2.0, 3.0, 5.0]), period=3)
    array([nan, nan, 2. , 3.5])
    """
    return forgetting(close, period, 2 / (period + 1))


@over_priced_bars
def wma(close: Float64Array, *, period: int) -> Float64Array:
    """Weighted moving average: of the last `period` closes the oldest counts once, the next twice and so on.

    >>> wma(np.array([1.0, 1.0, 4.0]), period=2)
    array([nan,  1.,  3.])
    """
    weight = np.arange(1.0, period + 1) * 2 / (period * (period + 1))

    def of_windows(windows: Float64Array) -> Float64Array:
        middle, beyond = around_mean(windows)
        return np.asarray(middle + np.einsum("ij,j->i", beyond, weight))

    return rolling(close, period, of_windows)


@over_priced_bars
def dema(close: Float64Array, *, period: int) -> Float64Array:
    """Double exponential moving average: 2·e − ema(e) of e = ema(close) (Mulloy 1994).

    >>> dema(np.array([0.0, 1.0, 2.0, 3.0]), period=2)
    array([nan, nan,  2.,  3.])
    """
    once = ema(close, period=period)
    return 2 * once - ema(once, period=period)


@over_priced_bars
def tema(close: Float64Array, *, period: int) -> Float64Array:
    """Triple exponential moving average: 3·(e − ema(e)) + ema(ema(e)) of e = ema(close) (Mulloy 1994).

    >>> tema(np.array([0.0, 1.0, 2.0, 3.0]), period=2)
    array([nan, nan, nan,  3.])
    """
    once = ema(close, period=period)
    twice = ema(once, period=period)
    return np.asarray(3 * (once - twice) + ema(twice, period=period))
