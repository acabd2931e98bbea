"""A spike: up, and back again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import (
    Detector,
    Event,
    Severity,
    Watch,
    Watches,
    points,
    setting,
    shown,
    sign_of_worse,
)
from tensorboard_candles.indicators.alerts.episodes import Episode, Episodes
from tensorboard_candles.indicators.alerts.trailing import Trailing
from tensorboard_candles.ohlc import Polarity

LONGEST = 24
"""How many points a spike may take; what stays away longer is another level, which becomes the usual one."""
CALM = 3
_SHARP = 4.0
_CENTRE = 50
_LEAST_SCALE = 0.01
_OFTEN = 3
_OFTEN_WITHIN = 1000


@dataclass(frozen=True)
class Spike(Detector):
    """Points that lie `z` times the scale above the trailing centre, and come back within 24 points.

    What is still away then is a spike for its peak alone, if that is at least four times as high above the
    centre as all that comes 12 to 24 points after the first. Without such a peak it is another level.
    Upwards for what should fall, downwards for what should rise. Centre and scale are those of `Trailing`,
    the scale at least a hundredth of the centre. A spike is over, and told, once three points in a row lie
    within z / 2, or when it lasts. What came three times within 1000 points, at least half as high, is
    usual: small batches of what is learned well, or one task in five.

    >>> values = np.concatenate([np.tile([0.4, 0.5, 0.6, 0.5], 25), [7.0, 6.0], np.tile([0.5, 0.4], 5)])
    >>> (found,) = Spike(z=8).start("lower_is_better").step(np.arange(112), values)
    >>> found.first_step, found.last_step, found.value
    (100, 101, 7.0)
    """

    window: int = setting(200, least=50, most=5_000)
    z: float = setting(8.0, least=0.1, most=1000)
    warmup: int = setting(30, least=1, most=10_000)

    name: ClassVar[str] = "spike"
    kind: ClassVar[str] = "spike"
    severity: ClassVar[Severity] = "warning"
    watches: ClassVar[Watches] = "metrics"
    explanation: ClassVar[str] = (
        "The metric was far worse for a few steps: often a bad batch, or a learning rate at the edge of what"
        " the training bears."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, sign_of_worse(polarity))


class _Watch:
    def __init__(self, settings: Spike, sign: float) -> None:
        self._z = settings.z
        self._sign = sign
        self._usual = Trailing(window=settings.window, centre=_CENTRE, warmup=settings.warmup)
        self._episodes = Episodes(CALM, LONGEST)
        self._new_level = settings.window // 2
        self._muted_until = 0
        self._recent: deque[tuple[int, float]] = deque()

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        x = self._sign * values
        centre, scale = self._usual.feed(x)
        above = x - centre
        limit = self._z * np.maximum(scale, _LEAST_SCALE * np.abs(centre))
        told = self._episodes.feed(steps, x, centre, above > limit / 2, above > limit)
        return [self._event(it) for what, it in told if self._is_spike(what, it)]

    def _is_spike(self, what: Literal["begun", "lasts", "over"], it: Episode) -> bool:
        if what == "begun":
            return False
        lasts = len(it) > LONGEST
        if lasts and what == "over":
            self._muted_until = it.last + self._new_level  # its noise has still to be learned
            return False
        if lasts and it.worst - it.usual < _SHARP * (it.late - it.usual):
            return False
        return not self._is_usual(it) and it.first >= self._muted_until

    def _is_usual(self, it: Episode) -> bool:
        while self._recent and self._recent[0][0] < it.first - _OFTEN_WITHIN:
            self._recent.popleft()
        height = it.worst - it.usual
        alike = sum(2 * other >= height for _, other in self._recent)
        self._recent.append((it.first, height))
        return alike >= _OFTEN

    def _event(self, it: Episode) -> Event:
        worst, usual = self._sign * it.worst, self._sign * it.usual
        way = "rose" if self._sign > 0 else "fell"
        if len(it) > LONGEST:
            end = f"has not come back after {LONGEST} points"
        else:
            end = f"came back after {points(len(it))}"
        return Event(
            it.first_step,
            it.last_step,
            worst,
            f"{way} to {shown(worst)} at step {it.worst_step}, from about {shown(usual)}, and {end}",
        )
