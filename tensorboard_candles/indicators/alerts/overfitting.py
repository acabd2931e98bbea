"""Overfitting: what is learned on training data is no longer of use on others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from statistics import median
from typing import ClassVar, NamedTuple

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
from tensorboard_candles.ohlc import Polarity

_SMOOTHED = 3
_NOISE_OF = 20
_SIGMA = 1.048  # of normal noise, over the median distance of two in a row
_HOLDS = 0.1
_LEAST_PROGRESS = 0.2
_MOST_OF_TRAINING = 0.25


@dataclass(frozen=True)
class OverfittingGap(Detector):
    """Since its best on validation data, the gap to the training data grew by `share` of all progress.

    Takes two columns: the metric on validation data, and how it was on training data then. The best is that
    of running medians of three evaluations, the progress from the first to it (at least a fifth of its size).
    The growth must be `z` times the noise, too (by the median change of the gap from one evaluation to the
    next), must not come from the training getting worse, and must last for `patience` evaluations in a row
    and a tenth of all. Told once, until validation is better than ever.

    >>> import numpy as np
    >>> train, val = np.linspace(2.0, 0.1, 40), np.r_[np.linspace(2.0, 1.0, 20), np.linspace(1.0, 1.4, 20)]
    >>> both = np.column_stack([val, train])
    >>> (found,) = OverfittingGap().start("lower_is_better").step(np.arange(0, 4000, 100), both)
    >>> found.first_step, found.last_step
    (1900, 2600)
    """

    patience: int = setting(3, least=1, most=1_000_000)
    share: float = setting(0.25, least=1e-9, most=1.0)
    z: float = setting(4.0, least=0.1, most=1000)

    name: ClassVar[str] = "overfitting-gap"
    kind: ClassVar[str] = "overfitting-gap"
    severity: ClassVar[Severity] = "warning"
    watches: ClassVar[Watches] = "validation metrics"
    explanation: ClassVar[str] = (
        "Validation gains nothing more, or gets worse, while training goes on getting better: the model"
        " learns its examples by heart. Keep the best checkpoint; stop, regularise, or add data."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, sign_of_worse(polarity))


class _Best(NamedTuple):
    validation: float
    training: float
    step: int


class _Watch:
    def __init__(self, settings: OverfittingGap, sign: float) -> None:
        self._settings, self._sign = settings, sign
        self._seen = 0
        self._last: deque[tuple[float, float, int]] = deque(maxlen=_SMOOTHED)
        self._changes: deque[float] = deque(maxlen=_NOISE_OF)
        self._start = 0.0
        self._best: _Best | None = None
        self._above = 0
        self._told: Event | None = None

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        validation, training = (self._sign * values).T.tolist()
        rows = zip(steps.tolist(), validation, training, strict=True)
        return [found for row in rows if (found := self._take(*row))]

    def _take(self, step: int, validation: float, training: float) -> Event | None:
        if self._last:
            before = self._last[-1]
            self._changes.append(abs((validation - training) - (before[0] - before[1])))
        self._last.append((validation, training, step))
        self._seen += 1
        if len(self._last) < _SMOOTHED:
            return None
        now = _Best(median(it[0] for it in self._last), median(it[1] for it in self._last), self._last[1][2])
        if self._best is None:
            self._start = now.validation
        if self._best is None or now.validation < self._best.validation:
            over, self._told = self._told, None
            self._best, self._above = now, 0
            return replace(over, again=True) if over else None
        if self._told:
            self._told = self._event(self._best, now, step, self._told.value)
            return None
        if not self._has_grown(now, self._best):
            self._above = 0
            return None
        self._above += 1
        if self._above < max(self._settings.patience, _HOLDS * self._seen):
            return None
        self._told = self._event(self._best, now, step, self._sign * now.validation)
        return self._told

    def ongoing(self) -> Event | None:
        it = self._told
        return it and replace(it, message=f"{it.message}; not over at step {it.last_step}")

    def _has_grown(self, now: _Best, best: _Best) -> bool:
        of_training = now.training - best.training
        growth = now.validation - best.validation - of_training
        progress = max(self._start - best.validation, _LEAST_PROGRESS * abs(best.validation))
        noise = _SIGMA * median(self._changes)
        least = max(self._settings.share * progress, self._settings.z * noise)
        return growth > least and of_training <= _MOST_OF_TRAINING * growth

    def _event(self, best: _Best, now: _Best, step: int, worst: float) -> Event:
        value = self._sign * now.validation
        worst = max(worst, value, key=lambda it: self._sign * it)
        message = (
            f"has not been better than {shown(self._sign * best.validation)} since step {best.step}: it is"
            f" {shown(value)} by step {step}, while training went from {shown(self._sign * best.training)} to"
            f" {shown(self._sign * now.training)}"
        )
        return Event(best.step, step, worst, message)
