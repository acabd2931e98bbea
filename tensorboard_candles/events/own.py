"""Tensors that are no numbers: which of them are our own summaries follows from their plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata

PluginData: TypeAlias = summary_pb2.SummaryMetadata.PluginData


@dataclass(frozen=True, slots=True)
class OwnTensor:
    """One that may be ours."""

    order: int
    offset: int
    """Of its record in the window."""
    tag: str
    plugin: PluginData | None
    """Named beside it; None where the tag's is what counts, whatever order that is told in."""
    tensor: TensorProto


def kind_of(plugin: PluginData | None) -> str | None:
    """Kind of our own summary; None where it is none."""
    if plugin is None or plugin.plugin_name != metadata.PLUGIN_NAME:
        return None
    return metadata.kind_of(plugin.content)


def text_of(tensor: TensorProto) -> bytes | None:
    """The text in a rank-0 string tensor; None for any other tensor.

    >>> text_of(TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"{}"]))
    b'{}'
    """
    is_text = tensor.dtype == types_pb2.DT_STRING and len(tensor.string_val) == 1
    return tensor.string_val[0] if is_text and not tensor.tensor_shape.dim else None
