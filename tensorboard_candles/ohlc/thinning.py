"""Points for a line: few enough to send, and yet a line through them looks like one through all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.ohlc.axes import NumberArray
from tensorboard_candles.ohlc.groups import Groups


@dataclass(frozen=True, slots=True)
class Thinned:
    """Points of a series in a window."""

    rows: Int64Array
    """Of the series, in the order of their positions."""
    nonfinite: Int64Array
    """How many points between the row before and this one, which counts too, are not finite."""
    is_complete: bool
    """Is every point of the window there?"""


def thinned(
    value: FloatArray,
    position: NumberArray,
    *,
    start: float | None,
    end: float | None,
    limit: int,
    with_neighbours: bool = False,
) -> Thinned:
    """At most `limit` points of those whose position lies in [start, end), `limit` being 4 or more.

    >>> value = np.zeros(1000); value[500] = 9.0
    >>> few = thinned(value, np.arange(1000), start=None, end=None, limit=40)
    >>> len(few.rows) <= 40, float(value[few.rows].max()), few.is_complete
    (True, 9.0, False)

    More are thinned by M4 (Jugel et al. 2014, VLDB 7(10)): the window is cut into limit / 4 columns of equal
    breadth, and of each the first, the last, the smallest and the largest point stay. With neighbours the
    last point before the window and the first after it come on top: where a line enters and leaves.
    """
    placed = np.flatnonzero(np.isfinite(position))
    placed = placed[np.argsort(position[placed], kind="stable")]
    inside = _inside(position[placed], start, end)
    kept = np.arange(inside.start, inside.stop)
    is_complete = len(kept) <= limit
    if not is_complete:
        at = position[placed[inside]].astype(np.float64)
        low = float(at[0] if start is None else start)
        high = float(at[-1] if end is None else end)
        column = _columns(at, low, high, limit // 4)
        kept = inside.start + _first_last_lowest_highest(column, value[placed[inside]].astype(np.float64))
    if with_neighbours:
        around = [np.array([edge]) for edge in (inside.start - 1, inside.stop) if 0 <= edge < len(placed)]
        kept = np.sort(np.concatenate([kept, *around]))
    nonfinite = np.cumsum(~np.isfinite(value[placed]))[kept]
    before = np.diff(nonfinite, prepend=nonfinite[:1] - ~np.isfinite(value[placed[kept[:1]]]))
    return Thinned(placed[kept], before.astype(np.int64), is_complete)


def _inside(position: NumberArray, start: float | None, end: float | None) -> slice:
    """Which of ascending positions lie in the window."""
    low = 0 if start is None else np.count_nonzero(position < start)
    high = len(position) if end is None else np.count_nonzero(position < end)
    return slice(low, max(low, high))


def _columns(position: Float64Array, low: float, high: float, count: int) -> Int64Array:
    if high <= low:
        return np.zeros(len(position), np.int64)
    if not math.isfinite(high - low):
        position, low, high = position / 2, low / 2, high / 2
    column = np.floor((position - low) / (high - low) * count).astype(np.int64)
    return np.minimum(column, count - 1)


def _first_last_lowest_highest(column: Int64Array, value: Float64Array) -> Int64Array:
    """Rows to keep of each column, in order; extremes are those of the finite values."""
    groups = Groups.of(column)
    rows = np.flatnonzero(np.isfinite(value))
    finite = Groups.of(column[rows])
    lowest = rows[finite.first_equal(value[rows], finite.min(value[rows]))]
    highest = rows[finite.first_equal(value[rows], finite.max(value[rows]))]
    return np.unique(np.concatenate([groups.begin, groups.last, lowest, highest]))
