"""Several tags, logged at different steps, on steps that they have in common.

As-of join: at a step a tag has the value of its last point by then. The steps are those of the tag with the
fewest of them, so that no value is counted twice, in the stretch that all tags span.
"""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.ohlc import width_over
from tensorboard_candles.store import Series

Of = typing.Literal["differences", "returns", "raw"]
MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """A value for each step that has one, steps rising strictly; values may be NaN or infinite.

    >>> Line([0.0, 10.0, 20.0], [3, 2, 1])
    Line(step=array([ 0, 10, 20]), value=array([3., 2., 1.]))

    Whatever is an array of whole steps and one of real numbers is taken; else there is a `BadRequest`.
    """

    step: Int64Array
    value: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", _as_steps(self.step))
        object.__setattr__(self, "value", _as_values(self.value))
        if self.step.ndim != 1 or self.step.shape != self.value.shape:
            shapes = f"{self.step.shape} and {self.value.shape}"
            raise BadRequest(f"a line needs a value for each step, got arrays of the shapes {shapes}")


def _as_steps(step: npt.ArrayLike) -> Int64Array:
    """Those of 64 bits stay the array that they are."""
    given = np.asarray(step)
    if given.dtype == np.int64:
        return given
    if given.dtype.kind not in "iuf" and given.size:
        raise BadRequest(f"steps must be whole numbers, got {given.dtype}")
    if given.dtype.kind == "f":
        is_bad = ~np.isfinite(given) | (given != np.trunc(given))
        if is_bad.any():
            raise BadRequest(f"steps must be whole numbers, got {given[is_bad][0]}")
    if given.size and not -(2**63) <= int(given.min()) <= int(given.max()) < 2**63:
        raise BadRequest("steps must fit into 64 bits with a sign")
    return given.astype(np.int64)


def _as_values(value: npt.ArrayLike) -> FloatArray:
    given = np.asarray(value)
    if given.dtype in (np.float32, np.float64):
        return given
    if given.dtype.kind not in "biuf" and given.size:
        raise BadRequest(f"values must be real numbers, got {given.dtype}")
    return given.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps that several lines have in common."""

    step: Int64Array
    width: int | None
    """Of the candles whose last step each is, in steps; None where there is every step."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines on common steps: `values[i, j]` is of line i at `step[j]`, NaN where it was no finite number."""

    step: Int64Array
    values: Float64Array
    width: int | None
    """See `Steps`."""


def line_in(series: Series) -> Line:
    """The last value of each step of a series; of candles that the writer made, their closes.

    >>> steps = np.array([0, 1, 1, 4])
    >>> found = line_in(Series("run", "loss", steps, steps + 0.5, np.array([4.0, 3.0, 2.5, 2.0])))
    >>> found.step, found.value
    (array([0, 1, 4]), array([4. , 2.5, 2. ]))
    """
    step, value = series.step[:], series.value
    if series.candles:
        step = series.candles.rows["last_step"]
        order = np.argsort(step, kind="stable")
        step, value = step[order], value[order]
    is_last = np.append(step[1:] != step[:-1], True)
    return Line(step, value) if is_last.all() else Line(step[is_last], value[is_last])


def lines_in(some: Sequence[Series]) -> list[Line]:
    """The same of several; those with the same steps share one array of them.

    >>> steps = np.arange(3)
    >>> loss, accuracy = (Series("run", tag, steps, steps + 0.5, np.ones(3)) for tag in ("loss", "accuracy"))
    >>> first, second = lines_in([loss, accuracy])
    >>> first.step is second.step
    True
    """
    known: list[Int64Array] = []
    lines = []
    for series in some:
        line = line_in(series)
        shared = next((step for step in known if np.array_equal(step, line.step)), None)
        if shared is None:
            known.append(line.step)
            shared = line.step
        lines.append(Line(shared, line.value))
    return lines


def common_steps(steps: Sequence[Int64Array], *, width: int | None = None, most: int = MOST_STEPS) -> Steps:
    """The steps of the one with the fewest of them where all have a value.

    >>> every, fifth = np.arange(11), np.arange(0, 100, 5)
    >>> common_steps([every, fifth])
    Steps(step=array([ 0,  5, 10]), width=None)

    A value stands for as long as its tag usually takes to the next one. Of more than `most` steps, or where a
    `width` is given, there is the last one in each candle of so many steps.

    >>> common_steps([np.arange(1000)], most=4)
    Steps(step=array([499, 999]), width=500)
    """
    start = max(int(step[0]) for step in steps)
    end = min(_until(step) for step in steps)
    inside = [step[np.searchsorted(step, start) : np.searchsorted(step, end, "right")] for step in steps]
    slowest = min(inside, key=len)
    if width is None:
        if len(slowest) <= most:
            return Steps(slowest, None)
        width = int(width_over(int(slowest[0]), int(slowest[-1]), is_whole=True, limit=most))
    candle = slowest // width
    return Steps(slowest[np.append(candle[1:] != candle[:-1], True)[: len(candle)]], width)


def _until(step: Int64Array) -> int:
    """How long the last value stands."""
    first, last = int(step[0]), int(step[-1])
    return min(last + (last - first) // max(len(step) - 1, 1), np.iinfo(np.int64).max)


def rows_at(step: Int64Array, at: Int64Array) -> Int64Array:
    """Row of the last step by each of some others; -1 where there is none yet.

    >>> rows_at(np.array([10, 20]), np.array([9, 10, 19, 35]))
    array([-1,  0,  0,  1])
    """
    return np.searchsorted(step, at, "right") - 1


def values_at(line: Line, at: Int64Array) -> Float64Array:
    """Value of the last point by each of some steps; NaN where there is none yet, or it is no finite number.

    >>> values_at(Line(np.array([10, 20]), np.array([0.5, np.inf])), np.array([9, 10, 19, 35]))
    array([nan, 0.5, 0.5, nan])
    """
    return taken(line.value, rows_at(line.step, at))


def taken(value: FloatArray, rows: Int64Array) -> Float64Array:
    """Values of rows as `rows_at` gives them."""
    found = value[rows].astype(np.float64)
    found[(rows < 0) | ~np.isfinite(found)] = np.nan
    return found


def changed(values: Float64Array, of: Of) -> Float64Array:
    """Of values along the last axis themselves, what each adds to the one before, or that in shares of it.

    >>> values = np.array([2.0, 3.0, 1.5])
    >>> changed(values, "differences"), changed(values, "returns")
    (array([ 1. , -1.5]), array([ 0.5, -0.5]))

    Shares are of the size of the one before, so that more is positive where values are negative, too; there
    is none of zero.
    """
    if of == "raw":
        return values
    before = values[..., :-1]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = np.diff(values)
        if of == "returns":
            found = found / np.abs(before)
    return np.where(np.isfinite(found), found, np.nan)


def aligned(
    lines: Sequence[Line], *, of: Of = "raw", width: int | None = None, most: int = MOST_STEPS
) -> Aligned:
    """Lines on the steps that they have in common (`common_steps`), or how they change from one to the next.

    >>> fast = Line(np.arange(0, 60, 5), np.arange(12.0))
    >>> slow = Line(np.array([10, 22, 40]), np.array([1.0, 4.0, 9.0]))
    >>> aligned([fast, slow]).values
    array([[2., 4., 8.],
           [1., 4., 9.]])
    >>> found = aligned([fast, slow], of="differences")
    >>> found.step, found.values[1]
    (array([22, 40]), array([3., 5.]))
    """
    steps = common_steps([line.step for line in lines], width=width, most=most)
    values = changed(np.stack([values_at(line, steps.step) for line in lines]), of)
    return Aligned(steps.step[len(steps.step) - values.shape[-1] :], values, steps.width)
