"""How a metric stood on training data when it was measured on others: what a detector of both is told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from statistics import median
from typing import Protocol

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array

MOST_POINTS = 1000
"""Of the training that one evaluation is compared with: the last before it."""


class Steps(Protocol):
    """A column of steps that never fall."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> np.int64: ...


def training_levels(
    steps: Steps,
    values_of: Callable[[int, int], Float64Array],
    at: Int64Array,
    *,
    since: int | None,
) -> Float64Array:
    """The median of the training's points from each evaluation to the next, as of the later one.

    `steps` are those of the training's points, `values_of` gives the values from one row to another, `at` the
    steps of the evaluations and `since` that of the one before them. Where there is no finite point between,
    it is the last one before; NaN where there is none at all.

    >>> values = np.array([4.0, 3.0, 2.0, np.nan])
    >>> training_levels(np.arange(4), lambda a, b: values[a:b], np.array([-1, 1, 2, 3]), since=None)
    array([nan, 3.5, 2. , 2. ])
    """
    found, begin = np.full(len(at), np.nan), 0 if since is None else bisect_right(steps, since)
    for place, step in enumerate(at.tolist()):
        end = bisect_right(steps, step)
        values = _finite(values_of(max(begin, end - MOST_POINTS), end))
        if len(values):
            # numpy's median takes ten times as long for the few points there are as a rule
            found[place] = median(values.tolist())
        elif len(values := _finite(values_of(max(0, end - MOST_POINTS), end))):
            found[place] = values[-1]
        begin = end
    return found


def _finite(values: Float64Array) -> Float64Array:
    return values[np.isfinite(values)]
