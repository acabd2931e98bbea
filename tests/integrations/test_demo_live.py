"""`make demo-live` as a person has it: two models train at once, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo.fashion_mnist.dashboard import Dashboard
from tests.demo.test_demo import children_of
from tests.support.ports import free_ports
from tests.support.server import eventually
from tests.writer.reading import points

pytest.importorskip("torch")

MODELS = ("wide-adam", "narrow-sgd")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_two_models_train_and_ctrl_c_ends_all_of_it(tmp_path: Path, how: signal.Signals) -> None:
    [port], output = free_ports(1), tmp_path / "output.txt"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo.fashion_mnist", "--data", "digits", "--port", str(port)],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        eventually(lambda: "p.candles.view=" in output.read_text(), within_secs=120, what="the link")
        dashboard = Dashboard(f"http://localhost:{port}/")
        assert {one["run"] for one in dashboard.instances().values()} == {f"fashion/{run}" for run in MODELS}
        pids = {training_pid(dashboard, f"fashion/{run}") for run in MODELS}
        assert len(pids) == 2
        for ask in ({"command": "set", "name": "lr", "value": 1e-4}, {"command": "predict"}):
            assert obeyed(dashboard, "fashion/wide-adam", ask) == "done"
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
    logged = points(logdir / "fashion" / "wide-adam")
    assert [value for tag, _, value in logged if tag == "lr"][-1] == pytest.approx(1e-4)
    assert [tag for tag, _, _ in logged if tag == "val/accuracy"]
    shutil.rmtree(logdir)


def obeyed(dashboard: Dashboard, run: str, ask: dict[str, Any]) -> str:
    """What became of it: done or refused."""
    sent = dashboard.post("control", {"run": run, **ask})["id"]

    def answered() -> str:
        (found,) = dashboard.get("control", run=run)["control"]
        (state,) = (one["state"] for one in found["commands"] if one["id"] == sent)
        return "" if state in ("sent", "seen") else str(state)

    return str(eventually(answered, within_secs=60, every_secs=0.5, what=f"an answer to {ask}"))


def training_pid(dashboard: Dashboard, run: str) -> int:
    """Of a training that is in the midst of it."""

    def training() -> int:
        if all(one["name"] != run for one in dashboard.get("runs")["runs"]):
            return 0
        (found,) = dashboard.get("control", run=run)["control"]
        status = found["status"]
        if found["state"] != "running" or not status["progress"]["batch"]:
            return 0
        return int(status["pid"]) if {"set", "predict"} <= set(status["obeys"]) else 0

    return int(eventually(training, within_secs=180, every_secs=0.5, what=f"training of {run}"))
