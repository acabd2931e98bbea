from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.api.runs import news
from tensorboard_candles.api.told import Told
from tensorboard_candles.errors import NotFound
from tensorboard_candles.events import LogRoot, log_roots
from tensorboard_candles.store import LocalSource, merged
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.memory import ScratchFor
from tensorboard_candles.store.restarts import FilePart, surviving
from tests.support.records import FILE_NAME, scalar_file, scalar_record, start_record, version_record


def write(directory: Path, content: bytes, name: str = FILE_NAME) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_bytes(content)
    return path


def source_of(tmp_path: Path) -> LocalSource:
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    return source


def test_series_hold_every_point(tmp_path: Path) -> None:
    write(tmp_path / "a", scalar_file("loss", [3.0, 2.0, 1.0]))
    assert source_of(tmp_path).run("a").series["loss"].value.tolist() == [3.0, 2.0, 1.0]


def test_a_view_stays_as_it_was_while_the_run_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path, scalar_file("loss", [3.0]))
    source = source_of(tmp_path)
    before = source.run(".")
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=1, value=2.0))
    source.refresh()
    assert before.series["loss"].value.tolist() == [3.0]
    assert source.run(".").series["loss"].value.tolist() == [3.0, 2.0]
    assert source.run(".").version != before.version


def test_versions_stay_while_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path / "a", scalar_file("loss", [3.0]))
    source = source_of(tmp_path)
    versions = source.version(), source.run("a").version
    source.refresh()
    assert (source.version(), source.run("a").version) == versions


def test_a_directory_that_is_named_twice_is_read_once_and_stays_the_same(tmp_path: Path) -> None:
    write(tmp_path / "x", scalar_file("loss", [3.0]))
    source = LocalSource(log_roots("", f"a:{tmp_path},a:{tmp_path}"))
    source.refresh()
    version = source.version()
    source.refresh()
    assert source.version() == version
    assert source.run("a/x").series["loss"].value.tolist() == [3.0]
    assert source.loading().total == 1


def test_a_session_start_within_a_file_voids_what_the_file_said_before(tmp_path: Path) -> None:
    steps = [scalar_record("loss", step=step, value=1.0) for step in range(5)]
    again = [start_record(3, wall_time=1.7e9 + 9), scalar_record("loss", step=3, value=9.0)]
    write(tmp_path, b"".join([version_record(), *steps, *again]))
    assert source_of(tmp_path).run(".").series["loss"].value.tolist() == [1.0, 1.0, 1.0, 9.0]


def test_deleted_files_and_runs_are_forgotten(tmp_path: Path) -> None:
    write(tmp_path / "a", scalar_file("loss", [3.0]))
    write(tmp_path / "b", scalar_file("loss", [3.0]))
    source = source_of(tmp_path)
    shutil.rmtree(tmp_path / "a")
    source.refresh()
    assert [run.name for run in source.runs()] == ["b"]
    with pytest.raises(NotFound, match="no such run: 'a'"):
        source.run("a")


def test_runs_below_a_directory_that_could_not_be_listed_stay_until_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for directory in ("a", "a/deep/er", "ab", "b"):
        write(tmp_path / directory, scalar_file("loss", [3.0]))
    source = source_of(tmp_path)

    def scandir(directory: str) -> Any:
        if directory == str(tmp_path / "a"):
            raise OSError(errno.ESTALE, "Stale file handle")
        return os_scandir(directory)

    os_scandir = os.scandir
    with monkeypatch.context() as patch, (tmp_path / "a" / FILE_NAME).open("ab") as file:
        patch.setattr(os, "scandir", scandir)
        file.write(scalar_record("loss", step=1, value=2.0))
        file.flush()
        shutil.rmtree(tmp_path / "ab")
        source.refresh()
        assert [run.name for run in source.runs()] == ["a", "a/deep/er", "b"]
        assert [problem.what for problem in source.problems()] == ["Stale file handle"]
        assert len(source.run("a").series["loss"]) == 2
    shutil.rmtree(tmp_path / "a")
    source.refresh()
    assert [run.name for run in source.runs()] == ["b"]
    assert source.problems() == []


def test_damage_is_told_with_run_file_and_offset(tmp_path: Path) -> None:
    good = scalar_file("loss", [3.0])
    broken = bytearray(scalar_record("loss", step=1, value=2.0))
    broken[20] ^= 1
    write(tmp_path / "a", good + bytes(broken) + scalar_record("loss", step=2, value=1.0))
    source = source_of(tmp_path)
    assert [(p.run, p.file, p.offset) for p in source.problems()] == [("a", FILE_NAME, len(good))]
    assert source.run("a").series["loss"].step.tolist() == [0, 2]


def test_problems_are_all_counted_and_only_the_first_are_told(tmp_path: Path) -> None:
    broken = bytearray(scalar_record("loss", step=1, value=2.0))
    broken[20] ^= 1
    good = scalar_record("loss", step=2, value=1.0)
    write(tmp_path / "a", good + (bytes(broken) + good) * 1500)
    write(tmp_path / "b", good + (bytes(broken) + good) * 20)
    source = source_of(tmp_path)
    assert source.problem_count() == 1520
    assert [problem.run for problem in source.problems()] == ["a"] * 1000 + ["b"] * 20
    answer, _ = news(source, source.version(), since="", told=Told())
    assert (answer["problem_count"], len(answer["problems"])) == (1520, 1000)
    assert [problem.offset for problem in source.problems(2)] == [len(good), 3 * len(good)]


def test_a_file_that_is_all_garbage_is_a_problem_and_no_run(tmp_path: Path) -> None:
    write(tmp_path / "a", b"\xa5" * 4096)
    source = source_of(tmp_path)
    assert source.runs() == []
    assert [problem.run for problem in source.problems()] == ["a"]


def test_loading_counts_files_and_bytes(tmp_path: Path) -> None:
    size = write(tmp_path / "a", scalar_file("loss", [3.0])).stat().st_size
    write(tmp_path / "b", b"")
    loading = source_of(tmp_path).loading()
    assert (loading.done, loading.total, loading.bytes_read, loading.bytes_total) == (2, 2, size, size)


def test_before_the_first_look_loading_is_not_done(tmp_path: Path) -> None:
    loading = LocalSource([LogRoot(tmp_path)]).loading()
    assert loading.done < loading.total


def test_the_first_point_of_any_tag_is_the_start_of_the_run(tmp_path: Path) -> None:
    records = [
        scalar_record("a", step=0, wall_time=7.0, value=1),
        scalar_record("b", step=0, wall_time=5.0, value=1),
    ]
    write(tmp_path, b"".join(records))
    assert source_of(tmp_path).run(".").start_time == 5.0


def test_while_one_run_is_put_together_the_others_are_read_and_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "large", scalar_file("loss", [3.0]))
    path = write(tmp_path / "small", scalar_file("loss", [3.0]))
    source = source_of(tmp_path)
    is_building, may_end = threading.Event(), threading.Event()

    def slowly(parts: Sequence[FilePart], scratch_for: ScratchFor) -> PointColumns:
        if threading.current_thread() is request:
            is_building.set()
            assert may_end.wait(60)
        return surviving(parts, scratch_for)

    monkeypatch.setattr(merged, "surviving", slowly)
    request = threading.Thread(target=source.run, args=("large",))
    request.start()
    assert is_building.wait(60)
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=1, value=2.0))
    source.refresh()
    assert source.run("small").series["loss"].value.tolist() == [3.0, 2.0]
    assert source.loading().total == 2
    may_end.set()
    request.join()


def test_what_is_watched_is_read_between_two_looks_at_all(tmp_path: Path) -> None:
    first = scalar_record("loss", step=1, value=2.0)
    paths = [write(tmp_path / run, first) for run in ("watched", "other")]
    source = source_of(tmp_path)
    for path in paths:
        with path.open("ab") as file:
            file.write(scalar_record("loss", step=2, value=1.0))
    source._look_at_watched(time.monotonic())
    assert [len(run.series["loss"]) for run in source.runs()] == [1, 1]
    source.watch(["watched", "nothing"])
    source._look_at_watched(time.monotonic())
    assert {run.name: len(run.series["loss"]) for run in source.runs()} == {"watched": 2, "other": 1}
    version = source.version()
    source._look_at_watched(time.monotonic())
    assert source.version() == version
    source.refresh()
    assert [len(run.series["loss"]) for run in source.runs()] == [2, 2]
