"""The demo of live training, run as its users run it: in processes that are stopped and go on."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.demo.mirrors import Mirror
from tests.writer.reading import epoch_marks, event_files, points, whole_records

pytest.importorskip("torch")

ROOT = Path(__file__).parents[2]
EPOCHS = 4
BATCHES = 15
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
TRAIN = [
    sys.executable, "-m", "demo.fashion_mnist.train", "--data", "digits", "--kernels", "4,8,0,0",
    "--batch-size", "100", "--epochs", str(EPOCHS), "--dropout", "0.1",
]  # fmt: skip
TAGS = ("train/loss", "train/accuracy", "lr", "epoch", "val/loss", "val/accuracy")


def started(arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments, cwd=ROOT, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def train(logdir: Path, run: str, *more: str) -> str:
    process = started([*TRAIN, "--logdir", str(logdir), "--run", run, *more])
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def values(run_dir: Path) -> dict[str, dict[int, float]]:
    """What is left of each series where a later point of a step goes over an earlier one."""
    found: dict[str, dict[int, float]] = {tag: {} for tag in TAGS}
    for tag, step, value in points(run_dir):
        if tag in found:  # what the machine was busy with is another matter
            found[tag][step] = value
    return found


@pytest.fixture(scope="module")
def without_stop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    logdir = tmp_path_factory.mktemp("without")
    train(logdir, "a")
    return logdir / "fashion" / "a"


def test_every_batch_and_every_epoch_is_logged(without_stop: Path) -> None:
    found = values(without_stop)
    for tag in ("train/loss", "train/accuracy", "lr"):
        assert list(found[tag]) == list(range(EPOCHS * BATCHES))
    ends = [epoch * BATCHES + BATCHES - 1 for epoch in range(EPOCHS)]
    assert list(found["val/loss"]) == list(found["val/accuracy"]) == ends
    assert epoch_marks(without_stop) == [(epoch * BATCHES, epoch) for epoch in range(EPOCHS)]
    assert found["val/accuracy"][ends[-1]] > 0.8
    assert all(math.isfinite(loss) for loss in found["train/loss"].values())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_training_that_is_interrupted_goes_on_as_if_it_had_not_been(
    tmp_path: Path, without_stop: Path, how: signal.Signals
) -> None:
    process = started([*TRAIN, "--logdir", str(tmp_path), "--run", "a"])
    assert process.stdout is not None
    for line in process.stdout:
        if "epoch 1.1" in line:
            process.send_signal(how)
            break
    output = process.stdout.read()
    assert process.wait(60) == 128 + how, output
    assert "stopped after step" in output
    run_dir = tmp_path / "fashion" / "a"
    for path in event_files(run_dir):
        assert whole_records(path)
    stopped_at = max(step for tag, step, _ in points(run_dir) if tag == "train/loss")
    assert BATCHES <= stopped_at < EPOCHS * BATCHES - 1
    output = train(tmp_path, "a", "--resume")
    assert f"goes on at step {stopped_at + 1}" in output
    after = [step for tag, step, _ in points(run_dir) if tag == "train/loss"]
    assert after == list(range(EPOCHS * BATCHES))
    assert values(run_dir) == values(without_stop)


def test_data_that_is_missing_is_said_and_no_run_is_made(tmp_path: Path) -> None:
    process = started([
        sys.executable, "-m", "demo.fashion_mnist.train", "--directory", str(tmp_path / "none"),
        "--logdir", str(tmp_path / "runs"),
    ])  # fmt: skip
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "python -m demo.fashion_mnist.prepare" in output
    assert "--data digits" in output
    assert "Traceback" not in output
    assert not (tmp_path / "runs").exists()


def test_checkpoint_of_other_settings_is_said(tmp_path: Path) -> None:
    train(tmp_path, "a", "--epochs", "1")
    process = started([*TRAIN, "--kernels", "5", "--logdir", str(tmp_path), "--run", "a", "--resume"])
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "kernels was (4, 8), now (5,)" in output
    assert "Traceback" not in output


def test_preparation_without_a_network_says_what_to_do(tmp_path: Path) -> None:
    with Mirror().serving() as mirror:
        pass
    process = started([
        sys.executable, "-m", "demo.fashion_mnist.prepare", "--directory", str(tmp_path / "data"),
        "--logdir", str(tmp_path / "runs"), "--run", "a", "--mirror", mirror.url,
    ])  # fmt: skip
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not reached" in output
    assert "--data digits" in output
    assert "Traceback" not in output
