"""`tensorboard-candles landscape`, as people call it: a program's model, and a landscape in its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.analysis.landscape import Landscape
from tensorboard_candles.events.payloads import payload_of
from tensorboard_candles.metadata import LANDSCAPE_KIND
from tensorboard_candles.store import read_once
from tests.support.server import eventually

PROGRAM = """
import time
import numpy as np
from tests.analysis.landscape.bowl import Bowl

class Model(Bowl):
    def vector_of(self, checkpoint):
        return np.load(checkpoint)

class Slow(Model):
    def formula(self, weights):
        time.sleep(0.02)
        return super().formula(weights)

def made(kind=Model):
    return kind(np.diag([4.0, 2.0, 1.0]), np.ones(3)), None, None

def slow():
    return made(Slow)

def wrong():
    return 7

number = 7
"""


def start(where: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tensorboard_candles.cli", "landscape", *map(str, arguments)]
    root = str(Path(__file__).parents[1])
    return subprocess.Popen(
        command, cwd=where, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip


def run(where: Path, *arguments: object) -> tuple[int, str, str]:
    process = start(where, *arguments)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return process.returncode, out, err


def landscapes(logdir: Path, run: str) -> list[tuple[str, int, Landscape]]:
    source = read_once(str(logdir))
    (view,) = [view for view in source.runs() if view.name == run]
    records = view.records.get(LANDSCAPE_KIND, ())
    return [(one.tag, one.step, Landscape.from_bytes(payload_of(one))) for one in records]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    for number in (2, 10, 30):
        away = np.array([30 - number, (number - 10) ** 2, 0])
        np.save(tmp_path / f"step-{number}.npy", np.ones(3) + away / 10)
    return tmp_path


def test_landscape_is_written_into_the_run_at_its_last_step(here: Path) -> None:
    with Tracker("p", logdir=here / "logs", run="r") as tracker:
        tracker.log(loss=1.0, step=41)
    status, out, err = run(
        here,
        "program:made",
        "--logdir",
        "logs",
        "--run",
        "p/r",
        "--points",
        5,
        "--eigenvalues",
        2,
        "--cache",
        "c",
    )
    assert status == 0, err
    ((tag, step, found),) = landscapes(here / "logs", "p/r")
    assert (tag, step, found.loss.shape) == ("landscape", 41, (5, 5))
    assert found.loss[2, 2] == pytest.approx(0.5 + 7 / 2)
    assert "4, 2" in out
    series = read_once(str(here / "logs")).runs()[0].series
    assert series["loss"].value.tolist() == [1.0]
    assert series["landscape/sharpness"].value.tolist() == [pytest.approx(4)]
    assert series["landscape/centre_loss"].step[:].tolist() == [41]


def test_checkpoints_are_taken_in_order_of_their_numbers(here: Path) -> None:
    status, _, err = run(
        here, here / "program.py:made", "--checkpoints", "step-*.npy", "--directions", "pca", "--points", 3,
        "--run", "r", "--tag", "way", "--step", 7, "--cache", "none",
    )  # fmt: skip
    assert status == 0, err
    ((tag, step, found),) = landscapes(here / "runs", "r")
    assert (tag, step) == ("way", 7)
    assert found.trajectory is not None
    assert found.trajectory.step.tolist() == [2, 10, 30]
    assert found.about.directions == "pca"


def test_options_are_those_of_the_function(here: Path) -> None:
    status, _, err = run(
        here, "program:made", "--dimensions", 1, "--points", 4, "--span=-1:2", "--normalize", "none",
        "--seed", 3, "--epsilon", 0.5, "--eigenvalues", 0, "--cache", "none",
    )  # fmt: skip
    assert status == 0, err
    ((_, _, found),) = landscapes(here / "runs", "landscapes/model")
    assert [axis.tolist() for axis in found.axes] == [[-1, 0, 1, 2]]
    assert (found.about.normalize, found.about.seed, found.about.epsilon) == ("none", 3, 0.5)
    assert found.eigenvalues is None


def test_interrupted_command_goes_on_where_it_was(here: Path) -> None:
    options = ("program:slow", "--points", 21, "--cache", "c", "--eigenvalues", 0)
    process = start(here, *options)
    eventually(lambda: bool(list(here.glob("c/*.begun.*"))), within_secs=60, what="a first part")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in err
    assert "Traceback" not in err
    assert not (here / "runs").exists()
    status, _, err = run(here, *options)
    assert status == 0, err
    assert len(landscapes(here / "runs", "landscapes/model")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["program"], "MODULE:FUNCTION"),
        (["nowhere:made"], "nowhere"),
        (["nowhere.py:made"], "no file nowhere.py"),
        (["program:number"], "no function number"),
        (["program:wrong"], "must return model, loss, data"),
        (["program:made", "--checkpoints", "*.pt"], "no checkpoint matches *.pt"),
        (["program:made", "--directions", "pca"], "checkpoints"),
        (["program:made", "--points", "0"], "> 0"),
        (["program:made", "--span", "wide"], "as 1 or -1:2,0:3"),
    ],
)
def test_what_makes_no_sense_is_said(here: Path, arguments: list[str], said: str) -> None:
    status, _, err = run(here, *arguments, "--cache", "none")
    assert status == 2
    assert said in err
    assert not (here / "runs").exists()
