"""What is kept of many points: enough to merge any of them into any candle, exactly.

Extremes and counts merge as they are. Means and deviations merge by Chan, Golub and LeVeque (1983, The
American Statistician 37(3), eq. 2.1), which is as sound as two passes over the points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array


@dataclass(frozen=True, slots=True)
class Summary:
    """Columns of one shape: of points, of blocks of points, or of candles.

    Only finite values enter. Where there is none, `count` is 0, `high` −inf, `low` +inf and the rest without
    meaning. Means and squares are those of value · 2^−exponent, the exponent being the owner's to know.
    """

    count: Int64Array
    high: Float64Array
    low: Float64Array
    high_row: Int64Array
    """The first row at which the value was `high`."""
    low_row: Int64Array
    mean: Float64Array
    squares: Float64Array
    """Sum of squared differences from the mean."""

    @staticmethod
    def of_points(value: FloatArray, row: Int64Array, exponent: int) -> Summary:
        """Each point by itself."""
        is_finite = np.isfinite(value)
        wide = value.astype(np.float64)
        scaled = np.ldexp(wide, -exponent) if exponent else wide
        return Summary(
            count=is_finite.astype(np.int64),
            high=np.where(is_finite, wide, -np.inf),
            low=np.where(is_finite, wide, np.inf),
            high_row=row,
            low_row=row,
            mean=np.where(is_finite, scaled, 0.0),
            squares=np.zeros(value.shape),
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
            self.squares.reshape(-1, length),
        )

    def columns(self) -> tuple[npt.NDArray[np.int64] | npt.NDArray[np.float64], ...]:
        return (self.count, self.high, self.low, self.high_row, self.low_row, self.mean, self.squares)

    def rows(self, rows: slice | Int64Array) -> Summary:
        """Some of the rows."""
        return Summary(
            self.count[rows],
            self.high[rows],
            self.low[rows],
            self.high_row[rows],
            self.low_row[rows],
            self.mean[rows],
            self.squares[rows],
        )

    def merged(self) -> Summary:
        """Rows of a two-dimensional summary, each merged into one; its items are in the order of points.

        >>> points = Summary.of_points(np.array([[3.0, 1.0, np.nan]]), np.array([[10, 11, 12]]), 0)
        >>> one = points.merged()
        >>> one.count, one.high, one.low_row, one.mean, one.squares
        (array([2]), array([3.]), array([11]), array([2.]), array([2.]))
        """
        count = self.count.sum(axis=1)
        most = np.maximum(count, 1)
        at = np.arange(len(count))
        highest, lowest = self.high.argmax(axis=1), self.low.argmin(axis=1)
        # Measured from a mean nearby, so that small differences on a large level keep their digits.
        origin = self.mean[at, (self.count > 0).argmax(axis=1)]
        beyond = (self.mean - origin[:, None]) * (self.count > 0)
        mean_beyond = (self.count * beyond).sum(axis=1) / most
        squares = self.squares + self.count * (beyond - mean_beyond[:, None]) ** 2
        return Summary(
            count=count,
            high=self.high[at, highest],
            low=self.low[at, lowest],
            high_row=self.high_row[at, highest],
            low_row=self.low_row[at, lowest],
            mean=origin + mean_beyond,
            squares=squares.sum(axis=1),
        )

    def merged_runs(self, length: Int64Array) -> Summary:
        """Runs of neighbouring rows, each merged into one; `length` gives theirs, in order, none of it 0."""
        begin = np.cumsum(length) - length
        high, low = np.maximum.reduceat(self.high, begin), np.minimum.reduceat(self.low, begin)
        highest = _first_equal(self.high, high, begin, length)
        lowest = _first_equal(self.low, low, begin, length)
        count = np.add.reduceat(self.count, begin)
        most = np.maximum(count, 1)
        origin = self.mean[begin]
        beyond = np.where(self.count > 0, self.mean - np.repeat(origin, length), 0.0)
        mean_beyond = np.add.reduceat(self.count * beyond, begin) / most
        squares = self.squares + self.count * (beyond - np.repeat(mean_beyond, length)) ** 2
        return Summary(
            count=count,
            high=high,
            low=low,
            high_row=self.high_row[highest],
            low_row=self.low_row[lowest],
            mean=origin + mean_beyond,
            squares=np.add.reduceat(squares, begin),
        )


def _first_equal(
    values: Float64Array, wanted: Float64Array, begin: Int64Array, length: Int64Array
) -> Int64Array:
    """Row of the first member of each run that equals the run's wanted value; each has one."""
    rows = np.flatnonzero(values == np.repeat(wanted, length))
    run = np.searchsorted(begin, rows, side="right") - 1
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = run[1:] != run[:-1]
    return rows[is_first]


def stacked(summaries: list[Summary]) -> Summary:
    """Summaries of one length side by side, as the columns of a two-dimensional one."""
    columns = zip(*(one.columns() for one in summaries), strict=True)
    return Summary(*(np.stack(column, axis=1) for column in columns))
