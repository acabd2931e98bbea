"""Log directories as a process finds them that begins now, with a cache and without."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np

from tensorboard_candles.events import LogRoot, Points
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource
from tensorboard_candles.store.run import RunFile, Saved
from tests.support.reading import plain_lines
from tests.support.records import (
    FILE_NAME,
    description_record,
    scalar_file,
    scalar_record,
    start_record,
    version_record,
    write_run,
)


def read(logs: Path, kept: Cache | None = None) -> LocalSource:
    """The log directory as a process finds it that begins now."""
    keeper = CacheKeeper(kept, quiet_secs=0) if kept else None
    source = LocalSource([LogRoot(logs)], poll_secs=None, keeper=keeper)
    source.refresh()
    return source


def read_and_keep(logs: Path, kept: Cache) -> LocalSource:
    """The same, until all is written that is to be kept."""
    source = LocalSource([LogRoot(logs)], poll_secs=None, keeper=CacheKeeper(kept, quiet_secs=0))
    source.start()
    assert source._thread
    source._thread.join(60)
    return source


def everything(source: LocalSource) -> Any:
    """Each answer to the last bit."""
    runs = {
        run.name: (
            repr((run.start_time, run.end_time)),
            bits(run.epoch_marks),
            {tag: bits(Points(one.step[:], one.wall_time, one.value)) for tag, one in run.series.items()},
            run.said,
            run.arguments,
            run.records,
            [(file.path, file.first, plain_lines(file.lines)) for file in run.logs.files],
            run.began.tolist(),
        )
        for run in source.runs()
    }
    return runs, source.problems(), source.problem_count(), source.loading()


def bits(points: Points) -> Any:
    return points.step.tolist(), points.wall_time.tobytes(), points.value.dtype, points.value.tobytes()


def only_cache_file(kept: Cache) -> Path:
    (path,) = kept.of_this_format.iterdir()
    return path


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def restarted() -> bytes:
    steps = [scalar_record("loss", step=step, value=step / 8) for step in range(9)]
    again = [start_record(5, wall_time=1.7e9 + 9), scalar_record("loss", step=5, value=9.0)]
    again.append(description_record({"loss": {"unit": "nats"}}))
    return b"".join([version_record(), *steps, *again, *steps[2:4]])


STEADY = scalar_file("loss", [step / 8 for step in range(50)])


def several_files(logs: Path) -> None:
    """One training, started again, with two ranks."""
    for number, (first_step, began) in enumerate([(0, 0.0), (30, 500.0), (30, 500.5)]):
        records = [
            scalar_record("loss", step=step, wall_time=1.7e9 + began + step, value=step + number / 4)
            for step in range(first_step, first_step + 40)
        ]
        write_run(logs, "a", b"".join(records), name=f"{FILE_NAME}.{number}")


def file_of(path: Path) -> RunFile:
    file = RunFile(path)
    for window in file.events.read():
        file.add(window)
    file.finish(None)
    return file


def plain(saved: Saved) -> Any:
    """All that there is to know of a file."""
    states = {tag: astuple(state) for tag, state in saved.content.columns.items()}
    starts = saved.content.starts
    return (
        saved.reached,
        {
            tag: [(x.dtype, x.shape, x.tobytes()) if isinstance(x, np.ndarray) else x for x in state]
            for tag, state in states.items()
        },
        (starts.step.tolist(), starts.wall_time.tolist()),
        saved.content.first_wall_time,
    )
