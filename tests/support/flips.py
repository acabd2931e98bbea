"""Files of a thousand records in which one bit is wrong, one bit at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.framing import FOOTER_BYTES, HEADER_BYTES
from tensorboard_candles.events.own import OwnRecord
from tensorboard_candles.events.window import Decoded, WindowDecoder
from tests.support.reading import points_of
from tests.support.records import (
    event_of,
    event_record,
    scalar_record,
    scalar_value,
    start_record,
    tensor_value,
    version_record,
)

RECORD_COUNT = 1000
LOGS = ("regular", "mixed")


@lru_cache
def log(name: str) -> list[bytes]:
    """The file's records; steps grow from one byte to two, in the mixed one everything that logs hold."""
    if name == "regular":
        rest = [scalar_record("loss", step=step, value=step / 7) for step in range(RECORD_COUNT - 1)]
    else:
        rest = [_mixed(index) for index in range(RECORD_COUNT - 1)]
    return [version_record(), *rest]


def _mixed(index: int) -> bytes:
    step, wall_time = index // 4, 1.7e9 + index
    half = TensorProto(dtype=types_pb2.DT_HALF, tensor_content=(0x3C00 + index).to_bytes(2, "little"))
    whole = TensorProto(dtype=types_pb2.DT_INT64, tensor_content=index.to_bytes(8, "little"))
    varint = TensorProto(dtype=types_pb2.DT_INT64, int64_val=[index])
    text = TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"text"])
    image = summary_pb2.Summary.Value(tag="samples", image={"encoded_image_string": bytes(200)})
    if index % 100 == 99:
        values = [image, tensor_value("note", text, "text"), tensor_value("tokens", varint)]
        return event_of(*values, step=step, wall_time=wall_time)
    if index % 250 == 249:
        return start_record(step, wall_time=wall_time)
    if index % 50 == 7:
        return event_record(event_pb2.Event(wall_time=wall_time, graph_def=b"graph"))
    if index % 4 == 0:
        values = [scalar_value("loss", 1 / (index + 1)), tensor_value("lr", half, "scalars")]
        return event_of(*values, step=step, wall_time=wall_time)
    if index % 4 == 1:
        plugin = "scalars" if index < 20 else None
        return event_of(tensor_value("tokens", whole, plugin), step=step, wall_time=wall_time)
    return event_of(scalar_value(f"layer_{index % 4}/norm", index), step=step, wall_time=wall_time)


def bits_of(record: bytes) -> dict[str, range]:
    """Numbers of the bits in each part of a record."""
    end = len(record) - FOOTER_BYTES
    return {
        "length": range(64),
        "length checksum": range(64, 8 * HEADER_BYTES),
        "payload": range(8 * HEADER_BYTES, 8 * end),
        "payload checksum": range(8 * end, 8 * len(record)),
    }


def _further(found: Decoded, begin: int, by: int) -> Decoded:
    """The same, with what stands from `begin` on so many bytes further on."""

    def moved(one: OwnRecord) -> OwnRecord:
        return replace(one, offset=one.offset + by) if one.offset >= begin else one

    segments = [replace(segment, records=tuple(map(moved, segment.records))) for segment in found.segments]
    return replace(found, segments=segments)


def wrong_flips(name: str, row: int, bits: Iterable[int]) -> list[str]:
    """Those of a record's bits whose flip is not reported, or costs anything but that record."""
    records = log(name)
    before, record, after = b"".join(records[:row]), records[row], b"".join(records[row + 1 :])
    points = points_of(_further(WindowDecoder(None).decode(before + after), len(before), len(record)))
    wrong = []
    bulk = BulkDecoder()
    for bit in bits:
        damaged = bytearray(record)
        damaged[bit // 8] ^= 1 << bit % 8
        if bit % 8 == 0:  # learning the shapes anew takes longest
            bulk = BulkDecoder()
        found = WindowDecoder(bulk).decode(b"".join([before, damaged, after]))
        reported = [*found.damages, *([found.suspect] if found.suspect else [])]
        if [damage.offset for damage in reported] != [len(before)]:
            wrong.append(f"{name} record {row} bit {bit}: reported {reported}")
        elif points_of(found) != points:
            wrong.append(f"{name} record {row} bit {bit}: other points than without the record")
    return wrong
