"""What a file says of its tags, however it says it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events import Said, Segment, TagInfo
from tensorboard_candles.events.window import WindowDecoder
from tests.support.reading import assert_same
from tests.support.records import (
    description_record,
    description_value,
    event_of,
    scalar_value,
    start_record,
    tensor_value,
)

LOWER, HIGHER = metadata.POLARITIES


def segments_of(*records: bytes) -> list[Segment]:
    assert_same(b"".join(records))
    return WindowDecoder(None).decode(b"".join(records)).segments


def said(*records: bytes) -> list[Said]:
    return [segment.said for segment in segments_of(*records)]


def test_what_is_said_later_overrules_key_by_key() -> None:
    first = {"loss": {"polarity": LOWER, "unit": "nats", "volume": "grad_norm"}, "acc": {"polarity": HIGHER}}
    [found] = said(description_record(first), description_record({"loss": {"unit": "bits"}, "lr": {}}))
    assert found == {
        "loss": TagInfo("lower_is_better", "bits", "grad_norm"),
        "acc": TagInfo("higher_is_better"),
    }


def test_a_description_stands_in_the_segment_that_it_was_written_in() -> None:
    about = {"loss": {"unit": "nats"}}
    found = said(description_record(about), start_record(5, wall_time=2.0), description_record({}))
    assert found == [{"loss": TagInfo(unit="nats")}, {}]


def test_the_plugin_may_be_named_in_the_first_record_only_and_in_an_earlier_window() -> None:
    decoder = WindowDecoder(None)
    about: list[dict[str, Any]] = [{"loss": {"unit": unit}} for unit in ("nats", "bits")]
    decoder.decode(description_record(about[0]))
    value = description_value(about[1])
    value.ClearField("metadata")
    [segment] = decoder.decode(event_of(value, step=1)).segments
    assert segment.said == {"loss": TagInfo(unit="bits")}


def test_texts_of_other_plugins_and_of_none_say_nothing() -> None:
    text = TensorProto(dtype=types_pb2.DT_STRING, string_val=[b'{"loss": {"unit": "nats"}}'])
    values = [tensor_value("note", text, "text"), tensor_value("other", text)]
    assert said(event_of(*values, step=0)) == [{}]


@pytest.mark.parametrize("tag", sorted(metadata.OWN_TAGS))
def test_tags_that_are_no_metric_are_no_series_whatever_is_logged_under_them(tag: str) -> None:
    number = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1.0])
    records = [event_of(scalar_value(tag, 1.0), step=0), event_of(tensor_value(tag, number), step=1)]
    assert [segment.scalars for segment in segments_of(*records)] == [{}]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[" * 200_000,
        b'{"loss":' * 100_000,
        b'{"loss": {"polarity": ' + b"9" * 10_000 + b"}}",
        b'{"loss": {"unit": NaN, "volume": Infinity}}',
        b"\xff\xfe",
        b'["loss"]',
        b'{"loss": ["unit"]}',
        b'{"loss": {"polarity": {}, "unit": [], "volume": 7}}',
        b'{"loss": {"polarity": "sideways", "volume": ""}}',
        b'{"loss": {"volume": "' + b"x" * 100_000 + b'"}}',
        b'{"' + b"x" * 100_000 + b'": {"unit": "s"}}',
        b'{"loss": {"unit": "s"}}' + b" " * (5 << 20),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_can_not_be_understood_is_passed_by(text: bytes) -> None:
    before, after = (description_record({tag: {"unit": "nats"}}) for tag in ("loss", "acc"))
    found = said(before, event_of(description_value(text), step=0), after)
    assert found == [{"loss": TagInfo(unit="nats"), "acc": TagInfo(unit="nats")}]


@pytest.mark.parametrize("shape", [{"dim": [{"size": 1}]}, {"dim": [{"size": 0}]}])
def test_a_description_of_another_shape_or_type_is_passed_by(shape: Any) -> None:
    value = description_value({"loss": {"unit": "nats"}})
    value.tensor.tensor_shape.CopyFrom(TensorProto(tensor_shape=shape).tensor_shape)
    number = description_value({})
    number.tensor.CopyFrom(TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[1.0]))
    assert said(event_of(value, number, step=0)) == [{}]


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("  tokens\n per\tsecond ", "tokens per second"),
        ("x" * 100_000, "x" * 23 + "…"),
        ("\u202emoc.live\u0007", "moc.live"),
        ("\ud800", ""),
        ("µs²", "µs²"),
    ],
)
def test_a_unit_is_short_and_of_one_line(unit: str, shown: str) -> None:
    text = json.dumps({"loss": {"unit": unit}}).encode()
    assert said(event_of(description_value(text), step=0)) == [{"loss": TagInfo(unit=shown)}]
