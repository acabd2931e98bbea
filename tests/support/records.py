"""Event files in bytes, without any writer in between.

>>> file = b"".join([version_record(1.7e9), scalar_record("loss", step=3, wall_time=1.7e9, value=0.5)])
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

import google_crc32c
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata

FILE_NAME = "events.out.tfevents.1700000000.localhost.0"
FIRST_SECOND = 1_700_000_000.0


def masked_crc(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(payload: bytes) -> bytes:
    length = struct.pack("<Q", len(payload))
    return length + masked_crc(length) + payload + masked_crc(payload)


def event_record(event: event_pb2.Event) -> bytes:
    return record(event.SerializeToString())


def scalar_value(tag: str, value: float) -> summary_pb2.Summary.Value:
    return summary_pb2.Summary.Value(tag=tag, simple_value=value)


def tensor_value(tag: str, tensor: TensorProto, plugin: str | None = None) -> summary_pb2.Summary.Value:
    value = summary_pb2.Summary.Value(tag=tag, tensor=tensor)
    if plugin is not None:
        value.metadata.plugin_data.plugin_name = plugin
    return value


def description_value(about: Mapping[str, Mapping[str, str]] | bytes) -> summary_pb2.Summary.Value:
    """What a writer says of its tags."""
    text = about if isinstance(about, bytes) else json.dumps(about).encode()
    tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=[text])
    value = tensor_value(metadata.TAGS_TAG, tensor, metadata.PLUGIN_NAME)
    value.metadata.plugin_data.content = metadata.plugin_content(metadata.TAGS_KIND)
    return value


def own_value(kind: str, tag: str, text: bytes, *, is_named: bool = True) -> summary_pb2.Summary.Value:
    """A summary of our own that holds a text; its plugin may be named by an earlier record of the tag."""
    tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=[text])
    value = tensor_value(tag, tensor, metadata.PLUGIN_NAME if is_named else None)
    if is_named:
        value.metadata.plugin_data.content = metadata.plugin_content(kind)
    return value


def line_value(
    tag: str, *words: str, plugin: str | None = "text", rank: int = 0
) -> summary_pb2.Summary.Value:
    """A line of logs, under `logs/<level>`."""
    tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=[one.encode() for one in words])
    for _ in range(rank):
        tensor.tensor_shape.dim.add(size=len(words))
    return tensor_value(tag, tensor, plugin)


def line(words: str, *, step: int, wall_time: float, level: str = "info") -> bytes:
    return event_of(line_value(f"logs/{level}", words), step=step, wall_time=wall_time)


def description_record(about: Mapping[str, Mapping[str, str]]) -> bytes:
    return event_of(description_value(about), step=0)


def event_of(*values: summary_pb2.Summary.Value, step: int, wall_time: float = 1.5) -> bytes:
    return event_record(event_pb2.Event(step=step, wall_time=wall_time, summary={"value": values}))


def version_record(wall_time: float = FIRST_SECOND) -> bytes:
    return event_record(event_pb2.Event(wall_time=wall_time, file_version="brain.Event:2"))


def start_record(step: int, *, wall_time: float) -> bytes:
    log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    return event_record(event_pb2.Event(wall_time=wall_time, step=step, session_log=log))


def scalar_record(tag: str, *, step: int, wall_time: float | None = None, value: float) -> bytes:
    event = event_pb2.Event(wall_time=FIRST_SECOND + step if wall_time is None else wall_time, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event_record(event)


def scalar_file(tag: str, values: Iterable[float]) -> bytes:
    """A whole file: one point a step and a second, from step 0."""
    records = (scalar_record(tag, step=step, value=value) for step, value in enumerate(values))
    return version_record() + b"".join(records)


def many_scalars(tag: str, values: Iterable[float]) -> bytes:
    """Like `scalar_file`, written without protobuf, for millions of points."""
    encoded_tag = tag.encode()
    value_size = 2 + len(encoded_tag) + 5
    before_value = (
        b"\x2a" + bytes([value_size + 2, 0x0A, value_size, 0x0A, len(encoded_tag)]) + encoded_tag + b"\x15"
    )
    pack_wall_time, pack_value = struct.Struct("<Bd").pack, struct.Struct("<f").pack
    records = [version_record()]
    for step, value in enumerate(values):
        wall_time = pack_wall_time(0x09, FIRST_SECOND + step * 0.01)
        records.append(record(wall_time + b"\x10" + varint(step) + before_value + pack_value(value)))
    return b"".join(records)


def varint(number: int) -> bytes:
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def write_run(logdir: Path, run: str, content: bytes, *, name: str = FILE_NAME) -> Path:
    path = logdir / run / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
