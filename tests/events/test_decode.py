from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events import BulkDecoder, Segment
from tensorboard_candles.events.decode import scalar_of_tensor
from tensorboard_candles.events.window import WindowDecoder
from tests.support.records import event_record, record

LOSS: dict[str, Any] = {"value": [{"tag": "loss", "simple_value": 1.0}]}


def segments_of(*events: event_pb2.Event) -> list[Segment]:
    found = WindowDecoder(None).decode(b"".join(event_record(event) for event in events))
    assert found.damages == []
    return found.segments


def decode(*events: event_pb2.Event) -> Segment:
    (segment,) = segments_of(*events)
    return segment


def tensor_event(
    tensor: TensorProto, *, plugin: str | None = None, step: int = 0, content: bytes = b""
) -> event_pb2.Event:
    event = event_pb2.Event(step=step, wall_time=1.0)
    value = event.summary.value.add(tag="t", tensor=tensor)
    if plugin is not None:
        value.metadata.plugin_data.plugin_name = plugin
        value.metadata.plugin_data.content = content
    return event


@pytest.mark.parametrize(
    ("tensor", "expected"),
    [
        (TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[0.1]), float(np.float32(0.1))),
        (TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.1]), 0.1),
        (TensorProto(dtype=types_pb2.DT_DOUBLE, tensor_content=struct.pack("<d", 0.1)), 0.1),
        (TensorProto(dtype=types_pb2.DT_HALF, half_val=[0x3C00]), 1.0),
        (TensorProto(dtype=types_pb2.DT_HALF, tensor_content=b"\x00\x3c"), 1.0),
        (TensorProto(dtype=types_pb2.DT_BFLOAT16, half_val=[0x3FC0]), 1.5),
        (TensorProto(dtype=types_pb2.DT_BFLOAT16, tensor_content=b"\xc0\x3f"), 1.5),
        (TensorProto(dtype=types_pb2.DT_INT32, int_val=[-3]), -3.0),
        (TensorProto(dtype=types_pb2.DT_INT64, int64_val=[2**40]), 2.0**40),
        (TensorProto(dtype=types_pb2.DT_UINT64, uint64_val=[2**63]), 2.0**63),
        (TensorProto(dtype=types_pb2.DT_UINT8, tensor_content=b"\xff"), 255.0),
    ],
)
def test_rank_0_numbers_of_every_type_are_points(tensor: TensorProto, expected: float) -> None:
    assert scalar_of_tensor(tensor) == expected


@pytest.mark.parametrize(
    "tensor",
    [
        TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"1"]),
        TensorProto(dtype=types_pb2.DT_BOOL, bool_val=[True]),
        TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1, 2], tensor_shape={"dim": [{"size": 2}]}),
        TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1], tensor_shape={"dim": [{"size": 1}]}),
        TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1], tensor_shape={"unknown_rank": True}),
        TensorProto(dtype=types_pb2.DT_FLOAT, tensor_content=b"\0" * 8),
        TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1, 2]),
    ],
)
def test_what_is_no_rank_0_number_is_no_point(tensor: TensorProto) -> None:
    assert scalar_of_tensor(tensor) is None


def test_a_tensor_of_another_plugin_is_no_point_even_where_only_the_first_record_says_so() -> None:
    number = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1.0])
    assert decode(tensor_event(number, plugin="hparams"), tensor_event(number, step=1)).scalars == {}
    points = decode(tensor_event(number, plugin="scalars"), tensor_event(number, step=1)).scalars["t"]
    assert points.step.tolist() == [0, 1]


def test_a_tensor_without_a_plugin_is_a_point() -> None:
    assert len(decode(tensor_event(TensorProto(dtype=types_pb2.DT_INT32, int_val=[5]))).scalars["t"]) == 1


def test_float32_stays_float32_until_a_double_comes() -> None:
    single = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[0.1])
    double = TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.1])
    assert decode(tensor_event(single)).scalars["t"].value.dtype == np.float32
    both = decode(tensor_event(single), tensor_event(double)).scalars["t"]
    assert both.value.dtype == np.float64
    assert both.value.tolist() == [float(np.float32(0.1)), 0.1]


def test_the_last_of_a_million_values_of_a_record_comes_before_the_session_that_starts_behind_it() -> None:
    values = [*[summary_pb2.Summary.Value()] * 2**20, *LOSS["value"]]
    start = event_pb2.Event(session_log={"status": event_pb2.SessionLog.START})
    before, after = segments_of(event_pb2.Event(summary={"value": values}), start)
    assert {tag: len(points) for tag, points in before.scalars.items()} == {"loss": 1}
    assert after.scalars == {}


def first_wall_time(*events: event_pb2.Event) -> float:
    found = {
        WindowDecoder(bulk).decode(b"".join(event_record(event) for event in events)).first_wall_time
        for bulk in (None, BulkDecoder())
    }
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("version", [{"file_version": "brain.Event:2"}, {"step": 3}, {"summary": {}}])
def test_a_record_without_a_wall_time_and_without_numbers_says_nothing_of_when_the_file_began(
    version: dict[str, Any],
) -> None:
    timeless = event_pb2.Event(**version)
    points = [event_pb2.Event(wall_time=time, summary=LOSS) for time in (1700.0, 1701.0)]
    assert first_wall_time(timeless, *points) == 1700.0
    assert first_wall_time(timeless) == math.inf
    timeless.wall_time = 1600.0
    assert first_wall_time(timeless, *points) == 1600.0


def test_a_point_or_session_start_without_a_wall_time_leaves_the_beginning_of_the_file_unknown() -> None:
    later = event_pb2.Event(wall_time=1700.0, summary=LOSS)
    start = event_pb2.Event(session_log={"status": event_pb2.SessionLog.START})
    assert first_wall_time(event_pb2.Event(summary=LOSS), later) == 0.0
    assert first_wall_time(start, later) == 0.0


def test_epoch_marks_are_told_from_scalars() -> None:
    mark = TensorProto(dtype=types_pb2.DT_INT64, int64_val=[3])
    content = metadata.plugin_content(metadata.EPOCH_KIND)
    segment = decode(tensor_event(mark, plugin=metadata.PLUGIN_NAME, step=30, content=content))
    assert (segment.epoch_marks.step.tolist(), segment.epoch_marks.value.tolist()) == ([30], [3.0])
    assert segment.scalars == {}


@pytest.mark.parametrize("plugin", ["scalars", "candles", "somebody's", "long " * 50_000])
@pytest.mark.parametrize("bulk", [BulkDecoder(), None], ids=["in bulk", "one by one"])
def test_what_a_plugin_says_of_its_tags_is_not_kept_whatever_its_length(
    plugin: str, bulk: BulkDecoder | None
) -> None:
    content = b""
    for step in range(100):
        event = event_pb2.Event(step=step, wall_time=1.7e9)
        value = event.summary.value.add(tag=f"tag {step:02}", simple_value=1.0)
        value.metadata.plugin_data.plugin_name = plugin
        value.metadata.plugin_data.content = b"[" * 100_000
        content += event_record(event)
    decoder = WindowDecoder(bulk)
    [segment] = decoder.decode(content).segments
    assert len(segment.scalars) == len(decoder.plugins) == 100
    assert sum(plugin.ByteSize() for plugin in decoder.plugins.values()) < 100 * 100


def test_a_summary_of_a_newer_version_is_passed_by() -> None:
    mark = TensorProto(dtype=types_pb2.DT_INT64, int64_val=[3])
    segment = decode(tensor_event(mark, plugin="candles", content=b'{"kind": "epoch", "version": 99}'))
    assert (len(segment.epoch_marks), segment.scalars) == (0, {})


def test_a_session_start_begins_a_new_segment() -> None:
    before, after = event_pb2.Event(step=9, wall_time=1.0), event_pb2.Event(step=4, wall_time=3.0)
    for event in (before, after):
        event.summary.value.add(tag="loss", simple_value=0.5)
    start = event_pb2.Event(step=4, wall_time=2.0, session_log={"status": event_pb2.SessionLog.START})
    segments = segments_of(before, start, after)
    assert [segment.start and segment.start.step for segment in segments] == [None, 4]
    assert [segment.scalars["loss"].step.tolist() for segment in segments] == [[9], [4]]


def test_a_payload_that_is_no_event_is_reported_and_the_rest_is_read() -> None:
    event = event_pb2.Event(step=1)
    event.summary.value.add(tag="loss", simple_value=math.inf)
    found = WindowDecoder(None).decode(record(b"\xff\xff\xff") + event_record(event))
    assert [(damage.offset, damage.what) for damage in found.damages] == [(0, "not an event")]
    assert found.segments[0].scalars["loss"].value.tolist() == [math.inf]
