"""Sessions that start in a file, reduced to those that still void anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events import SessionStart
from tensorboard_candles.events.points import Float64Array, Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Starts of one file, of which each is later than the one before and at a higher step.

    >>> Starts.none().plus([SessionStart(5, 10.0), SessionStart(2, 20.0), SessionStart(7, 30.0)]).step
    array([2, 7])

    What the first of the three voids in other files, the second voids too.
    """

    wall_time: Float64Array
    step: Int64Array

    @staticmethod
    def none() -> Starts:
        return Starts(np.empty(0, np.float64), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.step)

    def plus(self, starts: Sequence[SessionStart]) -> Starts:
        wall_time = np.concatenate([self.wall_time, [start.wall_time for start in starts]])
        step = np.concatenate([self.step, np.array([start.step for start in starts], np.int64)])
        # What was written before a start whose time is not a number can't be told.
        order = np.lexsort((~step, wall_time))[: np.count_nonzero(~np.isnan(wall_time))]
        wall_time, step = wall_time[order], step[order]
        is_lowest_from_here = np.ones(len(step), np.bool_)
        is_lowest_from_here[:-1] = step[:-1] < lowest_from(step)[1:]
        return Starts(wall_time[is_lowest_from_here], step[is_lowest_from_here])


def lowest_from(step: Int64Array) -> Int64Array:
    """The lowest step at or after each place.

    >>> lowest_from(np.array([5, 2, 7]))
    array([2, 2, 7])
    """
    return np.minimum.accumulate(step[::-1])[::-1]
