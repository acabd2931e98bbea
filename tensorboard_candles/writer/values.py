"""What a training loop may log as a number, and how it is read: at once, or later where it lies on a device.

No framework is imported here or in `devices`: a tensor's own module says where it comes from.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Protocol, SupportsFloat, SupportsIndex

import numpy as np

from tensorboard_candles.errors import NotAScalar, WriterError
from tensorboard_candles.writer import devices
from tensorboard_candles.writer.devices import OnDevice


class _HasItem(Protocol):
    def item(self) -> object: ...


Scalar = SupportsFloat | SupportsIndex | _HasItem
"""A Python or numpy number, or an array or tensor of one element."""

_Reader = Callable[[str, Any], "float | OnDevice"]
_readers: dict[type, _Reader] = {}


def take(tag: str, value: object) -> float | OnDevice:
    """The value as a float or, where reading it would stall a device, as it is on that device now.

    >>> take("loss", 3)
    3.0

    Raises NotAScalar, naming the tag, when it is not one real number.
    """
    kind = type(value)
    return (_readers.get(kind) or _readers.setdefault(kind, _reader(kind)))(tag, value)


def as_float(tag: str, value: object) -> float:
    """The value as a Python float; NotAScalar, naming the tag, when it is not one real number.

    >>> as_float("loss", np.array([0.5]))
    0.5
    """
    check_one(tag, value)
    number = value
    if hasattr(value, "item"):
        try:
            number = value.item()
        except Exception as error:  # a framework's own: what is traced has no value, say
            raise NotAScalar(f"{tag!r} can't be read from {_kind(value)}: {error!s:.200}") from error
    if isinstance(number, complex):
        raise _not_real(tag, number)
    if not hasattr(number, "__float__") and not hasattr(number, "__index__"):
        raise NotAScalar(
            f"{tag!r} must be one real number, got {_kind(number)} {number!r:.80};"
            " pass a number or a one-element array"
        )
    return _number(tag, number)


def as_int64(what: str, number: SupportsIndex) -> int:
    """The number as a Python int; WriterError when it is not an integer of 64 bits.

    >>> as_int64("step", 7)
    7
    """
    try:
        integer = operator.index(number)
    except TypeError:
        raise WriterError(f"{what} must be an integer, got {number!r:.80}; pass int({what})") from None
    if not -(2**63) <= integer < 2**63:
        raise WriterError(f"{what} must fit in 64 bits, got {integer}")
    return integer


def check_one(tag: str, value: object) -> None:
    """NotAScalar when the value has a shape, and not that of one element."""
    shape = getattr(value, "shape", ())
    if shape and math.prod(shape) != 1:
        raise NotAScalar(
            f"{tag!r} must be one number, got {_kind(value)} of shape {tuple(shape)}; log its mean or max"
        )


def _reader(kind: type) -> _Reader:
    if issubclass(kind, int | float | np.integer | np.floating | np.bool_):
        return _number
    origins = {(base.__module__.partition(".")[0], base.__name__) for base in kind.__mro__}
    # Only what is no subclass of somebody's: a subclass may stand for tensors of several processes.
    if kind.__module__.startswith("torch") and kind.__name__ in {"Tensor", "Parameter"}:
        return _torch
    if origins & {("jaxlib", "ArrayImpl"), ("jax", "ArrayImpl")}:
        return _jax
    if origins & {("tensorflow", "EagerTensor"), ("tensorflow", "BaseResourceVariable")}:
        return _tensorflow
    return as_float


def _number(tag: str, value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        raise NotAScalar(f"{tag!r} must fit in a float, got {value!r:.40}…; log its logarithm") from None


def _torch(tag: str, value: Any) -> float | OnDevice:
    if value.is_cpu or value.is_meta:
        number = value.item() if value.is_cpu and value.numel() == 1 else None
        return number if type(number) is float else as_float(tag, value)
    check_one(tag, value)
    if value.is_complex():
        raise _not_real(tag, _kind(value))
    return devices.hold_torch(value)


def _jax(tag: str, value: Any) -> OnDevice:
    check_one(tag, value)
    if not isinstance(value.dtype, np.dtype) or value.dtype.kind in "cOSU":
        raise _not_real(tag, value.dtype)
    return OnDevice(value, devices.read_jax)  # immutable: it stays what it is


def _tensorflow(tag: str, value: Any) -> OnDevice:
    check_one(tag, value)
    if not (value.dtype.is_floating or value.dtype.is_integer or value.dtype.is_bool):
        raise _not_real(tag, value.dtype.name)
    # a tensor is immutable; a variable is not, so the tensor that it is now
    tensor = value.read_value() if hasattr(value, "read_value") else value
    return OnDevice(tensor, devices.read_tensorflow)


def _not_real(tag: str, got: object) -> NotAScalar:
    what = f"complex {got!r:.80}" if isinstance(got, complex) else str(got)
    return NotAScalar(f"{tag!r} must be one real number, got {what}; log its real part or abs()")


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def check_named(metrics: object) -> None:
    """Raises NotAScalar for what is no mapping from names to numbers."""
    if metrics is not None and not isinstance(metrics, Mapping):
        raise NotAScalar(
            f'metrics have names: log(loss=0.3) or log({{"loss": 0.3}}); got {metrics!r:.80} without one'
        )


def merged(metrics: Mapping[str, Scalar], more: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    """All that is logged at once; raises WriterError for what is given twice.

    >>> merged({"loss": 0.3}, {"lr": 0.1})
    {'loss': 0.3, 'lr': 0.1}
    """
    if not more:
        return metrics
    for tag in metrics:
        if tag in more:
            raise WriterError(f"{tag!r} is given twice, in the mapping and by name; log it once")
    return {**metrics, **more}
