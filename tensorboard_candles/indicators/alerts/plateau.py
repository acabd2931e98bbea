"""A plateau: a long last part of the training gained nothing."""

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
_SURE = 1.7


@dataclass(frozen=True)
class Plateau(Detector):
    """The last half or two thirds of the points, at least `patience`, gained next to nothing.

    The series is kept as at most 64 levels (medians) of equal stretches, whose length doubles as it
    grows. The gain is that from the first half of the part to its second half; with 1.7 times its
    standard error it must stay below `share` of the progress from the first stretch to the best, or below
    `noise` times the noise of the points (1.4826 × their median distance from their stretch's level). The
    progress of what is positive is measured on a logarithmic scale, too: a loss that fell from 2 to 0.05 and
    goes on to 0.03 still learns. A loss that rises is none, either. Told once, until there is a gain again.

    >>> values = np.concatenate([np.linspace(2.0, 0.5, 400), np.full(800, 0.5)])
    >>> (found,) = Plateau().start("lower_is_better").step(np.arange(1200), values)
    >>> found.first_step
    400
    """

    patience: int = 400
    share: float = 0.01
    noise: float = 0.2

    name: ClassVar[str] = "plateau"
    kind: ClassVar[str] = "plateau"
    severity: ClassVar[Severity] = "info"
    watches: ClassVar[Watches] = "losses"
    explanation: ClassVar[str] = (
        "Next to nothing was gained for half of the training: it is done, or stuck. A lower learning rate"
        " often helps."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, 1.0 if polarity == "lower_is_better" else -1.0)


class _Watch:
    def __init__(self, settings: Plateau, sign: float) -> None:
        self._settings, self._sign = settings, sign
        self._length = 8
        self._means: list[float] = []
        self._noises: list[float] = []
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
            level = float(np.median(x[at:end]))
            self._means.append(self._sign * level)
            self._noises.append(1.4826 * float(np.median(np.abs(x[at:end] - level))))
            self._begins.append(int(steps[at]))
            at = end
            event = self._look(int(steps[end - 1]))
            if event:
                found.append(event)
            if len(self._means) == _MOST_BUCKETS:
                self._means, self._noises = _halved(self._means), _halved(self._noises)
                self._begins = self._begins[::2]
                self._length *= 2
        self._rest, self._rest_steps = x[at:].copy(), steps[at:].copy()
        return found

    def _look(self, step: int) -> Event | None:
        count = len(self._means)
        if count < _LEAST_BUCKETS or count // 2 * self._length < self._settings.patience:
            return None
        noise = sum(self._noises[-(count // 3) :]) / (count // 3)
        least = max(self._settings.share * self._progress(), self._settings.noise * noise)
        gains = {size: _gain(self._means[-size:]) for size in (count // 2, count * 2 // 3)}
        if self._is_told:
            gain, error = gains[count // 2]
            self._is_told = gain <= least + 2 * _SURE * error
            return None
        flat = [size for size, (gain, error) in gains.items() if abs(gain) + _SURE * error <= least]
        if not flat:
            return None
        self._is_told = True
        since, level = self._begins[-flat[-1]], self._sign * self._means[-1]
        message = f"stays at about {shown(level)}: next to nothing was gained since step {since}"
        return Event(since, step, level, message)

    def _progress(self) -> float:
        first, best, now = self._means[0], min(self._means), self._means[-1]
        if best <= 0:
            return first - best
        return min(first - best, now * (math.log(first) - math.log(best)))


def _halved(numbers: list[float]) -> list[float]:
    return [(one + other) / 2 for one, other in zip(numbers[::2], numbers[1::2], strict=True)]


def _gain(levels: list[float]) -> tuple[float, float]:
    """From the first half to the second, and its standard error."""
    half = len(levels) // 2
    earlier, later = levels[:half], levels[-half:]
    before, after = sum(earlier) / half, sum(later) / half
    # hypot, as squares may overflow
    deviations = [number - before for number in earlier] + [number - after for number in later]
    return before - after, math.hypot(*deviations) / math.sqrt(max(half - 1, 1) * half)
