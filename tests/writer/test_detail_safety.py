"""Candles instead of points, through kills, forks, full disks and resumes."""

from __future__ import annotations

import json
import logging
import math
import signal
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.gathering import Gatherer
from tensorboard_candles.writer.layout import layout_of
from tests.support.server import eventually
from tests.writer.reading import epoch_marks, event_files, points, raw_events, whole_records
from tests.writer.rows import check_disjoint, rows_in
from tests.writer.scripts import posix, run_script


def tracker(logdir: Path, **options: Any) -> Tracker:
    return Tracker("p", logdir=logdir, run="r", **{"detail": "candles", **options})


def spans(run_dir: Path, tag: str = "loss") -> list[tuple[int, int, int]]:
    """First step, last step and count of each row, in the order written."""
    return [
        (int(row.columns["first_step"]), int(row.columns["last_step"]), int(row.columns["count"]))
        for row in rows_in(run_dir)
        if row.tag == tag
    ]


def test_candles_have_a_thousand_steps_by_default_and_end_with_an_epoch(tmp_path: Path) -> None:
    with tracker(tmp_path) as logs:
        for _ in logs.epochs(2):
            for _ in range(1500):
                logs.log(loss=0.5)
    found = spans(logs.run_dir)
    bounds = {0, 1000, 1500, 2000, 3000}
    assert {first for first, _, _ in found} >= bounds - {3000}
    assert {last + 1 for _, last, _ in found} >= bounds - {0}
    assert sum(count for _, _, count in found) == 3000
    assert epoch_marks(logs.run_dir) == [(0, 0), (1500, 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detail": "candle"}, 'detail must be "points" or "candles", got \'candle\''),
        ({"candle_steps": 0}, "candle_steps must be > 0, got 0"),
        ({"detail": "points", "candle_steps": 1000}, 'candle_steps=1000 is for detail="candles"'),
        ({"detail": "points", "candle_steps": None}, 'candle_steps=None is for detail="candles"'),
        ({"candle_steps": 0.5}, "candle_steps must be an integer, got 0.5"),
    ],
)
def test_detail_that_means_nothing_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(WriterError, match=message):
        tracker(tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_what_is_no_number_is_written_as_ever(tmp_path: Path) -> None:
    with tracker(tmp_path, config={"lr": 0.1}) as logs:
        logs.describe("loss", unit="nats")
        logs.log(loss=1)
        logs.text("note", "done")
    tags = [value.tag for event in raw_events(logs.run_dir) for value in event.summary.value]
    assert set(tags) == {"_hparams_/session_start_info", "candles/tags", "loss", "note"}


def test_steps_that_no_row_can_hold_are_points(tmp_path: Path) -> None:
    with tracker(tmp_path) as logs:
        logs.log(loss=1, step=2**53)
        logs.log(loss=2)
        logs.log(loss=3, step=-(2**63))
    assert spans(logs.run_dir) == [(2**53, 2**53, 1)]
    assert points(logs.run_dir) == [("loss", 2**53 + 1, 2.0), ("loss", -(2**63), 3.0)]


def test_flush_writes_the_forming_candle(tmp_path: Path) -> None:
    logs = tracker(tmp_path)
    logs.log(loss=1)
    logs.log(loss=2)
    logs.flush()
    assert spans(logs.run_dir)[-1][1] == 1
    logs.close()
    assert sum(count for _, _, count in spans(logs.run_dir)) == 2


def test_forming_candle_is_written_by_itself(tmp_path: Path) -> None:
    logs = tracker(tmp_path, candle_steps=None)
    for step in range(3):  # the second and the third time it is no tag's first row
        logs.log(loss=step)
        eventually(lambda: len(spans(logs.run_dir)) > step, what="the row")  # noqa: B023
    logs.close()
    assert spans(logs.run_dir) == [(0, 0, 1), (1, 1, 1), (2, 2, 1)]


def test_many_points_on_one_step_all_count(tmp_path: Path) -> None:
    with tracker(tmp_path) as logs:
        for number in range(30):
            logs.log(loss=number, step=7)
            if number % 10 == 0:
                logs.flush()
    rows = [row.columns for row in rows_in(logs.run_dir)]
    assert sum(row["count"] for row in rows) == 30
    assert (max(row["high"] for row in rows), min(row["low"] for row in rows)) == (29, 0)
    assert rows[-1]["close"] == 29


_KILL = """
import json
random.seed(seed)
flushed = []
for trial in range(trials):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        random.seed(trial)
        tracker = Tracker("p", logdir=logdir, run=f"r{trial}", detail="candles", candle_steps=500)
        names = [f"m{number}" for number in range(random.choice([1, 3, 40]))]
        flush_every = random.choice([50, 1000])
        for step in range(50_000):
            tracker.log(dict.fromkeys(names, step))
            if step % flush_every == 0:
                tracker.flush()
                os.write(writer, f"{step} ".encode())
        time.sleep(60)
    os.close(writer)
    said = b""
    while trial % 8 == 0 and (not said or int(said.split()[-1]) <= 1000):  # however slow this machine is
        part = os.read(reader, 1 << 16)
        assert part
        said += part
    time.sleep(random.uniform(0.005, 0.2))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reader, 1 << 16):
        said += part
    os.close(reader)
    flushed.append(int(said.split()[-1]) if said else -1)
print(json.dumps(flushed))
"""


@posix
def test_process_killed_at_any_moment_leaves_whole_rows_of_all_that_was_flushed(tmp_path: Path) -> None:
    flushed = json.loads(run_script(f"trials, seed = 24, 1\n{_KILL}", tmp_path).stdout)
    assert max(flushed) > 1000
    for trial, last_flushed in enumerate(flushed):
        run_dir = tmp_path / "p" / f"r{trial}"
        for path in event_files(run_dir):  # none, where it was killed before it made one
            assert len(list(raw_events(run_dir))) == whole_records(path, torn_tail=True)
            check_disjoint(rows_in(run_dir))
            found = spans(run_dir, "m0")
            reached = found[-1][1] if found else -1
            assert [first for first, _, _ in found] == [0, *(last + 1 for _, last, _ in found)][: len(found)]
            assert sum(count for _, _, count in found) == reached + 1
            assert reached >= last_flushed
            for row in rows_in(run_dir):
                assert (row.columns["low"], row.columns["high"]) == (
                    row.columns["first_step"],
                    row.columns["last_step"],
                )


@posix
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)", "", "1 / 0"])
def test_end_of_the_process_writes_the_forming_candle(end: str, tmp_path: Path) -> None:
    ended = run_script(
        f"""
        tracker = Tracker('p', logdir=logdir, run='r', detail='candles', candle_steps=None)
        for number in range(5000):
            tracker.log(loss=number)
        {end}
        """,
        tmp_path,
        check=False,
    )
    assert ended.returncode == (-signal.SIGTERM if "SIGTERM" in end else bool(end))
    assert sum(count for _, _, count in spans(tmp_path / "p" / "r")) == 5000


@posix
def test_forked_child_gathers_its_own_candles(tmp_path: Path) -> None:
    run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r', detail='candles', candle_steps=None)
        for number in range(100):
            tracker.log(loss=number)
        child = os.fork()
        if child == 0:
            for number in range(7):
                tracker.log(child=number)
            tracker.close()
            os._exit(0)
        os.waitpid(child, 0)
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    assert len(event_files(run_dir)) == 2
    assert sum(count for _, _, count in spans(run_dir)) == 100
    assert sum(count for _, _, count in spans(run_dir, "child")) == 7


@posix
def test_full_disk_loses_no_candle_of_what_was_kept(tmp_path: Path) -> None:
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r', detail='candles', candle_steps=10)
        tracker.log(loss=0)
        tracker.flush()
        limit_files_to(700)
        for number in range(1, 20_000):
            tracker.log(loss=number)
            if number % 5000 == 0:
                tracker.flush()
        limit_files_to(None)
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path)
    found = spans(run_dir)
    assert sum(count for _, _, count in found) == found[-1][1] + 1 == 20_000
    check_disjoint(rows_in(run_dir))
    assert "keeping what is logged and trying again" in ended.stderr


@posix
def test_what_is_dropped_is_counted_and_said(tmp_path: Path) -> None:
    ended = run_script(
        """
        event_file.KEEP_BYTES, event_file.WAIT_SECS = 200_000, 0.01
        tracker = Tracker('p', logdir=logdir, run='r', detail='candles', candle_steps=1)
        tracker.log(loss=0)
        tracker.flush()
        limit_files_to(700)
        for number in range(1, 20_000):
            tracker.log(loss=number)
            if number % 100 == 0:
                tracker.flush()
        limit_files_to(None)
        tracker.close()
        """,
        tmp_path,
    )
    counts = [count for _, _, count in spans(tmp_path / "p" / "r")]
    (lost,) = [line for line in ended.stderr.splitlines() if "is not complete" in line]
    dropped = int(lost.partition(" bytes unwritten, ")[2].split()[0])
    assert dropped > 1000
    assert sum(counts) + dropped == 20_000


def test_resumed_run_goes_on_after_the_last_row(tmp_path: Path) -> None:
    with tracker(tmp_path) as first:
        for _ in first.epochs(2):
            for batch in range(700):
                first.log(loss=batch, acc=batch)
        first.log(acc=7)
    with tracker(tmp_path, resume=True) as second:
        assert second.epochs_done == 2
        second.log(loss=0.5)
    starts = [event.step for event in raw_events(second.run_dir) if event.session_log.status == 1]
    assert starts == [1401]
    assert max(spans(second.run_dir)) == (1401, 1401, 1)


def test_listeners_and_candles_are_of_the_same_values(tmp_path: Path) -> None:
    heard: list[float] = []
    file = EventFile(tmp_path, gatherer=lambda: Gatherer(10))
    file.listen(lambda columns: heard.extend(columns["loss"].value.tolist()))
    for value in (0.1, 1e300, math.inf, -0.3):
        file.log(layout_of(("loss",)), [value], None)
    file.close()
    rows = [row.columns for row in rows_in(tmp_path)]
    finite = [value for value in heard if math.isfinite(value)]
    assert max(row["high"] for row in rows) == max(finite) == 1e300
    assert min(row["low"] for row in rows) == min(finite)
    assert sum(row["nonfinite"] for row in rows) == 1


def test_other_readers_pass_candles_by(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tbparse = pytest.importorskip("tbparse")
    with caplog.at_level(logging.WARNING), tracker(tmp_path, candle_steps=10) as logs:
        for _ in logs.epochs(2):
            for number in range(25):
                logs.log(loss=number)
        logs.text("note", "done")
    accumulator = EventAccumulator(str(logs.run_dir))
    accumulator.Reload()
    assert accumulator.Tags()["scalars"] == []
    assert tbparse.SummaryReader(str(logs.run_dir)).scalars.empty
    assert not tbparse.SummaryReader(str(logs.run_dir)).text.empty
