"""Records → columns, one `Event.FromString` at a time: the reference that says what is right."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events.framing import Damage
from tensorboard_candles.events.points import FloatArray, Points, Segment, SessionStart, no_points

SCALAR_PLUGINS = frozenset({"scalars", ""})

# Per element type: how one element lies in `tensor_content`, and the field that holds it otherwise.
_ELEMENT_FORMATS: dict[int, tuple[np.dtype[np.generic], str]] = {
    types_pb2.DT_FLOAT: (np.dtype("<f4"), "float_val"),
    types_pb2.DT_DOUBLE: (np.dtype("<f8"), "double_val"),
    types_pb2.DT_HALF: (np.dtype("<f2"), "half_val"),
    types_pb2.DT_BFLOAT16: (np.dtype("<u2"), "half_val"),
    types_pb2.DT_INT8: (np.dtype("<i1"), "int_val"),
    types_pb2.DT_INT16: (np.dtype("<i2"), "int_val"),
    types_pb2.DT_INT32: (np.dtype("<i4"), "int_val"),
    types_pb2.DT_INT64: (np.dtype("<i8"), "int64_val"),
    types_pb2.DT_UINT8: (np.dtype("<u1"), "int_val"),
    types_pb2.DT_UINT16: (np.dtype("<u2"), "int_val"),
    types_pb2.DT_UINT32: (np.dtype("<u4"), "uint32_val"),
    types_pb2.DT_UINT64: (np.dtype("<u8"), "uint64_val"),
}
_BIT_PATTERNS = frozenset({types_pb2.DT_HALF, types_pb2.DT_BFLOAT16})
_FIT_FLOAT32 = frozenset({types_pb2.DT_FLOAT, types_pb2.DT_HALF, types_pb2.DT_BFLOAT16})


def scalar_of_tensor(tensor: TensorProto) -> float | None:
    """The number in a rank-0 numeric tensor; None for any other tensor.

    >>> scalar_of_tensor(TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.5]))
    0.5
    >>> scalar_of_tensor(TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"0.5"])) is None
    True
    """
    if tensor.dtype not in _ELEMENT_FORMATS or tensor.tensor_shape.dim or tensor.tensor_shape.unknown_rank:
        return None
    element, field = _ELEMENT_FORMATS[tensor.dtype]
    if tensor.tensor_content:
        if len(tensor.tensor_content) != element.itemsize:
            return None
        content = np.frombuffer(tensor.tensor_content, element)[0]
        return _from_bfloat16(int(content)) if tensor.dtype == types_pb2.DT_BFLOAT16 else float(content)
    values = getattr(tensor, field)
    if len(values) != 1:
        return None
    if tensor.dtype in _BIT_PATTERNS:
        bits = int(values[0]) & 0xFFFF
        is_half = tensor.dtype == types_pb2.DT_HALF
        return float(np.uint16(bits).view(np.float16)) if is_half else _from_bfloat16(bits)
    return float(values[0])


def _from_bfloat16(bits: int) -> float:
    return float(np.uint32(bits << 16).view(np.float32))


class _Columns:
    """Points of one tag as they come in."""

    __slots__ = ("fits_float32", "step", "value", "wall_time")

    def __init__(self) -> None:
        self.step = array("q")
        self.wall_time = array("d")
        self.value = array("d")
        self.fits_float32 = True

    def append(self, step: int, wall_time: float, value: float, *, fits_float32: bool) -> None:
        self.step.append(step)
        self.wall_time.append(wall_time)
        self.value.append(value)
        self.fits_float32 &= fits_float32

    def to_points(self) -> Points:
        value: FloatArray = np.frombuffer(self.value, np.float64)
        if self.fits_float32:
            value = value.astype(np.float32)
        return Points(np.frombuffer(self.step, np.int64), np.frombuffer(self.wall_time, np.float64), value)


class Decoder:
    """Decodes the payloads of one file, window by window.

    It remembers each tag's plugin, because a writer names it in the tag's first record only.

    >>> event = event_pb2.Event(wall_time=1.0, step=7)
    >>> _ = event.summary.value.add(tag="loss", simple_value=0.5)
    >>> [segment], damages = Decoder().decode([(0, event.SerializeToString())])
    >>> segment.scalars["loss"].step, segment.scalars["loss"].value, damages
    (array([7]), array([0.5], dtype=float32), [])
    """

    def __init__(self) -> None:
        self._plugins: dict[str, summary_pb2.SummaryMetadata.PluginData] = {}

    def decode(self, payloads: Iterable[tuple[int, bytes]]) -> tuple[list[Segment], list[Damage]]:
        """Segments of the payloads, given with the offset of each; and the payloads that are no event."""
        segments: list[Segment] = []
        damages: list[Damage] = []
        building = _SegmentBuilder(None)
        for offset, payload in payloads:
            try:
                event = event_pb2.Event.FromString(payload)
            except DecodeError:
                damages.append(Damage(offset, "not an event"))
                continue
            if event.session_log.status == event_pb2.SessionLog.START:
                segments.append(building.finish())
                building = _SegmentBuilder(SessionStart(event.step, event.wall_time))
            building.first_wall_time = min(building.first_wall_time, event.wall_time)
            for value in event.summary.value:
                self._add_value(building, event, value)
        segments.append(building.finish())
        return segments, damages

    def _add_value(
        self, building: _SegmentBuilder, event: event_pb2.Event, value: summary_pb2.Summary.Value
    ) -> None:
        if value.HasField("metadata"):
            self._plugins.setdefault(value.tag, value.metadata.plugin_data)
        if value.HasField("simple_value"):
            columns = building.scalars.setdefault(value.tag, _Columns())
            columns.append(event.step, event.wall_time, value.simple_value, fits_float32=True)
        elif value.HasField("tensor") and (number := scalar_of_tensor(value.tensor)) is not None:
            plugin = self._plugins.get(value.tag)
            name = plugin.plugin_name if plugin else ""
            if name in SCALAR_PLUGINS:
                columns = building.scalars.setdefault(value.tag, _Columns())
            elif name == metadata.PLUGIN_NAME and _is_epoch_mark(plugin):
                columns = building.epoch_marks
            else:
                return
            fits = value.tensor.dtype in _FIT_FLOAT32
            columns.append(event.step, event.wall_time, number, fits_float32=fits)


def _is_epoch_mark(plugin: summary_pb2.SummaryMetadata.PluginData | None) -> bool:
    return plugin is not None and metadata.kind_of(plugin.content) == metadata.EPOCH_KIND


class _SegmentBuilder:
    def __init__(self, start: SessionStart | None) -> None:
        self.start = start
        self.scalars: dict[str, _Columns] = {}
        self.epoch_marks = _Columns()
        self.first_wall_time = math.inf

    def finish(self) -> Segment:
        marks = self.epoch_marks.to_points() if self.epoch_marks.step else no_points()
        scalars = {tag: columns.to_points() for tag, columns in self.scalars.items()}
        return Segment(self.start, scalars, marks, self.first_wall_time)
