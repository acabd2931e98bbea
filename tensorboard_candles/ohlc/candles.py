"""Candles of one series: every column, from every point, without a loop over points."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.axes import Axis, By, NumberArray, buckets, overlapping, placed
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.ohlc.widths import automatic_width
from tensorboard_candles.store import Series

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
    series, positions = placed(series, axis)
    if width is None:
        width = automatic_width(positions, start=start, end=end, limit=limit, is_whole=axis.is_whole)
    bucket = buckets(positions, width)
    inside = overlapping(bucket, width, start, end)
    bucket, series = bucket[inside], series.rows(inside)
    if np.any(bucket[1:] < bucket[:-1]):
        order = np.argsort(bucket, kind="stable")
        bucket, series = bucket[order], series.rows(order)
    groups = Groups.of(bucket)
    if len(groups) > limit:
        raise BadRequest(
            f"width {width:g} gives {len(groups)} candles, more than the limit of {limit}; "
            "give a larger width, a narrower start and end, or a larger limit (at most 10000)"
        )
    return _columns(series, groups, axis, width)


def _columns(series: Series, groups: Groups, axis: Axis, width: float) -> Candles:
    is_finite = np.isfinite(series.value)
    prices = _prices(series, groups, is_finite)
    wide = int(width) if axis.is_whole else width
    return Candles(
        by=axis.by,
        width=wide,
        bucket=groups.key,
        x=groups.key * wide,
        first_step=series.step[groups.begin],
        last_step=series.step[groups.last],
        nonfinite=groups.length - prices.count,
        start_time=groups.min(series.wall_time),
        end_time=groups.max(series.wall_time),
        **{field.name: getattr(prices, field.name) for field in fields(prices)},
    )


@dataclass(frozen=True, slots=True)
class _Prices:
    """The columns that only finite points enter."""

    open: Float64Array
    high: Float64Array
    low: Float64Array
    close: Float64Array
    mean: Float64Array
    std: Float64Array
    count: Int64Array
    high_step: Int64Array
    low_step: Int64Array


def _prices(series: Series, groups: Groups, is_finite: npt.NDArray[np.bool_]) -> _Prices:
    rows = np.flatnonzero(is_finite)
    value = series.value[rows].astype(np.float64)
    step = series.step[rows]
    filled = Groups.of(np.repeat(groups.key, groups.length)[rows])
    at = np.searchsorted(groups.key, filled.key)

    def number(values: Float64Array) -> Float64Array:
        column = np.full(len(groups), np.nan)
        column[at] = values
        return column

    def whole(values: Int64Array, missing: int) -> Int64Array:
        column = np.full(len(groups), missing, np.int64)
        column[at] = values
        return column

    high, low = filled.max(value), filled.min(value)
    mean, std = filled.mean_and_std(value)
    return _Prices(
        open=number(value[filled.begin]),
        high=number(high),
        low=number(low),
        close=number(value[filled.last]),
        mean=number(mean),
        std=number(std),
        count=whole(filled.length, 0),
        high_step=whole(step[filled.first_equal(value, high)], NO_STEP),
        low_step=whole(step[filled.first_equal(value, low)], NO_STEP),
    )
