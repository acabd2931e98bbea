"""A training that goes on while TensorBoard serves it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support import records
from tests.support.server import Server, eventually

WRITER = """
import sys, time
with open(sys.argv[1], "ab", buffering=0) as file:
    for line in sys.stdin:
        file.write(bytes.fromhex(line))
        print("written", flush=True)
"""


class Appender:
    """A process of its own that appends to a file."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def write(self, content: bytes) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(content.hex() + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "written\n"


@pytest.fixture
def appender(tmp_path: Path) -> Iterator[Appender]:
    path = records.write_run(tmp_path, "run", records.version_record() + point(0))
    started = Appender(path)
    yield started
    started.process.communicate()


def is_served(server: Server, step: int) -> bool:
    return step in server.values("run")


def value_at(step: int) -> float:
    return float((step * 37) % 101)


def point(step: int) -> bytes:
    return records.scalar_record("loss", step=step, value=value_at(step))


def test_points_that_are_appended_become_candles(
    tmp_path: Path, tensorboard_server: Callable[..., Server], appender: Appender
) -> None:
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=1)
    waited = []
    for step in range(1, 6):
        appender.write(point(step))
        began = time.monotonic()
        eventually(partial(is_served, server, step), what="the new candle")
        waited.append(time.monotonic() - began)
    assert server.values("run") == {step: value_at(step) for step in range(6)}
    print("seconds until an appended point was served:", [round(seconds, 2) for seconds in waited])


def test_no_wrong_point_and_no_problem_is_ever_served_while_records_are_torn(
    tmp_path: Path, tensorboard_server: Callable[..., Server], appender: Appender
) -> None:
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=1)
    cuts = random.Random(3)
    for step in range(1, 21):
        record = point(step)
        at = cuts.randrange(1, len(record))
        appender.write(record[:at])
        until = time.monotonic() + cuts.uniform(0, 0.4)
        while True:
            assert_only_what_was_written(server, written=step, at_most=step)
            if time.monotonic() > until:
                break
        appender.write(record[at:])
        assert_only_what_was_written(server, written=step, at_most=step + 1)
    server.wait_for_points("run", 21)
    assert server.values("run") == {step: value_at(step) for step in range(21)}
    assert server.problems() == []


def assert_only_what_was_written(server: Server, *, written: int, at_most: int) -> None:
    found = server.values("run")
    assert 1 <= len(found) <= at_most
    assert found == {step: value_at(step) for step in range(len(found))}, written
    assert server.problems() == []
