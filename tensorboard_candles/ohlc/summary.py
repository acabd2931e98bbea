"""What is kept of many points: enough to merge any of them into any candle, exactly.

Extremes and counts merge as they are. Means and deviations merge by Chan, Golub and LeVeque (1983, The
American Statistician 37(3), eq. 2.1): few at a time, each time measured from one of them, the one of most
points. The square that is taken off in the end for having measured from there, and not from the mean, is then
at most as many times what is left as there are merged at a time: of 16 digits at most two are lost. Means are
doubles like any other: no deviation is more exact than the last digit of the values' level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.candle import CandleArray
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array

BoolArray = npt.NDArray[np.bool_]
Float = TypeVar("Float", bound=np.floating[Any])

_SMALLEST, _LARGEST = 1e-100, 1e140
"""Magnitudes between which squares, and sums of very many of them, are safe in a double."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Columns of one shape: of blocks of points, or of candles.

    Only finite values enter. Where there is none, `count` is 0, `high` −inf, `low` +inf, `mean` and `std` 0,
    and the rows are without meaning.
    """

    count: Float64Array
    """A whole number; as a double, which all sums here are of."""
    high: Float64Array
    low: Float64Array
    high_row: Int64Array
    """The first row at which the value was `high`."""
    low_row: Int64Array
    mean: Float64Array
    std: Float64Array
    """Population standard deviation: of the values' own magnitude, where a sum of squares might overflow."""

    @staticmethod
    def of_points(value: FloatArray, row: Int64Array, void: BoolArray | None = None) -> Summary:
        """A summary of each line of an array of values, of which the first stands in row `row[i]`.

        >>> lines = np.array([[3.0, 1.0, np.nan], [5.0, 7.0, 9.0]])
        >>> void = np.array([[False, False, False], [False, False, True]])
        >>> found = Summary.of_points(lines, np.array([10, 20]), void)
        >>> found.count, found.high, found.low_row, found.mean, found.std
        (array([2., 2.]), array([3., 7.]), array([11, 20]), array([2., 6.]), array([1., 1.]))

        Values that are `void` don't count. A line is of at most 255 values: the fewer, the less is lost.
        """
        is_void = ~np.isfinite(value)
        if void is not None:
            is_void |= void
        count = value.shape[1] - np.einsum("ij->i", is_void.view(np.uint8)).astype(np.float64)
        line, first = np.arange(len(value)), is_void.argmin(axis=1)
        origin = np.where(count > 0, value[line, first], 0)
        if is_void.any():
            # What stands in for what doesn't count is an extreme only where it is one itself.
            value = value.copy()
            np.copyto(value, origin[:, None], where=is_void)
        high_at, low_at = np.maximum(value.argmax(axis=1), first), np.maximum(value.argmin(axis=1), first)
        high, low = value[line, high_at].astype(np.float64), value[line, low_at].astype(np.float64)
        exponent = _exponents(high, low)
        origin = _scaled(origin, -exponent).astype(np.float64)
        beyond = _scaled(value, -exponent).astype(np.float64)
        beyond -= origin[:, None]
        at_least_one = np.maximum(count, 1)
        mean_beyond = np.einsum("ij->i", beyond) / at_least_one
        variance = np.einsum("ij,ij->i", beyond, beyond) / at_least_one - mean_beyond**2
        return Summary(
            count=count,
            high=np.where(count > 0, high, -np.inf),
            low=np.where(count > 0, low, np.inf),
            high_row=row + high_at,
            low_row=row + low_at,
            mean=_scaled(origin + mean_beyond, exponent),
            std=_scaled(np.sqrt(np.maximum(variance, 0.0)), exponent),
        )

    @staticmethod
    def of_candles(candle: CandleArray, row: Int64Array, void: BoolArray | None = None) -> Summary:
        """The same of lines of `CANDLE`s, each of which may sum up many points."""
        count = candle["count"].astype(np.float64)
        if void is not None:
            count[void] = 0
        holds = count > 0
        number = row[:, None] + np.arange(candle.shape[1])

        def or_else(name: str, otherwise: float) -> Float64Array:
            return np.where(holds, candle[name], otherwise)

        high, low = or_else("high", -np.inf), or_else("low", np.inf)
        return Summary(count, high, low, number, number, or_else("mean", 0), or_else("std", 0)).merged()

    @staticmethod
    def empty(shape: tuple[int, ...]) -> Summary:
        """Of no points at all; arrays of its own each, to be filled."""
        whole, real = np.zeros((2, *shape), np.int64), np.zeros((3, *shape))
        high, low = np.full(shape, -np.inf), np.full(shape, np.inf)
        return Summary(real[0], high, low, whole[0], whole[1], real[1], real[2])

    def columns(self) -> tuple[npt.NDArray[np.integer] | Float64Array, ...]:
        return (self.count, self.high, self.low, self.high_row, self.low_row, self.mean, self.std)

    def rows(self, rows: slice | Int64Array) -> Summary:
        """Some of the rows, in the shape of an index array."""
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
        """Lines of a two-dimensional summary, each merged into one; its items are in the order of points.

        >>> points = np.array([[3.0, 1.0], [5.0, np.nan]])
        >>> blocks = Summary.of_points(points, np.array([10, 12])).rows(np.array([[0, 1]]))
        >>> one = blocks.merged()
        >>> one.count, one.high, one.low_row, one.mean
        (array([3.]), array([5.]), array([11]), array([3.]))
        """
        count = np.einsum("ij->i", self.count)
        line = np.arange(len(count))
        highest, lowest, largest = (
            self.high.argmax(axis=1),
            self.low.argmin(axis=1),
            self.count.argmax(axis=1),
        )
        high, low = self.high[line, highest], self.low[line, lowest]
        exponent = _exponents(high, low)
        origin = _scaled(self.mean[line, largest], -exponent)
        beyond = _scaled(self.mean, -exponent) - origin[:, None]
        at_least_one = np.maximum(count, 1)
        mean_beyond = np.einsum("ij,ij->i", self.count, beyond) / at_least_one
        square = _scaled(self.std, -exponent) ** 2
        square += np.square(beyond, out=beyond)
        variance = np.einsum("ij,ij->i", self.count, square) / at_least_one - mean_beyond**2
        return Summary(
            count=count,
            high=high,
            low=low,
            high_row=self.high_row[line, highest],
            low_row=self.low_row[line, lowest],
            mean=_scaled(origin + mean_beyond, exponent),
            std=_scaled(np.sqrt(np.maximum(variance, 0.0)), exponent),
        )


def _exponents(high: Float64Array, low: Float64Array) -> npt.NDArray[np.int32]:
    """Power of two to divide by before squaring, per line; 0 where squares are safe, as of nearly all data.

    Scaled by a power of two, numbers keep all their digits.
    """
    largest = np.maximum(high, -low)
    is_safe = (largest <= 0) | ((largest > _SMALLEST) & (largest < _LARGEST))
    return np.where(is_safe, 0, np.frexp(np.where(is_safe, 1.0, largest))[1])


def _scaled(numbers: npt.NDArray[Float], exponent: npt.NDArray[np.int32]) -> npt.NDArray[Float]:
    """Numbers times a power of two per line."""
    if not exponent.any():
        return numbers
    by_line = exponent if numbers.ndim == 1 else exponent[:, None]
    scaled: npt.NDArray[Float] = np.ldexp(numbers, by_line)
    return scaled


def joined(summaries: Sequence[Summary]) -> Summary:
    """One behind the other."""
    columns = zip(*(one.columns() for one in summaries), strict=True)
    return Summary(*(np.concatenate(column) for column in columns))
