"""A plateau: a long last part of the training gained nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from tensorboard_candles.indicators.alerts.detector import (
    Detector,
    Event,
    Severity,
    Watch,
    Watches,
    setting,
    shown,
    sign_of_worse,
)
from tensorboard_candles.indicators.alerts.stretches import StretchesWatch, progress
from tensorboard_candles.ohlc import Polarity

_LEAST_STRETCHES = 30
_SURE = 1.7


@dataclass(frozen=True)
class Plateau(Detector):
    """The last half or two thirds of the points, at least `patience`, gained next to nothing.

    The series is kept as at most 64 levels of equal stretches, whose length doubles as it
    grows. The gain is that from the first half of the part to its second half; with 1.7 times its
    standard error it must stay below `share` of the progress from the first stretch to the best, or below
    `noise` times the noise of the points (1.4826 × their median distance from their stretch's level). The
    progress of what is positive is measured on a logarithmic scale, too: a loss that fell from 2 to 0.05 and
    goes on to 0.03 still learns. A loss that rises is none, either. Told once, until there is a gain again.

    >>> import numpy as np
    >>> values = np.concatenate([np.linspace(2.0, 0.5, 400), np.full(800, 0.5)])
    >>> (found,) = Plateau().start("lower_is_better").step(np.arange(1200), values)
    >>> found.first_step
    400
    """

    patience: int = setting(400, least=1, most=1_000_000)
    share: float = setting(0.01, least=1e-9, most=1.0)
    noise: float = setting(0.2, least=0.001, most=100)

    name: ClassVar[str] = "plateau"
    kind: ClassVar[str] = "plateau"
    severity: ClassVar[Severity] = "info"
    watches: ClassVar[Watches] = "losses"
    explanation: ClassVar[str] = (
        "Next to nothing was gained for half of the training: it is done, or stuck. A lower learning rate"
        " often helps."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, sign_of_worse(polarity))


class _Watch(StretchesWatch):
    def __init__(self, settings: Plateau, sign: float) -> None:
        super().__init__(sign)
        self._settings = settings
        self._is_told = False

    def _look(self, step: int) -> Event | None:
        it = self._stretches
        count = len(it.levels)
        if count < _LEAST_STRETCHES or count // 2 * it.length < self._settings.patience:
            return None
        noise = sum(it.noises[-(count // 3) :]) / (count // 3)
        least = max(self._settings.share * progress(it.levels, self._sign), self._settings.noise * noise)
        levels = [self._sign * level for level in it.levels]
        gains = {size: _gain(levels[-size:]) for size in (count // 2, count * 2 // 3)}
        if self._is_told:
            gain, error = gains[count // 2]
            self._is_told = gain <= least + 2 * _SURE * error
            return None
        flat = [size for size, (gain, error) in gains.items() if abs(gain) + _SURE * error <= least]
        if not flat:
            return None
        self._is_told = True
        since, level = it.begins[-flat[-1]], it.levels[-1]
        message = f"stays at about {shown(level)}: next to nothing was gained since step {since}"
        return Event(since, step, level, message)


def _gain(levels: list[float]) -> tuple[float, float]:
    """From the first half to the second, and its standard error."""
    half = len(levels) // 2
    earlier, later = levels[:half], levels[-half:]
    before, after = sum(earlier) / half, sum(later) / half
    # hypot, as squares may overflow
    deviations = [number - before for number in earlier] + [number - after for number in later]
    return before - after, math.hypot(*deviations) / math.sqrt(max(half - 1, 1) * half)
