"""The heart of a training goes on beating and its status can be read, whatever lies in the way of that."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.control.forms import Command, Status
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.place import Pace, Place
from tests.support.dashboard import WITHIN_SECS, Dashboard
from tests.support.server import eventually

ID = "00ff" * 4


def obeying_until(tracker: Tracker, dashboard: Dashboard, command: str) -> tuple[str, str]:
    """What was answered, by a training that does nothing but obey."""
    asked = dashboard.send(command)
    found: list[Any] = []

    def is_answered() -> bool:
        tracker.pause_point()
        answer = dashboard.files.answer(asked)
        found[:] = [answer]
        return answer is not None and answer.state != "seen"

    eventually(is_answered, within_secs=WITHIN_SECS, what=f"an answer to {command}")
    return found[0].state, found[0].message


@pytest.mark.parametrize("said", ["x" * 600, "y" * 100_000, "checkpoint-\udc80.pt"])
def test_whatever_a_checkpoint_is_called_the_status_can_be_read(tracker: Tracker, said: str) -> None:
    tracker.on_checkpoint(lambda: said)
    tracker.pause_point()
    dashboard = Dashboard(tracker.run_dir)
    dashboard.status(lambda status: "checkpoint" in status.obeys)
    assert obeying_until(tracker, dashboard, "checkpoint")[0] == "done"
    status = dashboard.status(lambda status: status.checkpoint is not None)
    assert status.checkpoint is not None
    assert status.checkpoint.path[:5] == said[:5]
    tracker.close()
    assert dashboard.status().state == "ended"


def test_a_training_that_counts_in_numpy_is_told_of(tracker: Tracker) -> None:
    dashboard = Dashboard(tracker.run_dir)
    epochs: Any = np.int64(2)
    done: Any = np.int64(1)

    def is_at(epoch: int) -> Callable[[Status], bool]:
        return lambda status: status.progress.epoch == epoch

    for epoch in tracker.epochs(epochs):
        for _ in tracker.batches([1, 2], done=done):
            status = dashboard.status(is_at(epoch))
            assert (status.state, status.progress.epochs) == ("running", 2)


def test_progress_is_told_while_the_next_epoch_begins() -> None:
    """The count of batches is away for a moment, which is when another thread may look."""

    class Between(Place):
        @property
        def epochs_done(self) -> float:
            self.batches = None
            return 0.0

        @epochs_done.setter
        def epochs_done(self, given: float) -> None: ...

    place = Between()
    pace = Pace(place, lambda: 0)
    pace.progress("running")
    place.epochs, place.batches, place.batches_done = 3, 10, 5
    assert pace.progress("running").remaining_secs is not None


def test_a_command_that_nobody_may_read_stops_no_heart(tracker: Tracker) -> None:
    dashboard = Dashboard(tracker.run_dir)
    first = dashboard.status()
    commands = Path(tracker.run_dir) / "candles-control" / "commands"
    commands.mkdir()
    (commands / f"{ID}.json").symlink_to("elsewhere.json")
    dashboard.status(lambda status: status.beat > first.beat + 1)
    tracker.pause_point()
    dashboard.status(lambda status: "resume" in status.obeys)
    assert obeying_until(tracker, dashboard, "resume") == ("refused", "the training is not paused")


def test_commands_that_can_not_be_listed_stop_no_heart(tracker: Tracker, tmp_path: Path) -> None:
    dashboard = Dashboard(tracker.run_dir)
    first = dashboard.status()
    (Path(tracker.run_dir) / "candles-control" / "commands").symlink_to(tmp_path)
    dashboard.status(lambda status: status.beat > first.beat + 1)


def test_a_command_that_is_still_on_its_way_is_obeyed_when_it_has_come(tracker: Tracker) -> None:
    """As on a server where files are not put in place whole."""
    tracker.pause_point()
    dashboard = Dashboard(tracker.run_dir)
    status = dashboard.status(lambda status: "stop" in status.obeys)
    path = Path(tracker.run_dir) / "candles-control" / "commands" / f"{ID}.json"
    path.parent.mkdir()
    channel = tracker._ending._channel
    assert channel is not None
    path.write_bytes(b"")
    eventually(lambda: bool(channel._tries[ID]), within_secs=WITHIN_SECS, what="a first look")
    path.write_bytes(Command(id=ID, session=status.session, command="stop").to_bytes())
    eventually(lambda: tracker.should_stop, within_secs=WITHIN_SECS, what="a stop")


def test_a_tracker_that_is_dropped_ends_though_its_callbacks_hold_on_to_it(tmp_path: Path) -> None:
    def train() -> None:
        tracker = Tracker("p", logdir=tmp_path, run="r")
        tracker.declare(lr=0.1)

        @tracker.on_checkpoint
        def save() -> str:
            return tracker.run

        @tracker.on_param("lr")
        def change(_: float) -> None:
            tracker.flush()

        tracker.log(loss=1.0)

    train()
    gc.collect()
    assert Dashboard(tmp_path / "p" / "r").status().state == "ended"


def test_a_stop_that_came_since_the_last_point_is_still_to_be_settled() -> None:
    control, told = Control(), []
    control.finish = lambda command, state, *_: told.append((str(command), state))
    control.obey()
    control.hand(Command(ID, "12ab" * 4, "stop"))
    assert control.should_stop
    assert control.is_unsettled  # so that Hugging Face saves what the answer speaks of
    control.settle()
    assert (told, control.is_unsettled) == ([("stop", "done")], False)
