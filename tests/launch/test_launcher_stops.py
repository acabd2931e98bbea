"""A training that listens is asked to stop; one that does not gets a signal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Progress, Status
from tensorboard_candles.launch.launcher import Asked
from tests.launch.desk import Desk, one, toy, wait_for
from tests.launch.running import program
from tests.support.server import eventually


class Training:
    """Says in its control files what a training says of itself."""

    def __init__(self, run_dir: Path, **said: Any) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self.files = ControlFiles.of(run_dir)
        progress = Progress(started_time=1.0)
        told = {"session": "12ab" * 4, "beat": 1, "every_secs": 3.0, "host": "here", "pid": 1, **said}
        self.files.write_status(Status(progress=progress, obeys=("stop",), **told))


def test_one_that_listens_is_asked_first_and_gets_a_signal_when_it_takes_too_long(
    desk: Desk, tmp_path: Path
) -> None:
    import time

    launcher = desk.open(toy(tmp_path / "code", stop_secs=2))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "running")
    said = {"state": "running", "time": time.time(), "instance": instance_id}
    training = Training(desk.logdir / "toy" / "a", **said)
    asked_at = time.time()
    launcher.ask("stop", [instance_id])
    [command] = eventually(training.files.commands, what="the command")
    sent = training.files.command(command)
    assert sent
    assert (sent.command, sent.session) == ("stop", "12ab" * 4)
    wait_for(launcher, "stopped")
    found = one(launcher, instance_id)
    assert (found.exit_code, found.message) == (-15, "sent SIGTERM after 2 s")
    assert found.ended_time
    assert found.ended_time - asked_at > 1.5


def test_a_run_that_was_moved_elsewhere_meanwhile_is_stopped_and_comes_to_its_end(
    desk: Desk, tmp_path: Path
) -> None:
    waits = program("while not os.path.exists(os.environ['CANDLES_RUN']): time.sleep(0.05)")
    launcher = desk.open(toy(tmp_path / "code", command=waits))
    stopped, finished = launcher.start("toy", [Asked(name="a"), Asked(name="b")])
    wait_for(launcher, "running", "running")
    elsewhere = tmp_path / "another disk"
    training = Training(elsewhere, state="running", time=4e9, instance=stopped)
    for name in ("a", "b"):
        (desk.logdir / "toy").mkdir(exist_ok=True)
        (desk.logdir / "toy" / name).symlink_to(elsewhere, target_is_directory=True)
    launcher.ask("stop", [stopped])
    (tmp_path / "code" / "b").touch()
    wait_for(launcher, "stopped", "finished")
    assert (one(launcher, stopped).message, one(launcher, finished).exit_code) == ("sent SIGTERM", 0)
    assert training.files.commands() == []


@pytest.mark.parametrize(
    "said",
    [
        {"state": "running", "instance": "another", "time": 4e9},
        {"state": "ended", "time": 4e9},
        {"state": "running", "time": 5.0},
    ],
)
def test_one_that_does_not_listen_gets_a_signal_at_once(
    desk: Desk, tmp_path: Path, said: dict[str, Any]
) -> None:
    launcher = desk.open(toy(tmp_path / "code"))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "running")
    training = Training(desk.logdir / "toy" / "a", **{"instance": instance_id, **said})
    launcher.ask("stop", [instance_id])
    wait_for(launcher, "stopped")
    assert one(launcher, instance_id).message == "sent SIGTERM"
    assert training.files.commands() == []
