"""Points that a writer can write and no one expects, and parameters that no one would give."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import brute_force, records
from tests.support.brute_force import Run
from tests.support.series import served_candles, wrong_candles
from tests.support.server import Server

FAR = [0, 1, 10**9, 2**53 + 1, 2**53 + 2, 2**62]
BELOW_ZERO = [-(2**62), -7, -1, 0, 5]
WALL_TIMES = {"nan": math.nan, "infinite": math.inf, "negative": -5.0, "zero": 0.0, "far": 1e300}
FUZZ = {
    "by": ["steps", "epochs", "seconds", "steps "],
    "width": ["0.5", "2.5", "1", "3", "1e-300", "1e18", "1e19", "1e300", "9223372036854775808", "-0", " 7 "],
    "start": ["-1e300", "-1", "0", "0.5", "5", "1e18", "1e19", "-9223372036854775808", "-inf"],
    "end": ["-1", "0.25", "10", "1e18", "1e300", "9223372036854775807", "inf"],
    "limit": ["1", "2", "10000", "1.0", "007", "１"],
    "steps_per_epoch": ["1", "3", "0.5", "1e18", "9223372036854775808", "1000000"],
    "volume": ["count", "loss", "", "no such tag"],
    "format": ["json", "csv", "safetensors", "JSON"],
    "unknown": ["x"],
}  # fmt: skip


def file_of(steps: list[int]) -> bytes:
    points = (
        records.scalar_record("loss", step=step, wall_time=records.FIRST_SECOND + n, value=n + 0.5)
        for n, step in enumerate(steps)
    )
    return records.version_record() + b"".join(points)


def file_with_wall_time(wall_time: float) -> bytes:
    sound = records.scalar_file("loss", [3.0, 2.0])
    return sound + records.scalar_record("loss", step=2, wall_time=wall_time, value=1.0)


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    logdir = tmp_path_factory.mktemp("extremes")
    records.write_run(logdir, "far", file_of(FAR))
    records.write_run(logdir, "below zero", file_of(BELOW_ZERO))
    for name, wall_time in WALL_TIMES.items():
        records.write_run(logdir, f"time/{name}", file_with_wall_time(wall_time))
    return logdir


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], logdir: Path) -> Server:
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="far", points=len(FAR))
    return started


def read(logdir: Path, run: str) -> Run:
    return brute_force.read_run(logdir / run)


@pytest.mark.parametrize("run", ["far", "below zero"])
@pytest.mark.parametrize("width", [1, 10, 2**53, 10**18])
def test_steps_anywhere_in_64_bits_are_exact(server: Server, logdir: Path, run: str, width: int) -> None:
    assert wrong_candles(server, run, read(logdir, run), by="steps", width=width) == []


@pytest.mark.parametrize("run", ["far", "below zero"])
@pytest.mark.parametrize("steps_per_epoch", [1, 1000, 10**12])
def test_epochs_of_any_number_of_steps_are_exact(
    server: Server, logdir: Path, run: str, steps_per_epoch: int
) -> None:
    query = {"by": "epochs", "width": 1, "steps_per_epoch": steps_per_epoch}
    assert wrong_candles(server, run, read(logdir, run), **query) == []


@pytest.mark.parametrize("limit", [2, 3, 1000])
def test_automatic_width_reaches_over_all_steps(server: Server, logdir: Path, limit: int) -> None:
    for run in ("far", "below zero"):
        (answer,) = served_candles(server, [(run, "loss")], limit=limit)
        expected = brute_force.candles(read(logdir, run), "loss", limit=limit)
        assert (answer["width"], answer["columns"]["x"]) == (expected.width, expected.columns["x"])


@pytest.mark.parametrize("name", WALL_TIMES)
def test_a_strange_wall_time_costs_no_point(server: Server, name: str) -> None:
    assert server.values(f"time/{name}") == {0: 3.0, 1: 2.0, 2: 1.0}
    for params in ({"by": "seconds"}, {"by": "seconds", "width": 10}):
        answer = server.get("candles", run=f"time/{name}", tag="loss", **params)
        assert answer.status in (200, 400), answer.body
        answer.json()
    assert server.get_json("points", run=f"time/{name}", tag="loss")


def test_no_combination_of_parameters_is_a_server_error(server: Server) -> None:
    dice = random.Random(5)
    failed = []
    for _ in range(400):
        names = dice.sample(list(FUZZ), dice.randint(1, 4))
        params = {name: dice.choice(FUZZ[name]) for name in names}
        run = dice.choice(["far", "below zero", "time/zero", "time/far"])
        route = dice.choice(["candles", "candles", "points"])
        answer = server.get(route, run=run, tag="loss", **params)
        if answer.status not in (200, 400, 404):
            failed.append(f"{route} {run} {params}: {answer.status}")
        elif answer.status != 200:
            assert answer.error()
    assert failed == []
