"""The demo really trains, logs what it says, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from demo import digits, train
from demo.mlp import MLP
from tests.support.server import eventually
from tests.writer.reading import epoch_marks, points

ROOT = Path(__file__).parents[2]
EPOCHS = 4
BATCHES = 45


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [sys.executable, "-m", "demo.train", "--logdir", str(path), "--epochs", str(EPOCHS)],
        cwd=ROOT, check=True, timeout=120,
    )  # fmt: skip
    return path


def series(logdir: Path, run: str, tag: str) -> list[tuple[int, float]]:
    return [(step, value) for found, step, value in points(logdir / "digits" / run) if found == tag]


@pytest.mark.parametrize("run", list(train.RECIPES))
@pytest.mark.parametrize("tag", ["train/loss", "train/accuracy", "grad_norm"])
def test_every_batch_is_logged(logdir: Path, run: str, tag: str) -> None:
    assert [step for step, _ in series(logdir, run, tag)] == list(range(EPOCHS * BATCHES))


@pytest.mark.parametrize("run", list(train.RECIPES))
def test_every_epoch_is_marked_and_validated(logdir: Path, run: str) -> None:
    starts = range(0, EPOCHS * BATCHES, BATCHES)
    assert epoch_marks(logdir / "digits" / run) == [(start, epoch) for epoch, start in enumerate(starts)]
    ends = [start + BATCHES - 1 for start in starts]
    for tag in ("val/loss", "val/accuracy"):
        assert [step for step, _ in series(logdir, run, tag)] == ends


def test_steady_run_learns_and_too_hot_run_does_not(logdir: Path) -> None:
    assert series(logdir, "steady", "val/accuracy")[-1][1] > 0.9
    assert series(logdir, "too-hot", "val/accuracy")[-1][1] < 0.8


def test_poisoned_batch_is_a_spike_of_one_point(logdir: Path) -> None:
    losses = [value for _, value in series(logdir, "poisoned", "train/loss")]
    at = EPOCHS // 2 * BATCHES + train.POISONED_BATCH
    assert int(np.argmax(losses)) == at
    assert losses[at] > 5 * max(losses[at - 20 : at] + losses[at + 1 : at + 20])
    assert losses[:at] == [value for _, value in series(logdir, "steady", "train/loss")][:at]


def test_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    data = digits.load(0)
    batch = data.train[0][:8], data.train[1][:8]
    model = MLP(5, rng)
    before = [weight.copy() for weight in model.weights]
    _, norm = model.train_on(batch, learning_rate=1.0, momentum=0.0)
    gradients = [old - new for old, new in zip(before, model.weights, strict=True)]
    assert norm == pytest.approx(np.sqrt(sum((gradient**2).sum() for gradient in gradients)))
    for number, gradient in enumerate(gradients):
        index = tuple(int(i) for i in np.argwhere(np.abs(gradient) == np.abs(gradient).max())[0])
        losses = []
        for nudge in (1e-5, -1e-5):
            model.weights = [weight.copy() for weight in before]
            model.weights[number][index] += nudge
            losses.append(model.measure(batch).loss)
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(gradient[index], rel=1e-5)


def test_bad_arguments_are_refused() -> None:
    for arguments in (["--epochs", "0"], ["--pace", "-1"], ["--run", "nope"]):
        with pytest.raises(SystemExit):
            train.main(arguments)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_demo_stops_cleanly_with_all_its_children(tmp_path: Path, how: signal.Signals) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--port", "0"], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        eventually(lambda: "#candles" in log.read_text(), within_secs=60, what="the address")
        runs = Path(re.findall(r"into (.+?)\. Ctrl-C", log.read_text())[0])
        eventually(lambda: len(under_way(runs)) == 3, what="three runs with points")
        children = children_of(process.pid)
        process.send_signal(how)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert len(children) == 4
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert "Traceback" not in log.read_text()
    for run in train.RECIPES:
        assert points(runs / "digits" / run)
    shutil.rmtree(runs)


def under_way(runs: Path) -> list[Path]:
    return [path for path in runs.glob("digits/*/events*") if path.stat().st_size > BATCHES * 100]


def children_of(pid: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry))
    return found
