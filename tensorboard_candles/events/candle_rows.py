"""Rows of candles that a writer made, from the tensor they are written in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events.candle import CANDLE, PRICES
from tensorboard_candles.events.points import Float64Array, Points, no_points

_COLUMNS = len(metadata.CANDLE_COLUMNS)

BoolArray = npt.NDArray[np.bool_]


def rows_in(tensor: TensorProto, kind: int) -> tuple[Points, str | None]:
    """The candles of a tensor, as points; and in words what is wrong with those that are passed by.

    >>> row = [0, 99, 2.5, 3, 1, 1.5, 2, 0.5, 100, 0, 7, 55, 1.7e9, 1.7e9 + 60]
    >>> table = np.array([row, [*row[:3], -3, *row[4:]]])
    >>> shape = {"dim": [{"size": size} for size in table.shape]}
    >>> found, problem = rows_in(TensorProto(dtype=2, tensor_shape=shape, double_val=table.ravel()), 1)
    >>> found.step, found.value["last_step"], problem
    (array([0]), array([99]), '1 of 2 candles passed by: high < low')
    """
    table = _table_in(tensor)
    if table is None:
        return no_points(), f"candles passed by: not a table of {_COLUMNS} columns of doubles"
    row = dict(zip(metadata.CANDLE_COLUMNS, table.T, strict=True))
    is_wrong = np.zeros(len(table), np.bool_)
    problem = None
    with np.errstate(invalid="ignore", over="ignore"):
        for what, concerned in _wrong(row):
            problem = problem or (what if concerned.any() else None)
            is_wrong |= concerned
    if problem:
        problem = f"{np.count_nonzero(is_wrong)} of {len(table)} candles passed by: {problem}"
    return _points({name: column[~is_wrong] for name, column in row.items()}, kind), problem


def _table_in(tensor: TensorProto) -> Float64Array | None:
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    is_table = len(shape) == 2 and shape[1] == _COLUMNS and tensor.dtype == types_pb2.DT_DOUBLE
    if not is_table:
        return None
    content = tensor.tensor_content
    if len(content) % 8:
        return None
    numbers = np.frombuffer(content, "<f8") if content else np.array(tensor.double_val, np.float64)
    return numbers.reshape(shape) if shape[0] >= 0 and len(numbers) == shape[0] * _COLUMNS else None


def _wrong(row: dict[str, Float64Array]) -> Iterator[tuple[str, BoolArray]]:
    """What can be wrong with a row, and with which of them it is; what is not a number is no order at all."""
    first, last = row["first_step"], row["last_step"]
    count, nonfinite = row["count"], row["nonfinite"]
    yield "steps that are no whole numbers within 2^53", ~(_are_steps(first) & _are_steps(last))
    yield "first_step > last_step", ~(first <= last)
    are_counts = [_are_counts(one) for one in (count, nonfinite)]
    yield "counts that are none", ~(are_counts[0] & are_counts[1] & (count + nonfinite >= 1))
    yield "times that are none", ~(np.isfinite(row["start_time"]) & np.isfinite(row["end_time"]))
    yield "start_time > end_time", ~(row["start_time"] <= row["end_time"])
    holds = ~(count == 0)
    high, low = row["high"], row["low"]
    finite = np.logical_and.reduce([np.isfinite(row[name]) for name in (*PRICES, "mean", "std")])
    yield "prices that are not finite", holds & ~finite
    yield "high < low", holds & ~(high >= low)
    inside = [(low <= row[name]) & (row[name] <= high) for name in ("open", "close")]
    yield "prices outside of low and high", holds & ~(inside[0] & inside[1])
    rounding = metadata.CANDLE_MEAN_ROUNDING * np.fmax(np.abs(low), np.abs(high))
    yield "a mean outside of low and high", holds & ~_within(row["mean"], low - rounding, high + rounding)
    yield "std < 0", holds & ~(row["std"] >= 0)
    for name in ("high_step", "low_step"):
        is_inside = _are_steps(row[name]) & (first <= row[name]) & (row[name] <= last)
        yield f"{name} outside of first_step and last_step", holds & ~is_inside


def _within(number: Float64Array, low: Float64Array | float, high: Float64Array | float) -> BoolArray:
    return (low <= number) & (number <= high)


def _are_counts(number: Float64Array) -> BoolArray:
    is_whole: BoolArray = number == np.floor(number)
    return is_whole & _within(number, 0, metadata.MOST_CANDLE_POINTS)


def _are_steps(number: Float64Array) -> BoolArray:
    is_whole: BoolArray = number == np.floor(number)
    return is_whole & (np.abs(number) <= metadata.MOST_CANDLE_STEP)


def _points(row: dict[str, Float64Array], kind: int) -> Points:
    candle = np.zeros(len(row["count"]), CANDLE)
    candle["kind"] = kind
    holds = row["count"] > 0
    for name in set(candle.dtype.names or ()) - {"kind", *PRICES, "mean", "std", "high_step", "low_step"}:
        candle[name] = row[name]
    for name in (*PRICES, "mean"):
        candle[name] = np.where(holds, row[name], np.nan)
    # No deviation is larger than half of the range (Popoviciu 1935); one that says so might overflow in sums.
    most = row["high"] / 2 - row["low"] / 2
    candle["std"] = np.where(holds, np.minimum(row["std"], most), 0.0)
    for name in ("high_step", "low_step"):
        candle[name] = np.where(holds, row[name], row["first_step"])
    return Points(row["first_step"].astype(np.int64), row["start_time"].copy(), candle)
