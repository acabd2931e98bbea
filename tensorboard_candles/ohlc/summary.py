"""What is kept of many points: enough to merge any of them into any candle, exactly.

Extremes and counts merge as they are. Means and deviations merge by Chan, Golub and LeVeque (1983, The
American Statistician 37(3), eq. 2.1), which is as sound as two passes over the points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.ohlc.groups import first_equal

_SMALLEST, _LARGEST = 1e-100, 1e150
"""Magnitudes between which squares, and sums of very many of them, are safe in a double."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Columns of one shape: of points, of blocks of points, or of candles.

    Only finite values enter. Where there is none, `count` is 0, `high` −inf, `low` +inf and the rest without
    meaning.
    """

    count: Int64Array
    high: Float64Array
    low: Float64Array
    high_row: Int64Array
    """The first row at which the value was `high`."""
    low_row: Int64Array
    mean: Float64Array
    std: Float64Array
    """Population standard deviation: of the values' own magnitude, where a sum of squares might overflow."""

    @staticmethod
    def of_points(value: FloatArray, row: Int64Array) -> Summary:
        """Each point by itself."""
        is_finite = np.isfinite(value)
        wide = value.astype(np.float64)
        return Summary(
            count=is_finite.astype(np.int64),
            high=np.where(is_finite, wide, -np.inf),
            low=np.where(is_finite, wide, np.inf),
            high_row=row,
            low_row=row,
            mean=np.where(is_finite, wide, 0.0),
            std=np.zeros(value.shape),
        )

    @staticmethod
    def empty(count: int) -> Summary:
        """Rows without any point; arrays of its own each, to be filled."""
        whole, real = np.zeros((3, count), np.int64), np.zeros((2, count))
        return Summary(
            whole[0], np.full(count, -np.inf), np.full(count, np.inf), whole[1], whole[2], real[0], real[1]
        )

    def folded(self, length: int) -> Summary:
        """Rows in groups of `length`, as the rows of a two-dimensional summary."""
        return Summary(
            self.count.reshape(-1, length),
            self.high.reshape(-1, length),
            self.low.reshape(-1, length),
            self.high_row.reshape(-1, length),
            self.low_row.reshape(-1, length),
            self.mean.reshape(-1, length),
            self.std.reshape(-1, length),
        )

    def columns(self) -> tuple[npt.NDArray[np.int64] | npt.NDArray[np.float64], ...]:
        return (self.count, self.high, self.low, self.high_row, self.low_row, self.mean, self.std)

    def rows(self, rows: slice | Int64Array) -> Summary:
        """Some of the rows."""
        return Summary(
            self.count[rows],
            self.high[rows],
            self.low[rows],
            self.high_row[rows],
            self.low_row[rows],
            self.mean[rows],
            self.std[rows],
        )

    def merged(self) -> Summary:
        """Rows of a two-dimensional summary, each merged into one; its items are in the order of points.

        >>> points = Summary.of_points(np.array([[3.0, 1.0, np.nan]]), np.array([[10, 11, 12]]))
        >>> one = points.merged()
        >>> one.count, one.high, one.low_row, one.mean, one.std
        (array([2]), array([3.]), array([11]), array([2.]), array([1.]))
        """
        count = self.count.sum(axis=1)
        at = np.arange(len(count))
        highest, lowest = self.high.argmax(axis=1), self.low.argmin(axis=1)
        high, low = self.high[at, highest], self.low[at, lowest]
        exponent = _exponents(high, low)[:, None]
        mean, std = np.ldexp(self.mean, -exponent), np.ldexp(self.std, -exponent)
        # Measured from a mean nearby, so that small differences on a large level keep their digits.
        origin = mean[at, (self.count > 0).argmax(axis=1)]
        weight = self.count / np.maximum(count, 1)[:, None]
        beyond = np.where(self.count > 0, mean - origin[:, None], 0.0)
        mean_beyond = (weight * beyond).sum(axis=1)
        variance = (weight * (std**2 + (beyond - mean_beyond[:, None]) ** 2)).sum(axis=1)
        return Summary(
            count=count,
            high=high,
            low=low,
            high_row=self.high_row[at, highest],
            low_row=self.low_row[at, lowest],
            mean=np.ldexp(origin + mean_beyond, exponent[:, 0]),
            std=np.ldexp(np.sqrt(variance), exponent[:, 0]),
        )

    def merged_runs(self, length: Int64Array) -> Summary:
        """Runs of neighbouring rows, each merged into one; `length` gives theirs, in order, none of it 0."""
        begin = np.cumsum(length) - length
        high, low = np.maximum.reduceat(self.high, begin), np.minimum.reduceat(self.low, begin)
        highest = first_equal(self.high, high, begin, length)
        lowest = first_equal(self.low, low, begin, length)
        count = np.add.reduceat(self.count, begin)
        exponent = _exponents(high, low)
        each = np.repeat(exponent, length)
        mean, std = np.ldexp(self.mean, -each), np.ldexp(self.std, -each)
        origin = mean[begin]
        weight = self.count / np.repeat(np.maximum(count, 1), length)
        beyond = np.where(self.count > 0, mean - np.repeat(origin, length), 0.0)
        mean_beyond = np.add.reduceat(weight * beyond, begin)
        variance = np.add.reduceat(weight * (std**2 + (beyond - np.repeat(mean_beyond, length)) ** 2), begin)
        return Summary(
            count=count,
            high=high,
            low=low,
            high_row=self.high_row[highest],
            low_row=self.low_row[lowest],
            mean=np.ldexp(origin + mean_beyond, exponent),
            std=np.ldexp(np.sqrt(variance), exponent),
        )


def _exponents(high: Float64Array, low: Float64Array) -> npt.NDArray[np.int32]:
    """Power of two to divide by before squaring, per row; 0 where squares are safe, as of nearly all data.

    Scaled by a power of two, numbers keep all their digits.
    """
    largest = np.maximum(high, -low)
    is_safe = (largest <= 0) | ((largest > _SMALLEST) & (largest < _LARGEST))
    return np.where(is_safe, 0, np.frexp(np.where(is_safe, 1.0, largest))[1])


def stacked(summaries: list[Summary]) -> Summary:
    """Summaries of one length side by side, as the columns of a two-dimensional one."""
    columns = zip(*(one.columns() for one in summaries), strict=True)
    return Summary(*(np.stack(column, axis=1) for column in columns))
