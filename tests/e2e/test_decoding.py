"""Files of every shape that the format allows, read as TensorBoard's own loader reads them."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto import summary_pb2, types_pb2

from tests.support import brute_force, records
from tests.support.brute_force import Run
from tests.support.records import varint
from tests.support.series import wrong_candles
from tests.support.server import Server

FILE_COUNTS = [30, pytest.param(150, marks=pytest.mark.slow)]
LONG_FILE_POINTS = 150_000
DTYPES = {
    "<f4": (types_pb2.DT_FLOAT, b"\x2a"),
    "<f8": (types_pb2.DT_DOUBLE, b"\x32"),
    "<f2": (types_pb2.DT_HALF, b""),
    "<u2": (types_pb2.DT_BFLOAT16, b""),
    "<i1": (types_pb2.DT_INT8, b""),
    "<i2": (types_pb2.DT_INT16, b""),
    "<i4": (types_pb2.DT_INT32, b"\x3a"),
    "<i8": (types_pb2.DT_INT64, b"\x52"),
    "<u4": (types_pb2.DT_UINT32, b"\x82\x01"),
    "<u8": (types_pb2.DT_UINT64, b"\x8a\x01"),
}
CHECKPOINT = b"\x3a\x02\x08\x03"
GRAPH = b"\x22\x05graph"
UNKNOWN_FIELD = b"\xfa\x3f\x03odd"


def block(key: bytes, content: bytes) -> bytes:
    return key + varint(len(content)) + content


class Metric:
    """One tag and the way in which its writer writes it."""

    def __init__(self, dice: random.Random, tag: str) -> None:
        self.dice, self.tag = dice, tag
        self.element = dice.choice(["simple", "simple", "simple", *DTYPES])
        self.in_content = dice.random() < 0.5
        self.named = dice.choice(["always", "first", "never"])
        self.plugin = dice.choice(["scalars", "scalars", "someone_elses"])
        self.with_shape = dice.random() < 0.5

    def value(self) -> bytes:
        tag = block(b"\x0a", self.tag.encode())
        if self.element == "simple":
            return tag + b"\x15" + struct.pack("<f", self.dice.gauss(0, 1))
        metadata = b""
        if self.named != "never":
            said = summary_pb2.SummaryMetadata()
            said.plugin_data.plugin_name = self.plugin
            metadata = block(b"\x4a", said.SerializeToString())
        if self.named == "first":
            self.named = "never"
        return tag + block(b"\x42", self.tensor()) + metadata

    def tensor(self) -> bytes:
        dtype, field = DTYPES[self.element]
        number = self.number()
        shape = b"\x12\x00" if self.with_shape else b""
        if self.in_content or not field:
            content = block(b"\x22", number.tobytes())
        elif number.dtype.kind == "f":
            content = block(field, number.tobytes())
        else:
            content = block(field, varint(int(number[0]) % 2**64))
        return b"\x08" + varint(dtype) + shape + content

    def number(self) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        if self.element.startswith("<f"):
            return np.array([self.dice.gauss(0, 1)], self.element)
        if self.element == "<u2":
            return np.array([self.dice.randrange(0x7F00)], self.element)
        return np.array([self.dice.randrange(100)], self.element)


class MadeUpFile:
    """A log that is regular for a while, then is not, in every way that the format allows."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.step = dice.choice([0, 0, 0, 100, 16_000, 2**31 - 50, 2**62, -40])
        self.stride = dice.choice([1, 1, 1, 10, 1000])
        self.now = dice.choice([records.FIRST_SECOND, records.FIRST_SECOND, 0.0])
        self.metrics = [Metric(dice, name) for name in ("a", "b", "loss", "lass", "train/acc", "ünï")]
        self.events = [self.metrics[n : n + 2] for n in range(0, 6, 2)] if dice.random() < 0.5 else None
        self.strangeness = dice.choice([0.0, 0.01, 0.05, 0.3])
        rounds = (self.round() for _ in range(dice.choice([1, 5, 60, 400])))
        self.content = records.version_record(self.now) + b"".join(rounds)

    def round(self) -> bytes:
        self.step += self.stride
        self.now += 0.25
        groups = self.events or [[metric] for metric in self.metrics]
        written = b""
        for group in groups:
            if self.dice.random() < self.strangeness:
                written += self.strange(group)
            else:
                written += records.record(self.wall_time() + self.at() + self.summary(group))
        return written

    def strange(self, group: list[Metric]) -> bytes:
        payload = self.dice.choice(
            [
                self.at() + self.wall_time() + self.summary(group),
                self.wall_time() + b"\x10" + self.padded_step() + self.summary(group),
                self.wall_time() + b"\x10\x07" + self.at() + self.summary(group),
                self.wall_time() + self.at() + self.summary(group) + self.summary(group[:1]),
                self.wall_time() + self.at() + self.summary(group) + UNKNOWN_FIELD,
                UNKNOWN_FIELD + self.wall_time() + self.at() + self.summary(group + group),
                self.at() + self.summary(group),
                self.wall_time() + self.summary(group),
                self.wall_time() + self.at() + GRAPH,
                self.wall_time() + self.at() + CHECKPOINT,
                self.wall_time() + self.at() + b"\x2a\x00",
                b"",
            ]
        )
        return records.record(payload)

    def wall_time(self) -> bytes:
        return struct.pack("<Bd", 0x09, self.now)

    def at(self) -> bytes:
        return b"\x10" + varint(self.step % 2**64) if self.step else b""

    def padded_step(self) -> bytes:
        """A varint with a byte more than it needs."""
        least = varint(self.step % 2**64)
        return least if len(least) == 10 else least[:-1] + bytes([least[-1] | 0x80, 0])

    def summary(self, group: list[Metric]) -> bytes:
        return block(b"\x2a", b"".join(block(b"\x0a", metric.value()) for metric in group))


@pytest.fixture(scope="module", params=FILE_COUNTS)
def file_count(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory, file_count: int) -> Path:
    logdir = tmp_path_factory.mktemp("decoding")
    for seed in range(file_count):
        records.write_run(logdir, f"file {seed}", MadeUpFile(seed).content)
    return logdir


@pytest.fixture(scope="module")
def expected(logdir: Path) -> dict[str, Run]:
    return {name: brute_force.read_run(path) for name, path in brute_force.runs_of(logdir).items()}


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], logdir: Path, file_count: int) -> Server:
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run=f"file {file_count - 1}", tag="a")
    return started


def test_made_up_files_are_sound(server: Server) -> None:
    assert server.problems() == []


def test_every_point_is_found_whatever_the_shape_of_the_file(
    server: Server, expected: dict[str, Run]
) -> None:
    served = {name: {tag["tag"]: tag["points"] for tag in run["tags"]} for name, run in server.runs().items()}
    counted = {
        name: {tag: len(points) for tag, points in run.series.items()} for name, run in expected.items()
    }
    assert served == {name: tags for name, tags in counted.items() if tags}


@pytest.mark.parametrize("width", [1, 64, 10**9])
def test_candles_are_those_of_every_point_whatever_the_shape_of_the_file(
    server: Server, expected: dict[str, Run], width: int
) -> None:
    wrong = [
        cell
        for name, run in expected.items()
        if run.series
        for cell in wrong_candles(server, name, run, width=width, limit=10000)
    ]
    assert wrong == []


def test_each_of_many_damaged_records_of_a_long_file_is_one_point_less_and_one_report(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    dice = random.Random(11)
    content = bytearray(records.many_scalars("loss", (float(step % 977) for step in range(LONG_FILE_POINTS))))
    starts = starts_of(bytes(content))
    damaged = sorted(dice.sample(range(1, LONG_FILE_POINTS), 60))
    for number in damaged:
        content[dice.randrange(starts[number], starts[number + 1])] ^= 1 << dice.randrange(8)
    records.write_run(tmp_path, "run", bytes(content))

    server = tensorboard_server(tmp_path)
    server.wait_for_points("run", LONG_FILE_POINTS - len(damaged))
    assert [problem["offset"] for problem in server.problems("run")] == [starts[n] for n in damaged]
    for number in damaged:
        step = number - 1
        (answer,) = server.get_json("candles", run="run", tag="loss", width=1, start=step - 1, end=step + 2)[
            "candles"
        ]
        near = [at for at in (step - 1, step, step + 1) if at >= 0 and at + 1 not in damaged]
        assert answer["columns"]["first_step"] == near
        assert answer["columns"]["high"] == [at % 977 for at in near]


def starts_of(content: bytes) -> list[int]:
    """Where each record begins, and the end."""
    starts = [0]
    while starts[-1] < len(content):
        (length,) = struct.unpack_from("<Q", content, starts[-1])
        starts.append(starts[-1] + 16 + length)
    return starts
