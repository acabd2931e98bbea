"""How wide a candle is when nobody said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc.axes import NumberArray, buckets
from tensorboard_candles.ohlc.cuts import Cut, Placed
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.ohlc.search import TooMany

_WIDEST_EXPONENT = 18
"""5·10^18 is the widest that 64-bit steps can be cut by."""


def automatic_cut(placed: Placed, *, start: float | None, end: float | None, limit: int) -> tuple[float, Cut]:
    """The smallest width of {1, 2, 5}·10^n that gives at most `limit` candles over [start, end), and those.

    >>> from tensorboard_candles.ohlc import StepAxis
    >>> from tensorboard_candles.store import Series
    >>> steps = np.arange(1_000_000)
    >>> series = Series("run", "loss", steps, steps + 0.5, steps / 7)
    >>> width, cut = automatic_cut(Placed.of(series, StepAxis()), start=None, end=None, limit=1000)
    >>> width, len(cut)
    (1000, 1000)

    On a whole axis n begins at 0 and buckets without a point don't count: they are no candles. Seconds have
    no smallest width, so there the buckets of the whole span count, empty or not.

    Raises BadRequest where no width does: steps on both sides of 0 never fit into one candle.
    """
    if not placed.axis.is_whole:
        width = _width_of_span(placed, start, end, limit)
        return width, placed.cut(width, start, end, most=limit)
    sample = placed.sample(start, end, 2 * limit)
    for width in map(int, _ladder(_first_decade(sample, limit), _WIDEST_EXPONENT)):
        # A look at some of the points rules out most widths that are too small.
        if len(Groups.of(buckets(sample, width))) <= limit:
            with suppress(TooMany):
                return width, placed.cut(width, start, end, most=limit)
    raise BadRequest(f"no width gives at most {limit} candles here; give a larger limit")


def width_over(low: float, high: float, *, is_whole: bool, limit: int) -> float:
    """The smallest width of {1, 2, 5}·10^n that cuts all from `low` to `high` into at most `limit` buckets.

    >>> width_over(0, 99_999, is_whole=True, limit=200), width_over(0.0, 1.0, is_whole=False, limit=4)
    (500, 0.5)

    One for several series: their candles then stand on one grid, and can be compared. `limit` is 2 or more.
    Raises BadRequest where the two are too far apart.
    """
    decade = _decade((high - low) / limit)
    for number in _ladder(max(decade, 0) if is_whole else decade, _WIDEST_EXPONENT):
        width = int(number) if is_whole else number
        # As `buckets` divides: whole numbers as such.
        first, last = (one // width if is_whole else math.floor(one / width) for one in (low, high))
        if last - first < limit:
            return width
    raise BadRequest(f"no width gives at most {limit} candles here; give a larger limit")


def _first_decade(sample: NumberArray, limit: int) -> int:
    """Exponent of a power of ten below which no width is wide enough for points at these positions."""
    # In order, so that what wraps around is right without its sign; rounded only then.
    apart = np.diff(sample).view(np.uint64).astype(np.float64)
    if len(apart) < limit:
        return 0
    # As many as `limit` neighbours so far apart, each in a bucket of its own, are one bucket too many.
    return max(0, _decade(float(np.partition(apart, -limit)[-limit])))


def _width_of_span(placed: Placed, start: float | None, end: float | None, limit: int) -> float:
    """The same by the buckets from the first to the last position in the window; `end` is no part of it."""
    lowest, highest = placed.bounds() if len(placed.series) else (0.0, 0.0)
    low = lowest if start is None else max(lowest, start)
    high = highest if end is None else min(highest, end)
    if low > high or not len(placed.series):
        return 1.0
    if not math.isfinite(high - low):
        raise BadRequest("the wall times reach too far to be cut into candles")
    for width in _ladder(_decade((high - low) / limit), _WIDEST_EXPONENT):
        last = math.floor(high / width)
        if end is not None:
            last = min(last, math.ceil(end / width) - 1)
        if last - math.floor(low / width) < limit:
            return width
    raise BadRequest("the wall times reach too far to be cut into candles")


def _decade(width: float) -> int:
    """Exponent of the power of ten at or below `width`; 0 where there is nothing to divide."""
    return math.floor(math.log10(width)) if width > 0 else 0


def _ladder(exponent: int, last_exponent: int) -> Iterator[float]:
    for power in range(exponent, last_exponent + 1):
        for digit in (1, 2, 5):
            # Parsed, not multiplied: 2e-5 is a nearer double than 2 * 10**-5.
            yield float(f"{digit}e{power}")
