"""Where candles begin and end: which rows of a series belong to which bucket."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.ohlc.axes import Axis, bucket_range, buckets
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.ohlc.levels import Levels, levels_of
from tensorboard_candles.store import Series

_ROWS_PER_EDGE = 64
"""Finding an edge by bisection costs about as much as looking at so many rows."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Buckets of a series that hold a point: bucket k[i] holds its rows begin[i] to end[i]."""

    series: Series
    levels: Levels
    bucket: Int64Array
    begin: Int64Array
    end: Int64Array

    def __len__(self) -> int:
        return len(self.bucket)


@dataclass(frozen=True, slots=True)
class Placed:
    """A series whose points all have a place on an axis."""

    series: Series
    axis: Axis
    levels: Levels
    is_monotone: bool
    """True where no point lies before the one that precedes it by step."""

    @staticmethod
    def of(series: Series, axis: Axis) -> Placed:
        levels = levels_of(series)
        is_monotone = axis.is_monotone(levels.is_time_sorted)
        if not is_monotone and not axis.is_whole:
            has_time = np.isfinite(axis.positions(series.step[:], series.wall_time))
            if not has_time.all():
                return Placed.of(series.rows(has_time), axis)
        return Placed(series, axis, levels, is_monotone)

    def bounds(self) -> tuple[float, float]:
        """Smallest and largest position; there must be a point."""
        ends = slice(None) if not self.is_monotone else slice(None, None, max(len(self.series) - 1, 1))
        positions = self.axis.positions(self.series.step[ends], self.series.wall_time[ends])
        return positions.min().item(), positions.max().item()

    def first_row(self, position: float) -> int:
        """The first row at or beyond a position, where the axis is monotone."""
        low, high = 0, len(self.series)
        while low < high:
            middle = (low + high) // 2
            here = slice(middle, middle + 1)
            at = self.axis.positions(self.series.step[here], self.series.wall_time[here])[0]
            low, high = (middle + 1, high) if at < position else (low, middle)
        return low

    def cut(self, width: float, start: float | None, end: float | None) -> Cut:
        """Buckets of a width that overlap [start, end)."""
        low, high = bucket_range(width, start, end)
        if not self.is_monotone:
            return self._cut_sorted(width, low, high)
        begin = 0 if low is None else int(self._rows_at(width, np.array([low]))[0])
        stop = len(self.series) if high is None else int(self._rows_at(width, np.array([high]))[0])
        if begin == stop:
            return self._cut_at(np.empty(0, np.int64), np.array([begin]))
        first, last = self._buckets_of(np.array([begin, stop - 1]), width).tolist()
        if (last - first) * _ROWS_PER_EDGE < stop - begin:
            wanted = np.arange(last - first + 1) + first
            edges = np.append(self._rows_at(width, wanted), stop)
            filled = np.flatnonzero(edges[1:] > edges[:-1])
            return self._cut_at(wanted[filled], np.append(edges[filled], stop))
        bucket = self._buckets_of(slice(begin, stop), width)
        groups = Groups.of(bucket)
        return self._cut_at(groups.key, np.append(groups.begin + begin, stop))

    def at(self, bucket: Int64Array, width: float) -> Cut:
        """Those of some buckets, in order, that hold a point."""
        if not self.is_monotone:
            every = self._cut_sorted(width, None, None)
            here = np.flatnonzero(np.isin(every.bucket, bucket, assume_unique=True))
            return Cut(every.series, every.levels, every.bucket[here], every.begin[here], every.end[here])
        begin, end = self._rows_at(width, bucket), self._rows_at(width, bucket, behind=True)
        filled = np.flatnonzero(end > begin)
        return Cut(self.series, self.levels, bucket[filled], begin[filled], end[filled])

    def _cut_at(self, bucket: Int64Array, edges: Int64Array) -> Cut:
        return Cut(self.series, self.levels, bucket, edges[:-1], edges[1:])

    def _cut_sorted(self, width: float, low: int | None, high: int | None) -> Cut:
        """The same where points of one bucket do not lie together: they are brought together first."""
        bucket = self._buckets_of(slice(None), width)
        inside = np.ones(len(bucket), np.bool_)
        if low is not None:
            inside &= bucket >= low
        if high is not None:
            inside &= bucket < high
        rows = np.flatnonzero(inside)
        order = rows[np.argsort(bucket[rows], kind="stable")]
        series, bucket = self.series.rows(order), bucket[order]
        groups = Groups.of(bucket)
        return Cut(series, levels_of(series), groups.key, groups.begin, groups.begin + groups.length)

    def _buckets_of(self, rows: slice | Int64Array, width: float) -> Int64Array:
        return buckets(self.axis.positions(self.series.step[rows], self.series.wall_time[rows]), width)

    def _rows_at(self, width: float, bucket: Int64Array, *, behind: bool = False) -> Int64Array:
        """For each bucket the first row in it or a later one (`behind` it: in a later one only).

        By bisection, of all buckets at once.
        """
        precedes = np.less_equal if behind else np.less
        low = np.zeros(len(bucket), np.int64)
        high = np.full(len(bucket), len(self.series), np.int64)
        for _ in range(math.ceil(math.log2(len(self.series) + 1)) if len(self.series) else 0):
            middle = (low + high) // 2
            is_open = low < high
            is_before = precedes(self._buckets_of(np.minimum(middle, len(self.series) - 1), width), bucket)
            low = np.where(is_open & is_before, middle + 1, low)
            high = np.where(is_open & ~is_before, middle, high)
        return low
