"""Event files of every kind, sound and damaged, as Hypothesis strategies."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tests.support.candle_rows import rows_value
from tests.support.records import (
    description_value,
    event_of,
    own_value,
    record,
    scalar_record,
    scalar_value,
    start_record,
    tensor_value,
)

tags = st.sampled_from(["a", "b", "loss", "train/loss", "τ/ü", "layer_01", "layer_02", "", "logs/info"])
steps = st.one_of(
    st.integers(0, 300), st.integers(-(2**63), 2**63 - 1), st.sampled_from([127, 128, 16383, 16384])
)
floats = st.one_of(st.floats(width=32), st.sampled_from([math.nan, math.inf, 0.0]))
plugins = st.sampled_from([None, None, "scalars", "hparams", "candles", "", "text", "images"])
int64s = st.integers(-(2**63), 2**63 - 1)
any_tensor = st.one_of(
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[x]), floats),
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_FLOAT, tensor_content=struct.pack("<f", x)), floats),
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[x]), floats),
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_INT64, int64_val=[x]), int64s),
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_BFLOAT16, half_val=[x & 0xFFFF]), int64s),
    st.builds(lambda x: TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[x, x]), floats),
    st.just(TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1], tensor_shape={"dim": [{"size": 1}]})),
    st.just(TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"text"])),
)


record_kinds = st.sampled_from(sorted(metadata.RECORD_KINDS))
kinds = st.sampled_from([metadata.CANDLES_KIND, metadata.LATE_CANDLES_KIND])
good_row = [0, 99, 2.5, 3.0, 1.0, 1.5, 2.0, 0.5, 90, 10, 7, 55, 1.7e9, 1.7e9 + 60]
rows = st.lists(st.one_of(st.just(good_row), st.lists(floats, min_size=14, max_size=14)), max_size=3)
descriptions = st.one_of(
    st.dictionaries(tags, st.fixed_dictionaries({"unit": st.text(max_size=3)}), max_size=2),
    st.binary(max_size=5),
)


@st.composite
def any_value(draw: Callable[..., Any]) -> summary_pb2.Summary.Value:
    tag = draw(tags)
    if draw(st.booleans()):
        return scalar_value(tag, draw(floats))
    if draw(st.integers(0, 4)) == 0:
        return rows_value(tag, draw(rows), kind=draw(kinds), is_named=draw(st.booleans()))
    if draw(st.integers(0, 9)) == 0:
        return description_value(draw(descriptions))
    if draw(st.integers(0, 4)) == 0:
        return own_value(draw(record_kinds), tag, draw(st.binary(max_size=5)), is_named=draw(st.booleans()))
    if draw(st.integers(0, 9)) == 0:
        return summary_pb2.Summary.Value(tag=tag, image={"encoded_image_string": draw(st.binary(max_size=5))})
    value = tensor_value(tag, draw(any_tensor), draw(plugins))
    if value.metadata.plugin_data.plugin_name == "candles":
        value.metadata.plugin_data.content = metadata.plugin_content(metadata.EPOCH_KIND)
    return value


@st.composite
def any_event(draw: Callable[..., Any]) -> bytes:
    values = draw(st.lists(any_value(), max_size=3))
    return event_of(*values, step=draw(steps), wall_time=draw(st.one_of(st.just(0.0), st.floats())))


def flipped(content: bytes, where: float, bits: int) -> bytes:
    damaged = bytearray(content)
    damaged[int(where * len(damaged))] ^= bits
    return bytes(damaged)


any_piece = st.one_of(
    any_event(),
    st.builds(lambda event, times: event * times, any_event(), st.sampled_from([2, 3, 70])),
    st.builds(lambda event, part: event[: int(part * len(event))], any_event(), st.floats(0, 1)),
    st.builds(flipped, any_event(), st.floats(0, 0.999), st.integers(1, 255)),
    st.builds(
        lambda tag, first, count: b"".join(
            scalar_record(tag, step=first + row, value=row / 3) for row in range(count)
        ),
        tags,
        st.integers(0, 200),
        st.integers(1, 150),
    ),
    st.builds(lambda step, time: start_record(step, wall_time=time), st.integers(0, 300), st.floats(0, 2e9)),
    st.binary(max_size=40),
    st.binary(max_size=40).map(record),
)
