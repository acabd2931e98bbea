"""Rows of candles in event files, sound and not."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events import Damage, Points
from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.candle import LATE_ROW, POINT, ROW
from tensorboard_candles.events.window import Decoded, WindowDecoder, decode_windows
from tests.support.candle_rows import rows_record, rows_value
from tests.support.reading import assert_same
from tests.support.records import event_of, scalar_record, tensor_value, version_record

GOOD = [0, 99, 2.5, 3.0, 1.0, 1.5, 2.0, 0.5, 90, 10, 7, 55, 1.7e9, 1.7e9 + 60]
NONE = [0, 9, *[math.nan] * 6, 0, 10, 0, 0, 1.7e9, 1.7e9]
COLUMN = {name: number for number, name in enumerate(metadata.CANDLE_COLUMNS)}


def decode(*records: bytes) -> Decoded:
    assert_same(b"".join(records))
    return WindowDecoder(None).decode(b"".join(records))


def loss(*records: bytes) -> Points:
    found = decode(*records)
    assert not found.damages
    return found.segments[0].scalars["loss"]


def test_rows_and_numbers_of_a_tag_are_candles_in_the_order_of_the_file() -> None:
    early = [-5, -5, *[4.0] * 5, 0.0, 1, 0, -5, -5, 1.6e9, 1.6e9]
    found = loss(
        scalar_record("loss", step=3, wall_time=10.0, value=0.1),
        rows_record("loss", [GOOD, early]),
        rows_record("loss", [NONE], kind=metadata.LATE_CANDLES_KIND),
    )
    assert found.step.tolist() == [3, 0, -5, 0]
    assert found.wall_time.tolist() == [10.0, 1.7e9, 1.6e9, 1.7e9]
    assert found.value["kind"].tolist() == [POINT, ROW, ROW, LATE_ROW]
    assert found.value["close"].tolist()[:3] == [float(np.float32(0.1)), 1.5, 4.0]
    columns = ("last_step", "count", "nonfinite", "high_step", "low_step", "end_time")
    assert [found.value[name].tolist()[1] for name in columns] == [99, 90, 10, 7, 55, 1.7e9 + 60]


def test_a_file_begins_where_the_first_of_its_candles_does() -> None:
    assert (
        decode(version_record(1.8e9), rows_record("loss", [GOOD], wall_time=1.8e9)).first_wall_time == 1.7e9
    )


def test_the_kind_may_be_named_in_the_first_record_only() -> None:
    first, second = rows_value("loss", [GOOD]), rows_value("loss", [GOOD], is_named=False)
    decoder = WindowDecoder(None)
    decoder.decode(event_of(first, step=0))
    [segment] = decoder.decode(event_of(second, step=0)).segments
    assert len(segment.scalars["loss"]) == 1
    assert len(loss(event_of(first, second, step=0))) == 2
    assert decode(event_of(rows_value("loss", [GOOD], is_named=False), step=0)).segments[0].scalars == {}


def test_a_number_under_a_tag_of_candles_is_a_point() -> None:
    number = TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.5])
    found = loss(rows_record("loss", [GOOD]), event_of(tensor_value("loss", number), step=200))
    assert (found.step.tolist(), found.value["close"].tolist()) == ([0, 200], [1.5, 0.5])


def test_numbers_may_be_written_one_by_one_or_as_bytes() -> None:
    value = rows_value("loss", [GOOD, NONE])
    numbers = struct.unpack("<28d", value.tensor.tensor_content)
    value.tensor.ClearField("tensor_content")
    value.tensor.double_val.extend(numbers)
    found, wanted = loss(event_of(value, step=0)), loss(rows_record("loss", [GOOD, NONE]))
    assert found.value.tobytes() == wanted.value.tobytes()
    assert (found.step.tolist(), found.wall_time.tolist()) == (
        wanted.step.tolist(),
        wanted.wall_time.tolist(),
    )


def test_a_tensor_without_rows_says_nothing() -> None:
    value = rows_value("loss", [])
    assert decode(event_of(value, step=0)).segments[0].scalars == {}
    assert decode(event_of(value, step=0)).damages == []


def changed(**columns: float) -> list[float]:
    row = list(GOOD)
    for name, number in columns.items():
        row[COLUMN[name]] = number
    return row


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (changed(first_step=math.nan), "steps that are no whole numbers within 2^53"),
        (changed(last_step=math.inf), "steps that are no whole numbers within 2^53"),
        (changed(last_step=98.5), "steps that are no whole numbers within 2^53"),
        (changed(last_step=2.0**53 + 2), "steps that are no whole numbers within 2^53"),
        (changed(first_step=100), "first_step > last_step"),
        (changed(count=-1), "counts that are none"),
        (changed(count=0.5), "counts that are none"),
        (changed(count=math.nan), "counts that are none"),
        (changed(count=1e300), "counts that are none"),
        (changed(nonfinite=-1), "counts that are none"),
        (changed(count=0, nonfinite=0), "counts that are none"),
        (changed(start_time=math.nan), "times that are none"),
        (changed(end_time=math.inf), "times that are none"),
        (changed(end_time=1.0), "start_time > end_time"),
        (changed(open=math.nan), "prices that are not finite"),
        (changed(high=math.inf), "prices that are not finite"),
        (changed(mean=math.nan), "prices that are not finite"),
        (changed(std=math.inf), "prices that are not finite"),
        (changed(low=4.0), "high < low"),
        (changed(open=3.5), "prices outside of low and high"),
        (changed(close=0.5), "prices outside of low and high"),
        (changed(mean=3.1), "a mean outside of low and high"),
        (changed(std=-0.1), "std < 0"),
        (changed(high_step=100), "high_step outside of first_step and last_step"),
        (changed(low_step=math.nan), "low_step outside of first_step and last_step"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_row_that_can_not_be_is_passed_by_and_told(row: list[float], what: str) -> None:
    before = scalar_record("loss", step=0, value=1.0)
    found = decode(before, rows_record("loss", [GOOD, row, NONE], wall_time=1.7e9))
    assert found.damages == [Damage(len(before), f"1 of 3 candles passed by: {what}")]
    assert found.segments[0].scalars["loss"].value["count"].tolist() == [1, 90, 0]


@pytest.mark.parametrize("mean", [3.0 + 1e-12, 1.0 - 1e-12])
def test_a_mean_may_be_off_by_rounding(mean: float) -> None:
    assert loss(rows_record("loss", [changed(mean=mean)])).value["mean"].tolist() == [mean]


def test_no_deviation_is_larger_than_half_of_the_range() -> None:
    row = list(GOOD)
    row[COLUMN["std"]] = 1e300
    assert loss(rows_record("loss", [row])).value["std"].tolist() == [1.0]


def test_what_a_row_without_a_finite_point_says_of_prices_is_not_looked_at() -> None:
    found = loss(rows_record("loss", [changed(count=0, high=-9, mean=7, std=math.inf, high_step=-1)]))
    assert [found.value[name].tolist() for name in ("high_step", "low_step", "std")] == [[0], [0], [0.0]]
    assert all(math.isnan(found.value[name][0]) for name in ("open", "high", "low", "close", "mean"))


@pytest.mark.parametrize(
    "tensor",
    [
        {"dtype": types_pb2.DT_FLOAT, "tensor_content": bytes(14 * 4)},
        {"dtype": types_pb2.DT_STRING, "string_val": [b"0"] * 14},
        {"tensor_content": bytes(13 * 8)},
        {"tensor_content": bytes(14 * 8 - 1)},
        {"double_val": [0.0]},
        {"tensor_content": bytes(14 * 8), "tensor_shape": [14]},
        {"tensor_content": bytes(14 * 8), "tensor_shape": [14, 1]},
        {"tensor_content": bytes(14 * 8), "tensor_shape": [-1, 14]},
        {"tensor_content": bytes(14 * 8), "tensor_shape": [1 << 62, 14]},
        {"tensor_content": bytes(14 * 8), "tensor_shape": [1, 1, 14]},
    ],
    ids=str,
)
def test_a_tensor_of_another_form_is_passed_by_and_told(tensor: dict[str, Any]) -> None:
    value = rows_value("loss", [GOOD])
    shape = {"dim": [{"size": size} for size in tensor.pop("tensor_shape", [1, 14])]}
    value.tensor.CopyFrom(TensorProto(**{"dtype": types_pb2.DT_DOUBLE, **tensor, "tensor_shape": shape}))
    record = event_of(value, step=0)
    found = decode(record, scalar_record("loss", step=1, value=0.5))
    told = Damage(0, "candles passed by: not a table of 14 columns of doubles")
    assert found.damages == [told]
    assert found.segments[0].scalars["loss"].value.tolist() == [0.5]


def test_problems_are_told_of_the_file_they_are_in_and_beside_damage() -> None:
    bad = rows_record("loss", [changed(high=0)])
    good = scalar_record("loss", step=0, value=1.0)
    torn = bytearray(good)
    torn[-1] ^= 1
    contents = [good + bad, good + bytes(torn) + bad + good, bad]
    windows = [WindowDecoder(None).window(content) for content in contents]
    told = [
        [(damage.offset, damage.what.partition(":")[0]) for damage in found.damages]
        for found in decode_windows(windows, BulkDecoder())
    ]
    passed_by = "1 of 1 candles passed by"
    size = len(good)
    assert told == [
        [(size, passed_by)],
        [(size, "checksum mismatch"), (2 * size, passed_by)],
        [(0, passed_by)],
    ]


def test_the_own_tags_hold_no_candles() -> None:
    record = event_pb2.Event(summary={"value": [rows_value(metadata.TAGS_TAG, [GOOD])]})
    assert WindowDecoder(None).decode(event_of(*record.summary.value, step=0)).segments[0].scalars == {}
