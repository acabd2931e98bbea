"""Candles by plain loops over points: slow and obviously right."""

from __future__ import annotations

import math
from typing import Any

from tensorboard_candles.ohlc import Axis
from tensorboard_candles.store import Series

Row = dict[str, Any]


def candle_rows(series: Series, axis: Axis, width: float) -> list[Row]:
    """One row per candle: bucket number and every column; None where a number is missing."""
    members: dict[int, list[int]] = {}
    for index, position in enumerate(axis.positions(series, slice(None)).tolist()):
        members.setdefault(math.floor(position / width), []).append(index)
    return [_row(series, bucket, members[bucket]) for bucket in sorted(members)]


def _row(series: Series, bucket: int, members: list[int]) -> Row:
    steps = [int(series.step[i]) for i in members]
    times = [float(series.wall_time[i]) for i in members]
    finite = [
        (float(series.value[i]), int(series.step[i])) for i in members if math.isfinite(series.value[i])
    ]
    row: Row = {
        "bucket": bucket,
        "first_step": steps[0],
        "last_step": steps[-1],
        "start_time": min(times),
        "end_time": max(times),
        "count": len(finite),
        "nonfinite": len(members) - len(finite),
    }
    return {**row, **_prices(finite)}


def _prices(finite: list[tuple[float, int]]) -> Row:
    if not finite:
        names = ("open", "high", "low", "close", "mean", "std", "high_step", "low_step")
        return dict.fromkeys(names)
    values = [value for value, _ in finite]
    high, low = max(values), min(values)
    mean = math.fsum(values) / len(values)
    return {
        "open": values[0],
        "high": high,
        "low": low,
        "close": values[-1],
        "mean": mean,
        "std": math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values)),
        "high_step": next(step for value, step in finite if value == high),
        "low_step": next(step for value, step in finite if value == low),
    }
