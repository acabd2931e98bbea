"""A training to be started from the tab and steered there: numpy alone, a few seconds or as long as one likes.

Softmax regression on noisy pictures of ten signs; the same seed gives the same losses to the last bit.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from tensorboard_candles import Tracker

SIDE = 8
CLASSES = [f"sign {number}" for number in range(10)]
BATCHES = 40
BATCH_SIZE = 32


class Training:
    """Weights, and how far they are; what comes at a step follows from the seed and the step alone."""

    def __init__(self, seed: int, units: int) -> None:
        self.signs = np.random.default_rng(0).random((len(CLASSES), SIDE * SIDE)) < 0.4
        self.weights = np.random.default_rng(seed).normal(0, 0.01, (units, SIDE * SIDE, len(CLASSES)))
        self.seed, self.step = seed, 0

    def batch(self, step: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, step))
        labels = rng.integers(0, len(CLASSES), size)
        return np.clip(self.signs[labels] * 0.6 + rng.normal(0.2, 0.25, (size, SIDE * SIDE)), 0, 1), labels

    def scores(self, images: np.ndarray) -> np.ndarray:
        return images @ self.weights.mean(0)

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
