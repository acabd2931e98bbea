"""A learning-rate cliff: a schedule does at once what it should do little by little, or is over too soon."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

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
from tensorboard_candles.indicators.alerts.episodes import BoolArray
from tensorboard_candles.ohlc import Polarity

_BEFORE = 3
_SHARP = 2.0
_ORDINARY = 15.0
_ALIKE = 1.5
_NOTHING = 1e-6
_LEAST_GONE = 50
_GONE_SHARE = 0.02
_REMEMBERED = 100


@dataclass(frozen=True)
class LearningRateCliff(Detector):
    """From one point to the next the learning rate falls, or jumps, by `factor`; or next to nothing is left.

    A fall must be twice as large as each of the two changes before, too, so that a schedule that nears 0 is
    none. Down to a fifteenth it is a step as schedules have them, and but told as info. A fall that is like
    one told before is a schedule's next cycle. A jump is one above `factor` times all rates so far, after
    `warmup` points: a warm-up is none, nor is a warm restart, which comes back to what was. Next to nothing
    is a millionth of the highest so far, for 50 points in a row that are a fiftieth of all.

    >>> rates = np.concatenate([np.full(100, 0.1), np.full(100, 0.01), np.full(100, 1e-5)])
    >>> found = LearningRateCliff().start("lower_is_better").step(np.arange(300), rates)
    >>> found[0].severity, found[1].message
    ('info', 'fell from 0.01 to 1e-05 at step 200, at once')
    """

    factor: float = setting(5.0, least=1.01, most=1e6)
    warmup: int = setting(200, least=1, most=10_000)

    name: ClassVar[str] = "lr-cliff"
    kind: ClassVar[str] = "lr-cliff"
    severity: ClassVar[Severity] = "warning"
    watches: ClassVar[Watches] = "learning rates"
    explanation: ClassVar[str] = (
        "The learning rate changed by a large factor at once, or is all but 0 while training goes on: a"
        " schedule that is stepped too often, is too short, or was not restored with the checkpoint."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self)


class _Fall(NamedTuple):
    before: float
    now: float
    step: int


class _Watch:
    def __init__(self, settings: LearningRateCliff) -> None:
        self._settings = settings
        self._seen = 0
        self._top = 0.0
        self._last = np.empty(0)
        self._falls: deque[_Fall] = deque(maxlen=_REMEMBERED)
        self._gone = 0
        self._gone_since = 0
        self._is_gone_told = False

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        if not len(values):
            return []
        x, had = np.concatenate([self._last, np.abs(values)]), len(self._last)
        before = x[had - 1 : -1] if had else np.append(np.nan, x[:-1])
        tops = np.maximum.accumulate(np.append(self._top, x[had:]))
        falls = x[had:] * self._settings.factor <= before
        falls &= before > 0
        jumps = (x[had:] >= self._settings.factor * tops[:-1]) & (tops[:-1] > 0)
        jumps &= np.arange(self._seen, self._seen + len(values)) >= self._settings.warmup
        found = []
        for place in np.flatnonzero(falls | jumps).tolist():
            at = had + place
            event = self._changed(x[max(0, at - _BEFORE) : at + 1], int(steps[place]), is_jump=jumps[place])
            found += [event] if event else []
        found += self._vanished(steps, x[had:], x[had:] < _NOTHING * tops[1:])
        self._seen += len(values)
        self._top, self._last = float(tops[-1]), x[-_BEFORE:].copy()
        return sorted(found, key=lambda event: event.last_step)

    def _changed(self, recent: Float64Array, step: int, *, is_jump: bool) -> Event | None:
        """`recent` ends with the point that changed."""
        before, now = float(recent[-2]), float(recent[-1])
        if is_jump:
            return Event(
                step, step, now, f"jumped from {shown(before)} to {shown(now)} at step {step}, at once"
            )
        changes = np.abs(np.diff(recent[:-1]))
        if len(changes) < _BEFORE - 1 or before - now <= _SHARP * float(changes.max()):
            return None
        if any(_alike(before, one.before) and _alike(now, one.now) for one in self._falls):
            return None
        self._falls.append(_Fall(before, now, step))
        severity: Severity | None = "info" if now * _ORDINARY >= before else None
        message = f"fell from {shown(before)} to {shown(now)} at step {step}, at once"
        return Event(step, step, now, message, severity=severity)

    def _vanished(self, steps: Int64Array, x: Float64Array, low: BoolArray) -> list[Event]:
        """Where next to nothing is left for long enough; told once."""
        found = []
        if not (low.any() or self._gone):
            return []
        for place in range(len(low)):
            if not low[place]:
                self._gone, self._is_gone_told = 0, False
                continue
            if not self._gone:
                self._gone_since = int(steps[place])
            self._gone += 1
            least = max(_LEAST_GONE, _GONE_SHARE * (self._seen + place))
            if self._gone >= least and not self._is_gone_told:
                self._is_gone_told = True
                now = float(x[place])
                message = f"is all but 0 since step {self._gone_since}: {shown(now)} at step {steps[place]}"
                is_told = any(fall.step == self._gone_since for fall in self._falls)
                found.append(Event(self._gone_since, int(steps[place]), now, message, again=is_told))
        return found


def _alike(one: float, other: float) -> bool:
    return max(one, other) <= _ALIKE * min(one, other)
