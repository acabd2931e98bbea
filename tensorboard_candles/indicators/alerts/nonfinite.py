"""NaN and infinity."""

from __future__ import annotations

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
    points,
    setting,
)
from tensorboard_candles.indicators.alerts.episodes import Episode, Episodes
from tensorboard_candles.ohlc import Polarity

_CALM_SHARE = 0.01


@dataclass(frozen=True)
class NonFinite(Detector):
    """Points that are NaN or infinite; one event until `calm` finite points came in a row, or a
    hundredth of all. It grows until then.

    >>> watch = NonFinite().start("lower_is_better")
    >>> [found] = watch.step(np.arange(4), np.array([0.5, np.inf, np.nan, np.nan]))
    >>> found.first_step, found.value, found.message
    (1, inf, 'is inf at step 1')
    """

    calm: int = setting(100, least=1, most=10_000)

    name: ClassVar[str] = "non-finite"
    kind: ClassVar[str] = "non-finite"
    severity: ClassVar[Severity] = "critical"
    watches: ClassVar[Watches] = "all"
    takes_nonfinite: ClassVar[bool] = True
    explanation: ClassVar[str] = (
        "A number overflowed, or was divided by zero. Weights that took such a gradient never recover: go"
        " back to a checkpoint."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self.calm)


class _Watch:
    def __init__(self, calm: int) -> None:
        self._episodes = Episodes(calm, calm_share=_CALM_SHARE)

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        bad = ~np.isfinite(values)
        return [
            _event(it, again=what == "over")
            for what, it in self._episodes.feed(steps, values, values, bad, bad)
        ]

    def ongoing(self) -> Event | None:
        it = self._episodes.open
        return _event(it, again=it.count > 1) if it else None


def _event(it: Episode, *, again: bool) -> Event:
    message = f"is {it.usual} at step {it.first_step}"
    if again:
        message = f"was not finite for {points(it.count)} from step {it.first_step}"
        if it.count < len(it):
            message += f" to {it.last_step}"
    return Event(it.first_step, it.last_step, it.usual, message, again)
