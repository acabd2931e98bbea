"""Gradient norms that explode or vanish, told on a logarithmic scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import (
    Detector,
    Event,
    Severity,
    Watch,
    Watches,
    setting,
    shown,
)
from tensorboard_candles.indicators.alerts.episodes import BoolArray, Episode, Episodes
from tensorboard_candles.indicators.alerts.trailing import Trailing
from tensorboard_candles.ohlc import Polarity

_CALM = 20
_BACK = 2.0  # decades
_SMALLEST = 1e-300
_LEAST_SCALE = 0.02


@dataclass(frozen=True)
class GradientExplosion(Detector):
    """A norm that is `factor` times the trailing median and `z` times the scale of its logarithm above it.

    A norm of 0 is left out: where most batches have no gradient, the others do not explode.

    >>> norms = np.concatenate([np.tile([0.9, 1.0, 1.1, 1.0], 25), [40.0, 900.0]])
    >>> (found,) = GradientExplosion().start("lower_is_better").step(np.arange(102), norms)
    >>> found.first_step, found.message
    (100, 'rose to 40 at step 100, 40 times what was usual')
    """

    window: int = setting(500, least=50, most=5_000)
    factor: float = setting(10.0, least=1.01, most=1e6)
    z: float = setting(6.0, least=0.1, most=1000)
    warmup: int = setting(50, least=1, most=10_000)

    name: ClassVar[str] = "gradient-explosion"
    kind: ClassVar[str] = "gradient-explosion"
    severity: ClassVar[Severity] = "critical"
    watches: ClassVar[Watches] = "gradients"
    explanation: ClassVar[str] = (
        "The gradient became many times larger than usual. Clip it, or lower the learning rate."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Explosion(self)


class _Explosion:
    def __init__(self, settings: GradientExplosion) -> None:
        self._z, self._least = settings.z, np.log10(settings.factor)
        self._usual = Trailing(window=settings.window, centre=settings.window, warmup=settings.warmup)
        self._episodes = Episodes(_CALM)
        self._highest = -np.inf

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        some = values != 0.0
        steps, x = (steps, _log(values)) if some.all() else (steps[some], _log(values[some]))
        centre, scale = self._usual.feed(x)
        limit = np.maximum(self._z * np.maximum(scale, _LEAST_SCALE), self._least)
        highest = np.fmax.accumulate(np.append(self._highest, centre))[1:]
        self._highest = float(highest[-1]) if len(highest) else self._highest
        # what had all but vanished does not explode when it comes back
        hot = (x - centre > limit) & (x > highest - _BACK)
        told = self._episodes.feed(steps, x, centre, x - centre > limit / 2, hot)
        return [_event(it, "rose", again=what == "over") for what, it in told]


@dataclass(frozen=True)
class GradientVanishing(Detector):
    """A norm that is below `share` of its largest trailing median so far, for `patience` points in a row.

    Told once, until as many in a row are above it again.

    >>> norms = np.concatenate([np.tile([0.9, 1.0, 1.1, 1.0], 25), np.zeros(30)])
    >>> (found,) = GradientVanishing().start("lower_is_better").step(np.arange(130), norms)
    >>> found.first_step, found.last_step, found.message
    (100, 119, 'fell to 0 by step 119, from about 1')
    """

    window: int = setting(200, least=50, most=5_000)
    share: float = setting(1e-4, least=1e-9, most=1.0)
    patience: int = setting(20, least=1, most=1_000_000)
    warmup: int = setting(50, least=1, most=10_000)

    name: ClassVar[str] = "gradient-vanishing"
    kind: ClassVar[str] = "gradient-vanishing"
    severity: ClassVar[Severity] = "warning"
    watches: ClassVar[Watches] = "gradients"
    explanation: ClassVar[str] = (
        "Next to no gradient is left, so that nothing is learned: saturated or dead units, or a loss that"
        " no longer depends on the weights."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Vanishing(self)


class _Vanishing:
    def __init__(self, settings: GradientVanishing) -> None:
        self._share, self._patience = np.log10(settings.share), settings.patience
        self._usual = Trailing(window=settings.window, centre=settings.window, warmup=settings.warmup)
        self._highest = -np.inf
        self._below = 0
        self._above = 0
        self._is_told = False
        self._first: tuple[int, float] = (0, 0.0)

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        x = _log(values)
        centre, _ = self._usual.feed(x)
        highest = np.maximum.accumulate(np.fmax(centre, self._highest))
        if len(highest):
            self._highest = float(highest[-1])
        low = x < highest + self._share
        if not (self._below or self._is_told or low.any()):
            return []
        return self._told(steps, values, low, highest)

    def _told(
        self, steps: Int64Array, values: Float64Array, low: BoolArray, highest: Float64Array
    ) -> list[Event]:
        found = []
        for place in range(len(low)):
            if not low[place]:
                self._below = 0
                self._above += 1
                self._is_told = self._is_told and self._above < self._patience
                continue
            self._above = 0
            if self._below == 0:
                self._first = int(steps[place]), _norm(float(highest[place]))
            self._below += 1
            if self._below == self._patience and not self._is_told:
                self._is_told = True
                value = float(values[place])
                message = f"fell to {shown(value)} by step {steps[place]}, from about {shown(self._first[1])}"
                found.append(Event(self._first[0], int(steps[place]), value, message))
        return found


def _log(norms: Float64Array) -> Float64Array:
    found: Float64Array = np.log10(np.maximum(np.abs(norms), _SMALLEST))
    return found


def _norm(log: float) -> float:
    try:
        return math.pow(10.0, log)
    except OverflowError:
        return math.inf


def _event(it: Episode, way: str, *, again: bool) -> Event:
    worst, times = _norm(it.worst), _norm(it.worst - it.usual)
    message = f"{way} to {shown(worst)} at step {it.worst_step}, {shown(times)} times what was usual"
    return Event(it.first_step, it.last_step, worst, message, again)
