"""Candles as summaries, for any writer of event files.

    from tensorboard_candles import summary

    rows = summary.candle_rows(steps, losses, width=1000)
    writer.file_writer.add_summary(summary.candles_pb("loss", rows))  # torch, tensorboardX
    with tf_writer.as_default():
        summary.candles("loss", rows)                                # TensorFlow

Write a tag's candles in the order of their steps, and each once: a file that tells the same steps twice, more
finely and less or again, is read as if it told them once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import candle_rows as made
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.values import as_int64

Float64Array = npt.NDArray[np.float64]
Rows: TypeAlias = "Mapping[str, npt.ArrayLike] | npt.NDArray[Any]"
"""Columns by name, an array with named fields, or one of shape (rows, 14) in the order of
`metadata.CANDLE_COLUMNS`."""

_STEPS = ("first_step", "last_step", "high_step", "low_step")
_PRICES = ("open", "high", "low", "close")


def candle_rows(
    step: npt.ArrayLike, value: npt.ArrayLike, wall_time: npt.ArrayLike | None = None, *, width: int
) -> dict[str, npt.NDArray[Any]]:
    """Candles of points, as columns: one for each [k·width, (k+1)·width) that holds a point.

    >>> rows = candle_rows([0, 1, 2, 3], [0.5, 0.25, float("nan"), 2.0], width=2)
    >>> rows["open"], rows["low_step"], rows["nonfinite"]
    (array([0.5, 2. ]), array([1, 3]), array([0, 1]))

    Args:
        step: whole numbers within ±2^53, in any order; of points at one step the later is the later.
        value: one number each. NaN and infinity are counted and enter no price.
        wall_time: seconds since the Unix epoch; now, where it isn't given.
        width: of each candle, in steps.

    Raises WriterError when the arrays don't fit together.
    """
    steps = _whole("step", step)
    values = _numbers("value", value)
    times = np.full(steps.shape, time.time()) if wall_time is None else _numbers("wall_time", wall_time)
    if not steps.ndim == values.ndim == times.ndim == 1 or not len(steps) == len(values) == len(times):
        shapes = ", ".join(str(column.shape) for column in (steps, values, times))
        raise WriterError(f"step, value and wall_time must be of one length, got shapes {shapes}")
    if as_int64("width", width) < 1:
        raise WriterError(f"width must be > 0, got {width}")
    order = np.argsort(steps // width, kind="stable")
    candle = steps[order] // width
    begins = np.flatnonzero(np.append(True, candle[1:] != candle[:-1])) if len(candle) else candle
    rows = made.merged(made.of_points(steps[order], times[order], values[order]), begins)
    columns = dict(zip(metadata.CANDLE_COLUMNS, made.table(rows).T, strict=True))
    whole = {*_STEPS, "count", "nonfinite"}
    return {name: column.astype(np.int64) if name in whole else column for name, column in columns.items()}


def candles_pb(tag: str, rows: Rows, *, description: str | None = None) -> Summary:
    """A summary of candles, to be given to any writer of event files.

    >>> candles_pb("loss", {"first_step": [0], "open": [0.5], "high": [0.5], "low": [0.5], "close": [0.5],
    ...                     "count": [1]}).value[0].tensor.tensor_shape.dim[1].size
    14

    Args:
        tag: the metric's name.
        rows: the columns of `metadata.CANDLE_COLUMNS`, a number for each candle. May be left out:
            `last_step`, `high_step` and `low_step` of candles of one step; `mean` and `std` of candles of one
            point; `nonfinite`, the count of NaNs and infinities, where there were none; `start_time` and
            `end_time`, which are now then.
        description: Markdown about the tag.

    Raises WriterError, saying which row, when a column is missing or they contradict each other.
    """
    if not isinstance(tag, str) or not tag or not summaries.is_unicode(tag):
        raise WriterError(f"a tag must be a string of Unicode, not empty, got {tag!r}")
    value = summaries.candles(tag, _table(rows))
    if description:
        value.metadata.summary_description = description
    return Summary(value=[value])


def candles(tag: str, rows: Any, step: Any = None, description: str | None = None) -> Any:
    """Write candles to TensorFlow's default summary writer, as `tf.summary.scalar` does a number.

        with tf.summary.create_file_writer("runs/first").as_default():
            summary.candles("loss", summary.candle_rows(steps, losses, width=1000))

    Args:
        tag: the metric's name; active name scopes are put before it.
        rows: as for `candles_pb`; or, inside of a `tf.function`, a tensor of shape (rows, 14), whose numbers
            nobody checks.
        step: of the event; by default `tf.summary.experimental.get_step()`, else the last candle's last step.
        description: Markdown about the tag.

    Returns True when it was written, False where there is no default writer, as a tensor. Raises WriterError
    as `candles_pb` does, and ImportError without TensorFlow.
    """
    tf = _tensorflow()
    is_symbolic = tf.is_tensor(rows) and not hasattr(rows, "numpy")
    tensor = rows if is_symbolic else tf.constant(_table(rows.numpy() if tf.is_tensor(rows) else rows))
    tensor = tf.ensure_shape(tf.cast(tensor, tf.float64), (None, len(metadata.CANDLE_COLUMNS)))
    step = tf.summary.experimental.get_step() if step is None else step
    about = summaries.candles(tag, np.empty((0, len(metadata.CANDLE_COLUMNS)))).metadata
    about.summary_description = description or ""
    with tf.summary.experimental.summary_scope(tag, "candles_summary", values=[tensor, step]) as (name, _):
        return tf.summary.write(
            tag=name,
            tensor=tensor,
            step=tf.cast(tf.reduce_max(tensor[:, 1]), tf.int64) if step is None else step,
            metadata=about,
        )


def _tensorflow() -> Any:
    from tensorboard.compat import tf2 as tf

    try:
        tf.summary.experimental  # noqa: B018, imported by being looked at
    except (ImportError, AttributeError):
        raise ImportError(
            "summary.candles needs TensorFlow: pip install tensorflow; candles_pb needs none"
        ) from None
    return tf


def _table(rows: Rows) -> Float64Array:
    """The rows as one array, checked."""
    columns = _columns(rows)
    length = len(columns["first_step"])
    for name, column in columns.items():
        if column.shape != (length,):
            raise WriterError(
                f"{name} must have a number for each first_step, which are {length}, got shape {column.shape}"
            )
    _fill(columns)
    for name in (*_STEPS, "count", "nonfinite"):
        columns[name] = _whole(name, columns[name]).astype(np.float64)
    _check(columns)
    is_empty = columns["count"] == 0
    for name in (*_PRICES, "mean", "std"):
        columns[name] = np.where(is_empty, np.nan, columns[name])
    for name in ("high_step", "low_step"):
        columns[name] = np.where(is_empty, columns["first_step"], columns[name])
    return np.stack([columns[name] for name in metadata.CANDLE_COLUMNS], axis=1)


def _columns(rows: Any) -> dict[str, Float64Array]:
    names = getattr(getattr(rows, "dtype", None), "names", None) or getattr(rows, "keys", lambda: None)()
    if names is None:
        table = _numbers("rows", rows)
        if table.ndim != 2 or table.shape[1] != len(metadata.CANDLE_COLUMNS):
            raise WriterError(
                f"rows must be columns by name, or of shape (rows, {len(metadata.CANDLE_COLUMNS)}),"
                f" got shape {table.shape}"
            )
        return dict(zip(metadata.CANDLE_COLUMNS, table.T, strict=True))
    if unknown := [name for name in names if name not in metadata.CANDLE_COLUMNS]:
        raise WriterError(f"no such columns: {unknown}; there are {list(metadata.CANDLE_COLUMNS)}")
    if missing := [name for name in ("first_step", *_PRICES, "count") if name not in names]:
        raise WriterError(f"columns are missing: {missing}")
    return {name: _numbers(name, rows[name]) for name in names}


def _fill(columns: dict[str, Float64Array]) -> None:
    """Columns that were left out, where they follow from the others."""
    first, points = columns["first_step"], columns["count"]
    columns.setdefault("last_step", first)
    columns.setdefault("nonfinite", np.zeros(len(first)))
    is_one_step, is_one_point = columns["last_step"] == first, points <= 1
    for name, known, where, of in (
        ("high_step", first, is_one_step, "step"),
        ("low_step", first, is_one_step, "step"),
        ("mean", columns["open"], is_one_point, "point"),
        ("std", np.zeros(len(first)), is_one_point, "point"),
    ):
        if name not in columns and not where.all():
            row = int(where.argmin())
            raise WriterError(f"{name} is missing, and row {row} is of more than one {of}: give it")
        columns.setdefault(name, known)
    columns.setdefault("start_time", columns.get("end_time", np.full(len(first), time.time())))
    columns.setdefault("end_time", columns["start_time"])


def _check(columns: Mapping[str, Float64Array]) -> None:
    first, last, high, low = (columns[name] for name in ("first_step", "last_step", "high", "low"))
    has_points = columns["count"] > 0

    def check(name: str, is_right: npt.NDArray[np.bool_], must: str) -> None:
        if not is_right.all():
            row = int(is_right.argmin())
            raise WriterError(f"row {row}: {name} must be {must}, got {columns[name][row]:g}")

    check("last_step", first <= last, "at least first_step")
    for name in ("count", "nonfinite"):
        check(name, (columns[name] >= 0) & (columns[name] <= metadata.MOST_CANDLE_POINTS), "from 0 to 2^40")
    check("nonfinite", has_points | (columns["nonfinite"] >= 1), "at least 1 where count is 0")
    for name in _PRICES:
        is_inside = np.isfinite(columns[name]) & (columns[name] >= low) & (columns[name] <= high)
        check(name, is_inside | ~has_points, "finite, and from low to high")
    for name in ("high_step", "low_step"):
        is_inside = (columns[name] >= first) & (columns[name] <= last)
        check(name, is_inside | ~has_points, "from first_step to last_step")
    rounding = metadata.CANDLE_MEAN_ROUNDING * np.maximum(np.abs(low), np.abs(high))
    is_inside = (columns["mean"] >= low - rounding) & (columns["mean"] <= high + rounding)
    check("mean", is_inside | ~has_points, "from low to high")
    check("std", np.isfinite(columns["std"]) & (columns["std"] >= 0) | ~has_points, "finite, and at least 0")
    for name in ("start_time", "end_time"):
        check(name, np.isfinite(columns[name]), "finite")
    check("end_time", columns["end_time"] >= columns["start_time"], "at least start_time")


def _numbers(name: str, given: npt.ArrayLike) -> Float64Array:
    try:
        return np.asarray(given, np.float64)
    except (TypeError, ValueError) as error:
        raise WriterError(f"{name} must be numbers: {error}") from None


def _whole(name: str, given: npt.ArrayLike) -> npt.NDArray[np.int64]:
    numbers = np.asarray(given) if np.asarray(given).dtype.kind in "iu" else _numbers(name, given)
    most = metadata.MOST_CANDLE_STEP
    is_right = (numbers == np.floor(numbers)) & (numbers >= -most) & (numbers <= most)
    if not is_right.all():
        raise WriterError(f"{name} must be whole numbers within ±2^53, got {numbers[~is_right][0]}")
    return numbers.astype(np.int64)
