"""Runs of a log directory, on this machine and in a bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Progress, Status
from tensorboard_candles.errors import Forbidden
from tensorboard_candles.launch.runs import Runs
from tensorboard_candles.remote_files import open_system
from tests.support.s3 import ObjectStore


def test_all_runs_of_a_bucket_are_asked_for_through_one_connection(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def counted(url: str) -> Any:
        opened.append(url)
        return open_system(url)

    monkeypatch.setattr("tensorboard_candles.launch.runs.open_system", counted)
    logdir = s3.url("logs")
    said = Status(
        session="12ab" * 4, beat=1, every_secs=3.0, host="h", pid=1, time=5.0, state="running", obeys=(),
        progress=Progress(started_time=1.0),
    )  # fmt: skip
    ControlFiles.of(f"{logdir}/toy/b").write_status(said)
    runs, names = Runs(logdir), [f"toy/{name}" for name in "abcdefgh"]
    with ThreadPoolExecutor(8) as threads:
        found = dict(zip(names, threads.map(lambda run: runs.control(run).status(), names), strict=True))
        there = dict(zip(names, threads.map(runs.has, names), strict=True))
    assert {run: status for run, status in found.items() if status} == {"toy/b": said}
    assert [run for run, is_there in there.items() if is_there] == ["toy/b"]
    assert opened == [logdir]


def test_a_run_that_a_link_leads_elsewhere_is_there_and_has_no_control_files(tmp_path: Path) -> None:
    logdir, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    logdir.mkdir()
    elsewhere.mkdir()
    (logdir / "a").mkdir()
    (logdir / "b").symlink_to(elsewhere)
    runs = Runs(str(logdir))
    assert runs.has("a")
    assert not runs.has("c")
    with pytest.raises(Forbidden):
        runs.control("b")
