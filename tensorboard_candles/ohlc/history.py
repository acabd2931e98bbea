"""The candles before some: what must be known to go on from there as if all had been seen."""

from __future__ import annotations

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc.axes import Axis, buckets
from tensorboard_candles.ohlc.candles import Candles, candles_of
from tensorboard_candles.ohlc.cuts import Cut, Placed
from tensorboard_candles.ohlc.search import TooMany
from tensorboard_candles.store import Series

MOST_CANDLES = 50_000
"""That are ever looked back over; they take less than a second."""


def last_before(found: Candles, series: Series, axis: Axis, *, priced: int) -> Candles:
    """The candles before `found`, of which at least so many have a price; all of them where fewer have.

    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> steps = np.arange(1000)
    >>> loss = Series("run", "loss", steps, steps + 0.5, steps / 7)
    >>> shown = candles(loss, StepAxis(), width=10, start=500)
    >>> last_before(shown, loss, StepAxis(), priced=3).x
    array([470, 480, 490])

    It costs work in their number, not in that of the points before them. `found` holds a candle.
    """
    placed = Placed.of(series, axis)
    wanted = priced
    while True:
        cut = _last_before(placed, found, wanted)
        before = candles_of(placed, cut, found.width)
        if len(before) < wanted or np.count_nonzero(before.count) >= priced or wanted > MOST_CANDLES:
            return before
        wanted *= 2


def all_before(found: Candles, series: Series, axis: Axis) -> Candles:
    """All candles before `found`, which holds one.

    Raises BadRequest where they are more than MOST_CANDLES.
    """
    placed = Placed.of(series, axis)
    try:
        cut = placed.between(found.width, None, int(found.bucket[0]), most=MOST_CANDLES)
    except TooMany:
        raise BadRequest(
            f"more than {MOST_CANDLES} candles of width {found.width:g} lie before the first one asked for, "
            "and an indicator such as obv adds them all up; give a larger width, or leave it out"
        ) from None
    return candles_of(placed, cut, found.width)


def all_before_as_one(found: Candles, series: Series, axis: Axis) -> Candles:
    """One candle of all points before `found`, which holds one; none where there are none."""
    placed = Placed.of(series, axis)
    return candles_of(placed, placed.before(int(found.bucket[0]), found.width), found.width)


def _last_before(placed: Placed, found: Candles, wanted: int) -> Cut:
    """`wanted` buckets that hold a point, or up to twice as many; all where there are fewer."""
    first = int(buckets(np.array([placed.bounds()[0]]), found.width)[0])
    end = int(found.bucket[0])
    # Nearly always each bucket holds a point, and the first try is right.
    too_few, reach = 0, wanted
    too_many: int | None = None
    while True:
        low = max(end - reach, first)
        try:
            cut = placed.between(found.width, low, end, most=2 * wanted)
        except TooMany:
            too_many = reach
        else:
            if len(cut) >= wanted or low == first:
                return cut
            too_few = reach
        reach = 2 * reach if too_many is None else (too_few + too_many) // 2
