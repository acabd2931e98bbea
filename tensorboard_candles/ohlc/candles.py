"""Candles of one series: every column, from every point, without a loop over points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.ohlc.axes import Axis, By, NumberArray
from tensorboard_candles.ohlc.cuts import Cut, Placed
from tensorboard_candles.ohlc.levels import levels_of
from tensorboard_candles.ohlc.made import Ends, ends_in_order, ends_overlapping
from tensorboard_candles.ohlc.search import TooMany
from tensorboard_candles.ohlc.summary import Summary
from tensorboard_candles.ohlc.widths import automatic_cut
from tensorboard_candles.store import Lineage, Series

NO_STEP = np.iinfo(np.int64).min
"""Stands in an integer column where there is no number."""


@dataclass(frozen=True, slots=True)
class Candles:
    """Columns of equal length, one row per candle that holds a point, in the order of the axis.

    Prices are float64 and NaN where every point of the candle is non-finite; steps of extremes are NO_STEP
    there. `bucket` is k of [k·width, (k+1)·width), `x` its beginning.
    """

    by: By
    width: float
    bucket: Int64Array
    x: NumberArray
    first_step: Int64Array
    last_step: Int64Array
    open: Float64Array
    high: Float64Array
    low: Float64Array
    close: Float64Array
    mean: Float64Array
    std: Float64Array
    count: Int64Array
    nonfinite: Int64Array
    high_step: Int64Array
    low_step: Int64Array
    start_time: Float64Array
    end_time: Float64Array
    extent: tuple[float, float]
    """Of the whole series, in view or not: its first position, and the end behind its last one."""

    def __len__(self) -> int:
        return len(self.bucket)


def candles(
    series: Series,
    axis: Axis,
    *,
    width: float | None = None,
    start: float | None = None,
    end: float | None = None,
    limit: int = 1000,
) -> Candles:
    """Candles of a series that overlap [start, end), each whole.

    >>> from tensorboard_candles.ohlc import StepAxis
    >>> steps = np.arange(6)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([3.0, 9.0, 1.0, 2.0, np.nan, 4.0]))
    >>> found = candles(loss, StepAxis(), width=3)
    >>> found.open, found.high, found.low, found.close, found.nonfinite
    (array([3., 2.]), array([9., 4.]), array([1., 2.]), array([1., 4.]), array([0, 1]))

    Without `width` the smallest of {1, 2, 5}·10^n that gives at most `limit` candles is taken. Raises
    BadRequest where a given width gives more than `limit`.
    """
    placed = Placed.of(series, axis)
    if width is None:
        width, cut = automatic_cut(placed, start=start, end=end, limit=limit)
    else:
        cut = _given_cut(placed, width, start, end, limit)
    return candles_of(placed, cut, width)


def _given_cut(placed: Placed, width: float, start: float | None, end: float | None, limit: int) -> Cut:
    try:
        return placed.cut(width, start, end, most=limit)
    except TooMany:
        count = placed.count(width, start, end)
    raise BadRequest(
        f"width {width:g} gives {count} candles, more than the limit of {limit}; "
        "give a larger width, a narrower start and end, or a larger limit (at most 10000)"
    )


def candles_of(placed: Placed, cut: Cut, width: float) -> Candles:
    """A candle for each stretch of a cut."""
    axis, series = placed.axis, cut.series
    found = cut.levels.summary(series, cut.begin, cut.end)
    count = found.count.astype(np.int64)
    is_empty = count == 0

    def price(values: FloatArray) -> Float64Array:
        return np.where(is_empty, np.nan, values.astype(np.float64))

    def step(steps: Int64Array) -> Int64Array:
        return np.where(is_empty, NO_STEP, steps)

    ends = _ends(cut, found, count)
    start_time, end_time = _times(cut)
    return Candles(
        by=axis.by,
        width=int(width) if axis.is_whole else width,
        bucket=cut.bucket,
        x=_begins(cut.bucket, width, axis),
        first_step=series.step[cut.begin],
        last_step=ends.last_step,
        open=price(ends.open),
        high=price(found.high),
        low=price(found.low),
        close=price(ends.close),
        mean=price(np.clip(found.mean, found.low, found.high)),
        std=price(found.std),
        count=count,
        nonfinite=_nonfinite(cut, count),
        high_step=step(ends.high_step),
        low_step=step(ends.low_step),
        start_time=start_time,
        end_time=end_time,
        extent=_extent(placed),
    )


def _extent(placed: Placed) -> tuple[float, float]:
    if not len(placed.series):
        return 0, 0
    first, last = placed.bounds()
    if placed.series.candles:
        last = max(last, _last_end(placed))
    return first, last + 1 if placed.axis.is_whole else float(np.nextafter(last, np.inf))


def _last_end(placed: Placed) -> float:
    """The largest position at which a candle of the series ends."""
    made, levels = placed.series.candles, placed.levels.made
    assert made
    is_in_order = placed.is_monotone and levels and levels.is_disjoint and levels.is_end_sorted
    rows = slice(-1 if is_in_order else 0, None)
    ends = replace(placed.series, step=made.rows["last_step"], wall_time=made.rows["end_time"])
    last: float = placed.axis.positions(ends, rows).max().item()
    return last


def _begins(bucket: Int64Array, width: float, axis: Axis) -> NumberArray:
    """Where each bucket begins on the axis."""
    if not axis.is_whole:
        return bucket * width
    if len(bucket) and int(bucket[0]) * int(width) < -(2**63):
        raise BadRequest(f"a candle of width {width:g} would begin below the smallest 64-bit step")
    return bucket * int(width)


def _ends(cut: Cut, found: Summary, count: Int64Array) -> Ends:
    """What of each bucket single rows tell."""
    series, (first, last) = cut.series, _finite_ends(cut, count)
    opens = series.candles.rows["open"] if series.candles else series.value
    ends = Ends(
        last_step=series.step[cut.end - 1],
        open=opens[first],
        close=series.value[last],
        high_step=series.step[found.high_row],
        low_step=series.step[found.low_row],
    )
    if series.candles is None or cut.levels.made is None:
        return ends
    if cut.levels.made.is_disjoint:
        return ends_in_order(series.candles.rows, cut.end, found, ends)
    return ends_overlapping(series.candles.rows, cut.begin, cut.end, found, ends)


def _nonfinite(cut: Cut, count: Int64Array) -> Int64Array:
    if cut.levels.made:
        before = cut.levels.made.nonfinite_before
        return before[cut.end] - before[cut.begin]
    return cut.end - cut.begin - count


def _finite_ends(cut: Cut, count: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Rows of the first and the last finite value of each bucket; anything in it where there is none."""
    value = cut.series.value
    first, last = cut.begin.copy(), cut.end - 1
    for row, nearest in ((first, cut.levels.first_finite), (last, cut.levels.last_finite)):
        is_elsewhere = (count > 0) & ~np.isfinite(value[row])
        if is_elsewhere.any():
            row[is_elsewhere] = nearest(value, row[is_elsewhere])
    return first, last


def _times(cut: Cut) -> tuple[Float64Array, Float64Array]:
    """Smallest and largest wall time of each bucket."""
    series, levels = cut.series, cut.levels
    smallest, largest = _span(cut, series.wall_time, levels.times, is_sorted=levels.is_time_sorted)
    if series.candles and levels.made:
        ends, is_sorted = series.candles.rows["end_time"], levels.made.is_end_sorted
        _, largest = _span(cut, ends, levels.made.ends, is_sorted=is_sorted)
    return smallest, largest


def _span(
    cut: Cut, time: Float64Array, lineage: Lineage, *, is_sorted: bool
) -> tuple[Float64Array, Float64Array]:
    """Smallest and largest of some times of each bucket."""
    if is_sorted:
        return time[cut.begin], time[cut.end - 1]
    times = replace(cut.series, value=time, lineage=lineage, candles=None)
    found = levels_of(times).summary(times, cut.begin, cut.end)
    is_known = found.count > 0
    return np.where(is_known, found.low, np.nan), np.where(is_known, found.high, np.nan)
