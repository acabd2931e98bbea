"""Candles of candles that the writer made: what of each follows from single rows, not from sums over them.

Where no row begins before the one in front of it has ended, first and last rows say all. Rows of several
writers, and late ones, share steps: there every row of a bucket is looked at. Its close is then that of the
row that ends at the last step; of several that do, of the one that ended last by wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tensorboard_candles.events.candle import CandleArray
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.ohlc.groups import Groups
from tensorboard_candles.ohlc.summary import Summary
from tensorboard_candles.store import Lineage, Series
from tensorboard_candles.store.column import Column

_LEAST, _MOST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_LONG_AGO = -np.finfo(np.float64).max


@dataclass(frozen=True, slots=True)
class MadeLevels:
    """What is known of a series of candles beside the summaries of its blocks."""

    nonfinite_before: Int64Array
    """Non-finite points before each row, and behind the last."""
    is_disjoint: bool
    """Whether no row begins before the step at which the one in front of it ends, nor at it and ended earlier
    by wall time."""
    is_end_sorted: bool
    """Whether none ends, by wall time, before the one in front of it."""
    ends: Lineage
    """That of the series of the times at which rows end."""


class GrowingMade:
    """The same, of one lineage of series, extended as it grows."""

    def __init__(self) -> None:
        self._nonfinite_before = Column(np.zeros(1, np.int64))
        self._is_disjoint = True
        self._is_end_sorted = True
        self._ends = Lineage()

    def of(self, series: Series) -> MadeLevels | None:
        """None for a series of numbers."""
        if series.candles is None:
            return None
        known = len(self._nonfinite_before) - 1
        if known < len(series):
            rows, begin = series.candles.rows, max(known - 1, 0)
            before = self._nonfinite_before.view()[-1]
            self._nonfinite_before.extend(before + np.cumsum(rows["nonfinite"][known:]))
            self._is_disjoint &= _are_disjoint(series.step[begin:], rows[begin:])
            self._is_end_sorted &= is_sorted(rows["end_time"][begin:])
        before = self._nonfinite_before.view()[: len(series) + 1]
        return MadeLevels(before, self._is_disjoint, self._is_end_sorted, self._ends)


def _are_disjoint(first_step: Int64Array, rows: CandleArray) -> bool:
    begins, ends = first_step[1:], rows["last_step"][:-1]
    # A late row that ends where the next one begins may hold what was logged last at that step.
    is_later = rows["end_time"][1:] >= rows["end_time"][:-1]
    return bool(((begins > ends) | ((begins == ends) & is_later)).all())


def is_sorted(time: Float64Array) -> bool:
    """Finite, and none before the one that precedes it."""
    ends_are_finite = bool(np.isfinite(time[[0, -1]]).all()) if len(time) else True
    return ends_are_finite and bool(np.all(time[1:] >= time[:-1]))


class Ends(NamedTuple):
    """Columns of candles; those of prices and extremes mean nothing where a candle holds no finite point."""

    last_step: Int64Array
    open: FloatArray
    close: FloatArray
    high_step: Int64Array
    low_step: Int64Array


def ends_in_order(rows: CandleArray, end: Int64Array, found: Summary, finite: Ends) -> Ends:
    """Of buckets whose rows end before `end`; `finite` are those as of a series of numbers."""
    return finite._replace(
        last_step=rows["last_step"][end - 1],
        high_step=rows["high_step"][found.high_row],
        low_step=rows["low_step"][found.low_row],
    )


def ends_overlapping(
    rows: CandleArray, begin: Int64Array, end: Int64Array, found: Summary, finite: Ends
) -> Ends:
    """The same where rows share steps: by a look at all those in each bucket."""
    length = end - begin
    groups = Groups(begin, np.cumsum(length) - length, length)
    every = rows[np.arange(length.sum()) + np.repeat(begin - groups.begin, length)]
    ends = np.where(every["count"] > 0, every["last_step"], _LEAST)
    is_last = ends == np.repeat(groups.max(ends), length)
    end_time = np.where(is_last, np.nan_to_num(every["end_time"], nan=_LONG_AGO, neginf=_LONG_AGO), -np.inf)
    close = every["close"][groups.last_equal(end_time, groups.max(end_time))]
    steps = (
        groups.min(np.where(every[name] == np.repeat(extreme, length), every[f"{name}_step"], _MOST))
        for name, extreme in (("high", found.high), ("low", found.low))
    )
    return Ends(groups.max(every["last_step"]), finite.open, close, *steps)
