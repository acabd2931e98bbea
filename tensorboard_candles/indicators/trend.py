"""What has added up since the first bar.

All take columns of bars and give a float64 array of the same length. `obv` equals TA-Lib's OBV.
"""

from __future__ import annotations

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators.rolling import over_priced_bars
from tensorboard_candles.ohlc import Polarity


@over_priced_bars
def drawdown(
    high: Float64Array, low: Float64Array, close: Float64Array, *, polarity: Polarity
) -> Float64Array:
    """How far the close is from the best value of all points so far, in the unit of the metric; never < 0.

    >>> high, low, close = np.array([[9.0, 9.0, 9.0], [5.0, 2.0, 4.0], [6.0, 3.0, 8.0]])
    >>> drawdown(high, low, close, polarity="lower_is_better")
    array([1., 1., 6.])
    """
    if polarity == "higher_is_better":
        return np.maximum.accumulate(high) - close
    return close - np.minimum.accumulate(low)


@over_priced_bars
def obv(close: Float64Array, volume: Float64Array) -> Float64Array:
    """On-balance volume: all volume so far, that of bars that closed lower than the one before taken off
    (Granville 1963).

    >>> obv(np.array([1.0, 2.0, 1.5, 1.5]), np.array([10.0, 5.0, 3.0, 9.0]))
    array([10., 15., 12., 12.])
    """
    direction = np.sign(np.diff(close, prepend=-np.inf))
    return np.cumsum(direction * volume)
