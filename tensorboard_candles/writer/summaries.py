"""From a training loop's values to `Summary.Value`s: numbers, epoch marks, hyperparameters."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Iterator, Mapping
from typing import Protocol, SupportsFloat, SupportsIndex, runtime_checkable

from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_SCALAR,
    DATA_CLASS_TENSOR,
    Summary,
    SummaryMetadata,
)
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_DOUBLE, DT_INT64

from tensorboard_candles import metadata
from tensorboard_candles.errors import NotAScalar, WriterError

_FLOAT32 = struct.Struct("<f")
_EXACT_INTEGERS = 2**53


@runtime_checkable
class _HasItem(Protocol):
    def item(self) -> object: ...


Scalar = SupportsFloat | SupportsIndex | _HasItem
"""A Python or numpy number, or an array or tensor of one element."""


def as_float(tag: str, value: object) -> float:
    """The value as a Python float; NotAScalar, naming the tag, when it is not one real number.

    >>> as_float("loss", 3)
    3.0
    """
    if isinstance(value, int | float):
        return _finite_or_infinite(tag, value)
    shape = getattr(value, "shape", ())
    if math.prod(shape) != 1:
        raise NotAScalar(
            f"{tag!r} must be one number, got {_kind(value)} of shape {tuple(shape)}; log its mean or max"
        )
    if isinstance(value, _HasItem):
        value = value.item()
    if isinstance(value, complex) or not isinstance(value, SupportsFloat):
        hint = (
            "log its real part or abs()"
            if isinstance(value, complex)
            else "pass a number or a one-element array"
        )
        raise NotAScalar(f"{tag!r} must be one real number, got {_kind(value)} {value!r:.80}; {hint}")
    return _finite_or_infinite(tag, value)


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


def scalar(tag: str, value: float) -> Summary.Value:
    """A standard scalar: `simple_value`, a float32, as every SummaryWriter writes it.

    A finite value that float32 can't hold (beyond ±3.4e38) would become infinite: it is written as a
    float64 tensor of TensorBoard's own scalars plugin.
    """
    try:
        _FLOAT32.pack(value)
    except OverflowError:
        return Summary.Value(tag=tag, metadata=_scalar_metadata(), tensor=_rank_0_double(value))
    return Summary.Value(tag=tag, simple_value=value)


def epoch_mark(number: int) -> Summary.Value:
    """The mark that says: at this event's step, epoch `number` begins."""
    plugin = SummaryMetadata.PluginData(
        plugin_name=metadata.PLUGIN_NAME, content=metadata.plugin_content(metadata.EPOCH_KIND)
    )
    tensor = TensorProto(dtype=DT_INT64, int64_val=[number])
    tensor.tensor_shape.SetInParent()
    return Summary.Value(
        tag=metadata.EPOCH_TAG,
        metadata=SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_TENSOR),
        tensor=tensor,
    )


def hyperparameters(config: Mapping[str, object]) -> Summary:
    """The config as TensorBoard's HParams tab reads it, nested mappings flattened by dots.

    >>> from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    >>> content = hyperparameters({"optimizer": {"lr": 0.1}}).value[0].metadata.plugin_data.content
    >>> dict(HParamsPluginData.FromString(content).session_start_info.hparams)["optimizer.lr"].number_value
    0.1
    """
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    summary: Summary = hparams_pb({name: _hyperparameter(value) for name, value in _flatten(config)})
    return summary


def _flatten(config: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _hyperparameter(value: object) -> bool | int | float | str:
    if isinstance(value, _HasItem) and math.prod(getattr(value, "shape", ())) == 1:
        value = value.item()
    if isinstance(value, bool | str):
        return value
    # HParams keeps numbers as float64 and sends them as JSON: what neither can hold is shown as text
    if isinstance(value, int) and abs(value) <= _EXACT_INTEGERS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value)


def _finite_or_infinite(tag: str, value: SupportsFloat | SupportsIndex) -> float:
    try:
        return float(value)
    except OverflowError:
        raise NotAScalar(f"{tag!r} must fit in a float, got {value!r:.40}…; log its logarithm") from None


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _scalar_metadata() -> SummaryMetadata:
    plugin = SummaryMetadata.PluginData(plugin_name="scalars")
    return SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_SCALAR)


def _rank_0_double(value: float) -> TensorProto:
    tensor = TensorProto(dtype=DT_DOUBLE, double_val=[value])
    tensor.tensor_shape.SetInParent()
    return tensor
