"""scikit-learn's bundled handwritten digits, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Images: TypeAlias = NDArray[np.float64]
"""(count, 64) grey values from 0 to 1."""
Labels: TypeAlias = NDArray[np.int64]
"""(count,) digits from 0 to 9."""
Batch: TypeAlias = tuple[Images, Labels]


@dataclass(frozen=True, slots=True)
class Digits:
    """The images, shuffled once, four fifths for training."""

    train: Batch
    validation: Batch


def load(seed: int) -> Digits:
    """The 1,797 images of 8 × 8 pixels: 1,437 to train on, 360 to validate with."""
    from sklearn.datasets import load_digits  # a second's work, not for those that only start trainings

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(labels))
    images, labels = images[order] / 16, labels[order].astype(np.int64)
    cut = len(labels) * 4 // 5
    return Digits((images[:cut], labels[:cut]), (images[cut:], labels[cut:]))


def batches(data: Batch, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """One epoch's batches in a new order; the last one is smaller where `size` doesn't divide the data."""
    images, labels = data
    order = rng.permutation(len(labels))
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield images[chosen], labels[chosen]


def poisoned(batch: Batch, count: int, rng: np.random.Generator) -> Batch:
    """The batch as a broken loader might give it: `count` images never scaled to 0…1, with random labels."""
    images, labels = batch[0].copy(), batch[1].copy()
    images[:count] *= 16
    labels[:count] = rng.integers(0, 10, count)
    return images, labels
