"""Candles as a writer makes them, plainly, and records that hold them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events import Points
from tests.support.records import event_of, tensor_value

Row = list[float]


def row_of(points: Points) -> Row:
    """Points in order, of which there is one at least, as a row of `metadata.CANDLE_COLUMNS`."""
    finite = np.isfinite(points.value)
    step, value = points.step[finite], points.value[finite].astype(np.float64)
    first, last = int(points.step[0]), int(points.step[-1])
    prices: Row = [np.nan] * 6
    extremes = [first, first]
    if len(value):
        high, low = int(value.argmax()), int(value.argmin())
        prices = [value[0], value[high], value[low], value[-1], value.mean(), value.std()]
        extremes = [int(step[high]), int(step[low])]
    times = [float(points.wall_time.min()), float(points.wall_time.max())]
    return [first, last, *prices, len(value), len(finite) - len(value), *extremes, *times]


def rows_value(
    tag: str, rows: Sequence[Row], *, kind: str = metadata.CANDLES_KIND, is_named: bool = True
) -> summary_pb2.Summary.Value:
    numbers = [number for row in rows for number in row]
    shape: Any = {"dim": [{"size": len(rows)}, {"size": len(metadata.CANDLE_COLUMNS)}]}
    content = struct.pack(f"<{len(numbers)}d", *numbers)
    tensor = TensorProto(dtype=types_pb2.DT_DOUBLE, tensor_shape=shape, tensor_content=content)
    value = tensor_value(tag, tensor, metadata.PLUGIN_NAME if is_named else None)
    if is_named:
        value.metadata.plugin_data.content = metadata.plugin_content(kind)
    return value


def rows_record(
    tag: str, rows: Sequence[Row], *, kind: str = metadata.CANDLES_KIND, wall_time: float | None = None
) -> bytes:
    """Written as soon as the last of its points was there."""
    at = max(row[-1] for row in rows) if wall_time is None else wall_time
    return event_of(rows_value(tag, rows, kind=kind), step=int(rows[-1][1]), wall_time=at)
