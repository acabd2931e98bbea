"""Divergence: what was learned is being lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    sign_of_worse,
)
from tensorboard_candles.ohlc import Polarity

_BLOCK = 4
_FIRST_BLOCKS = 3
_CALM_SHARE = 0.5


@dataclass(frozen=True)
class Divergence(Detector):
    """For `patience` points the metric is worse than its best by `share` of all its progress.

    Looked at are medians of four points in a row. Progress is from the median of the first three such to the
    best; worse it must be by `z` times the noise, too (the median distance of points within a block), and by
    a quarter of the best. Told once, until the half of that is made good.

    >>> values = np.concatenate([np.linspace(2.0, 0.5, 100), np.linspace(0.5, 9.0, 60)])
    >>> (found,) = Divergence().start("lower_is_better").step(np.arange(160), values)
    >>> found.first_step, found.last_step
    (104, 135)
    """

    share: float = setting(0.5, least=1e-9, most=1.0)
    patience: int = setting(32, least=1, most=1_000_000)
    z: float = setting(6.0, least=0.1, most=1000)

    name: ClassVar[str] = "divergence"
    kind: ClassVar[str] = "divergence"
    severity: ClassVar[Severity] = "critical"
    watches: ClassVar[Watches] = "losses"
    explanation: ClassVar[str] = (
        "The loss rises and stays up, so that most of what was learned is gone. Go back to a checkpoint and"
        " lower the learning rate."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, sign_of_worse(polarity))


class _Block(NamedTuple):
    level: float
    spread: float
    begin: int
    end: int
    worst: float
    worst_step: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told, and how far it has come: to `last`."""

    first: int
    last: int
    level: float
    """Where it was when it was noticed."""
    best: float
    worst: tuple[float, int]
    """And its step."""


class _Watch:
    def __init__(self, settings: Divergence, sign: float) -> None:
        self._settings, self._sign = settings, sign
        self._rest, self._rest_steps = np.empty(0), np.empty(0, np.int64)
        self._first: list[float] = []
        self._best = np.inf
        self._noise = 0.0
        self._since: tuple[int, int] | None = None
        self._worst = -np.inf, 0
        self._told: _Told | None = None
        self._level = 0.0

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        x = np.concatenate([self._rest, self._sign * values])
        steps = np.concatenate([self._rest_steps, steps])
        whole = len(x) // _BLOCK * _BLOCK
        self._rest, self._rest_steps = x[whole:].copy(), steps[whole:].copy()
        if not whole:
            return []
        blocks = np.sort(x[:whole].reshape(-1, _BLOCK), axis=1)
        medians, spreads = blocks[:, 1:3].mean(axis=1), blocks[:, 3] - blocks[:, 0]
        step_rows, at = steps[:whole].reshape(-1, _BLOCK), np.argmax(x[:whole].reshape(-1, _BLOCK), axis=1)
        worst_steps = step_rows[np.arange(len(at)), at]
        columns = (medians, spreads, step_rows[:, 0], step_rows[:, -1], blocks[:, 3], worst_steps)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [found for row in rows if (found := self._take(_Block(*row)))]

    def _take(self, block: _Block) -> Event | None:
        level = block.level
        if len(self._first) < _FIRST_BLOCKS:
            self._first.append(level)
            self._start = sorted(self._first)[len(self._first) // 2]
        limit = self._limit()
        if level <= limit:
            noise = block.spread / 2.06
            # not while it is away: what is usual must be that of better times
            self._noise += (noise - self._noise) / 16 if self._noise else noise
            self._best = min(self._best, level)
            self._since = None
            if self._told and level <= self._best + _CALM_SHARE * (limit - self._best):
                return self._over(self._told)
            self._extend(block)
            return None
        if self._since is None:
            self._since, self._worst = (block.begin, 0), (block.worst, block.worst_step)
        first, blocks = self._since
        self._worst = max(self._worst, (block.worst, block.worst_step), key=lambda it: it[0])
        self._since = first, blocks + 1
        self._extend(block)
        if self._told or (blocks + 1) * _BLOCK < self._settings.patience:
            return None
        self._told = _Told(first, block.end, level, self._best, self._worst)
        return self._event(self._told)

    def ongoing(self) -> Event | None:
        it = self._told
        if it is None:
            return None
        return self._event(it, f"it is {shown(self._sign * self._level)} and not over at step {it.last}")

    def _extend(self, block: _Block) -> None:
        self._level = block.level
        if self._told:
            worst = max(self._told.worst, (block.worst, block.worst_step), key=lambda it: it[0])
            self._told = replace(self._told, last=block.end, worst=worst)

    def _over(self, it: _Told) -> Event:
        self._told = None
        return self._event(it, f"it was over after step {it.last}", again=True)

    def _event(self, it: _Told, state: str = "", *, again: bool = False) -> Event:
        way, (height, step) = "rose" if self._sign > 0 else "fell", it.worst
        now, best, worst = self._sign * it.level, self._sign * it.best, self._sign * height
        stays = "stayed" if again else "stays"
        message = (
            f"{way} to {shown(now)} and {stays} there since step {it.first}; the best was"
            f" {shown(best)}, the worst {shown(worst)} at step {step}{'; ' if state else ''}{state}"
        )
        return Event(it.first, it.last, worst, message, again)

    def _limit(self) -> float:
        best = self._best
        if best == np.inf:
            return np.inf
        settings = self._settings
        rise = max(settings.share * (self._start - best), settings.z * self._noise, abs(best) / 4)
        return best + rise
