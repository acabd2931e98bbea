"""Where candles begin and end: which rows of a series belong to which bucket."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.axes import Axis, NumberArray, bucket_range, buckets
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.ohlc.levels import Levels, levels_of
from tensorboard_candles.ohlc.search import Scale, TooMany, first_rows
from tensorboard_candles.ohlc.summary import BoolArray
from tensorboard_candles.store import Series

_LEAST, _MOST = -(2**63), 2**63 - 1
_ROWS_AT_A_TIME = 1 << 20


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

    def only(self, wanted: BoolArray) -> Cut:
        return Cut(self.series, self.levels, self.bucket[wanted], self.begin[wanted], self.end[wanted])


class _Scale(Scale, Protocol):
    """Keys, some of which are wanted."""

    def holds(self, key: Int64Array) -> BoolArray: ...


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Keys that are the buckets from `low` on and below `high`; one key for all before, and one behind."""

    width: float
    low: int | None
    high: int | None

    @staticmethod
    def of(width: float, low: int | None, high: int | None) -> _Buckets:
        return _Buckets(
            width,
            # A side beyond all numbers is open, or everything lies on its other side.
            None if low is None or low <= _LEAST else min(low, _MOST),
            None if high is None or high > _MOST else max(high, _LEAST),
        )

    def key(self, position: NumberArray) -> Int64Array:
        key = buckets(position, self.width)
        if self.low is not None:
            key = np.maximum(key, self.low - 1)
        return key if self.high is None else np.minimum(key, self.high)

    def begin(self, key: Int64Array) -> Float64Array:
        return np.multiply(key, self.width, dtype=np.float64)

    def holds(self, key: Int64Array) -> BoolArray:
        holds = np.ones(len(key), np.bool_)
        if self.low is not None:
            holds &= key >= self.low
        if self.high is not None:
            holds &= key < self.high
        return holds


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Key 2i + 1 is bucket[i], key 2i what lies between that and the one before."""

    width: float
    bucket: Int64Array

    def key(self, position: NumberArray) -> Int64Array:
        bucket = buckets(position, self.width)
        before, upto = (np.searchsorted(self.bucket, bucket, side) for side in ("left", "right"))
        return before + upto

    def begin(self, key: Int64Array) -> Float64Array:
        index, is_behind = np.divmod(key - 1, 2)
        return np.multiply(self.bucket[index] + is_behind, self.width, dtype=np.float64)

    def holds(self, key: Int64Array) -> BoolArray:
        return np.equal(key % 2, 1)


@dataclass(frozen=True, slots=True)
class _Before:
    """Key 0 is what lies before a bucket, 1 the rest."""

    width: float
    bucket: int

    def key(self, position: NumberArray) -> Int64Array:
        return (buckets(position, self.width) >= self.bucket).astype(np.int64)

    def begin(self, key: Int64Array) -> Float64Array:
        return np.multiply(key, self.bucket * self.width, dtype=np.float64)

    def holds(self, key: Int64Array) -> BoolArray:
        return np.equal(key, 0)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Key 0 is what lies before `start`, 1 what lies before `end`, 2 the rest."""

    start: float
    end: float

    def key(self, position: NumberArray) -> Int64Array:
        return (position >= self.start).astype(np.int64) + (position >= self.end)

    def begin(self, key: Int64Array) -> Float64Array:
        return np.where(key == 1, float(self.start), float(self.end))

    def holds(self, key: Int64Array) -> BoolArray:
        return np.equal(key, 1)


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
            has_time = np.isfinite(axis.positions(series, slice(None)))
            if not has_time.all():
                return Placed.of(series.rows(has_time), axis)
        return Placed(series, axis, levels, is_monotone)

    def bounds(self) -> tuple[float, float]:
        """Smallest and largest position; there must be a point."""
        ends = slice(None) if not self.is_monotone else slice(None, None, max(len(self.series) - 1, 1))
        positions = self.axis.positions(self.series, ends)
        return positions.min().item(), positions.max().item()

    def sample(self, start: float | None, end: float | None, count: int) -> NumberArray:
        """Positions in [start, end), in order: of all points there, or of about `count` of them."""
        window = _Inside(-math.inf if start is None else start, math.inf if end is None else end)
        begin, stop = self._rows_inside(window) if self.is_monotone else (0, len(self.series))
        count = min(count, stop - begin)
        rows = begin + np.arange(count) * (stop - begin) // max(count, 1)
        positions = self._positions(rows)
        return positions if self.is_monotone else np.sort(positions[window.holds(window.key(positions))])

    def cut(self, width: float, start: float | None, end: float | None, *, most: int) -> Cut:
        """Buckets of a width that overlap [start, end). Raises TooMany where there are more than `most`."""
        return self.between(width, *bucket_range(width, start, end), most=most)

    def between(self, width: float, low: int | None, high: int | None, *, most: int) -> Cut:
        """Buckets `low` to `high` of a width, the last not with them; None leaves a side open."""
        # Two more keys may stand for what lies before and behind the window.
        cut = self._cut(_Buckets.of(width, low, high), most=most + 2)
        if len(cut) > most:
            raise TooMany
        return cut

    def count(self, width: float, start: float | None, end: float | None) -> int:
        """How many such buckets there are, at the cost of a look at every point."""
        scale = _Buckets.of(width, *bucket_range(width, start, end))
        if not self.is_monotone:
            return len(self._cut(scale))
        count, last = 0, np.empty(0, np.int64)
        for begin in range(0, len(self.series), _ROWS_AT_A_TIME):
            key = scale.key(self._positions(slice(begin, begin + _ROWS_AT_A_TIME)))
            keys = Groups.of(np.append(last, key)).key[len(last) :]
            count += int(np.count_nonzero(scale.holds(keys)))
            last = key[-1:]
        return count

    def at(self, bucket: Int64Array, width: float) -> Cut:
        """Those of some buckets, in order, that hold a point."""
        cut = self._cut(_Chosen(width, bucket))
        return replace(cut, bucket=bucket[cut.bucket // 2])

    def before(self, bucket: int, width: float) -> Cut:
        """All that lies before a bucket, as one stretch; none where nothing does."""
        return self._cut(_Before(width, bucket))

    def _positions(self, rows: slice | Int64Array) -> NumberArray:
        return self.axis.positions(self.series, rows)

    def _rows_inside(self, window: _Inside) -> tuple[int, int]:
        """Where the rows inside begin and end."""
        cut = self._cut(window)
        return (int(cut.begin[0]), int(cut.end[0])) if len(cut) else (0, 0)

    def _cut(self, scale: _Scale, *, most: int | None = None) -> Cut:
        """Stretches of one key each, in place of a bucket, that the scale holds."""
        if not self.is_monotone:
            return self._cut_sorted(scale)
        key, begin = first_rows(self._positions, scale, len(self.series), most=most)
        end = np.append(begin, len(self.series))[1:]
        return Cut(self.series, self.levels, key, begin, end).only(scale.holds(key))

    def _cut_sorted(self, scale: _Scale) -> Cut:
        """The same where points of one key do not lie together: they are brought together first."""
        key = scale.key(self._positions(slice(None)))
        rows = np.flatnonzero(scale.holds(key))
        order = rows[np.argsort(key[rows], kind="stable")]
        series, groups = self.series.rows(order), Groups.of(key[order])
        return Cut(series, levels_of(series), groups.key, groups.begin, groups.begin + groups.length)
