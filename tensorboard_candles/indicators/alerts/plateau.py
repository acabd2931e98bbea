"""A plateau: the last third of a training gained nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import Detector, Event, Severity, Watch, Watches, shown
from tensorboard_candles.ohlc import Polarity

_MOST_BUCKETS = 64
_LEAST_BUCKETS = 30
_SURE = 2.0


@dataclass(frozen=True)
class Plateau(Detector):
    """The last third of the points, at least `patience`, gained less than `share` of all progress.

    The series is kept as at most 64 levels (medians) of equal stretches, whose length doubles as it grows.
    The gain is that from the first half of the last third to its second half. It counts as none where it is
    below `share` of the progress from the first stretch to the best and within twice its standard error,
    which itself must be small beside the progress: noise in which no gain could be seen is no plateau.
    Told once, until there is a gain beyond four standard errors.

    >>> values = np.concatenate([np.linspace(2.0, 0.5, 400), np.full(400, 0.5)])
    >>> (found,) = Plateau().start("lower_is_better").step(np.arange(800), values)
    >>> found.first_step
    416
    """

    patience: int = 200
    share: float = 0.01

    name: ClassVar[str] = "plateau"
    kind: ClassVar[str] = "plateau"
    severity: ClassVar[Severity] = "info"
    watches: ClassVar[Watches] = "losses"
    explanation: ClassVar[str] = (
        "Nothing was gained for a third of the training: it is done, or stuck. A lower learning rate often"
        " helps."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, 1.0 if polarity == "lower_is_better" else -1.0)


class _Watch:
    def __init__(self, settings: Plateau, sign: float) -> None:
        self._settings, self._sign = settings, sign
        self._length = 8
        self._means: list[float] = []
        self._begins: list[int] = []
        self._rest, self._rest_steps = np.empty(0), np.empty(0, np.int64)
        self._is_told = False

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        if len(self._rest) + len(values) < self._length:
            self._rest = np.concatenate([self._rest, values])
            self._rest_steps = np.concatenate([self._rest_steps, steps])
            return []
        x, steps = np.concatenate([self._rest, values]), np.concatenate([self._rest_steps, steps])
        found, at = [], 0
        while at + self._length <= len(x):
            end = at + self._length
            self._means.append(self._sign * float(np.median(x[at:end])))
            self._begins.append(int(steps[at]))
            at = end
            event = self._look(int(steps[end - 1]))
            if event:
                found.append(event)
            if len(self._means) == _MOST_BUCKETS:
                pairs = zip(self._means[::2], self._means[1::2], strict=True)
                self._means = [sum(pair) / 2 for pair in pairs]
                self._begins = self._begins[::2]
                self._length *= 2
        self._rest, self._rest_steps = x[at:].copy(), steps[at:].copy()
        return found

    def _look(self, step: int) -> Event | None:
        third = len(self._means) // 3
        if len(self._means) < _LEAST_BUCKETS or third * self._length < self._settings.patience:
            return None
        last = self._means[-third:]
        half = third // 2
        earlier, later = last[:half], last[-half:]
        gain = sum(earlier) / half - sum(later) / half
        error = math.sqrt((_variance(earlier) + _variance(later)) / half)
        progress = self._means[0] - min(self._means)
        is_flat = gain < self._settings.share * progress and gain < _SURE * error + 1e-12 * abs(last[0])
        is_seen = error < 2 * self._settings.share * progress or progress < 4 * math.sqrt(_variance(last))
        if self._is_told:
            self._is_told = gain < 2 * _SURE * error or gain < self._settings.share * progress
            return None
        if not (is_flat and is_seen):
            return None
        self._is_told = True
        level = self._sign * sum(later) / half
        message = f"stays at about {shown(level)}: nothing was gained since step {self._begins[-third]}"
        return Event(self._begins[-third], step, level, message)


def _variance(numbers: list[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return sum((number - mean) ** 2 for number in numbers) / max(len(numbers) - 1, 1)
