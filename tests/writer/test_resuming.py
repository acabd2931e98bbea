"""A run that goes on: what readers are to drop is said, steps and epochs follow on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tensorboard_candles import Tracker, summary
from tensorboard_candles.errors import WriterError
from tensorboard_candles.events import LogRoot
from tensorboard_candles.store import LocalSource
from tensorboard_candles.writer.resuming import LeftOff, left_off
from tests.writer.reading import epoch_marks, event_files, points, raw_events
from tests.writer.scripts import posix, run_script


def tracker(logdir: Path, **options: Any) -> Tracker:
    return Tracker("p", logdir=logdir, run="r", **options)


def shown(logdir: Path, tag: str) -> list[tuple[int, float]]:
    """What our own reader makes of the run."""
    source = LocalSource([LogRoot(logdir)])
    source.refresh()
    (run,) = source.runs()
    series = run.series[tag]
    return list(zip(series.step[:].tolist(), series.value.tolist(), strict=True))


def starts(run_dir: Path) -> list[int]:
    return [event.step for event in raw_events(run_dir) if event.session_log.status == 1]


def test_resumed_run_goes_on_with_steps_and_epochs(tmp_path: Path) -> None:
    with tracker(tmp_path) as first:
        for _ in first.epochs(2):
            for batch in range(5):
                first.log(loss=batch)
    with tracker(tmp_path, resume=True) as second:
        assert second.epochs_done == 2
        for number in second.epochs(1):
            assert number == 2
            second.log(loss=7)
    assert starts(second.run_dir) == [10]
    assert sorted(epoch_marks(second.run_dir)) == [(0, 0), (5, 1), (10, 2)]
    assert shown(tmp_path, "loss") == [*((step, float(step % 5)) for step in range(10)), (10, 7.0)]


def test_run_goes_on_within_an_epoch(tmp_path: Path) -> None:
    with tracker(tmp_path) as first:
        for _ in first.epochs(2):
            for batch in first.batches(range(5)):
                first.log(loss=batch)
    with tracker(tmp_path, resume=True) as second:
        step, done = 8, []
        for number in second.epochs(2, first=1):
            left_out = step % 5
            for batch in second.batches(range(left_out, 5), done=left_out):
                done.append((number, batch, second.epochs_done))
                second.log(loss=batch, step=step)
                step += 1
    assert done[:3] == [(1, 3, 1.6), (1, 4, 1.8), (2, 0, 2.0)]
    assert sorted(epoch_marks(second.run_dir)) == [(0, 0), (5, 1), (8, 1), (10, 2)]
    assert shown(tmp_path, "loss") == [(step, float(step % 5)) for step in range(15)]
    with tracker(tmp_path) as third, pytest.raises(WriterError, match="done must be >= 0, got -1"):
        next(iter(third.batches([1], done=-1)))


def test_run_that_there_is_not_begins_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with tracker(tmp_path, resume=True) as first:
        first.log(loss=1)
    assert ["p/r: nothing was logged there" in message for message in caplog.messages] == [True]
    with tracker(tmp_path, resume=True) as second:
        second.log(loss=2)
    assert len(caplog.messages) == 1
    assert shown(tmp_path, "loss") == [(0, 1.0), (1, 2.0)]


def test_resumed_from_a_checkpoint_drops_what_came_after_it(tmp_path: Path) -> None:
    with tracker(tmp_path) as first:
        for step in range(100):
            first.log(loss=step, acc=step)
    with tracker(tmp_path, resume=True) as second:
        second.log(loss=-1, step=60)
        second.log(loss=-2)
    assert starts(second.run_dir) == [60]
    assert shown(tmp_path, "loss") == [*((step, float(step)) for step in range(60)), (60, -1.0), (61, -2.0)]
    assert shown(tmp_path, "acc") == [
        (step, float(step)) for step in range(60)
    ]  # not logged again, dropped too


def test_candles_after_a_resume_are_those_of_a_run_that_was_never_broken_off(tmp_path: Path) -> None:
    with tracker(tmp_path / "whole") as whole:
        for step in range(200):
            whole.log(loss=step * 7 % 31)
    with tracker(tmp_path / "broken") as broken:
        for step in range(130):
            broken.log(loss=step * 7 % 31)
    with tracker(tmp_path / "broken", resume=True) as broken:
        for step in range(100, 200):
            broken.log(loss=step * 7 % 31, step=step)
    assert shown(tmp_path / "broken", "loss") == shown(tmp_path / "whole", "loss")


def test_candles_of_another_writer_say_the_last_step_themselves(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path))
    rows = summary.candle_rows([3, 250, 7], [1, 2, 3], width=100)
    writer.add_event(Event(wall_time=1.0, summary=summary.candles_pb("loss", rows)))
    writer.close()
    assert left_off(tmp_path, "") == LeftOff(step=251)


@posix
def test_child_forked_before_the_first_log_leaves_it_to_its_parent_to_say_so(tmp_path: Path) -> None:
    run_script(
        """
        with Tracker('p', logdir=logdir, run='r') as tracker:
            tracker.log(loss=1)
        tracker = Tracker('p', logdir=logdir, run='r', resume=True)
        if os.fork() == 0:
            tracker.log(child=1, step=50)
            tracker.close()
            os._exit(0)
        os.wait()
        tracker.log(loss=2)
        tracker.close()
        """,
        tmp_path,
    )
    assert starts(tmp_path / "p" / "r") == [1]
    assert shown(tmp_path, "loss") == [(0, 1.0), (1, 2.0)]


def test_resuming_nothing_begins_at_the_start(tmp_path: Path) -> None:
    with tracker(tmp_path, resume=True) as only:
        only.log(loss=1)
    assert points(only.run_dir) == [("loss", 0, 1.0)]


def test_resume_without_a_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WriterError, match="resume=True needs run="):
        Tracker("p", logdir=tmp_path, resume=True)
    assert list(tmp_path.iterdir()) == []


def test_resumed_without_a_log_drops_nothing(tmp_path: Path) -> None:
    with tracker(tmp_path) as first:
        first.log(loss=1)
    tracker(tmp_path, resume=True).close()
    assert starts(first.run_dir) == []


def test_where_a_run_left_off_is_found_behind_torn_tails_texts_and_configs(tmp_path: Path) -> None:
    with tracker(tmp_path, config={"lr": 0.1}) as first:
        with first.epoch(3):
            first.log(loss=1, step=41)
        first.text("note", "x" * 10_000)
    (path,) = event_files(first.run_dir)
    whole = path.read_bytes()
    for torn in (b"", whole[:5], whole[:40]):
        path.write_bytes(whole + torn)
        assert left_off(first.run_dir, "") == LeftOff(42, 4)
    with tracker(tmp_path, config={"lr": 0.2}):
        pass  # a later file with nothing but a config
    assert left_off(first.run_dir, "") == LeftOff(42, 4)


def test_where_a_run_left_off_is_told_by_time_and_not_by_the_highest_step(tmp_path: Path) -> None:
    for last in (1000, 7):
        with tracker(tmp_path) as one:
            one.log(loss=1, step=last)
    assert left_off(one.run_dir, "").step == 8


def test_where_a_run_left_off_is_looked_up_in_files_of_other_writers(
    tmp_path: Path, recorded_logs: Path
) -> None:
    found = left_off(recorded_logs / "torch" / "everything", "")
    last = max(
        (event for event in raw_events(recorded_logs / "torch" / "everything") if event.HasField("summary")),
        key=lambda event: event.wall_time,
    )
    assert found.step == last.step + 1
