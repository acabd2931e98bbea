"""The three axes: where on it each point lies, and in which bucket."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.epochs import Epochs, epochs_of
from tensorboard_candles.store import RunView, Series

By = Literal["steps", "epochs", "seconds"]
NumberArray = npt.NDArray[np.number[Any]]


class Axis(Protocol):
    """What candles are cut along; a candle k of some width holds positions [k·width, (k+1)·width)."""

    @property
    def by(self) -> By: ...

    @property
    def is_whole(self) -> bool:
        """True where positions and widths are whole numbers."""
        ...

    def positions(self, series: Series, rows: slice | Int64Array) -> NumberArray:
        """Position of some of the points, in the unit of the axis."""
        ...

    def is_monotone(self, is_time_sorted: bool) -> bool:
        """Do positions never fall while steps rise?"""
        ...


@dataclass(frozen=True, slots=True)
class StepAxis:
    """By step."""

    by: By = "steps"
    is_whole: bool = True

    def positions(self, series: Series, rows: slice | Int64Array) -> Int64Array:
        return series.step[rows]

    def is_monotone(self, is_time_sorted: bool) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class EpochAxis:
    """By epoch, as whole numbers."""

    epochs: Epochs
    by: By = "epochs"
    is_whole: bool = True

    def positions(self, series: Series, rows: slice | Int64Array) -> Int64Array:
        return self.epochs.of_steps(series.step[rows])

    def is_monotone(self, is_time_sorted: bool) -> bool:
        return self.epochs.is_monotone


@dataclass(frozen=True, slots=True)
class SecondsAxis:
    """By seconds since the run's first point."""

    start_time: float
    by: By = "seconds"
    is_whole: bool = False

    def positions(self, series: Series, rows: slice | Int64Array) -> Float64Array:
        return series.wall_time[rows] - self.start_time

    def is_monotone(self, is_time_sorted: bool) -> bool:
        return is_time_sorted


def axis_of(run: RunView, by: By, *, steps_per_epoch: int | None = None) -> Axis:
    """The axis of this name for a run.

    Raises NoEpochs where the run's epochs are not known, BadRequest for a name that there is not.
    """
    if by == "steps":
        return StepAxis()
    if by == "epochs":
        return EpochAxis(epochs_of(run, steps_per_epoch=steps_per_epoch))
    if by == "seconds":
        return SecondsAxis(run.start_time)
    raise BadRequest(f"by must be steps, epochs or seconds, got {by!r}")


def extent_in(run: RunView, series: Series, axis: Axis) -> tuple[float, float]:
    """Between which positions the points of a series lie, at the cost of a look at the first and the last.

    On the axis of seconds it is the whole run's; so it is infinite where no point has a time.
    """
    if axis.by == "seconds":
        length = run.end_time - run.start_time
        return (0.0, length) if math.isfinite(length) else (math.inf, -math.inf)
    ends = np.array([0, len(series) - 1]) if axis.is_monotone(True) else slice(None)
    positions = axis.positions(series, ends)
    return positions.min().item(), positions.max().item()


def buckets(positions: NumberArray, width: float) -> Int64Array:
    """Number of the bucket of each position.

    >>> buckets(np.array([-1, 0, 9, 10]), 10)
    array([-1,  0,  0,  1])
    """
    if positions.dtype.kind == "i":
        return np.asarray(np.floor_divide(positions, int(width)), np.int64)
    if len(positions) and not np.abs(positions).max() / width < 2**62:
        raise BadRequest(f"wall times reach too far to be cut into candles of {width:g} seconds")
    # Not floor_divide, which puts 1.0 into bucket 9 of 0.1: a bucket begins at k·width as doubles have it.
    return np.asarray(np.floor(positions / width), np.int64)


def bucket_range(width: float, start: float | None, end: float | None) -> tuple[int | None, int | None]:
    """Buckets [low, high) of that width that share something with [start, end); None leaves a side open.

    >>> bucket_range(10, start=15, end=30)
    (1, 3)
    """
    low = None if start is None else _floor_of(start, width)
    return low, None if end is None else -_floor_of(-end, width)


def _floor_of(position: float, width: float) -> int:
    # Whole numbers are divided as such: steps may lie beyond 2^53.
    if isinstance(width, int) and math.isfinite(position) and position == math.floor(position):
        return math.floor(position) // width
    number = position / width
    if not math.isfinite(number):
        raise BadRequest(f"width {width:g} is too small for a window at {position:g}")
    return math.floor(number)
