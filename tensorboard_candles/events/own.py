"""Tensors that are no numbers: which of them are our own summaries follows from their plugin."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events.lines import level_of
from tensorboard_candles.events.storage import LogPath

PluginData: TypeAlias = summary_pb2.SummaryMetadata.PluginData

TEXT_PLUGIN, IMAGES_PLUGIN = "text", "images"
"""TensorBoard's own."""


@dataclass(frozen=True, slots=True)
class OwnTensor:
    """One that may be ours."""

    order: int
    offset: int
    """Of its record in the window."""
    size: int
    """Bytes of its record."""
    index: int
    """Which of the event's values it is."""
    step: int
    wall_time: float
    tag: str
    plugin: PluginData | None
    """Named beside it; None where the tag's is what counts, whatever order that is told in."""
    tensor: TensorProto | None
    """None of a text or of images, which are read when they are asked for."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """Where a summary of `metadata.SHOWN_KINDS` stands: what it holds is read when it is asked for."""

    kind: str
    tag: str
    step: int
    wall_time: float
    offset: int
    """Of its record in the file; where a window of it is decoded, in the window."""
    size: int
    """Bytes of its record."""
    index: int
    """Which of the event's values it is."""


@dataclass(frozen=True, slots=True)
class RecordAt(OwnRecord):
    """The same, and in which file."""

    path: LogPath


def kind_of(plugin: PluginData | None) -> str | None:
    """Kind of our own summary; None where it is none."""
    if plugin is None or plugin.plugin_name != metadata.PLUGIN_NAME:
        return None
    return metadata.kind_of(plugin.content)


def is_shown(plugin: PluginData, tag: str, tensor: TensorProto) -> bool:
    """Whether it is a line of logs or images, which are shown though they are not ours."""
    is_kept = plugin.plugin_name == IMAGES_PLUGIN or (
        plugin.plugin_name == TEXT_PLUGIN and level_of(tag) is not None
    )
    return is_kept and tensor.dtype == types_pb2.DT_STRING and len(tensor.string_val) > 0


def text_of(tensor: TensorProto | None) -> bytes | None:
    """The text in a rank-0 string tensor; None for any other tensor.

    >>> text_of(TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"{}"]))
    b'{}'
    """
    return tensor.string_val[0] if tensor and _is_text(tensor) else None


def _is_text(tensor: TensorProto) -> bool:
    is_one = tensor.dtype == types_pb2.DT_STRING and len(tensor.string_val) == 1
    return is_one and not tensor.tensor_shape.dim


def record_of(one: OwnTensor, kind: str) -> OwnRecord | None:
    """Where a summary of this kind stands; None where it holds no text, or was too long to be kept whole."""
    if not one.tensor or not _is_text(one.tensor):
        return None
    return place_of(one, kind)


def place_of(one: OwnTensor, kind: str) -> OwnRecord:
    # Thousands of records have one tag.
    kind, tag = sys.intern(kind), sys.intern(one.tag)
    return OwnRecord(kind, tag, one.step, one.wall_time, one.offset, one.size, one.index)


def records_between(records: Sequence[tuple[int, OwnRecord]], low: int, high: int) -> tuple[OwnRecord, ...]:
    """Those whose order is in [low, high), of some that are in order.

    By bisection: a window may hold very many of them, and sessions may start as often.
    """
    begin, end = (bisect_left(records, place, key=lambda one: one[0]) for place in (low, high))
    return tuple(record for _, record in records[begin:end])
