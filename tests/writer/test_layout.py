"""Many records at once are the very bytes that protobuf and one checksum at a time give."""

from __future__ import annotations

import math
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles.writer.layout import (
    Items,
    LaterEvent,
    Layout,
    encode,
    layout_of,
    starts_of,
    without_gaps,
)
from tensorboard_candles.writer.records import frame

INT64 = st.integers(-(2**63), 2**63 - 1)
STEPS = st.one_of(
    INT64, st.sampled_from([0, 1, -1, *(2 ** (7 * n) - d for n in range(1, 9) for d in (0, 1))])
)
NAMES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300), max_size=5, unique=True)
TIMES = st.floats(min_value=1e-300, allow_infinity=False)


def plain(names: tuple[str, ...], step: int, wall_time: float, values: list[float]) -> bytes:
    named = zip(names, values, strict=True)
    summary = Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in named])
    return frame(Event(wall_time=wall_time, step=step, summary=summary).SerializeToString())


@given(names=st.lists(NAMES.filter(bool), min_size=1, max_size=3), data=st.data())
def test_records_are_the_bytes_that_protobuf_makes(names: list[list[str]], data: st.DataObject) -> None:
    items: Items = []
    expected = b""
    for own in data.draw(st.lists(st.sampled_from(names), max_size=20)):
        layout = Layout(tuple(own))
        step, wall_time = data.draw(STEPS), data.draw(TIMES)
        values = data.draw(st.lists(st.floats(width=32), min_size=len(own), max_size=len(own)))
        items += [layout, step, wall_time, *values]
        expected += plain(tuple(own), step, wall_time, values)
    assert encode(items) == expected


@given(values=st.lists(st.floats(), min_size=1, max_size=50))
def test_values_become_what_struct_makes_of_them_and_stay_finite(values: list[float]) -> None:
    layout = layout_of(("x",))
    assert layout is not None
    items: Items = [item for step, value in enumerate(values) for item in (layout, step, 1.5, value)]
    expected = b""
    for step, value in enumerate(values):
        try:
            struct.pack("<f", value)
            expected += plain(("x",), step, 1.5, [value])
        except OverflowError:
            assert math.isfinite(value)
            expected += frame(layout.event(step, 1.5, [value]).SerializeToString())
    assert encode(items) == expected


def test_rows_of_several_kinds_keep_their_order() -> None:
    loss, both = layout_of(("loss",)), layout_of(("loss", "acc"))
    event = LaterEvent(10, lambda: Event(file_version="x"))
    items: Items = [
        loss,
        1,
        1.0,
        0.1,
        event,
        1,
        2.0,
        both,
        2,
        3.0,
        0.2,
        0.3,
        loss,
        3,
        4.0,
        0.4,
        event,
        3,
        5.0,
    ]
    assert starts_of(items) == [0, 4, 7, 12, 16]
    assert encode(items) == b"".join(
        [
            plain(("loss",), 1, 1.0, [0.1]),
            frame(Event(file_version="x", step=1, wall_time=2.0).SerializeToString()),
            plain(("loss", "acc"), 2, 3.0, [0.2, 0.3]),
            plain(("loss",), 3, 4.0, [0.4]),
            frame(Event(file_version="x", step=3, wall_time=5.0).SerializeToString()),
        ]
    )


def test_what_could_not_be_read_is_left_out_and_the_rest_stays() -> None:
    loss, both = layout_of(("loss",)), layout_of(("loss", "acc"))
    event = LaterEvent(10, Event)
    items: Items = [loss, 1, 1.0, None, both, 2, 1.5, 0.5, None, event, 2, 1.5, loss, 3, 2.0, 0.25]
    assert without_gaps(items) == [loss, 2, 1.5, 0.5, event, 2, 1.5, loss, 3, 2.0, 0.25]


def test_a_thousand_names_in_one_call() -> None:
    names = tuple(f"layer{number}/grad_norm" for number in range(1000))
    values = np.linspace(0, 1, 1000, dtype=np.float32).tolist()
    items: Items = [layout_of(names), 5, 1.5, *values] * 3
    assert encode(items) == 3 * plain(names, 5, 1.5, values)
