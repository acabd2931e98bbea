"""How wide a candle is when nobody said."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc.axes import NumberArray, buckets, overlapping

_WIDEST_EXPONENT = 18
"""5·10^18 is the widest that 64-bit steps can be cut by."""


def automatic_width(
    positions: NumberArray, *, start: float | None, end: float | None, limit: int, is_whole: bool
) -> float:
    """The smallest of {1, 2, 5}·10^n that gives at most `limit` candles over [start, end).

    >>> automatic_width(np.arange(1_000_000), start=None, end=None, limit=1000, is_whole=True)
    1000

    On a whole axis n begins at 0 and buckets without a point don't count: they are no candles. Seconds have
    no smallest width, so there the buckets of the whole span count, empty or not.

    Raises BadRequest where no width does: steps on both sides of 0 never fit into one candle.
    """
    inside = positions
    if start is not None:
        inside = inside[inside >= start]
    if end is not None:
        inside = inside[inside < end]
    if not len(inside):
        return 1 if is_whole else 1.0
    if not is_whole:
        return _width_of_span(float(inside.min()), float(inside.max()), limit)
    # A candle of some width holds at most that many distinct positions: narrower ones need not be tried.
    distinct = _count_distinct(inside)
    for width in map(int, _ladder(max(0, _decade(distinct / limit)), _WIDEST_EXPONENT)):
        if width * limit >= distinct and _count(positions, width, start, end) <= limit:
            return width
    raise BadRequest(f"no width gives at most {limit} candles here; give a larger limit")


def _width_of_span(lowest: float, highest: float, limit: int) -> float:
    for width in _ladder(_decade((highest - lowest) / limit), _WIDEST_EXPONENT):
        if math.floor(highest / width) - math.floor(lowest / width) < limit:
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


def _count(positions: NumberArray, width: int, start: float | None, end: float | None) -> int:
    """Candles of that width that overlap [start, end)."""
    bucket = buckets(positions, width)
    return _count_distinct(bucket[overlapping(bucket, width, start, end)])


def _count_distinct(values: NumberArray) -> int:
    if np.any(values[1:] < values[:-1]):
        values = np.sort(values)
    return int(np.count_nonzero(values[1:] != values[:-1])) + min(len(values), 1)
