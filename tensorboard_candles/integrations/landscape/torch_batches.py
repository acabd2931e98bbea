"""Data of a landscape for torch: tensors, a DataLoader or batches, taken once or read again for each pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.integrations import missing

try:
    import torch
except ImportError as error:
    raise missing("torch") from error

MOST_KEPT_BYTES = 2 << 30
"""Batches that are more than this are read again for each pass."""


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """What one forward pass takes."""

    inputs: tuple[Any, ...]
    named: Mapping[str, Any]
    target: Any
    count: int
    """Of examples."""

    def call(self, model: Any) -> Any:
        return model(*self.inputs, **self.named)


class Batches:
    """Of `data`, on a device: of tensors taken together one, or as many as `batch_size` makes of them.

    `data` is a tuple of inputs and targets, a mapping of named inputs for a model that gives its own loss, or
    an iterable of such batches. An iterator is taken once and kept. Floats become those of `dtype`.
    """

    def __init__(self, data: Any, device: Any, dtype: Any, *, batch_size: int | None, has_loss: bool) -> None:
        self._device, self._dtype, self._has_loss = device, dtype, has_loss
        if batch_size is not None and batch_size < 1:
            raise BadRequest(f"batch_size must be > 0, got {batch_size}")
        self._source: Iterable[Any] | None = None
        self.kept: list[Batch] | None = []
        if isinstance(data, tuple | Mapping):
            for some in _split(data, batch_size):
                self.kept.append(self._batch(some))
        else:
            self._take(data)
        if self.kept is not None and not any(batch.count for batch in self.kept):
            raise BadRequest("the data hold no example")
        self.samples = sum(batch.count for batch in self)

    def __iter__(self) -> Iterator[Batch]:
        if self.kept is not None:
            yield from self.kept
        elif self._source is not None:
            for some in self._source:
                yield self._batch(some)

    def fingerprint(self) -> str:
        """Of all examples where they are kept, else of the first batch."""
        digest = hashlib.blake2b(f"{self.samples} {self.kept is None}".encode(), digest_size=16)
        for batch in self:
            for tensor in _tensors((batch.inputs, batch.named, batch.target)):
                digest.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
                digest.update(bytes_of(tensor))
            if self.kept is None:
                break
        return digest.hexdigest()

    def _take(self, data: Iterable[Any]) -> None:
        assert self.kept is not None
        is_iterator = iter(data) is data
        size = 0
        for some in data:
            self.kept.append(self._batch(some))
            size += sum(t.numel() * t.element_size() for t in _tensors(some))
            if size > MOST_KEPT_BYTES and not is_iterator:
                self.kept, self._source = None, data
                return

    def _batch(self, some: Any) -> Batch:
        some = _moved(some, self._device, self._dtype)
        if isinstance(some, Mapping):
            if self._has_loss:
                raise BadRequest(
                    "batches that are mappings are for models that give their own loss: loss=None"
                )
            return Batch((), some, None, _count(some))
        parts = tuple(some) if isinstance(some, tuple | list) else (some,)
        if not self._has_loss:
            return Batch(parts, {}, None, _count(parts))
        if len(parts) < 2:
            raise BadRequest("a batch must hold inputs and targets: (X, y); for no targets pass (X, X)")
        inputs, target = parts[:-1], parts[-1]
        if len(inputs) == 1 and isinstance(inputs[0], Mapping):
            return Batch((), inputs[0], target, _count(target))
        if len(inputs) == 1 and isinstance(inputs[0], tuple | list):
            inputs = tuple(inputs[0])
        return Batch(inputs, {}, target, _count(target))


def blocks_of(batch: Batch, rows: int) -> list[Batch]:
    """The batch in parts of so many examples; itself, where its inputs are not all of a row for each."""
    is_plain = not batch.named and all(
        isinstance(one, torch.Tensor) and one.ndim and len(one) == batch.count for one in batch.inputs
    )
    if not is_plain or batch.count <= rows:
        return [batch]
    parts = zip(*(torch.split(one, rows) for one in batch.inputs), strict=True)
    return [Batch(inputs, {}, None, len(inputs[0])) for inputs in parts]


def bytes_of(tensor: Any) -> Any:
    """The numbers of a tensor, as a buffer."""
    plain = tensor.detach().cpu().contiguous().reshape(-1)
    return plain.view(torch.uint8).numpy().data if plain.numel() else b""


def _moved(some: Any, device: Any, dtype: Any) -> Any:
    if isinstance(some, np.ndarray | np.generic):
        some = torch.as_tensor(some)
    if isinstance(some, torch.Tensor):
        is_float = some.is_floating_point()
        return some.detach().to(device=device, dtype=dtype if is_float else some.dtype)
    if isinstance(some, Mapping):
        return {name: _moved(one, device, dtype) for name, one in some.items()}
    if isinstance(some, tuple | list):
        return tuple(_moved(one, device, dtype) for one in some)
    return some


def _tensors(some: Any) -> Iterator[Any]:
    if isinstance(some, torch.Tensor):
        yield some
    elif isinstance(some, np.ndarray):
        yield torch.as_tensor(some)
    elif isinstance(some, Mapping):
        for one in some.values():
            yield from _tensors(one)
    elif isinstance(some, tuple | list):
        for one in some:
            yield from _tensors(one)


def _count(some: Any) -> int:
    """Rows of the first tensor; 1 where it is a single number."""
    for tensor in _tensors(some):
        return int(tensor.shape[0]) if tensor.ndim else 1
    return 1


def _split(data: Any, batch_size: int | None) -> Iterator[Any]:
    rows = {int(tensor.shape[0]) for tensor in _tensors(data) if tensor.ndim}
    if batch_size is None or not rows:
        yield data
        return
    if len(rows) > 1:
        raise BadRequest(f"inputs and targets must have as many rows as each other, got {sorted(rows)}")
    for first in range(0, rows.pop(), batch_size):
        yield _rows(data, slice(first, first + batch_size))


def _rows(some: Any, rows: slice) -> Any:
    if isinstance(some, Mapping):
        return {name: _rows(one, rows) for name, one in some.items()}
    if isinstance(some, tuple | list):
        return tuple(_rows(one, rows) for one in some)
    return some[rows] if isinstance(some, Sequence | torch.Tensor | np.ndarray) else some
