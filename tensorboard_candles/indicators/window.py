"""Indicators of a part of a series, with the values that they have over all of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators.registry import FORGOTTEN, Before, Chosen
from tensorboard_candles.ohlc import (
    Axis,
    Candles,
    Polarity,
    all_before,
    all_before_as_one,
    last_before,
    volume_of,
)
from tensorboard_candles.store import Series


@dataclass(frozen=True, slots=True)
class CandleBars:
    """Bars of the candles shown and of some before them."""

    before: Candles
    shown: Candles
    axis: Axis
    volume_series: Series | None
    polarity: Polarity

    @property
    def high(self) -> Float64Array:
        return np.concatenate([self.before.high, self.shown.high])

    @property
    def low(self) -> Float64Array:
        return np.concatenate([self.before.low, self.shown.low])

    @property
    def close(self) -> Float64Array:
        return np.concatenate([self.before.close, self.shown.close])

    @property
    def volume(self) -> Float64Array:
        both = self.before, self.shown
        return np.concatenate([volume_of(some, self.axis, self.volume_series) for some in both])


def indicator_columns(
    chosen: Sequence[Chosen],
    shown: Candles,
    series: Series,
    axis: Axis,
    *,
    volume: Series | None,
    polarity: Polarity,
) -> dict[str, Float64Array]:
    """Columns of indicators, by name, as long as `shown`.

    >>> from tensorboard_candles.indicators import INDICATORS
    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> steps = np.arange(100)
    >>> loss = Series("run", "loss", steps, steps + 0.5, steps / 2)
    >>> shown = candles(loss, StepAxis(), width=10, start=80)
    >>> sma = Chosen(INDICATORS["sma"], (2,))
    >>> indicator_columns([sma], shown, loss, StepAxis(), volume=None, polarity="lower_is_better")
    {'sma(2)': array([42., 47.])}

    Candles before those shown are looked at as far back as they have a say: a window, all of them, or until
    an average that forgets has forgotten what it began with. Raises BadRequest where all are too many.
    """
    if not chosen or not shown.count.any():
        return {name: np.full(len(shown), np.nan) for one in chosen for name in one.columns}
    furthest = max((one.before for one in chosen if isinstance(one.before, int)), default=0)
    as_one = all_before_as_one(shown, series, axis)

    def bars_of(reach: int | Before) -> CandleBars:
        if reach == "all":
            before = all_before(shown, series, axis)
        elif reach == "all as one":
            before = as_one
        else:
            before = last_before(shown, series, axis, priced=math.ceil(reach * _longer(as_one, shown)))
        return CandleBars(before, shown, axis, volume, polarity)

    reaches = [furthest if isinstance(one.before, int) else one.before for one in chosen]
    bars = {reach: bars_of(reach) for reach in dict.fromkeys(reaches)}
    return {
        name: values[-len(shown) :]
        for one, reach in zip(chosen, reaches, strict=True)
        for name, values in zip(one.columns, one.compute(bars[reach]), strict=True)
    }


def _longer(before: Candles, shown: Candles) -> float:
    """So many times as long it takes to forget what was larger than what is shown."""
    larger = math.log(_size(before)) - math.log(_size(shown))
    return 1 + max(larger, 0) / -math.log(FORGOTTEN)


def _size(some: Candles) -> float:
    extremes = np.concatenate([some.high, some.low])
    return float(np.fmax.reduce(np.abs(extremes), initial=np.finfo(np.float64).tiny))
