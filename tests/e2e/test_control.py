"""A real training process, commanded through a real TensorBoard: each command until its effect."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.dashboard import tells
from tests.support.server import Response, Server, eventually

TRAINING = """
import sys, time
from pathlib import Path
from tensorboard_candles import Parameter, Tracker

logdir, run = Path(sys.argv[1]), sys.argv[2]
long_batch = logdir.parent / f"{run}.long"
tracker = Tracker("toy", logdir=logdir, run=run)
tracker.declare(lr=Parameter(0.1, least=0, most=1, help="Learning rate"))

@tracker.on_checkpoint
def save():
    path = logdir.parent / f"{run}.ckpt"
    path.write_text(str(tracker.params.lr))
    return path

@tracker.on_predict
def predict():
    tracker.log(predicted=tracker.params.lr)

with tracker:
    for batch in tracker.batches(range(1_000_000)):
        tracker.log(loss=1.0 / (batch + 1), lr=tracker.params.lr)
        time.sleep(0.01)
        while long_batch.exists():
            time.sleep(0.01)
print("ended by itself")
"""


class Training:
    """One process that trains until it is told otherwise."""

    def __init__(self, server: Server, logdir: Path, run: str) -> None:
        self.server = server
        self.run = f"toy/{run}"
        self.checkpoint = logdir.parent / f"{run}.ckpt"
        script = [sys.executable, "-c", TRAINING, str(logdir), run]
        self.process = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def told(self) -> dict[str, Any]:
        (told,) = self.server.get_json("control", run=self.run)["control"]
        assert isinstance(told, dict)
        return told

    def wait_for(self, state: str, *, within_secs: float = 30) -> dict[str, Any]:
        def is_so() -> Any:
            if self.server.get("control", run=self.run).status == 404:
                return None
            told = self.told()
            return told if tells(told, state) else None

        told: dict[str, Any] = eventually(is_so, within_secs=within_secs, what=f"that it is {state}")
        return told

    def step(self) -> int:
        return int(self.told()["status"]["progress"]["step"] or 0)

    def post(self, **body: Any) -> Response:
        token = str(self.server.get_json("config")["token"])
        headers = {"Content-Type": "application/json", "X-Candles-Token": token}
        data = json.dumps({"run": self.run, **body}).encode()
        return self.server.request("data/plugin/candles/control", method="POST", headers=headers, data=data)

    def ask(self, command: str, **more: Any) -> dict[str, Any]:
        """Have it done, and tell what is told of it then."""
        answer = self.post(command=command, **more)
        assert answer.status == 202, answer.body
        sent = answer.json()["id"]

        def is_over() -> Any:
            (found,) = [one for one in self.told()["commands"] if one["id"] == sent]
            return found if found["state"] in ("done", "refused", "timed out") else None

        over: dict[str, Any] = eventually(is_over, what=f"the end of {command}")
        return over

    def end(self) -> str:
        self.process.kill()
        return str(self.process.communicate()[0])


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("trainings") / "logs"
    found.mkdir()
    return found


@pytest.fixture(scope="module")
def server(logdir: Path, shared_tensorboard_server: Callable[..., Server]) -> Server:
    return shared_tensorboard_server(logdir, "--candles_control", "--candles_poll_secs=0.1")


@pytest.fixture
def training(logdir: Path, server: Server, tmp_path: Path) -> Iterator[Training]:
    started = Training(server, logdir, tmp_path.name)
    yield started
    started.end()


def test_every_command_reaches_the_training_and_its_effect_is_told(training: Training) -> None:
    status = training.wait_for("running")["status"]
    assert set(status["obeys"]) == {"stop", "pause", "resume", "checkpoint", "predict", "set"}
    assert (status["pid"], status["parameters"]["lr"]["value"]) == (training.process.pid, 0.1)
    server = training.server

    changed = training.ask("set", name="lr", value=0.5)
    assert (changed["state"], changed["by"]) == ("done", "127.0.0.1")
    eventually(lambda: training.told()["status"]["parameters"]["lr"]["value"] == 0.5, what="the new lr")
    step = changed["step"]

    def rates() -> dict[int, float]:
        # Its points may be on their way for longer than its status.
        return server.values(training.run, "lr") if server.points(training.run, "lr") else {}

    eventually(lambda: max(rates(), default=0) > step + 2, what="points behind the change")
    assert all(rate == pytest.approx(0.1 if at <= step else 0.5) for at, rate in rates().items())

    assert training.ask("pause")["state"] == "done"
    beat = training.wait_for("paused")["status"]["beat"]
    paused_at = training.step()
    eventually(lambda: training.told()["status"]["beat"] > beat + 1, what="the heart of a pause")
    assert (training.step(), training.told()["state"]) == (paused_at, "paused")

    saved = training.ask("checkpoint")
    assert saved["state"] == "done"
    assert training.checkpoint.read_text() == "0.5"
    eventually(lambda: training.told()["status"]["checkpoint"], what="the checkpoint told")
    assert training.told()["status"]["checkpoint"]["path"] == str(training.checkpoint)

    assert training.ask("resume")["state"] == "done"
    training.wait_for("running")
    eventually(lambda: training.step() > paused_at, what="steps behind the pause")
    assert training.ask("predict")["state"] == "done"
    eventually(lambda: server.points(training.run, "predicted") == 1, what="what was predicted")

    training.checkpoint.unlink()
    assert training.ask("stop")["state"] == "done"
    training.wait_for("ended")
    assert training.process.wait(timeout=30) == 0
    assert training.checkpoint.exists()
    assert server.problems(training.run) == []
    assert training.post(command="resume").status == 409


def test_a_training_that_is_killed_is_told_dead_within_fifteen_seconds(
    training: Training, record_property: Callable[[str, object], None]
) -> None:
    training.wait_for("running")
    training.process.send_signal(signal.SIGKILL)
    killed_at = time.monotonic()
    told = training.wait_for("dead", within_secs=60)
    took_secs = time.monotonic() - killed_at
    record_property("dead_after_secs", took_secs)
    print(f"told dead {took_secs:.1f} s after kill -9")
    assert took_secs < 15
    assert told["status"]["state"] == "running"
    refused = training.post(command="stop")
    assert (refused.status, "dead" in refused.error()) == (409, True)


def test_a_training_that_stands_still_is_told_dead_by_its_heart_alone_and_lives_again(
    training: Training,
) -> None:
    training.wait_for("running")
    training.process.send_signal(signal.SIGSTOP)
    training.wait_for("dead", within_secs=60)
    training.process.send_signal(signal.SIGCONT)
    training.wait_for("running")
    assert training.ask("stop")["state"] == "done"


def test_another_tensorboard_finds_the_training_and_what_became_of_commands(
    training: Training, logdir: Path, tensorboard_server: Callable[..., Server]
) -> None:
    training.wait_for("running")
    changed = training.ask("set", name="lr", value=0.25)
    training.server = tensorboard_server(logdir, "--candles_control", "--candles_poll_secs=0.1")
    told = training.wait_for("running")
    assert [(one["id"], one["state"]) for one in told["commands"]] == [(changed["id"], "done")]
    assert training.ask("stop")["state"] == "done"
    assert training.process.wait(timeout=30) == 0


def test_a_command_to_a_training_that_is_at_a_long_batch_is_seen_and_obeyed_after_it(
    logdir: Path, server: Server
) -> None:
    long_batch = logdir.parent / "slow.long"
    long_batch.touch()
    training = Training(server, logdir, "slow")
    try:
        training.wait_for("running")
        answer = training.post(command="checkpoint", timeout_secs=5)
        assert answer.status == 202

        def state() -> str:
            return str(training.told()["commands"][-1]["state"])

        # One that is not seen by then is taken back.
        eventually(lambda: state() == "timed out", what="that it takes too long")
        assert not training.checkpoint.exists()
        long_batch.unlink()
        eventually(lambda: state() == "done", what="that it is done after all")
        assert training.checkpoint.exists()
    finally:
        training.end()


def test_what_was_asked_is_in_the_audit_log_and_in_the_logs_of_the_run(
    training: Training, logdir: Path
) -> None:
    training.wait_for("running")
    training.ask("set", name="lr", value=0.5)
    audit = logdir / "candles-audit.jsonl"
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    (line,) = [one for one in lines if one["asked"]["run"] == training.run]
    assert line["asked"] == {"run": training.run, "command": "set", "name": "lr", "value": 0.5}
    assert line["outcome"] == "done"
    assert (line["route"], line["client"]) == ("/data/plugin/candles/control", "127.0.0.1")

    def logged() -> bool:
        return b"asked by 127.0.0.1" in training.server.get("logs", run=training.run).body

    eventually(logged, what="its line among the run's logs")
    assert os.stat(audit).st_mode & 0o077 == 0
