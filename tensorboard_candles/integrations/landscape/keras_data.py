"""Data of a landscape for Keras: arrays or batches as numpy's, and numpy's as the backend's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest

Batch = tuple[Any, Any]
"""Inputs and targets: arrays, or lists, tuples or dicts of arrays."""


def batches_of(data: Any, batch_size: int | None) -> list[Batch]:
    """Batches of (inputs, targets) as arrays of numpy; what batches hold beyond that is left out."""
    if batch_size is not None and batch_size < 1:
        raise BadRequest(f"batch_size must be > 0, got {batch_size}")
    if isinstance(data, tuple) and len(data) == 2 and not isinstance(data[0], tuple):
        inputs, targets = (_numpy(part) for part in data)
        _check_rows(inputs, targets)
        size = batch_size or max(count_of(targets), 1)
        starts = range(0, count_of(targets), size)
        found = [(_cut(inputs, start, size), _cut(targets, start, size)) for start in starts]
    else:
        each = (
            (data[number] for number in range(len(data))) if isinstance(data, keras.utils.PyDataset) else data
        )
        found = [(_numpy(batch[0]), _numpy(batch[1])) for batch in each]
    if not found:
        raise BadRequest("data must hold at least one example, got none")
    for inputs, targets in found:
        _check_rows(inputs, targets)
    return found


def _check_rows(inputs: Any, targets: Any) -> None:
    rows = {len(array) for array in keras.tree.flatten((inputs, targets)) if array.ndim}
    if len(rows) > 1:
        raise BadRequest(f"inputs and targets must have as many rows as each other, got {sorted(rows)}")


def _cut(part: Any, start: int, batch_size: int) -> Any:
    return keras.tree.map_structure(lambda array: array[start : start + batch_size], part)


def _numpy(part: Any) -> Any:
    return keras.tree.map_structure(keras.ops.convert_to_numpy, part)


def tensors_of(batch: Batch, dtype: str) -> Batch:
    """For the device, floats as `dtype`."""

    def tensor(array: Any) -> Any:
        is_float = np.issubdtype(array.dtype, np.floating)
        return keras.ops.convert_to_tensor(array, dtype=dtype if is_float else None)

    inputs, targets = (keras.tree.map_structure(tensor, part) for part in batch)
    return inputs, targets


def count_of(targets: Any) -> int:
    return len(keras.tree.flatten(targets)[0])


def array_of(value: Any) -> Any:
    return np.array(keras.ops.convert_to_numpy(value))


def joined(values: Iterable[Any]) -> Float64Array:
    """One vector of all their numbers."""
    return np.concatenate([np.empty(0), *(array_of(value).ravel().astype(np.float64) for value in values)])
