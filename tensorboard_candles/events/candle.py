"""Points that are whole candles: what a writer made of many, as a value like any other.

The place of a candle is that of its first point: its step and its wall time are in the columns that hold
those of all points, the rest of it is in `CANDLE`. A number is a candle of one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, Int64Array

CandleArray = npt.NDArray[np.void]

POINT, ROW, LATE_ROW = range(3)
"""Kinds of candles: a number that was logged; a row of `metadata.CANDLES_KIND`, of `LATE_CANDLES_KIND`."""

_STEPS = ("last_step", "high_step", "low_step")
_COUNTS = ("count", "nonfinite")
PRICES = ("open", "high", "low", "close")
CANDLE = np.dtype(
    [("kind", "<i8")]
    + [(name, "<i8") for name in (*_STEPS, *_COUNTS)]
    + [(name, "<f8") for name in (*PRICES, "mean", "std", "end_time")]
)
"""Eight bytes each, as `metadata.CANDLE_COLUMNS` tells. Where `count` is 0, prices are not finite."""


class Columns(Protocol):
    """Points, or what is made like them."""

    @property
    def step(self) -> Int64Array: ...
    @property
    def wall_time(self) -> Float64Array: ...
    @property
    def value(self) -> npt.NDArray[Any]: ...


def are_candles(value: npt.NDArray[Any]) -> bool:
    return value.dtype.kind == "V"


def as_candles(points: Columns) -> CandleArray:
    """Values of points, as candles; a finite number is one of one point.

    >>> from tensorboard_candles.events.points import Points
    >>> found = as_candles(Points(np.array([3, 4]), np.array([10.0, 11.0]), np.array([0.5, np.nan])))
    >>> found["count"], found["nonfinite"], found["high"], found["last_step"], found["end_time"]
    (array([1, 0]), array([0, 1]), array([0.5, nan]), array([3, 4]), array([10., 11.]))
    """
    if are_candles(points.value):
        return points.value
    found = np.zeros(len(points.step), CANDLE)
    is_finite = np.isfinite(points.value)
    found["count"], found["nonfinite"] = is_finite, ~is_finite
    for field in _STEPS:
        found[field] = points.step
    for field in (*PRICES, "mean"):
        found[field] = points.value
    found["end_time"] = points.wall_time
    return found


def values_of(pieces: Sequence[Columns]) -> list[npt.NDArray[Any]]:
    """Values of each, all as candles where some are."""
    if any(are_candles(piece.value) for piece in pieces):
        return [as_candles(piece) for piece in pieces]
    return [piece.value for piece in pieces]
