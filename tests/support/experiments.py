"""Small trainings that are started from the dashboard, and how a page asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.server import Response, Server, eventually

TRAINING = '''
"""Rolls down a parabola, at a learning rate."""
import argparse, os, sys, time
from tensorboard_candles import Tracker

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--steps", type=int)
parser.add_argument("--until", default="")
parser.add_argument("--resume", action="store_true")
told = parser.parse_args()

with Tracker(
    project="toy", logdir=os.environ["CANDLES_LOGDIR"], run=os.environ["CANDLES_RUN"],
    config={"lr": told.lr}, resume=told.resume,
) as tracker:
    x = 1.0
    for step in range(told.steps):
        tracker.log(loss=x * x)
        x -= told.lr * 2 * x
    print("logged", told.steps, "steps at", told.lr, flush=True)
    while told.until and not os.path.exists(told.until):
        time.sleep(0.05)
if told.lr > 1:
    sys.exit("diverged")
'''


LISTENING = '''
"""Goes on from its checkpoint until it is asked to stop, or has done enough."""
import os, time
from pathlib import Path
from tensorboard_candles import Tracker

import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--steps", type=int)
parser.add_argument("--until", default="")
parser.add_argument("--resume", action="store_true")
told = parser.parse_args()

with Tracker(project="toy") as tracker:
    saved = Path(tracker.run_dir) / "checkpoint.txt"
    step = int(saved.read_text()) if told.resume else 0

    @tracker.on_checkpoint
    def save():
        saved.write_text(str(step))
        return saved

    for step in tracker.batches(range(step, told.steps)):
        tracker.log(loss=1 / (step + 1), step=step)
        step += 1
        time.sleep(0.02)
    print("saved" if tracker.should_stop else "done", "at", step, flush=True)
'''


def write_toy(
    directory: Path, *, running: int = 2, executor: str = "local", more: str = "", training: str = TRAINING
) -> Path:
    """A file of experiments, and the script that it declares; `more` is TOML."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "train.py").write_text(training)
    file = directory / f"{executor}.toml"
    file.write_text(f"""
[limits]
running = {running}

[experiments.toy]
help = "A parabola"
command = ["{{python}}", "train.py", "{{parameters}}"]
executor = "{executor}"
resume = ["--resume"]
[experiments.toy.parameters.lr]
kind = "float"
default = 0.1
least = 0.0
most = 2.0
[experiments.toy.parameters.steps]
kind = "int"
default = 10
least = 1
most = 100000
[experiments.toy.parameters.until]
kind = "text"
default = ""
help = "A file: it goes on until that is there"
{more}
""")
    return file


class Page:
    """What the tab does."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def post(self, body: Mapping[str, Any]) -> Response:
        token = self.server.get_json("config")["token"]
        headers = {"Content-Type": "application/json", "X-Candles-Token": str(token)}
        return self.server.request(
            "data/plugin/candles/experiments", method="POST", headers=headers, data=json.dumps(body).encode()
        )

    def start(self, *parameters: Mapping[str, Any], names: Sequence[str] = ()) -> list[str]:
        asked = [
            {"parameters": one, **({"name": names[at]} if names else {})} for at, one in enumerate(parameters)
        ]
        answer = self.post({"action": "start", "experiment": "toy", "instances": asked})
        assert answer.status == 201, answer.body
        return list(answer.json()["instances"])

    def ask(self, action: str, *ids: str, **more: str) -> None:
        answer = self.post({"action": action, "instances": list(ids), **more})
        assert answer.status == 202, answer.body

    def instances(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.server.get_json("experiments")["instances"]}

    def wait_for(self, states: Mapping[str, str], *, within_secs: float = 60) -> None:
        def look() -> bool:
            found = {key: one["state"] for key, one in self.instances().items()}
            return {key: found.get(key) for key in states} == dict(states)

        eventually(look, within_secs=within_secs, what=f"{dict(states)}, {self.instances()}")
