"""Points for a line: few enough to send, and yet a line through them looks like one through all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.axes import NumberArray
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.store import Series


@dataclass(frozen=True, slots=True)
class Thinned:
    """Points of a series in a window; `is_complete` says whether all of them are there."""

    series: Series
    is_complete: bool


def thinned(
    series: Series, position: NumberArray, *, start: float | None, end: float | None, limit: int
) -> Thinned:
    """At most `limit` points of those whose position lies in [start, end), `limit` being 4 or more.

    >>> value = np.zeros(1000); value[500] = 9.0
    >>> steps = np.arange(1000)
    >>> loss = Series("run", "loss", steps, steps + 0.0, value)
    >>> few = thinned(loss, steps, start=None, end=None, limit=40)
    >>> len(few.series) <= 40, float(few.series.value.max()), few.is_complete
    (True, 9.0, False)

    More are thinned by M4 (Jugel et al. 2014, VLDB 7(10)): the window is cut into limit / 4 columns of equal
    breadth, and of each the first, the last, the smallest and the largest point stay.
    """
    rows = _rows_inside(position, start, end)
    is_complete = len(rows) <= limit
    if not is_complete:
        inside = position[rows].astype(np.float64)
        low = float(inside[0] if start is None else start)
        high = float(inside[-1] if end is None else end)
        column = _columns(inside, low, high, limit // 4)
        rows = rows[_first_last_lowest_highest(column, series.value[rows].astype(np.float64))]
    return Thinned(series.rows(rows), is_complete)


def _rows_inside(position: NumberArray, start: float | None, end: float | None) -> Int64Array:
    """Rows whose position lies in the window, in the order of their positions."""
    inside = np.isfinite(position)
    if start is not None:
        inside &= position >= start
    if end is not None:
        inside &= position < end
    rows = np.flatnonzero(inside)
    return rows[np.argsort(position[rows], kind="stable")]


def _columns(position: Float64Array, low: float, high: float, count: int) -> Int64Array:
    if high <= low:
        return np.zeros(len(position), np.int64)
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
