"""The fast path gives what parsing event by event gives, whatever the bytes."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events import bulk
from tensorboard_candles.events.boundaries import find_boundaries
from tensorboard_candles.events.bulk import BulkDecoder, Stretch
from tensorboard_candles.events.decode import Collector
from tensorboard_candles.events.rows import Rows
from tensorboard_candles.events.template import Template, template_of
from tensorboard_candles.events.window import WindowDecoder
from tests.support.any_log import any_piece, any_value
from tests.support.reading import assert_same, read
from tests.support.records import event_of, record, scalar_record, scalar_value, tensor_value, version_record


def share_in_bulk(content: bytes) -> float:
    """Part of the content's records that had a shape and so were never parsed by themselves."""
    collector = Collector([{}])
    singly: list[int] = []
    collector.add_event = lambda record, *_: singly.append(record)  # type: ignore[method-assign]
    [read] = BulkDecoder().decode(content, [Stretch(0, len(content), 0)], collector)
    assert read.end == len(content)
    return 1 - len(singly) / read.records


def test_a_regular_log_is_read_in_bulk() -> None:
    log = b"".join(scalar_record("loss", step=step, value=step / 7) for step in range(40_000))
    assert_same(log)
    assert share_in_bulk(log) == 1.0


def test_tags_of_one_length_beside_one_another_are_read_in_bulk() -> None:
    log = b"".join(
        scalar_record(f"layer_{layer:02}/norm", step=step, value=step * layer)
        for step in range(300)
        for layer in range(60)
    )
    assert_same(log)
    assert share_in_bulk(log) == 1.0


def test_tags_at_different_rates_and_large_records_between_are_read_in_bulk() -> None:
    pieces = [version_record()]
    for step in range(3000):
        pieces.append(scalar_record("train/loss", step=step, value=1 / (step + 1)))
        if step % 7 == 0:
            pieces.append(scalar_record("train/accuracy", step=step, value=step))
        if step % 100 == 0:
            image = summary_pb2.Summary.Value(tag="image", image={"encoded_image_string": bytes(100_000)})
            pieces.append(event_of(image, step=step))
    assert_same(b"".join(pieces))


def test_many_values_in_one_event_are_read_in_bulk() -> None:
    values = [scalar_value(f"m{index}", index / 3) for index in range(120)]
    log = b"".join(event_of(*values, step=step) for step in range(400))
    assert_same(log)
    assert share_in_bulk(log) == 1.0


def test_one_tag_from_a_thousand_nodes_is_read_with_few_looks_at_each_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = [
        summary_pb2.Summary.Value(tag="loss", simple_value=node, node_name=f"node_{node:04}")
        for node in range(1500)
    ]
    log = b"".join(event_of(value, step=step) for step in (1, 2, 3) for value in values)
    assert_same(log)
    looks = 0

    def counted(template: Template, rows: Rows) -> Any:
        nonlocal looks
        looks += len(rows)
        return fits(template, rows)

    fits = Template.fits
    monkeypatch.setattr(Template, "fits", counted)
    read(log, in_bulk=True)
    assert looks < 80 * 3 * len(values)


@pytest.mark.parametrize(
    "tensor",
    [
        TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[0.1]),
        TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.1]),
        TensorProto(dtype=types_pb2.DT_DOUBLE, tensor_content=struct.pack("<d", 0.1)),
        TensorProto(dtype=types_pb2.DT_HALF, tensor_content=b"\x00\x3c"),
        TensorProto(dtype=types_pb2.DT_BFLOAT16, tensor_content=b"\xc0\x3f"),
        TensorProto(dtype=types_pb2.DT_INT64, tensor_content=struct.pack("<q", -5)),
    ],
)
def test_tensors_of_one_number_are_read_in_bulk(tensor: TensorProto) -> None:
    first = event_of(tensor_value("loss", tensor, "scalars"), step=0)
    log = first + b"".join(event_of(tensor_value("loss", tensor), step=step) for step in range(1, 500))
    assert_same(log)
    assert share_in_bulk(log) == 1.0


def test_a_plugin_named_late_counts_from_there_on() -> None:
    number = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[0.5])
    before = [event_of(tensor_value("t", number), step=step) for step in range(100)]
    after = [event_of(tensor_value("t", number, "hparams"), step=step) for step in range(100, 200)]
    content = b"".join([*before, *after])
    assert_same(content)
    assert_same(content, cuts=(len(content) // 4, len(content) // 2, 3 * len(content) // 4))


def many_values(count: int, shape: int) -> bytes:
    """A record of many values; the length of its tags makes its shape."""
    values = [scalar_value(f"t{index}" + "x" * (shape if index == 0 else 0), index) for index in range(count)]
    return event_of(*values, step=5)


def test_what_is_learned_of_the_shapes_of_records_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_MOST_TEMPLATE_BYTES", 100_000)
    decoder = BulkDecoder()
    log = b"".join(many_values(20, shape) for shape in range(200))
    for _ in range(3):
        WindowDecoder(decoder).decode(log)
        templates = [one for shapes in decoder._shapes.values() for one in shapes._templates]
        assert 0 < sum(one.kept_bytes for one in templates) < 200_000
    assert_same(log)


def test_records_without_a_shape_are_not_tried_as_one_in_every_window_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = 0

    def counted(record: bytes) -> Template | None:
        nonlocal tried
        tried += 1
        return template_of(record)

    monkeypatch.setattr(bulk, "template_of", counted)
    integer = TensorProto(dtype=types_pb2.DT_INT64, int64_val=[5])
    shapeless = b"".join(event_of(tensor_value("i", integer), step=step) for step in range(1, 100))
    regular = b"".join(event_of(scalar_value("los", step), step=step) for step in range(1, 100))
    decoder = WindowDecoder(BulkDecoder())
    for _ in range(20):
        assert [len(found) for found in decoder.decode(shapeless).segments[0].scalars.values()] == [99]
    assert tried < 200
    assert len(shapeless) == len(regular)
    tried = 0
    for _ in range(5):
        assert [len(found) for found in decoder.decode(regular).segments[0].scalars.values()] == [99]
    assert tried == 1


def test_records_of_very_many_values_are_not_worth_a_shape() -> None:
    decoder = BulkDecoder()
    log = b"".join(many_values(1000, shape) for shape in range(3))
    assert_same(log)
    WindowDecoder(decoder).decode(log)
    assert sum(shapes.count for shapes in decoder._shapes.values()) == 0


@pytest.mark.parametrize("times", [1, 2, 100])
def test_points_do_not_keep_the_bytes_alive_that_they_came_from(times: int) -> None:
    tensor = TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.1])
    values = [scalar_value("loss", 1.0), tensor_value("val", tensor, "scalars")]
    marks = tensor_value(
        "epoch", TensorProto(dtype=types_pb2.DT_BFLOAT16, tensor_content=b"\xc0\x3f"), "candles"
    )
    marks.metadata.plugin_data.content = metadata.plugin_content(metadata.EPOCH_KIND)
    found = WindowDecoder(BulkDecoder()).decode(event_of(*values, marks, step=5) * times)
    for segment in found.segments:
        for points in (*segment.scalars.values(), segment.epoch_marks):
            assert len(points) == times
            for column in (points.step, points.wall_time, points.value):
                assert [owner for owner in owners(column) if not isinstance(owner, np.ndarray)] == []


def owners(column: Any) -> list[Any]:
    """Whose memory a column lies in."""
    base = getattr(column, "base", None)
    return [] if base is None else [base, *owners(base)]


@pytest.mark.parametrize("damaged", [range(10, 5000, 20), range(3000, 5000, 900), range(4999)])
def test_damaged_records_do_not_make_the_others_be_decoded_over_and_over(
    damaged: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = [bytearray(scalar_record("loss", step=1000 + step, value=step)) for step in range(5000)]
    for row in damaged:
        log[row][20] ^= 1
    content = b"".join(log)
    assert_same(content)
    looks = 0

    def counted(*arguments: Any) -> Any:
        nonlocal looks
        found = find_boundaries(*arguments)
        looks += len(found.start)
        return found

    monkeypatch.setattr(bulk, "find_boundaries", counted)
    found = WindowDecoder(BulkDecoder()).decode(content)
    assert len(found.segments[0].scalars["loss"]) == 5000 - len(damaged)
    assert looks < 4 * len(log)


def test_the_period_of_a_log_finds_every_boundary() -> None:
    sizes = [7, 300, 7, 12] * 5000
    content = b"".join(record(bytes(size)) for size in sizes) + b"torn"
    found = find_boundaries(content, 0, len(content))
    assert found.length.tolist() == sizes
    assert found.end == len(content) - 4


@settings(deadline=None)  # the machine may be busy
@given(st.lists(any_piece, max_size=12), st.lists(st.floats(0, 1), max_size=3))
def test_any_mix_of_records_and_damage_reads_the_same(pieces: list[bytes], cuts: list[float]) -> None:
    content = b"".join(pieces)
    assert_same(content, tuple(sorted(int(cut * len(content)) for cut in cuts)))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(any_value(), min_size=1, max_size=4), st.integers(1, 200), st.data())
def test_a_flipped_bit_in_a_regular_stretch_reads_the_same(
    values: list[summary_pb2.Summary.Value], count: int, data: st.DataObject
) -> None:
    content = bytearray(b"".join(event_of(*values, step=step) for step in range(count)))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert_same(bytes(content))


def test_wall_times_that_are_no_numbers_are_passed_by_whatever_their_bits() -> None:
    signaling = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000001))[0]
    quiet = math.nan
    for odd in (signaling, quiet, -quiet):
        times = [5.0] * 100 + [-3.0] + [odd]
        log = b"".join(
            event_of(scalar_value("loss", 1.0), step=step, wall_time=time) for step, time in enumerate(times)
        )
        assert_same(log)
        assert WindowDecoder(BulkDecoder()).decode(log).first_wall_time == -3.0
