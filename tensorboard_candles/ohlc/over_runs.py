"""Candles of several runs as one: what a configuration does, whatever the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.axes import NumberArray
from tensorboard_candles.ohlc.candles import NO_STEP, Candles
from tensorboard_candles.ohlc.summary import Summary

_LAST_STEP = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class CandlesOverRuns:
    """Columns of equal length, a row for each bucket in which any of the runs has a point.

    A run counts in a bucket where it has a finite point there. Prices are NaN, and steps and runs of extremes
    NO_STEP, where none does.
    """

    width: float
    bucket: Int64Array
    x: NumberArray
    first_step: Int64Array
    last_step: Int64Array
    open: Float64Array
    """Mean of the runs' opens, as `close` is of their closes."""
    high: Float64Array
    """The highest of any run."""
    low: Float64Array
    close: Float64Array
    mean: Float64Array
    """Mean of the runs' means: each run counts the same, however many points it logged."""
    std_over_runs: Float64Array
    """Population standard deviation of the runs' means around that; 0 for a single run."""
    runs: Int64Array
    """How many count."""
    count: Int64Array
    """Of finite points of all runs, as `nonfinite` is of the others."""
    nonfinite: Int64Array
    high_step: Int64Array
    low_step: Int64Array
    high_run: Int64Array
    """Number of the first of the runs that was as high as that."""
    low_run: Int64Array

    def __len__(self) -> int:
        return len(self.bucket)


def candles_over_runs(members: Sequence[Candles]) -> CandlesOverRuns:
    """One candle of those of each bucket; there is one run at least, and all are of one axis and width.

    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> from tensorboard_candles.store import Series
    >>> steps = np.arange(4)
    >>> seeds = [np.array([4.0, 6, 3, 1]), np.array([8.0, 2, 1, 1])]
    >>> runs = [Series(str(seed), "loss", steps, steps + 0.5, loss) for seed, loss in enumerate(seeds)]
    >>> one = candles_over_runs([candles(run, StepAxis(), width=2) for run in runs])
    >>> one.open, one.high, one.low, one.close, one.high_run
    (array([6., 2.]), array([8., 3.]), array([2., 1.]), array([4., 1.]), array([1, 0]))
    >>> one.mean, one.std_over_runs
    (array([5. , 1.5]), array([0. , 0.5]))

    Raises BadRequest where widths differ.
    """
    if len(widths := {one.width for one in members}) != 1:
        raise BadRequest(f"candles of one width are wanted, got {sorted(widths)}")
    grid = _Grid.of(members)
    over = _over_runs(grid)
    high, low = grid.cells("high", -np.inf), grid.cells("low", np.inf)
    line, highest, lowest = np.arange(len(grid.bucket)), high.argmax(axis=1), low.argmin(axis=1)
    high, low, is_empty = high[line, highest], low[line, lowest], over.count == 0

    def price(values: Float64Array) -> Float64Array:
        return np.where(is_empty, np.nan, np.clip(values, low, high))

    return CandlesOverRuns(
        width=members[0].width,
        bucket=grid.bucket,
        x=grid.x,
        first_step=grid.cells("first_step", _LAST_STEP).min(axis=1),
        last_step=grid.cells("last_step", NO_STEP).max(axis=1),
        open=price(grid.mean_of("open", over.count)),
        high=price(high),
        low=price(low),
        close=price(grid.mean_of("close", over.count)),
        mean=price(over.mean),
        std_over_runs=np.where(is_empty, np.nan, over.std),
        runs=over.count.astype(np.int64),
        count=grid.cells("count", 0).sum(axis=1),
        nonfinite=grid.cells("nonfinite", 0).sum(axis=1),
        high_step=grid.cells("high_step", NO_STEP)[line, highest],
        low_step=grid.cells("low_step", NO_STEP)[line, lowest],
        high_run=np.where(is_empty, NO_STEP, highest),
        low_run=np.where(is_empty, NO_STEP, lowest),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Candles of runs, a line for each bucket and a cell for each run."""

    members: Sequence[Candles]
    bucket: Int64Array
    x: NumberArray
    line: Int64Array
    """Of each candle, run after run."""
    run: Int64Array

    @staticmethod
    def of(members: Sequence[Candles]) -> _Grid:
        every = np.concatenate([one.bucket for one in members])
        bucket, first, line = np.unique(every, return_index=True, return_inverse=True)
        x = np.concatenate([one.x for one in members])[first]
        run = np.repeat(np.arange(len(members)), [len(one) for one in members])
        return _Grid(members, bucket, x, line, run)

    def cells(self, name: str, missing: float) -> npt.NDArray[Any]:
        """A column of all candles; `missing` where there is none, or none with a price."""
        values = np.concatenate([getattr(one, name) for one in self.members])
        found = np.full((len(self.bucket), len(self.members)), missing, values.dtype)
        found[self.line, self.run] = np.where(np.isnan(values), missing, values)
        return found

    def mean_of(self, name: str, count: Float64Array) -> Float64Array:
        """Mean of a price over the runs that have one, of which there are so many."""
        # Shared out before it is summed up: the sum of all may not fit.
        shares: Float64Array = self.cells(name, 0.0) / np.maximum(count, 1)[:, None]
        return np.asarray(shares.sum(axis=1))


def _over_runs(grid: _Grid) -> Summary:
    """Of the runs' means, each counting once."""
    means, has_price = grid.cells("mean", 0.0), grid.cells("count", 0) > 0
    high, low = np.where(has_price, means, -np.inf), np.where(has_price, means, np.inf)
    number = np.zeros(means.shape, np.int64)
    count = has_price.astype(np.float64)
    return Summary(count, high, low, number, number, means, np.zeros(means.shape)).merged()
