"""A trend reversal: what got better for long now gets worse, little by little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from tensorboard_candles.events.points import Float64Array
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

_LEAST_STRETCHES = 24
_LEAST_AFTER = 6
_SMOOTHED = 3
_MOST = 0.5


@dataclass(frozen=True)
class TrendReversal(Detector):
    """After its best the metric gets worse along a line, which took `share` of all progress back.

    The series is kept as at most 64 levels of equal stretches. Since the best (of running medians of three of
    them) there must be at least six, which are a sixth of all and hold `patience` points. The slope of the
    line must be `z` times its standard error, and the line must fit better than a step does: a level that
    jumped and stays is none, nor is harder data that is learned in its turn. Of a loss, what takes half of
    all progress back is none: that is divergence. Told once, until the metric is better than ever.

    >>> values = np.concatenate([np.linspace(2.0, 0.5, 600), np.linspace(0.5, 1.0, 400)])
    >>> (found,) = TrendReversal().start("lower_is_better").step(np.arange(1000), values)
    >>> found.first_step, found.last_step
    (592, 799)
    """

    patience: int = setting(200, least=1, most=1_000_000)
    share: float = setting(0.1, least=1e-9, most=1.0)
    z: float = setting(6.0, least=0.1, most=1000)

    name: ClassVar[str] = "trend-reversal"
    kind: ClassVar[str] = "trend-reversal"
    severity: ClassVar[Severity] = "warning"
    watches: ClassVar[Watches] = "metrics"
    explanation: ClassVar[str] = (
        "The metric got better for long and now gets worse, slowly and steadily. Look at what changed where"
        " it turned: the data, the learning rate or, on validation data, the beginning of overfitting."
    )

    def start(self, polarity: Polarity) -> Watch:
        return _Watch(self, sign_of_worse(polarity))


class _Line(NamedTuple):
    rise: float
    error: float
    """Standard error of the rise."""
    is_no_step: bool


class _Watch(StretchesWatch):
    def __init__(self, settings: TrendReversal, sign: float) -> None:
        super().__init__(sign)
        self._settings = settings
        self._told_best = -np.inf

    def _look(self, step: int) -> Event | None:
        it, settings = self._stretches, self._settings
        count = len(it.levels)
        if count < _LEAST_STRETCHES:
            return None
        levels = self._sign * np.array(it.levels)
        smooth = np.median(np.lib.stride_tricks.sliding_window_view(levels, _SMOOTHED), axis=1)
        turn = int(np.argmin(smooth)) + _SMOOTHED // 2
        after = count - turn
        if float(smooth.min()) < self._told_best:
            self._told_best = -np.inf
        is_long = after >= max(_LEAST_AFTER, count / 6) and after * it.length >= settings.patience
        if not is_long or self._told_best > -np.inf or turn < _SMOOTHED:
            return None
        line = _line(levels[turn:])
        least = max(settings.share * progress(it.levels, self._sign), settings.z * line.error)
        if line.rise <= least or not line.is_no_step:
            return None
        if self._sign > 0 and line.rise > _MOST * (levels[0] - levels.min()):
            return None  # it diverges, which is told as that
        self._told_best = float(smooth.min())
        return self._event(it.begins[turn], step, self._sign * self._told_best)

    def _event(self, since: int, step: int, best: float) -> Event:
        way, now = "rises" if self._sign > 0 else "falls", self._stretches.levels[-1]
        message = f"{way} since step {since}, from about {shown(best)} to {shown(now)} by step {step}"
        return Event(since, step, now, message)


def _line(levels: Float64Array) -> _Line:
    """The line of least squares through levels at equal distances.

    >>> _line(np.arange(8.0)).rise, _line(np.repeat([0.0, 7.0], 4)).is_no_step
    (7.0, False)
    """
    count = len(levels)
    size = float(np.abs(levels).max()) or 1.0
    x, y = np.arange(count) - (count - 1) / 2, (levels - levels.mean()) / size  # squares may overflow
    slope = float(x @ y / (x @ x))
    left = float(np.square(y - slope * x).sum())
    # of a step after each place: what it explains is the square of the sum before, by both lengths
    sums, before = np.cumsum(y)[:-1], np.arange(1, count)
    of_step = float(y @ y - (sums**2 * count / (before * (count - before))).max())
    error = np.sqrt(left / (count - 2) / (x @ x))
    return _Line(slope * (count - 1) * size, float(error) * (count - 1) * size, left < of_step)
