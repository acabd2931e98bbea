"""A whole series as few levels: how it went, whatever its length."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import Event

MOST = 64
_FIRST_LENGTH = 8


class Stretches:
    """At most 64 levels (means of middle halves) of equal stretches, whose length doubles as it grows.

    `noises` are 1.4826 × the median distances of the points from their stretch's level, `begins` the steps
    of first points.

    >>> stretches = Stretches()
    >>> list(stretches.feed(np.arange(20), np.arange(20.0)))
    [7, 15]
    >>> stretches.levels, stretches.begins
    ([3.5, 11.5], [0, 8])
    """

    def __init__(self) -> None:
        self.length = _FIRST_LENGTH
        """Of each, in points."""
        self.levels: list[float] = []
        self.noises: list[float] = []
        self.begins: list[int] = []
        self._rest, self._rest_steps = np.empty(0), np.empty(0, np.int64)

    def feed(self, steps: Int64Array, values: Float64Array) -> Iterator[int]:
        """The last step of each stretch that these points complete, as soon as its level is known."""
        x = np.concatenate([self._rest, values])
        steps = np.concatenate([self._rest_steps, steps])
        at = 0
        while at + self.length <= len(x):
            end = at + self.length
            level = float(np.sort(x[at:end])[self.length // 4 : -self.length // 4].mean())
            self.levels.append(level)
            self.noises.append(1.4826 * float(np.median(np.abs(x[at:end] - level))))
            self.begins.append(int(steps[at]))
            at = end
            yield int(steps[end - 1])
            if len(self.levels) == MOST:
                self.levels, self.noises = _halved(self.levels), _halved(self.noises)
                self.begins = self.begins[::2]
                self.length *= 2
        self._rest, self._rest_steps = x[at:].copy(), steps[at:].copy()


class StretchesWatch(ABC):
    """A watch that looks at the whole series anew with each stretch that is complete."""

    def __init__(self, sign: float) -> None:
        self._sign = sign
        self._stretches = Stretches()

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        """See `Watch`."""
        looks = (self._look(last) for last in self._stretches.feed(steps, values))
        return [event for event in looks if event]

    @abstractmethod
    def _look(self, step: int) -> Event | None:
        """What is certain by a step, which ends a stretch."""


def progress(levels: Sequence[float], sign: float) -> float:
    """From the first level to the best; of what is positive, on a logarithmic scale if that is less.

    A loss that fell from 2 to 0.05 and goes on to 0.03 still learns.

    >>> progress([2.0, 1.0, 1.5], 1.0), round(progress([2.0, 0.05], 1.0), 3)
    (1.0, 0.184)
    """
    first, best, now = sign * levels[0], min(sign * level for level in levels), sign * levels[-1]
    if best <= 0:
        return first - best
    return min(first - best, now * (math.log(first) - math.log(best)))


def _halved(numbers: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in zip(numbers[::2], numbers[1::2], strict=True)]
