"""Rules that the training of large models published, with their constants.

Each is the rule of its source, but for two things that alerts need: what a rule flags is not learned from,
unless it lasts (then it is the new level), and points flagged one after another are one event.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

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
    sign_of_worse,
)
from tensorboard_candles.indicators.alerts.episodes import Episodes
from tensorboard_candles.ohlc import Polarity

_CALM = 10
_LASTS = 64
"""Flagged for so many points in a row, it is the new level."""
_LARGEST = 1e140
"""Squares of such numbers can still be summed up."""


class _Rule(Protocol):
    usual: float

    def is_outlier(self, x: float) -> bool: ...

    def learn(self, x: float, *, flagged: bool) -> None: ...


class _Watch:
    def __init__(self, rule: _Rule, sign: float) -> None:
        self._rule, self._sign = rule, sign
        self._episodes = Episodes(_CALM)
        self._flagged = 0

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        x = self._sign * values
        hot, usual = np.zeros(len(x), np.bool_), np.empty(len(x))
        for place, number in enumerate(x.tolist()):
            usual[place] = self._rule.usual
            flagged = self._rule.is_outlier(number)
            hot[place] = flagged
            self._flagged = self._flagged + 1 if flagged else 0
            self._rule.learn(number, flagged=flagged and self._flagged <= _LASTS)
        found = []
        for what, it in self._episodes.feed(steps, x, usual, hot, hot):
            worst, usual_then = self._sign * it.worst, shown(self._sign * it.usual)
            message = f"is {shown(worst)} at step {it.worst_step}, far from the usual {usual_then}"
            found.append(Event(it.first_step, it.last_step, worst, message, what == "over"))
        return found


@dataclass(frozen=True)
class _Published(Detector):
    kind: ClassVar[str] = "spike"
    severity: ClassVar[Severity] = "warning"
    make: ClassVar[Callable[..., _Rule]]

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(type(self).make(self), sign_of_worse(polarity))


class _Sigmas:
    def __init__(self, settings: OlmoSkipStep) -> None:
        self._sigma = settings.sigma
        self._window = settings.window
        self._last: deque[float] = deque()
        self._near = self._sum = self._squares = 0.0
        self._until_exact = 1
        self._least = max(20, settings.window // 2)
        self.usual, self._std = math.nan, math.inf

    def is_outlier(self, x: float) -> bool:
        return len(self._last) >= self._least and abs(x - self.usual) > self._sigma * self._std

    def learn(self, x: float, *, flagged: bool) -> None:
        if flagged:
            return
        self._last.append(x)
        self._add(x, 1)
        if len(self._last) > self._window:
            self._add(self._last.popleft(), -1)
        self._until_exact -= 1
        if not self._until_exact:
            self._sum_up()
        count = len(self._last)
        if count >= self._least:
            mean = self._sum / count
            self.usual = self._near + mean
            self._std = math.sqrt(max(self._squares - mean * self._sum, 0.0) / (count - 1))

    def _add(self, x: float, sign: int) -> None:
        away = x - self._near
        self._sum += sign * away
        self._squares += sign * away * away

    def _sum_up(self) -> None:
        """Anew, near the mean: running sums lose digits."""
        self._until_exact = self._window
        self._near, self._sum, self._squares = sum(self._last) / len(self._last), 0.0, 0.0
        for x in self._last:
            self._add(x, 1)


@dataclass(frozen=True)
class OlmoSkipStep(_Published):
    """More than `sigma` standard deviations away from the mean of the last `window` points.

    OLMo-core, `SkipStepOptimizer` (Allen Institute for AI): from max(20, window / 2) points on, both ways.

    >>> values = np.append(np.tile([1.0, 1.2], 40), 3.0)
    >>> OlmoSkipStep().start("lower_is_better").step(np.arange(81), values)[0].first_step
    80
    """

    window: int = setting(128, least=50, most=5_000)
    sigma: float = setting(6.0, least=0.1, most=100)

    name: ClassVar[str] = "olmo-skip-step"
    watches: ClassVar[Watches] = "losses and gradients"
    explanation: ClassVar[str] = "OLMo skips a step whose loss or gradient norm lies 6σ off the last 128."
    make = _Sigmas


class _ZClip:
    def __init__(self, settings: ZClip) -> None:
        self._settings = settings
        self._first: list[float] = []
        self.usual, self._variance = math.nan, math.nan

    def _z(self, x: float) -> float:
        return (x - self.usual) / (math.sqrt(self._variance) + 1e-6)

    def is_outlier(self, x: float) -> bool:
        return not math.isnan(self.usual) and self._z(x) > self._settings.z

    def learn(self, x: float, *, flagged: bool) -> None:
        x = max(-_LARGEST, min(x, _LARGEST))
        if math.isnan(self.usual):
            self._first.append(x)
            if len(self._first) == self._settings.warmup:
                self.usual = sum(self._first) / len(self._first)
                self._variance = sum((y - self.usual) ** 2 for y in self._first) / len(self._first)
            return
        alpha, z = self._settings.alpha, self._z(x)
        if z > self._settings.z:  # what remains of it when it is clipped
            x = self.usual + self._settings.z**2 / z * math.sqrt(self._variance)
        self.usual = alpha * self.usual + (1 - alpha) * x
        self._variance = alpha * self._variance + (1 - alpha) * (x - self.usual) ** 2


@dataclass(frozen=True)
class ZClip(_Published):
    """More than `z` standard deviations above the mean, both exponentially weighted (`alpha`).

    Kumar et al. 2025, ZClip: Adaptive Spike Mitigation for LLM Pre-Training, arXiv 2504.02507: `warmup`
    points begin it; what is flagged is learned from as clipped, to mean + z² / its own z × σ.

    >>> norms = np.append(np.tile([1.0, 1.2], 20), 3.0)
    >>> ZClip().start("lower_is_better").step(np.arange(41), norms)[0].first_step
    40
    """

    alpha: float = setting(0.97, least=0.5, most=0.9999)
    z: float = setting(2.5, least=0.1, most=1000)
    warmup: int = setting(25, least=1, most=10_000)

    name: ClassVar[str] = "zclip"
    watches: ClassVar[Watches] = "gradients"
    explanation: ClassVar[str] = "ZClip clips a gradient whose norm lies 2.5σ above its running mean."
    make = _ZClip


class _DelayedMean:
    def __init__(self, settings: LlmFoundry) -> None:
        self._factor = settings.factor
        self._recent: deque[float] = deque()
        self._old: deque[float] = deque()
        self._window = settings.window
        self._sum = 0.0
        self.usual = math.nan

    def is_outlier(self, x: float) -> bool:
        return x > self._factor * self.usual

    def learn(self, x: float, *, flagged: bool) -> None:
        if flagged:
            return
        self._recent.append(x)
        if len(self._recent) > self._window:
            self._old.append(self._recent.popleft())
            self._sum += self._old[-1]
            if len(self._old) > self._window:
                self._sum -= self._old.popleft()
            self.usual = self._sum / len(self._old)


@dataclass(frozen=True)
class LlmFoundry(_Published):
    """More than `factor` times the mean of `window` points that lie `window` points back.

    LLM-Foundry, `OutlierDetector` (MosaicML): outliers come in clusters, so that the mean is a delayed one.

    >>> norms = np.append(np.ones(520), 8.0)
    >>> LlmFoundry().start("lower_is_better").step(np.arange(521), norms)[0].first_step
    520
    """

    window: int = setting(500, least=50, most=5_000)
    factor: float = setting(7.5, least=1.01, most=1e6)

    name: ClassVar[str] = "llm-foundry"
    watches: ClassVar[Watches] = "gradients"
    explanation: ClassVar[str] = "LLM-Foundry's outlier: 7.5 times the mean of a trailing window."
    make = _DelayedMean


class _Largest:
    def __init__(self, settings: Megatron) -> None:
        self._factor, self._left = settings.factor, settings.samples
        self.usual = 0.0

    def is_outlier(self, x: float) -> bool:
        return not self._left and abs(x) >= self._factor * self.usual

    def learn(self, x: float, *, flagged: bool) -> None:
        if self._left:
            self._left -= 1
            self.usual = max(self.usual, abs(x))


@dataclass(frozen=True)
class Megatron(_Published):
    """At least `factor` times the largest of the first `samples` points, by magnitude.

    Megatron-LM (NVIDIA), `is_unexpectedly_large` of its rerun state machine, used on losses.

    >>> losses = np.append(np.tile([1.0, 1.2], 50), 13.0)
    >>> Megatron().start("lower_is_better").step(np.arange(101), losses)[0].first_step
    100
    """

    samples: int = setting(100, least=1, most=1_000_000)
    factor: float = setting(10.0, least=1.01, most=1e6)

    name: ClassVar[str] = "megatron"
    watches: ClassVar[Watches] = "losses"
    explanation: ClassVar[str] = "Megatron reruns a step whose loss is 10 times the largest that it had seen."
    make = _Largest
