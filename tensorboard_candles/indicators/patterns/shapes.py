"""Shapes of candles, as TA-Lib defines them: long and short are so against the candles before.

Each function gives, for each candle with which its shape ends, 1 where it points upwards, -1 where downwards
and 0 where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array

BoolArray = npt.NDArray[np.bool_]
Int8Array = npt.NDArray[np.int8]

_BEFORE = 10
"""Candles whose mean says what is long."""
_BEFORE_NEAR = 5
_PENETRATION = 0.3


@dataclass(frozen=True, slots=True)
class Ohlc:
    """Columns of candles, all of one length; NaN where one has no price."""

    open: Float64Array
    high: Float64Array
    low: Float64Array
    close: Float64Array

    def __len__(self) -> int:
        return len(self.close)

    @property
    def body(self) -> Float64Array:
        return np.abs(self.close - self.open)

    @property
    def top(self) -> Float64Array:
        """Of the body."""
        return np.maximum(self.open, self.close)

    @property
    def bottom(self) -> Float64Array:
        return np.minimum(self.open, self.close)

    @property
    def upper_shadow(self) -> Float64Array:
        return self.high - self.top

    @property
    def lower_shadow(self) -> Float64Array:
        return self.bottom - self.low

    @property
    def range(self) -> Float64Array:
        return self.high - self.low

    @property
    def rises(self) -> BoolArray:
        """A candle that closes where it opened rises, too."""
        return np.asarray(self.close >= self.open)

    @property
    def has_price(self) -> BoolArray:
        return np.asarray(np.isfinite(self.open + self.close))

    def rows(self, rows: BoolArray) -> Ohlc:
        return Ohlc(self.open[rows], self.high[rows], self.low[rows], self.close[rows])


def doji(candles: Ohlc) -> Int8Array:
    """Opens and closes at nearly the same: the body is at most a tenth of the usual range (CDLDOJI).

    >>> flat = np.ones(12)
    >>> still = Ohlc(flat, flat + 1, flat - 1, np.r_[flat[:11] + 0.5, 1.1])
    >>> doji(still).nonzero()
    (array([11]),)
    """
    return _signed(candles.body <= 0.1 * _mean_before(candles.range), 1)


def marubozu(candles: Ohlc) -> Int8Array:
    """A long body with next to no shadows (CDLMARUBOZU)."""
    is_bare = _is_short_shadow(candles, candles.upper_shadow) & _is_short_shadow(
        candles, candles.lower_shadow
    )
    return _signed(is_bare & (candles.body > _mean_before(candles.body)), _direction(candles))


def hammer(candles: Ohlc) -> Int8Array:
    """A short body at the top of a long lower shadow, no higher than the low before (CDLHAMMER)."""
    near = candles.low + 0.2 * _mean_before(candles.range, _BEFORE_NEAR)
    return _signed(
        _is_short(candles)
        & (candles.lower_shadow > candles.body)
        & _is_short_shadow(candles, candles.upper_shadow)
        & (candles.bottom <= _earlier(near, 1)),
        1,
    )


def shooting_star(candles: Ohlc) -> Int8Array:
    """A short body below a long upper shadow, above the body before (CDLSHOOTINGSTAR)."""
    return _signed(
        _is_short(candles)
        & (candles.upper_shadow > candles.body)
        & _is_short_shadow(candles, candles.lower_shadow)
        & (candles.bottom > _earlier(candles.top, 1)),
        -1,
    )


def engulfing(candles: Ohlc) -> Int8Array:
    """A body that holds the whole body before, of the other direction (CDLENGULFING, its 80 as well)."""
    top, bottom = _earlier(candles.top, 1), _earlier(candles.bottom, 1)
    turns = candles.rises != _earlier(candles.rises, 1)
    holds = (candles.top >= top) & (candles.bottom <= bottom)
    is_larger = (candles.top > top) | (candles.bottom < bottom)
    return _signed(turns & holds & is_larger, _direction(candles))


def inside_bar(candles: Ohlc) -> Int8Array:
    """The whole candle lies within the range of the one before; TA-Lib has none.

    >>> wide = Ohlc(np.array([1.0, 1.1]), np.array([2.0, 1.5]), np.array([0.5, 1.0]), np.array([1.5, 1.2]))
    >>> inside_bar(wide)
    array([0, 1], dtype=int8)
    """
    is_inside = (candles.high < _earlier(candles.high, 1)) & (candles.low > _earlier(candles.low, 1))
    return _signed(is_inside, 1)


def morning_star(candles: Ohlc) -> Int8Array:
    """A long fall, a short body below it, and a rise far into the first body (CDLMORNINGSTAR)."""
    goes_far = candles.close > _earlier(candles.close + _PENETRATION * candles.body, 2)
    is_below = _earlier(candles.top, 1) < _earlier(candles.bottom, 2)
    return _signed(_is_star(candles) & candles.rises & goes_far & is_below, 1)


def evening_star(candles: Ohlc) -> Int8Array:
    """A long rise, a short body above it, and a fall far into the first body (CDLEVENINGSTAR)."""
    goes_far = candles.close < _earlier(candles.close - _PENETRATION * candles.body, 2)
    is_above = _earlier(candles.bottom, 1) > _earlier(candles.top, 2)
    return _signed(_is_star(candles) & ~candles.rises & goes_far & is_above, -1)


def _is_star(candles: Ohlc) -> BoolArray:
    """A long body, a short one, and one that is not, which turns the first."""
    usual = _mean_before(candles.body)
    is_long = _earlier(candles.body, 2) > _earlier(usual, 2)
    is_short = _earlier(candles.body, 1) <= _earlier(usual, 1)
    turns = candles.rises != _earlier(candles.rises, 2)
    return np.asarray(is_long & is_short & (candles.body > usual) & turns)


def _is_short(candles: Ohlc) -> BoolArray:
    return np.asarray(candles.body < _mean_before(candles.body))


def _is_short_shadow(candles: Ohlc, shadow: Float64Array) -> BoolArray:
    return np.asarray(shadow < 0.1 * _mean_before(candles.range))


def _mean_before(values: Float64Array, count: int = _BEFORE) -> Float64Array:
    """Mean of the `count` values before each; NaN, which no comparison holds for, where there are fewer."""
    found = np.full(len(values), np.nan)
    if len(values) > count:
        # added up in one order, so that a part of a chart has the very same mean
        found[count:] = sum(values[at : at - count] for at in range(count)) / count
    return found


def _earlier(values: npt.NDArray[np.generic], by: int) -> Float64Array:
    """What stood there some candles earlier; NaN before the first."""
    found = np.full(len(values), np.nan)
    found[by:] = values[: len(values) - by]
    return found


def _direction(candles: Ohlc) -> Int8Array:
    return np.where(candles.rises, 1, -1).astype(np.int8)


def _signed(is_there: BoolArray, sign: Int8Array | int) -> Int8Array:
    return np.where(is_there, sign, 0).astype(np.int8)
