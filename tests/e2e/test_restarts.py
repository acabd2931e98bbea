"""Order and restarts, on many made-up runs of several files, against a brute force."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.support import brute_force, records
from tests.support.brute_force import Run
from tests.support.series import wrong_candles
from tests.support.server import Server

RUN_COUNT = 240


class MadeUpRun:
    """Files of a training that restarts, purges, runs beside itself and logs late, on a grid of 0.5 s."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = records.FIRST_SECOND
        self.next_step = 0
        numbers = self.random.sample(range(1000, 9999), 4)
        self.files: dict[str, bytes] = {}
        for number in numbers[: self.random.randint(1, 4)]:
            self.files[f"events.out.tfevents.170000{number}.localhost.{number}"] = self.file()

    def file(self) -> bytes:
        began = self.now
        first = self.next_step + self.random.choice([0, 0, 1, 7, -1, -5, -20, -(10**6)])
        step = first = max(0, first)
        content = records.version_record(self.now)
        if self.random.random() < 0.3:
            content += records.start_record(step, wall_time=self.now)
        for _ in range(self.random.randint(1, 40)):
            self.now += self.random.choice([0.0, 0.5, 0.5, 1.0])
            late = self.random.random() < 0.08
            content += self.point("a", max(first, step - self.random.randint(1, 6)) if late else step)
            if step % 3 == 0:
                content += self.point("b", step)
            if self.random.random() < 0.03:
                content += records.start_record(max(0, step - 3), wall_time=self.now)
            step += self.random.choice([0, 1, 1, 1, 2])
        self.next_step = step
        beside = self.random.random() < 0.35
        ended = self.now
        self.now = began + (ended - began) // 2 if beside else ended + self.random.choice([0.0, 0.5, 60.0])
        return content

    def point(self, tag: str, step: int) -> bytes:
        return records.scalar_record(tag, step=step, wall_time=self.now, value=self.random.uniform(-1, 1))


def write(directory: Path, files: dict[str, bytes]) -> None:
    directory.mkdir(parents=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


def clear_cases(logdir: Path) -> dict[str, Run]:
    """Runs on whose points every reading of the design agrees."""
    cases: dict[str, Run] = {}
    for seed in count():
        name = f"run {seed}"
        write(logdir / name, MadeUpRun(seed).files)
        paths = sorted((logdir / name).iterdir())
        files = [brute_force.read_file(path, number) for number, path in enumerate(paths)]
        run = brute_force.run_of_files(files)
        if brute_force.run_of_files(files, dropped_points_count=True) == run:
            cases[name] = run
        if len(cases) == RUN_COUNT:
            return cases
    raise AssertionError("unreachable")


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("restarts")


@pytest.fixture(scope="module")
def cases(logdir: Path) -> dict[str, Run]:
    return clear_cases(logdir)


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], logdir: Path, cases: dict[str, Run]) -> Server:
    assert len(cases) == RUN_COUNT
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def test_made_up_runs_hold_every_kind_of_restart(logdir: Path, cases: dict[str, Run]) -> None:
    several_files = [name for name in cases if len(list((logdir / name).iterdir())) > 1]
    with_drops = [name for name, run in cases.items() if points_written(logdir / name) > points_kept(run)]
    assert len(several_files) > RUN_COUNT / 2
    assert RUN_COUNT / 4 < len(with_drops) < RUN_COUNT


def test_points_after_restarts_are_those_of_the_rules(server: Server, cases: dict[str, Run]) -> None:
    served = {name: {tag["tag"]: tag["points"] for tag in run["tags"]} for name, run in server.runs().items()}
    expected = {name: {tag: len(points) for tag, points in run.series.items()} for name, run in cases.items()}
    assert {name: served.get(name, {}) for name in cases} == expected


@pytest.mark.parametrize("width", [0.75, 5, 10000])
def test_candles_by_seconds_begin_at_the_earliest_point_that_counts(
    server: Server, cases: dict[str, Run], width: float
) -> None:
    wrong = [
        cell
        for name, run in cases.items()
        for cell in wrong_candles(server, name, run, by="seconds", width=width)
    ]
    assert wrong == []


@pytest.mark.parametrize("width", [1, 10, 1000])
def test_candles_after_restarts_are_those_of_the_rules(
    server: Server, cases: dict[str, Run], width: int
) -> None:
    wrong = [cell for name, run in cases.items() for cell in wrong_candles(server, name, run, width=width)]
    assert wrong == []


def points_written(directory: Path) -> int:
    files = [brute_force.read_file(path, 0) for path in directory.iterdir()]
    return sum(len(points) for file in files for points in file.points.values())


def points_kept(run: Run) -> int:
    return sum(len(points) for points in run.series.values())
