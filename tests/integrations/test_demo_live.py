"""`make demo-live` as a person has it: two models train at once, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.demo.test_demo import children_of
from tests.support.server import eventually

pytest.importorskip("torch")

MODELS = ("wide-adam", "narrow-sgd")
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def asked(port: int, route: str) -> Any:
    with urllib.request.urlopen(f"http://localhost:{port}/data/plugin/candles/{route}", timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_two_models_train_and_ctrl_c_ends_all_of_it(tmp_path: Path, how: signal.Signals) -> None:
    port, output = free_port(), tmp_path / "output.txt"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.fashion_mnist", "--data", "digits", "--port", str(port)],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        eventually(lambda: "p.candles.view=" in output.read_text(), within_secs=120, what="the link")
        instances = asked(port, "experiments")["instances"]
        assert [one["run"] for one in instances] == [f"fashion/{run}" for run in MODELS]
        pids = {training_pid(port, f"fashion/{run}") for run in MODELS}
        assert len(pids) == 2
        children = children_of(process.pid)
        process.send_signal(how)
        assert process.wait(90) == 0, output.read_text()
    finally:
        process.kill()
        process.wait()
    said = output.read_text()
    assert "Stopping 2 trainings" in said
    assert "Traceback" not in said
    assert not [pid for pid in {*pids, *children} if Path(f"/proc/{pid}").exists()]
    logdir = Path(re.findall(r"Logging to (.+?)\. Ctrl-C", said)[0])
    for run in MODELS:
        assert (logdir / "fashion" / run / "checkpoint.pt").exists()
    shutil.rmtree(logdir)


def training_pid(port: int, run: str) -> int:
    """Of a training that is in the midst of it."""

    def training() -> int:
        (found,) = asked(port, f"control?run={run}")["control"]
        status = found["status"]
        return int(status["pid"]) if found["state"] == "running" and status["progress"]["batch"] else 0

    return int(eventually(training, within_secs=180, every_secs=0.5, what=f"training of {run}"))
