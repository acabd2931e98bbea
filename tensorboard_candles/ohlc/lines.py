"""Candles that the writer made, as points of a line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.candle import PRICES
from tensorboard_candles.store import Lineage, Series


def line_of(series: Series) -> Series:
    """The points that are known of a series, by step: of each candle its open, high, low and close.

    >>> from tensorboard_candles.events import Points
    >>> from tensorboard_candles.events.candle import CANDLE
    >>> candle = np.array([(1, 99, 40, 99, 100, 0, 2.0, 3.0, 1.0, 1.0, 2.0, 0.5, 60.0)], CANDLE)
    >>> line = line_of(Series.of("run", "loss", Points(np.array([0]), np.array([50.0]), candle)))
    >>> line.step, line.value
    (array([ 0, 40, 99]), array([2., 3., 1.]))

    A point that is two of them stands once. Where a candle begins or ends with points that are not finite,
    its open and close stand there nonetheless. When extremes happened is taken from their steps, as if the
    candle's steps had taken equally long.
    """
    if series.candles is None:
        return series
    rows = series.candles.rows
    first, last = series.step[:], rows["last_step"]
    step = np.column_stack([first, rows["high_step"], rows["low_step"], last])
    value = np.column_stack([rows[name] for name in PRICES])
    share = (step - first[:, None]) / np.maximum(last - first, 1)[:, None]
    time = series.wall_time[:, None] + (rows["end_time"] - series.wall_time)[:, None] * share
    keep = _differs(step, value)
    keep[rows["count"] == 0, 1:] = False
    order = np.argsort(step[keep], kind="stable")
    return replace(
        series,
        step=step[keep][order],
        wall_time=time[keep][order],
        value=value[keep][order],
        lineage=Lineage(),
        candles=None,
    )


def _differs(step: npt.NDArray[np.int64], value: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which points of a candle are none of those before."""
    differs = np.ones(step.shape, np.bool_)
    for later in range(1, step.shape[1]):
        for earlier in range(later):
            is_same = (step[:, later] == step[:, earlier]) & (value[:, later] == value[:, earlier])
            differs[:, later] &= ~is_same
    return differs
