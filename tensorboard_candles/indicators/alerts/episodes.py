"""Points that stand out → episodes: one for each thing that happens, not one for each point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, Int64Array

BoolArray = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Episode:
    """Points from `first` to `last`, counted from the series' first; `worst` is the highest of them."""

    first: int
    last: int
    first_step: int
    last_step: int
    worst: float
    usual: float
    """What was usual before it."""

    def __len__(self) -> int:
        return self.last - self.first + 1


class Episodes:
    """Two thresholds and a pause: an episode begins at a hot point, lasts as long as there are warm ones, and
    is over after `calm` points that are neither.

    >>> episodes = Episodes(calm=2)
    >>> x = np.array([0.0, 9.0, 5.0, 0.0, 0.0, 0.0])
    >>> [(what, it.first, it.last) for what, it in episodes.feed(np.arange(6), x, x, x > 4, x > 6)]
    [('begun', 1, 1), ('over', 1, 2)]
    """

    def __init__(self, calm: int) -> None:
        self._calm = calm
        self._seen = 0
        self._open: Episode | None = None

    def feed(
        self, steps: Int64Array, x: Float64Array, usual: Float64Array, warm: BoolArray, hot: BoolArray
    ) -> Iterator[tuple[Literal["begun", "over"], Episode]]:
        """What begins and what is over by these points; an episode goes on changing until it is over."""
        first, self._seen = self._seen, self._seen + len(x)
        if self._open is None and not hot.any():
            return
        for place in np.flatnonzero(warm | hot).tolist():
            at = first + place
            if self._open is not None and at - self._open.last > self._calm:
                yield "over", self._open
                self._open = None
            step, value = int(steps[place]), float(x[place])
            if self._open is not None:
                self._open.last, self._open.last_step = at, step
                self._open.worst = max(self._open.worst, value)
            elif hot[place]:
                self._open = Episode(at, at, step, step, value, float(usual[place]))
                yield "begun", self._open
        if self._open is not None and self._seen - 1 - self._open.last >= self._calm:
            yield "over", self._open
            self._open = None
