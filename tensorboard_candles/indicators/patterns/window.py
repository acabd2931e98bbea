"""Patterns of a part of a series: those that the chart of all of it shows there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.indicators.patterns.catalogue import CANDLES_BEFORE, Pattern, patterns_in
from tensorboard_candles.indicators.patterns.shapes import Ohlc
from tensorboard_candles.ohlc import Axis, Candles, Polarity, last_before
from tensorboard_candles.store import Series

Direction = Literal["better", "worse", "neutral"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A pattern where it is: `x` of its first and of its last candle, and the steps that they span."""

    pattern: Pattern
    first_x: float
    x: float
    first_step: int
    last_step: int
    direction: Direction
    """Where it points, by the polarity of the metric; a pause is neutral."""


def patterns_shown(
    patterns: Sequence[Pattern], shown: Candles, series: Series, axis: Axis, *, polarity: Polarity
) -> list[Marked]:
    """Patterns whose last candle is one of `shown`, in the order of the axis.

    >>> from tensorboard_candles.indicators.patterns import PATTERNS
    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> steps, fall = np.arange(40), np.repeat(np.arange(20.0, 0.0, -1.0), 2) - np.tile([0.0, 1.0], 20)
    >>> fall[-2:] = -0.5, 3.0
    >>> loss = Series("run", "loss", steps, steps + 0.5, fall)
    >>> shown = candles(loss, StepAxis(), width=2, start=38)
    >>> (one,) = patterns_shown([PATTERNS["engulfing"]], shown, loss, StepAxis(), polarity="lower_is_better")
    >>> one.first_step, one.last_step, one.direction
    (36, 39, 'worse')
    """
    if not patterns or not shown.count.any():
        return []
    before = last_before(shown, series, axis, priced=CANDLES_BEFORE)

    def both(name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(before, name), getattr(shown, name)])

    prices = Ohlc(*(both(name).astype(np.float64) for name in ("open", "high", "low", "close")))
    priced = np.flatnonzero(prices.has_price)
    x, first_step, last_step = (both(name).tolist() for name in ("x", "first_step", "last_step"))
    columns = patterns_in(prices, polarity=polarity, patterns=patterns)
    found = []
    for pattern in patterns:
        column = columns[pattern.name]
        last = len(before) + np.flatnonzero(column[len(before) :])
        first = priced[np.searchsorted(priced, last) - (pattern.candles - 1)]
        ways = [_direction(pattern, int(sign)) for sign in column[last]]
        found += [
            Marked(pattern, x[a], x[b], first_step[a], last_step[b], way)
            for a, b, way in zip(first.tolist(), last.tolist(), ways, strict=True)
        ]
    return sorted(found, key=lambda one: one.x)


def _direction(pattern: Pattern, sign: int) -> Direction:
    if pattern.meaning == "pause":
        return "neutral"
    return "better" if sign > 0 else "worse"
