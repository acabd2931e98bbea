"""Trainings that are started, steered, stopped, killed and found again over HTTP, as a script would do it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.fashion_mnist.dashboard import Dashboard, Refused
from tests.conftest import StartServer
from tests.support.dashboard import tells
from tests.support.live_training import BATCHES
from tests.support.server import Server, eventually
from tests.writer.reading import event_files, points, whole_records

EXPERIMENTS = Path(__file__).parents[1] / "support" / "live_experiments.toml"
FLAGS = ("--candles_control", "--candles_experiments", str(EXPERIMENTS))
DEAD_WITHIN_SECS = 15.0
LOSS = "train/loss"


class Live:
    """A dashboard and what was started there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.dashboard = Dashboard(server.url)

    def start(self, name: str, **parameters: object) -> str:
        (found,) = self.dashboard.start("live", {"name": name, "parameters": parameters})
        return found

    def state(self, instance: str) -> str:
        return str(self.dashboard.instances()[instance]["state"])

    def wait_state(self, instance: str, *states: str, within_secs: float = 60) -> None:
        eventually(
            lambda: self.state(instance) in states, within_secs=within_secs, what=f"{states} of {instance}"
        )

    def control(self, run: str) -> dict[str, Any]:
        (found,) = self.dashboard.get("control", run=run)["control"]
        return dict(found)

    def wait_control(self, run: str, state: str, within_secs: float = 60) -> dict[str, Any]:
        """Until it tells so, and what it tells."""
        self.wait_points(run, 1)  # before, there is no such run

        def told() -> dict[str, Any] | None:
            found = self.control(run)
            return found if tells(found, state) else None

        return dict(eventually(told, within_secs=within_secs, every_secs=0.2, what=f"{run} {state}"))

    def ask(self, run: str, command: str, **more: object) -> dict[str, Any]:
        """Send a command; returns it when it is done or refused."""
        sent = self.dashboard.post("control", {"run": run, "command": command, **more})["id"]

        def answered() -> dict[str, Any] | None:
            (found,) = (one for one in self.control(run)["commands"] if one["id"] == sent)
            return found if found["state"] not in ("sent", "seen") else None

        return dict(eventually(answered, every_secs=0.2, what=f"answer to {command}"))

    def wait_points(self, run: str, count: int) -> None:
        eventually(
            lambda: self.server.points(run, LOSS) >= count, within_secs=60, every_secs=0.2,
            what=f"{count} points of {run}",
        )  # fmt: skip


@pytest.fixture
def live(tmp_path: Path, tensorboard_server: StartServer) -> Iterator[Live]:
    found = Live(tensorboard_server(tmp_path, *FLAGS))
    yield found
    left = [key for key, one in found.dashboard.instances().items() if one["ended_time"] is None]
    if left:
        found.dashboard.post("experiments", {"action": "kill", "instances": left})
        for one in left:
            found.wait_state(one, "stopped", "failed")


def test_training_is_started_steered_stopped_and_goes_on_from_its_checkpoint(
    live: Live, tmp_path: Path
) -> None:
    instance = live.start("a", lr=0.5)
    run, run_dir = "live/a", tmp_path / "live" / "a"
    live.wait_points(run, 1)
    status = live.wait_control(run, "running")["status"]
    assert {"stop", "pause", "resume", "checkpoint", "predict", "set"} <= set(status["obeys"])
    assert status["instance"] == instance
    changed = live.ask(run, "set", name="lr", value=0.001)
    assert changed["state"] == "done"
    live.wait_points(run, changed["step"] + 2)  # a batch at the new rate
    predicted = live.ask(run, "predict")
    assert predicted["state"] == "done"
    live.dashboard.stop([instance])
    live.wait_state(instance, "stopped")
    assert live.dashboard.instances()[instance]["exit_code"] == 0
    assert live.wait_control(run, "ended")["status"]["checkpoint"]["path"].endswith("checkpoint.npz")
    for path in event_files(run_dir):
        assert whole_records(path)
    first = _series(run_dir)
    rates = [value for _, value in sorted(first["lr"].items())]
    assert rates[0] == pytest.approx(0.5)
    assert rates[-1] == pytest.approx(0.001)
    _goes_on(live, instance, run_dir, first)


def _goes_on(live: Live, instance: str, run_dir: Path, first: dict[str, dict[int, float]]) -> None:
    """Restarted from the checkpoint it is the same run, and no step is there twice."""
    left_off = max(first[LOSS])
    live.dashboard.post("experiments", {"action": "restart", "instances": [instance], "from": "checkpoint"})
    live.wait_points("live/a", left_off + 1 + BATCHES)
    live.wait_control("live/a", "running")
    live.dashboard.stop([instance])
    live.wait_state(instance, "stopped")
    assert live.dashboard.instances()[instance]["attempt"] == 2
    steps = [step for tag, step, _ in points(run_dir) if tag == LOSS]
    assert steps == list(range(len(steps)))
    live.server.wait_for_points("live/a", len(steps), tag=LOSS)


def test_training_that_is_told_to_stop_in_its_run_is_stopped_and_not_finished(live: Live) -> None:
    instance = live.start("a")
    live.wait_control("live/a", "running")
    assert live.ask("live/a", "stop")["state"] == "done"
    live.wait_state(instance, "stopped", "finished", "failed")
    found = live.dashboard.instances()[instance]
    assert (found["state"], found["exit_code"]) == ("stopped", 0)


def _series(run_dir: Path) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for tag, step, value in points(run_dir):
        found.setdefault(tag, {})[step] = value
    return found


def test_training_that_was_killed_is_told_dead(live: Live) -> None:
    live.start("a")
    status = live.wait_control("live/a", "running")["status"]
    os.kill(status["pid"], signal.SIGKILL)
    live.wait_control("live/a", "dead", within_secs=DEAD_WITHIN_SECS)
    with pytest.raises(Refused):
        live.dashboard.post("control", {"run": "live/a", "command": "stop"})


def test_trainings_outlive_tensorboard_and_are_found_again(
    tmp_path: Path, tensorboard_server: StartServer
) -> None:
    first = Server(["--logdir", str(tmp_path / "runs"), *FLAGS], tmp_path / "first.txt")
    try:
        first.wait_until_serving()
        live = Live(first)
        instance = live.start("a")
        before = live.wait_control("live/a", "running")["status"]
        live.wait_state(instance, "running")
    finally:
        first.stop()
    live = Live(tensorboard_server(tmp_path / "runs", *FLAGS))
    assert live.state(instance) == "running"
    after = live.wait_control("live/a", "running")["status"]
    assert (after["pid"], after["session"]) == (before["pid"], before["session"])
    live.dashboard.stop([instance])
    live.wait_state(instance, "stopped")
    live.wait_control("live/a", "ended")
