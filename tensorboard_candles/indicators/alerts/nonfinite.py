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
from tensorboard_candles.indicators.alerts.episodes import Episodes
from tensorboard_candles.ohlc import Polarity


@dataclass(frozen=True)
class NonFinite(Detector):
    """Points that are NaN or infinite; one event until `calm` finite points came in a row.

    >>> watch = NonFinite().start("lower_is_better")
    >>> [found] = watch.step(np.arange(4), np.array([0.5, np.inf, np.nan, np.nan]))
    >>> found.first_step, found.value, found.message
    (1, inf, 'is inf at step 1')
    """

    calm: int = setting(20, least=1, most=10_000)

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
        self._episodes = Episodes(calm)

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        bad = ~np.isfinite(values)
        found = []
        for what, it in self._episodes.feed(steps, values, values, bad, bad):
            again = what == "over"
            message = f"was not finite for {points(len(it))} from step" if again else f"is {it.usual} at step"
            message = f"{message} {it.first_step}"
            found.append(Event(it.first_step, it.last_step, it.usual, message, again))
        return found
