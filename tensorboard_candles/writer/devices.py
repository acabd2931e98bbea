"""Scalars that lie on a device: kept as they are by whoever logs, read many at a time by the output thread.

Asking a device for a number waits until it has done all that it was told before. So the training loop asks
for none. What could change before it is read is copied on the device: torch's tensors, of which `total +=
loss` makes no new one. Such a copy is one more task in the device's queue, and nobody waits for it. Arrays of
JAX and tensors of TensorFlow never change; they are kept themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

HELD_BYTES = 1024
"""About what one scalar takes while it waits: torch hands out device memory in blocks of 512 bytes."""

_streams: dict[Hashable, Any] = {}

_N = TypeVar("_N", float, "float | None")


@dataclass(frozen=True, slots=True)
class OnDevice:
    """One number that is still on its device."""

    tensor: Any
    read: Callable[[Sequence[OnDevice]], list[float]]
    """How it is read, together with others of the same kind."""
    stream: Any = None
    """The queue of the device in which its computation stands; None where the framework knows."""


def read_all(held: Sequence[OnDevice]) -> list[float | None]:
    """The numbers, None for each that can't be read: an array of JAX that was donated, a device that failed.

    >>> def read(some):
    ...     return [float(one.tensor) for one in some]
    >>> read_all([OnDevice("0.5", read), OnDevice("deleted", read)])
    [0.5, None]
    """
    return _alike(held, lambda one: one.read, lambda some: _read_or_none(some[0].read, some))


def _alike(
    held: Sequence[OnDevice],
    kind: Callable[[OnDevice], Hashable],
    read: Callable[[Sequence[OnDevice]], Sequence[_N]],
) -> list[_N]:
    """The numbers in order, each kind of them read together."""
    places: dict[Hashable, list[int]] = {}
    for place, one in enumerate(held):
        places.setdefault(kind(one), []).append(place)
    numbers: dict[int, _N] = {}
    for own in places.values():
        numbers.update(zip(own, read([held[place] for place in own]), strict=True))
    return [numbers[place] for place in range(len(held))]


def _read_or_none(
    read: Callable[[Sequence[OnDevice]], list[float]], some: Sequence[OnDevice]
) -> Sequence[float | None]:
    try:
        return read(some)
    except Exception:  # noqa: BLE001, a framework's own, of any kind
        if len(some) == 1:
            return [None]
        middle = len(some) // 2  # the one that can't be read costs no other one
        return [*_read_or_none(read, some[:middle]), *_read_or_none(read, some[middle:])]


def hold_torch(tensor: Any) -> OnDevice:
    """A copy on the device, without the graph that a loss hangs on."""
    return kept_torch(tensor.detach().clone())


def kept_torch(tensor: Any) -> OnDevice:
    """What nobody else has and will change, computed in the stream that is the current one."""
    backend = getattr(sys.modules["torch"], tensor.device.type, None)
    current = getattr(backend, "current_stream", None)
    stream = None if current is None else current(tensor.device)
    return OnDevice(tensor, read_torch, stream)


def read_torch(held: Sequence[OnDevice]) -> list[float]:
    """One stack and one transfer for all of one device and type."""
    return _alike(held, lambda one: (one.tensor.device, one.tensor.dtype), _read_torch)


def _read_torch(held: Sequence[OnDevice]) -> list[float]:
    torch = sys.modules["torch"]
    device = held[0].tensor.device
    streams = {one.stream for one in held if one.stream is not None}
    if not streams:
        return _stacked(torch, held)
    backend = getattr(torch, device.type)
    if device not in _streams:
        _streams[device] = backend.Stream(device)
    # In a queue of its own, that waits for those the values are computed in and holds up none of them. The
    # copies are let go only after the transfer, so that nobody is given their memory before.
    with backend.stream(_streams[device]):
        for stream in streams:
            _streams[device].wait_stream(stream)
        return _stacked(torch, held)


def _stacked(torch: Any, held: Sequence[OnDevice]) -> list[float]:
    numbers: list[float] = torch.stack([one.tensor.view(()) for one in held]).cpu().double().tolist()
    return numbers


def read_jax(held: Sequence[OnDevice]) -> list[float]:
    """All transfers are begun before the first is waited for."""
    arrays = sys.modules["jax"].device_get([one.tensor for one in held])
    return [float(array.item()) for array in arrays]


def read_tensorflow(held: Sequence[OnDevice]) -> list[float]:
    """One stack and one transfer for all of one device and type."""
    return _alike(held, lambda one: (one.tensor.device, one.tensor.dtype), _read_tensorflow)


def _read_tensorflow(held: Sequence[OnDevice]) -> list[float]:
    tensorflow = sys.modules["tensorflow"]
    with tensorflow.device(held[0].tensor.device):
        together = tensorflow.stack([tensorflow.reshape(one.tensor, ()) for one in held])
    return [float(number) for number in together.numpy().tolist()]
