"""A training to be started from the tab and steered there: numpy alone, and as long as one likes.

Softmax regression on noisy pictures of ten signs; the same seed gives the same losses to the last bit.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from pathlib import Path

import numpy as np

from tensorboard_candles import Parameter, Tracker

SIDE = 8
CLASSES = [f"sign {number}" for number in range(10)]
BATCHES = 40
BATCH_SIZE = 32
log = logging.getLogger("live_training")


class Training:
    """Weights, and how far they are; what comes at a step follows from the seed and the step alone."""

    def __init__(self, seed: int, units: int) -> None:
        self.signs = np.random.default_rng(0).random((len(CLASSES), SIDE * SIDE)) < 0.4
        self.weights = np.random.default_rng(seed).normal(0, 0.01, (units, SIDE * SIDE, len(CLASSES)))
        self.seed, self.step = seed, 0

    def batch(self, step: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, step + 1))
        labels = rng.integers(0, len(CLASSES), size)
        return np.clip(self.signs[labels] * 0.6 + rng.normal(0.2, 0.25, (size, SIDE * SIDE)), 0, 1), labels

    def scores(self, images: np.ndarray) -> np.ndarray:
        return np.asarray(images @ self.weights.mean(0))

    def train_on(self, images: np.ndarray, labels: np.ndarray, lr: float) -> dict[str, float]:
        scores = self.scores(images)
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        rows = np.arange(len(labels))
        loss = -np.log(shares[rows, labels]).mean()
        right = (scores.argmax(1) == labels).mean()
        shares[rows, labels] -= 1
        update = lr * images.T @ shares / len(labels)
        self.weights -= update
        self.step += 1
        return {"train/loss": loss, "train/accuracy": right, "update_norm": float(np.linalg.norm(update))}

    def save(self, path: Path) -> Path:
        aside = path.with_name(f".{path.name}.{os.getpid()}.npz")
        np.savez(aside, weights=self.weights, step=self.step)
        aside.replace(path)
        return path

    def restore(self, path: Path) -> None:
        with np.load(path) as state:
            self.weights, self.step = state["weights"], int(state["step"])


def train(given: argparse.Namespace) -> None:
    """Until the epochs are over, or the tab asks for a stop."""
    training = Training(given.seed, given.units)
    config = {name: getattr(given, name) for name in ("lr", "units", "seed", "epochs")}
    with Tracker("live", logdir=given.logdir, run=given.run, resume=given.resume, config=config) as tracker:
        checkpoint = Path(tracker.run_dir) / "checkpoint.npz"
        if given.resume and checkpoint.exists():
            training.restore(checkpoint)
        tracker.declare(lr=Parameter(given.lr, least=0, most=10, help="Learning rate"))
        tracker.on_checkpoint(lambda: training.save(checkpoint))

        @tracker.on_predict
        def predict() -> None:
            images, labels = training.batch(-1, 100)
            tracker.output(
                "val", predictions=training.scores(images), labels=labels,
                images=images.reshape(-1, SIDE, SIDE), classes=CLASSES,
            )  # fmt: skip

        log.addHandler(tracker.logger)
        begin = training.step // BATCHES
        for epoch in tracker.epochs(given.epochs - begin, first=begin):
            done = training.step % BATCHES
            for step in tracker.batches(range(epoch * BATCHES + done, (epoch + 1) * BATCHES), done=done):
                lr = tracker.params.lr
                measures = training.train_on(*training.batch(step, BATCH_SIZE), lr)
                tracker.log({**measures, "lr": lr}, step=step)
                if (step + 1) % (BATCHES // 4) == 0:
                    log.info("step %d: loss %.4f", step, measures["train/loss"])
                time.sleep(given.pace_secs)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--logdir")
    parser.add_argument("--run")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--units", type=int, default=1, help="copies of the weights that are averaged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument("--pace-secs", "--pace_secs", type=float, default=0.02)
    parser.add_argument("--resume", action="store_true")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
