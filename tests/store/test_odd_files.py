"""What nobody thought of in one file, or in the directory, stays with that file or that look."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.events import BulkDecoder, LogRoot, discover
from tensorboard_candles.events.discovery import Discovered
from tensorboard_candles.store import LocalSource, local, readers
from tests.support.records import scalar_file, scalar_record, write_run


class StumblingDecoder(BulkDecoder):
    """Has a fault that only shows in files that speak of an oddity."""

    def decode(self, buffer: bytes, *others: Any) -> Any:
        if b"oddity" in buffer:
            raise IndexError("nobody thought of this")
        return super().decode(buffer, *others)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalSource:
    """Runs a, b and c, of which the decoder stumbles over b."""
    monkeypatch.setattr(readers, "BulkDecoder", StumblingDecoder)
    for run, tag in [("a", "loss"), ("b", "oddity"), ("c", "loss")]:
        write_run(tmp_path, run, scalar_file(tag, [3.0, 2.0]))
    return LocalSource([LogRoot(tmp_path)])


def test_a_file_that_the_decoder_stumbles_over_leaves_the_others_readable(
    source: LocalSource, tmp_path: Path
) -> None:
    source.refresh()
    with next((tmp_path / "c").iterdir()).open("ab") as file:
        file.write(scalar_record("loss", step=2, value=1.0))
    source.refresh()
    assert [(run.name, len(run.series["loss"])) for run in source.runs()] == [("a", 2), ("c", 3)]
    (problem,) = source.problems()
    assert (problem.run, problem.what) == ("b", "could not be read: IndexError: nobody thought of this")
    loading = source.loading()
    assert loading.done == loading.total == 3


def test_an_odd_file_is_logged_once_with_its_traceback_and_changes_nothing_at_each_poll(
    source: LocalSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.refresh()
    version = source.version()
    source.refresh()
    source.refresh()
    assert source.version() == version
    (logged,) = caplog.records
    assert logged.levelno == logging.ERROR
    assert logged.exc_info


def test_an_odd_file_is_read_once_it_no_longer_is_odd(source: LocalSource, tmp_path: Path) -> None:
    source.refresh()
    next((tmp_path / "b").iterdir()).write_bytes(scalar_file("loss", [1.0]))
    source.refresh()
    assert [run.name for run in source.runs()] == ["a", "b", "c"]
    assert source.problems() == []


def test_half_a_window_never_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = scalar_file("loss", [3.0, 2.0]) + scalar_record("acc", step=0, value=1.0)
    write_run(tmp_path, "a", content)
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    grow(tmp_path / "a", scalar_record("loss", step=2, value=1.0))
    with monkeypatch.context() as short:
        short.setattr("tensorboard_candles.store.columns.Column.extend", raise_memory_error)
        source.refresh()
    assert "MemoryError" in source.problems()[0].what
    assert source.run("a").series["loss"].value.tolist() == [3.0, 2.0]
    assert source.run("a").series["acc"].value.tolist() == [1.0]
    source.refresh()
    assert source.problems() == []
    assert source.run("a").series["loss"].value.tolist() == [3.0, 2.0, 1.0]


def test_a_listing_that_fails_is_a_problem_and_the_files_that_are_known_are_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_run(tmp_path, "a", scalar_file("loss", [3.0]))
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    version = source.version()
    grow(tmp_path / "a", scalar_record("loss", step=1, value=2.0))
    with monkeypatch.context() as odd:
        odd.setattr(local, "discover", raise_recursion_error)
        source.refresh()
        source.refresh()
    assert [problem.what for problem in source.problems()] == ["could not be listed: RecursionError: deep"]
    assert len(source.run("a").series["loss"]) == 2
    assert source.version() != version
    assert len(caplog.records) == 1
    source.refresh()
    assert source.problems() == []


def test_after_a_listing_that_fails_nothing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "discover", raise_recursion_error)
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    loading = source.loading()
    assert loading.done == loading.total


def test_where_one_look_was_asked_for_a_failed_look_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path, "a", scalar_file("loss", [3.0]))
    looks = 0

    def discover_at_last(roots: Sequence[LogRoot]) -> Discovered:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise RecursionError("deep")
        return discover(roots)

    monkeypatch.setattr(local, "discover", discover_at_last)
    monkeypatch.setattr(local, "_TRY_AGAIN_SECS", 0.01)
    source = LocalSource([LogRoot(tmp_path)], poll_secs=None)
    source.start()
    assert source._thread
    source._thread.join(timeout=60)
    assert not source._thread.is_alive()
    assert looks == 3
    assert [run.name for run in source.runs()] == ["a"]


def grow(run: Path, record: bytes) -> None:
    with next(run.iterdir()).open("ab") as file:
        file.write(record)


def raise_memory_error(*_: object) -> None:
    raise MemoryError


def raise_recursion_error(*_: object) -> Discovered:
    raise RecursionError("deep")
