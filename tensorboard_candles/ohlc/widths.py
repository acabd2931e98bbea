"""How wide a candle is when nobody said."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc.cuts import Cut, Placed
from tensorboard_candles.ohlc.levels import FACTOR

_WIDEST_EXPONENT = 18
"""5·10^18 is the widest that 64-bit steps can be cut by."""


def automatic_cut(placed: Placed, *, start: float | None, end: float | None, limit: int) -> tuple[float, Cut]:
    """The smallest width of {1, 2, 5}·10^n that gives at most `limit` candles over [start, end), and those.

    >>> import numpy as np
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
    lowest, highest = placed.bounds() if len(placed.series) else (0, 0)
    low = lowest if start is None else max(lowest, start)
    high = highest if end is None else min(highest, end)
    if low > high or not len(placed.series):
        width: float = 1 if placed.axis.is_whole else 1.0
        return width, placed.cut(width, start, end)
    if not placed.axis.is_whole:
        width = _width_of_span(low, high, end, limit)
        return width, placed.cut(width, start, end)
    # A candle of some width holds at most that many distinct positions: narrower ones need not be tried.
    distinct = _distinct_at_least(placed, low, high)
    for width in map(int, _ladder(max(0, _decade(distinct / limit)), _WIDEST_EXPONENT)):
        if width * limit >= distinct and len(cut := placed.cut(width, start, end)) <= limit:
            return width, cut
    raise BadRequest(f"no width gives at most {limit} candles here; give a larger limit")


def _distinct_at_least(placed: Placed, low: float, high: float) -> int:
    """How many distinct steps there are at least in a window; 1 where that would cost a look at each."""
    if placed.axis.by != "steps":
        return 1
    first, last = placed.first_row(low), placed.first_row(high)
    blocks = placed.levels.distinct_steps
    begin, end = -(-first // FACTOR), min(last // FACTOR, len(blocks) - 1)
    return max(int(blocks[end] - blocks[begin]), 1) if begin < end else 1


def _width_of_span(low: float, high: float, end: float | None, limit: int) -> float:
    """The same by the buckets from that of `low` to that of `high`, which `end` itself is no part of."""
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
