"""How much a metric moves: ranges, bands and channels.

All take columns of bars and give float64 arrays of the same length, NaN where they are not defined yet.
`atr` and `bollinger` equal TA-Lib's ATR and BBANDS, `donchian` its MAX and MIN.
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


class Band(NamedTuple):
    """Three lines over the candles, in the unit of the metric."""

    upper: Float64Array
    middle: Float64Array
    lower: Float64Array


@over_priced_bars
def atr(high: Float64Array, low: Float64Array, close: Float64Array, *, period: int) -> Float64Array:
    """Average true range (Wilder 1978, New Concepts in Technical Trading Systems).

    >>> atr(np.array([5.0, 6.0, 9.0]), np.array([4.0, 4.0, 8.0]), np.array([4.0, 5.0, 8.0]), period=2)
    array([nan, nan,  3.])

    The true range is high − low, stretched to the close before. The first bar has none before it and is left
    out; the mean of the next `period` is the first value, to which each later range adds a `period`-th.
    """
    before = earlier(close, 1)
    true_range = np.maximum(high, before) - np.minimum(low, before)
    return np.append(true_range[:1], wilder(true_range[1:], period))


@over_priced_bars
def bollinger(close: Float64Array, *, period: int, deviations: float) -> Band:
    """The mean of the last `period` closes, and so many population standard deviations around it
    (Bollinger 2001, Bollinger on Bollinger Bands).

    >>> bollinger(np.array([1.0, 3.0]), period=2, deviations=2.0)
    Band(upper=array([nan,  4.]), middle=array([nan,  2.]), lower=array([nan,  0.]))
    """

    def of_windows(windows: Float64Array) -> Float64Array:
        middle, beyond = around_mean(windows)
        return np.stack([middle, root_mean_square(beyond)])

    middle, deviation = rolling(close, period, of_windows)
    return _band(middle, deviations * deviation)


@over_priced_bars
def keltner(
    high: Float64Array,
    low: Float64Array,
    close: Float64Array,
    *,
    period: int,
    ranges: float,
    atr_period: int,
) -> Band:
    """An exponential moving average of the close, and so many average true ranges around it (Keltner 1960, as
    changed by Raschke in the 1980s).

    >>> keltner(np.full(3, 3.0), np.full(3, 1.0), np.full(3, 2.0), period=2, ranges=2.0, atr_period=2).upper
    array([nan, nan,  6.])
    """
    return _band(ema(close, period=period), ranges * atr(high, low, close, period=atr_period))


@over_priced_bars
def donchian(high: Float64Array, low: Float64Array, *, period: int) -> Band:
    """The highest high and the lowest low of the last `period` bars, and their middle.

    >>> donchian(np.array([5.0, 3.0]), np.array([1.0, 2.0]), period=2).upper
    array([nan,  5.])
    """
    upper = rolling(high, period, lambda windows: np.asarray(windows.max(axis=1)))
    lower = rolling(low, period, lambda windows: np.asarray(windows.min(axis=1)))
    return Band(upper, lower + (upper - lower) / 2, lower)


@over_priced_bars
def realised_volatility(close: Float64Array, *, period: int) -> Float64Array:
    """Root mean square of the last `period` logarithmic changes from close to close (the realised volatility
    of Andersen et al. 2003, Econometrica 71(2), per bar): 0.03 is a change of about 3 % from bar to bar.

    >>> realised_volatility(np.array([1.0, np.e, 1.0]), period=2)
    array([nan, nan,  1.])

    NaN where one of the closes is not positive.
    """
    logarithm = np.log(np.where(close > 0, close, np.nan))
    change = logarithm - earlier(logarithm, 1)
    return rolling(change, period, root_mean_square)


def relative_volatility(close: Float64Array) -> float:
    """Population standard deviation of the relative changes from close to close, of all bars that have a
    price: at 0.03 a metric departs from its trend by about 3 % from bar to bar.

    >>> round(relative_volatility(np.array([1.0, 1.1, 1.0, 1.1])), 3)
    0.09
    >>> relative_volatility(np.array([2.0, 2.0, 2.0])), relative_volatility(np.array([2.0, 1.0]))
    (0.0, nan)

    A change is measured by the mean size of its two closes (Törnqvist, Vartia and Vartia 1985, The American
    Statistician 39(1)): like a logarithmic change where it is small, from -2 to 2, up and down alike, and
    defined for closes of any sign. A steady fall has none: it is the trend. NaN for fewer than three bars.
    """
    priced = close[np.isfinite(close)]
    before, after = priced[:-1], priced[1:]
    # Halved first: the sum of the two may not fit.
    level = np.abs(before) / 2 + np.abs(after) / 2
    level[level == 0] = 1
    return float(np.std(after / level - before / level)) if len(level) > 1 else np.nan


@over_priced_bars
def regression_channel(close: Float64Array, *, period: int, deviations: float) -> Band:
    """Where the straight line through the last `period` closes ends, and so many population standard
    deviations from that line around it. The middle equals TA-Lib's LINEARREG.

    >>> regression_channel(np.array([1.0, 2.0, 6.0]), period=3, deviations=1.0).middle
    array([nan, nan, 5.5])
    """
    at = np.arange(period) - (period - 1) / 2

    def of_windows(windows: Float64Array) -> Float64Array:
        middle, beyond = around_mean(windows)
        slope = np.einsum("ij,j->i", beyond, at) / np.square(at).sum()
        beyond -= slope[:, None] * at
        return np.stack([middle + slope * at[-1], root_mean_square(beyond)])

    line_end, deviation = rolling(close, period, of_windows)
    return _band(line_end, deviations * deviation)


def _band(middle: Float64Array, distance: Float64Array) -> Band:
    return Band(middle + distance, middle, middle - distance)
