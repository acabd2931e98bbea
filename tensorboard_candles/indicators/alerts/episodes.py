"""Points that stand out → episodes: one for each thing that happens, not one for each point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, Int64Array

BoolArray = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Episode:
    """Points from `first` to `last`, counted from the series' first; `worst` is the highest of them.

    `late` is the highest of those that come `longest` / 2 points or more after the first.
    """

    first: int
    last: int
    first_step: int
    last_step: int
    worst: float
    worst_step: int
    usual: float
    """What was usual before it."""
    late: float = -math.inf
    count: int = 1
    """How many of its points are no calm ones."""

    def __len__(self) -> int:
        return self.last - self.first + 1


class Episodes:
    """Two thresholds and a pause: an episode begins at a hot point, lasts as long as there are warm ones, and
    is over after `calm` points that are neither, or after `calm_share` of all points up to its last one,
    if those are more. At the first warm point after `longest` points it is told that it lasts.

    >>> episodes = Episodes(calm=2)
    >>> x = np.array([0.0, 9.0, 5.0, 0.0, 0.0, 0.0])
    >>> [(what, it.first, it.last) for what, it in episodes.feed(np.arange(6), x, x, x > 4, x > 6)]
    [('begun', 1, 1), ('over', 1, 2)]
    """

    def __init__(self, calm: int, longest: float = math.inf, *, calm_share: float = 0.0) -> None:
        self._calm, self._longest, self._calm_share = calm, longest, calm_share
        self._seen = 0
        self._open: Episode | None = None

    @property
    def open(self) -> Episode | None:
        """The one that is not over yet."""
        return self._open

    def feed(
        self, steps: Int64Array, x: Float64Array, usual: Float64Array, warm: BoolArray, hot: BoolArray
    ) -> Iterator[tuple[Literal["begun", "lasts", "over"], Episode]]:
        """What begins, lasts and is over by these points; an episode goes on changing until it is over."""
        first, self._seen = self._seen, self._seen + len(x)
        if self._open is None and not hot.any():
            return
        for place in np.flatnonzero(warm | hot).tolist():
            at = first + place
            if self._open is not None and at - self._open.last > self._calm_after(self._open):
                yield "over", self._open
                self._open = None
            step, value = int(steps[place]), float(x[place])
            if self._open is not None:
                if self._extended(self._open, at, step, value):
                    yield "lasts", self._open
            elif hot[place]:
                self._open = Episode(at, at, step, step, value, step, float(usual[place]))
                yield "begun", self._open
        if self._open is not None and self._seen - 1 - self._open.last >= self._calm_after(self._open):
            yield "over", self._open
            self._open = None

    def _calm_after(self, it: Episode) -> float:
        return max(self._calm, self._calm_share * it.last)

    def _extended(self, it: Episode, at: int, step: int, value: float) -> bool:
        """Take in a point; whether it is the first after the longest time."""
        lasted = len(it) > self._longest
        it.last, it.last_step, it.count = at, step, it.count + 1
        if value > it.worst:
            it.worst, it.worst_step = value, step
        if at - it.first >= self._longest / 2:
            it.late = max(it.late, value)
        return len(it) > self._longest and not lasted
