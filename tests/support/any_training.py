"""Event files as training loops write them: series at their own rates, in any encoding, and all else.

Hypothesis draws what a loop is like; the numbers come from a seed, so that a file of hundreds of records is
drawn quickly.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeAlias

from hypothesis import strategies as st
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tests.support.candle_rows import rows_value
from tests.support.records import (
    FIRST_SECOND,
    event_record,
    own_value,
    record,
    start_record,
    varint,
    version_record,
)

Value: TypeAlias = summary_pb2.Summary.Value


def _tensor(dtype: int, **content: Any) -> Value:
    return Value(tensor=TensorProto(dtype=dtype, **content))


NUMBERS: dict[str, Callable[[float], Value]] = {
    "simple_value": lambda x: Value(simple_value=x),
    "float_val": lambda x: _tensor(types_pb2.DT_FLOAT, float_val=[x]),
    "double_val": lambda x: _tensor(types_pb2.DT_DOUBLE, double_val=[x]),
    "half_val": lambda x: _tensor(types_pb2.DT_HALF, half_val=[_bits(x, "<e")]),
    "int_val": lambda x: _tensor(types_pb2.DT_INT32, int_val=[_whole(x, 31)]),
    "int64_val": lambda x: _tensor(types_pb2.DT_INT64, int64_val=[_whole(x, 63)]),
    "uint64_val": lambda x: _tensor(types_pb2.DT_UINT64, uint64_val=[abs(_whole(x, 63))]),
    "float": lambda x: _tensor(types_pb2.DT_FLOAT, tensor_content=struct.pack("<f", x)),
    "double": lambda x: _tensor(types_pb2.DT_DOUBLE, tensor_content=struct.pack("<d", x)),
    "half": lambda x: _tensor(types_pb2.DT_HALF, tensor_content=struct.pack("<e", x)),
    "bfloat16": lambda x: _tensor(types_pb2.DT_BFLOAT16, tensor_content=struct.pack("<f", x)[2:]),
    "int8": lambda x: _tensor(types_pb2.DT_INT8, tensor_content=struct.pack("<b", _whole(x, 7))),
    "int64": lambda x: _tensor(types_pb2.DT_INT64, tensor_content=struct.pack("<q", _whole(x, 63))),
    "candle": lambda x: rows_value("", [_row(x)]),
    "vector": lambda x: _tensor(types_pb2.DT_FLOAT, float_val=[x, x]),
    "none": lambda x: Value(),
}
"""What holds a number, by how it is written down."""


def _row(number: float) -> list[float]:
    """A candle of one point; none that can be where the number is not finite."""
    step = _whole(number, 7)
    return [step, step, *[number] * 5, 0.0, 1, 0, step, step, FIRST_SECOND, FIRST_SECOND + 1]


def _bits(number: float, float_format: str) -> int:
    return int.from_bytes(struct.pack(float_format, number), "little")


def _whole(number: float, bits: int) -> int:
    return int(number * 100) % (1 << bits) - (1 << bits - 1) if math.isfinite(number) else 0


OTHERS: dict[str, Callable[[int], bytes]] = {
    "image": lambda size: _summary(Value(tag="samples", image={"encoded_image_string": bytes(size)})),
    "histogram": lambda size: _summary(Value(tag="weights", histo={"bucket": [0.5] * (size // 8)})),
    "text": lambda size: _summary(
        Value(tag="note", tensor=TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"x" * size]))
    ),
    "attention": lambda size: _summary(own_value(metadata.ATTENTION_KIND, "attention", b"x" * size)),
    "outputs without a plugin": lambda size: _summary(
        own_value(metadata.OUTPUTS_KIND, "attention", b"x" * size, is_named=False)
    ),
    "graph": lambda size: event_record(event_pb2.Event(graph_def=bytes(size))),
    "version": lambda size: version_record(),
    "session ends": lambda size: event_record(
        event_pb2.Event(session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.STOP))
    ),
    "no event": lambda size: record(b"\x0a" * (size % 50 + 1)),
}
"""Records that hold no number, by what they hold."""


def _summary(value: Value) -> bytes:
    return event_record(event_pb2.Event(wall_time=FIRST_SECOND, step=1, summary={"value": [value]}))


@dataclass(frozen=True)
class Metric:
    """One series of a loop."""

    tag: str
    kind: str
    every: int
    """It is logged at each so many steps."""
    plugin: str | None
    is_named_always: bool
    """Else its plugin stands in the first record only."""
    order: tuple[int, ...]
    """Of tag, number and metadata."""

    def encoded(self, number: float, *, is_first: bool) -> bytes:
        about = Value()
        if self.plugin is not None and (is_first or self.is_named_always):
            about.metadata.plugin_data.plugin_name = self.plugin
            if self.plugin == metadata.PLUGIN_NAME:
                about.metadata.plugin_data.content = metadata.plugin_content(metadata.EPOCH_KIND)
        parts = [Value(tag=self.tag), NUMBERS[self.kind](number), about]
        return b"".join(parts[index].SerializeToString() for index in self.order)


@dataclass(frozen=True)
class Loop:
    """A training loop and what it logs."""

    metrics: list[Metric]
    first_step: int
    stride: int
    step_bytes: int
    """Steps take so many bytes at least: a varint may have more than it needs."""
    is_overfull: bool
    """Where a step takes ten bytes, some have bits in the last one that a step has no room for."""
    steps: int
    is_one_event: bool
    """All values of a step stand in one event; else each in its own."""
    clock: float | None
    """Seconds between steps; None for events without a time."""
    order: tuple[int, ...]
    """Of step, wall time and summary in an event."""
    unknown_field: bytes
    """What a later version of the format may add to an event."""
    others: dict[int, tuple[str, int]]
    """At which step which other record is written, and its size."""
    restarts: dict[int, int]
    """After how many steps a session starts, and how far back."""
    seed: int

    def records(self) -> Iterator[bytes]:
        dice = random.Random(self.seed)
        for index, step in self._steps():
            if index in self.restarts:
                yield start_record(max(0, step), wall_time=FIRST_SECOND + index)
            if index in self.others:
                kind, size = self.others[index]
                yield OTHERS[kind](size)
            values = [
                metric.encoded(_number(dice), is_first=index == 0)
                for metric in self.metrics
                if index % metric.every == 0
            ]
            for group in [values] if self.is_one_event else ([value] for value in values):
                yield self._event(step, index, group)

    def _steps(self) -> Iterator[tuple[int, int]]:
        step = self.first_step
        for index in range(self.steps):
            step -= self.restarts.get(index, 0) * self.stride
            yield index, max(-(2**63), min(step, 2**63 - 1))
            step += self.stride

    def _event(self, step: int, index: int, values: list[bytes]) -> bytes:
        time = event_pb2.Event() if self.clock is None else event_pb2.Event(wall_time=self._time(index))
        summary = b"".join(b"\x0a" + varint(len(value)) + value for value in values)
        parts = [
            self._step(step, index),
            time.SerializeToString(),
            b"\x2a" + varint(len(summary)) + summary,
        ]
        return record(b"".join(parts[index] for index in self.order) + self.unknown_field)

    def _step(self, step: int, index: int) -> bytes:
        if step == 0 and self.step_bytes == 1:
            return b""
        number = bytearray(varint(step % 2**64))
        while len(number) < self.step_bytes:
            number[-1] |= 0x80
            number.append(0)
        if self.is_overfull and len(number) == 10 and index % 7 == 5:
            number[-1] |= 0x04
        return b"\x10" + number

    def _time(self, index: int) -> float:
        return FIRST_SECOND + index * (self.clock or 0.0)


def _number(dice: random.Random) -> float:
    """A number that all encodings hold, sometimes an odd one."""
    odd = dice.random()
    if odd < 0.03:
        return dice.choice([math.nan, math.inf, -math.inf, -0.0, 65504.0])
    return struct.unpack("<f", struct.pack("<f", dice.gauss(0, 1)))[0]  # type: ignore[no-any-return]


tags = st.sampled_from(["loss", "train/loss", "val/loss", "a", "lr", "τ/ü", "", "layer_01", "layer_02"])
kinds = st.sampled_from([*["simple_value"] * len(NUMBERS), *NUMBERS])
metrics = st.builds(
    Metric,
    tag=tags,
    kind=kinds,
    every=st.sampled_from([1, 1, 1, 2, 3, 7]),
    plugin=st.sampled_from([None, None, "scalars", "hparams", "candles", ""]),
    is_named_always=st.booleans(),
    order=st.sampled_from(list(permutations(range(3)))),
)


def _hundreds(metric: Metric, count: int) -> list[Metric]:
    return [
        Metric(f"{metric.tag}/{number:03}", metric.kind, metric.every, metric.plugin, False, metric.order)
        for number in range(count)
    ]


def loops(metrics: st.SearchStrategy[list[Metric]], steps: st.SearchStrategy[int]) -> st.SearchStrategy[Loop]:
    return st.builds(
        Loop,
        metrics=metrics,
        first_step=st.one_of(
            st.sampled_from([0, 0, 1, 100, 16_300, -20, 2**40, 2**63 - 9]), st.integers(0, 300)
        ),
        stride=st.sampled_from([1, 1, 1, 0, 3, 50, -1]),
        step_bytes=st.sampled_from([1, 1, 1, 2, 5, 10]),
        is_overfull=st.booleans(),
        steps=steps,
        is_one_event=st.booleans(),
        clock=st.sampled_from([None, 0.0, 1.0, 0.37, -1.0, math.nan]),
        order=st.sampled_from([(0, 1, 2), *permutations(range(3))]),
        unknown_field=st.sampled_from([b"", b"", b"", b"\xf8\x01\x05", b"\xfa\x01\x03abc"]),
        others=st.dictionaries(
            st.integers(0, 120), st.tuples(st.sampled_from(list(OTHERS)), st.integers(0, 3000)), max_size=4
        ),
        restarts=st.dictionaries(st.integers(1, 120), st.integers(-3, 20), max_size=2),
        seed=st.integers(0, 2**32),
    )


few_series = loops(st.lists(metrics, min_size=1, max_size=6), st.integers(1, 150))
hundreds_of_series = loops(st.builds(_hundreds, metrics, st.integers(50, 300)), st.integers(1, 4))


def _behind(parts: list[Loop], seed: int) -> list[bytes]:
    return [one for loop in parts for one in loop.records()]


def _between(parts: list[Loop], seed: int) -> list[bytes]:
    """Records of several writers into one file, as their turns come."""
    dice = random.Random(seed)
    writers = [list(loop.records()) for loop in parts]
    turns = [number for number, written in enumerate(writers) for _ in written]
    dice.shuffle(turns)
    each = [iter(written) for written in writers]
    return [next(each[turn]) for turn in turns]


any_log = st.builds(
    lambda arrange, parts, seed: b"".join(arrange(parts, seed)),
    st.sampled_from([_behind, _behind, _between]),
    st.lists(st.one_of(few_series, few_series, hundreds_of_series), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
"""A whole file without damage."""


def flip(content: bytearray, at: int, number: int) -> None:
    content[at] ^= 1 << number % 8


def truncate(content: bytearray, at: int, number: int) -> None:
    del content[at:]


def lose(content: bytearray, at: int, number: int) -> None:
    del content[at : at + number]


def blank(content: bytearray, at: int, number: int) -> None:
    stretch = slice(at, min(at + number, len(content)))
    content[stretch] = bytes(stretch.stop - at)


def write_twice(content: bytearray, at: int, number: int) -> None:
    content[at:at] = content[at : at + number]


def _damaged(
    content: bytes, damages: list[tuple[Callable[[bytearray, int, int], None], float, int]]
) -> bytes:
    broken = bytearray(content)
    for damage, where, number in damages:
        if broken:
            damage(broken, int(where * len(broken)), number)
    return bytes(broken)


places = st.floats(0, 1, exclude_max=True)
damaged_log = st.builds(
    _damaged,
    any_log,
    st.lists(
        st.tuples(
            st.sampled_from([flip, flip, truncate, lose, blank, write_twice]), places, st.integers(1, 200)
        ),
        min_size=1,
        max_size=5,
    ),
)


def cuts_of(content: bytes, parts: list[float]) -> tuple[int, ...]:
    """Where a file is cut, of where in it."""
    return tuple(sorted(int(part * len(content)) for part in parts))
