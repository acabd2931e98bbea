"""What a training tells of itself while it runs, and of how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.writer.place import Pace, Place
from tests.support.dashboard import WITHIN_SECS, Dashboard
from tests.support.server import eventually
from tests.writer.scripts import posix, run_script


def test_progress_is_told(tracker: Tracker) -> None:
    dashboard = Dashboard(tracker.run_dir)
    for epoch in tracker.epochs(10):
        for batch in tracker.batches(range(50)):
            tracker.log(loss=1.0)
            if (epoch, batch) == (2, 24):
                told = dashboard.status(lambda status: status.progress.step == 124).progress
    assert (told.epoch, told.epochs, told.batch, told.batches) == (2, 10, 25, 50)
    assert told.epochs_done == pytest.approx(2 + 24 / 50)
    assert (told.batches_per_sec or 0) > 0
    assert (told.remaining_secs or 0) > 0
    tracker.close()
    assert dashboard.status().progress.step == 499


def test_a_pause_is_not_counted_as_slow_batches() -> None:
    place = Place()
    pace = Pace(place, lambda: None)
    assert pace.progress("running").batches_per_sec is None
    place.batches_done = 100
    assert (pace.progress("running").batches_per_sec or 0) > 0
    assert pace.progress("paused").batches_per_sec is None
    assert pace.progress("running").batches_per_sec is None, "what came before the pause is not counted"
    place.batches_done = 101
    assert (pace.progress("running").batches_per_sec or 0) > 0


def test_an_exception_is_told_as_how_the_training_failed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such layer"), Tracker("p", logdir=tmp_path, run="r"):
        raise ValueError("no such layer")
    status = Dashboard(tmp_path / "p" / "r").status()
    assert (status.state, status.message) == ("failed", "ValueError: no such layer")


def test_what_a_framework_adds_to_an_exception_is_not_told_in_its_place(tmp_path: Path) -> None:
    error = ValueError("no such layer")
    error.__notes__ = ["-" * 40, "For simplicity, internal frames were removed."]  # as `add_note`, of 3.11
    with pytest.raises(ValueError, match="no such layer"), Tracker("p", logdir=tmp_path, run="r"):
        raise error
    assert Dashboard(tmp_path / "p" / "r").status().message == "ValueError: no such layer"


@pytest.mark.parametrize(("fails_at", "done"), [(0, 1.0), (1, 1.25), (3, 1.75)])
def test_an_epoch_that_failed_is_not_told_as_done(tmp_path: Path, fails_at: int, done: float) -> None:
    def train(tracker: Tracker) -> None:
        for epoch in tracker.epochs(3):
            for batch in tracker.batches(range(4)):
                if (epoch, batch) == (1, fails_at):
                    raise ValueError("no such layer")
                tracker.log(loss=1.0)

    with pytest.raises(ValueError, match="no such layer"), Tracker("p", logdir=tmp_path, run="r") as tracker:
        train(tracker)
    assert Dashboard(tmp_path / "p" / "r").status().progress.epochs_done == done


def test_an_epoch_that_was_broken_off_is_told_as_done(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        for _ in tracker.epochs(1):
            for batch in tracker.batches(range(4)):
                tracker.log(loss=1.0)
                if batch == 1:
                    break
    assert Dashboard(tmp_path / "p" / "r").status().progress.epochs_done == 1


def test_epochs_that_a_stop_kept_from_beginning_are_not_told_as_done(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        dashboard = Dashboard(tracker.run_dir)
        for _ in tracker.batches(range(4)):
            tracker.log(loss=1.0)
        dashboard.status(lambda status: "stop" in status.obeys)
        dashboard.send("stop")
        eventually(lambda: tracker.should_stop, within_secs=WITHIN_SECS, what="the stop")
        for _ in range(3):
            assert list(tracker.batches(range(4))) == []
        assert tracker.epochs_done == 1
        with tracker.epoch():
            assert list(tracker.batches(range(4))) == []
    assert dashboard.status().progress.epochs_done == 1


@posix
@pytest.mark.parametrize(
    ("ending", "state", "message"),
    [
        ("pass", "ended", ""),
        ("raise ValueError('gone wrong')", "failed", "ValueError: gone wrong"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)", "ended", "ended by SIGTERM"),
        ("raise SystemExit(0)", "ended", ""),
        ("del tracker", "ended", ""),
        ("os.fork() or sys.exit(1)\n    os.wait()\n    tracker.close()", "ended", ""),
    ],
)
def test_however_a_process_ends_it_is_told(ending: str, state: str, message: str, tmp_path: Path) -> None:
    script = f"""
    tracker = Tracker("p", logdir=logdir, run="r")
    tracker.log(loss=1)
    print(os.getpid(), flush=True)
    {ending}
    """
    ended = run_script(script, tmp_path, check=False)
    status = Dashboard(tmp_path / "p" / "r").status()
    assert (status.state, status.message) == (state, message), ended.stderr
    assert status.pid == int(ended.stdout.split()[0])


@posix
def test_a_forked_child_leaves_the_channel_to_its_parent(tmp_path: Path) -> None:
    ended = run_script(
        """
        tracker = Tracker("p", logdir=logdir, run="r")
        tracker.log(loss=1)
        child = os.fork()
        if child == 0:
            for batch in tracker.batches(range(3)):
                tracker.log(loss=batch)
            tracker.close()
            os._exit(0)
        os.waitpid(child, 0)
        from tensorboard_candles.control.files import ControlFiles
        files = ControlFiles.of(tracker.run_dir)
        print(files.status().state)
        """,
        tmp_path,
    )
    assert ended.stdout == "running\n"
