"""scikit-learn, batches given to partial_fit: python -m demo.sklearn_loop"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss

from demo import command, digits
from tensorboard_candles import Tracker


def train(epochs: int, **where: Any) -> list[float]:
    """Train a logistic regression; returns each batch's loss, measured before it learns from the batch."""
    model = SGDClassifier(loss="log_loss", alpha=1e-3, random_state=1)
    classes = np.arange(10)
    data = digits.load(1)
    rng = np.random.default_rng(1)
    model.partial_fit(*(part[:32] for part in data.train), classes=classes)
    losses = []
    with Tracker(project="scikit-learn", config=model.get_params(), **where) as tracker:
        for _ in tracker.epochs(epochs):
            for images, labels in digits.batches(data.train, 32, rng):
                loss = log_loss(labels, model.predict_proba(images), labels=classes)
                accuracy = model.score(images, labels)
                model.partial_fit(images, labels)
                tracker.log({"train/loss": loss, "train/accuracy": accuracy})
                losses.append(float(loss))
            tracker.log({"val/accuracy": model.score(*data.validation)}, step=len(losses) - 1)
    return losses


if __name__ == "__main__":
    command.main(train)
