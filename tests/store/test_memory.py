"""A budget for points: what is beyond it lies on disk, and every answer stays as it was."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.events import LogRoot
from tensorboard_candles.ohlc import Candles, StepAxis, candles
from tensorboard_candles.store import LocalSource, Memory, RunView
from tensorboard_candles.store.memory import _group_limits, usable_bytes
from tests.support.records import many_scalars, scalar_file, scalar_record, write_run

POINTS = 20_000
RUNS = ["a", "b", "c", "d"]
BYTES_OF_A_RUN = 12 * POINTS


def write_runs(logdir: Path, runs: list[str]) -> None:
    for number, run in enumerate(runs):
        values = np.random.default_rng(number).normal(size=POINTS)
        write_run(logdir, run, many_scalars("loss", values.tolist()))


def source_of(logdir: Path, memory: Memory) -> LocalSource:
    source = LocalSource([LogRoot(logdir)], memory=memory)
    source.refresh()
    return source


def is_on_disk(view: RunView) -> bool:
    """Whether the values are of a read-only map rather than in memory."""
    return all(not series.value.flags.writeable for series in view.series.values())


def all_candles(source: LocalSource) -> list[dict[str, Any]]:
    found = [candles(series, StepAxis()) for view in source.runs() for series in view.series.values()]
    return [columns_of(one) for one in found]


def columns_of(found: Candles) -> dict[str, Any]:
    return {name: np.asarray(getattr(found, name)).tolist() for name in Candles.__dataclass_fields__}


@pytest.mark.parametrize("budget_bytes", [1, BYTES_OF_A_RUN // 3, 2 * BYTES_OF_A_RUN])
def test_within_any_budget_candles_are_those_without_one(tmp_path: Path, budget_bytes: int) -> None:
    write_runs(tmp_path / "logs", RUNS)
    unlimited, memory = Memory(1 << 40), Memory(budget_bytes, tmp_path / "scratch")
    expected = all_candles(source_of(tmp_path / "logs", unlimited))
    assert all_candles(source_of(tmp_path / "logs", memory)) == expected
    assert memory.held_bytes <= budget_bytes
    assert unlimited.held_bytes >= len(RUNS) * BYTES_OF_A_RUN


def test_what_was_asked_for_lately_stays_in_memory(tmp_path: Path) -> None:
    write_runs(tmp_path / "logs", RUNS[:3])
    memory = Memory(4 * BYTES_OF_A_RUN + 1000, tmp_path / "scratch")
    source = source_of(tmp_path / "logs", memory)
    for run in ("c", "a"):
        source.run(run)
    write_runs(tmp_path / "logs", ["d", "e"])
    source.refresh()
    on_disk = {view.name for view in source.runs() if is_on_disk(view)}
    assert "b" in on_disk
    assert not {"a", "c"} & on_disk


def test_a_run_on_disk_goes_on_there(tmp_path: Path) -> None:
    path = write_run(tmp_path / "logs", "a", scalar_file("loss", [3.0]))
    memory = Memory(1, tmp_path / "scratch")
    source = source_of(tmp_path / "logs", memory)
    before = source.run("a")
    for step in range(1, 300):
        with path.open("ab") as file:
            file.write(scalar_record("loss", step=step, value=float(step)))
        source.refresh()
        assert memory.held_bytes <= 1
    after = source.run("a").series["loss"]
    assert before.series["loss"].value.tolist() == [3.0]
    assert after.value.tolist() == [3.0, *range(1, 300)]
    assert after.step[:].tolist() == list(range(300))
    assert after.lineage is before.series["loss"].lineage


def test_to_move_a_run_changes_neither_its_version_nor_what_was_seen_of_it(tmp_path: Path) -> None:
    write_runs(tmp_path / "logs", ["a"])
    memory = Memory(1 << 40, tmp_path / "scratch")
    source = source_of(tmp_path / "logs", memory)
    before = source.run("a")
    expected = before.series["loss"].value.tolist()
    memory.budget_bytes = 1
    memory.make_room()
    after = source.run("a")
    assert (is_on_disk(before), is_on_disk(after)) == (False, True)
    assert after.version == before.version
    assert after.series["loss"].lineage is before.series["loss"].lineage
    assert before.series["loss"].value.tolist() == after.series["loss"].value.tolist() == expected


def test_what_several_files_make_together_lies_on_disk_where_memory_has_no_room(tmp_path: Path) -> None:
    for number in range(3):
        records = [
            scalar_record("loss", step=step, value=float(number), wall_time=1e9 + 1000 * number + step)
            for step in range(50 * number, 50 * number + 100)
        ]
        write_run(tmp_path / "logs", "a", b"".join(records), name=f"events.out.tfevents.{number}")
    memory = Memory(1, tmp_path / "scratch")
    source = source_of(tmp_path / "logs", memory)
    series = source.run("a").series["loss"]
    assert memory.held_bytes <= 1
    assert not series.value.flags.writeable
    assert series.value.tolist() == [0.0] * 50 + [1.0] * 50 + [2.0] * 100
    assert series.step[:].tolist() == list(range(200))


def test_who_looks_at_runs_makes_room_for_what_that_takes(tmp_path: Path) -> None:
    write_runs(tmp_path / "logs", ["a"])
    again = [scalar_record("loss", step=step, wall_time=2e9 + step, value=1.0) for step in range(10, 100)]
    write_run(tmp_path / "logs", "a", b"".join(again), name="events.out.tfevents.2")
    memory = Memory(1 << 40, tmp_path / "scratch")
    source = source_of(tmp_path / "logs", memory)
    source.run("a")
    with next((tmp_path / "logs" / "a").glob("*.2")).open("ab") as file:
        file.write(scalar_record("loss", step=100, wall_time=2e9 + 100, value=1.0))
    source.refresh()
    memory.budget_bytes = memory.held_bytes
    assert [len(view.series["loss"]) for view in source.runs()] == [101]
    assert memory.held_bytes <= memory.budget_bytes


def test_runs_that_went_are_not_counted(tmp_path: Path) -> None:
    write_runs(tmp_path, RUNS)
    memory = Memory(1 << 40)
    source = source_of(tmp_path, memory)
    assert memory.held_bytes >= 4 * BYTES_OF_A_RUN
    for path in (tmp_path / "a").iterdir():
        path.unlink()
    (tmp_path / "a").rmdir()
    source.refresh()
    assert 3 * BYTES_OF_A_RUN <= memory.held_bytes < 4 * BYTES_OF_A_RUN


def test_a_run_that_is_quiet_takes_twelve_bytes_a_point(tmp_path: Path) -> None:
    path = write_run(tmp_path, "a", many_scalars("loss", [0.5] * POINTS))
    memory = Memory(1 << 40)
    source = source_of(tmp_path, memory)
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=POINTS, value=0.5))
    source.refresh()
    assert memory.held_bytes > 1.1 * BYTES_OF_A_RUN
    version = source.run("a").version
    for _ in range(6):
        source.refresh()
    assert memory.held_bytes == 12 * (POINTS + 1)
    assert source.run("a").version == version
    assert len(source.run("a").series["loss"]) == POINTS + 1


def test_a_full_disk_is_told_once_and_costs_no_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full_disk)
    write_runs(tmp_path / "logs", RUNS)
    source = source_of(tmp_path / "logs", Memory(1, tmp_path / "scratch"))
    assert all_candles(source) == all_candles(source_of(tmp_path / "logs", Memory(1 << 40)))
    assert source.problem_count() == 1
    assert [problem.what for problem in source.problems()] == [
        "what is beyond --candles_memory stays in memory: No space left on device"
    ]


LIMITED = """
import json, resource, sys, threading
from pathlib import Path
from tensorboard_candles.events import LogRoot
from tensorboard_candles.ohlc import StepAxis, candles
from tensorboard_candles.store import LocalSource, Memory

logs, scratch, budget_bytes, limit_bytes = *map(Path, sys.argv[1:3]), *map(int, sys.argv[3:])
threading.stack_size(1 << 20)
lines = Path("/proc/self/status").read_text().splitlines()
taken = next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (taken + limit_bytes,) * 2)
source = LocalSource([LogRoot(logs)], memory=Memory(budget_bytes, scratch))
source.refresh()
print(json.dumps([
    [view.name, len(series), candles(series, StepAxis()).mean.tolist()]
    for view in source.runs() for series in view.series.values()
]))
"""
"""Reads a log directory with no more memory than a limit beyond what starting took, as in a container."""
MANY_RUNS = 200
MANY_POINTS = 50_000
LIMIT_BYTES = 100 << 20
"""Reading takes 60 MB whatever there is to be read; all points take 120 MB more."""


@pytest.fixture(scope="module")
def many_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of one content: links to one file, of which the disk need hold but one."""
    logs = tmp_path_factory.mktemp("many_runs")
    path = write_run(logs, "run_000", many_scalars("loss", [n % 977 / 7 for n in range(MANY_POINTS)]))
    for number in range(1, MANY_RUNS):
        link = logs / f"run_{number:03}" / path.name
        link.parent.mkdir()
        os.link(path, link)
    return logs


def read_limited(logs: Path, scratch: Path, budget_bytes: int) -> subprocess.CompletedProcess[str]:
    numbers = [str(budget_bytes), str(LIMIT_BYTES)]
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(logs), str(scratch), *numbers],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory that is no file's")
def test_points_that_memory_can_not_hold_are_read_and_served(many_runs: Path, tmp_path: Path) -> None:
    done = read_limited(many_runs, tmp_path, 4 << 20)
    assert done.returncode == 0, done.stderr
    series = candles(
        source_of(many_runs, Memory(1 << 40)).run("run_000").series["loss"], StepAxis()
    ).mean.tolist()
    assert json.loads(done.stdout) == [[f"run_{n:03}", MANY_POINTS, series] for n in range(MANY_RUNS)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory that is no file's")
def test_without_a_budget_the_same_points_do_not_fit(many_runs: Path, tmp_path: Path) -> None:
    # What the test above shows depends on this.
    done = read_limited(many_runs, tmp_path, 1 << 40)
    found = json.loads(done.stdout) if done.returncode == 0 else []
    assert sum(points for _, points, _ in found) < MANY_RUNS * MANY_POINTS


def test_by_default_half_of_the_memory_that_there_is_may_be_taken() -> None:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < usable_bytes() <= physical
    assert Memory().budget_bytes == usable_bytes() // 2


def test_the_limits_of_every_control_group_around_count(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "memory" / "c").mkdir(parents=True)
    (tmp_path / "a" / "b" / "memory.max").write_text("max\n")
    (tmp_path / "a" / "memory.max").write_text("1000\n")
    (tmp_path / "memory" / "c" / "memory.limit_in_bytes").write_text("3000\n")
    (tmp_path / "groups").write_text("12:memory:/c\n11:cpu,cpuacct:/d\n0::/a/b\n")
    assert list(_group_limits(tmp_path / "groups", tmp_path)) == [3000, 1000]
    assert list(_group_limits(tmp_path / "none", tmp_path)) == []
