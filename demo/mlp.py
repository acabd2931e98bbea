"""A two-layer perceptron with a softmax loss, trained by stochastic gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.digits import Batch, Images

Weights = list[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Measures:
    """How one batch went: mean cross-entropy in nats, share of right answers."""

    loss: float
    accuracy: float


class MLP:
    """64 pixels → `hidden` rectified units → 10 digits."""

    def __init__(self, hidden: int, rng: np.random.Generator) -> None:
        self.weights: Weights = [
            rng.normal(0, np.sqrt(2 / 64), (64, hidden)),
            np.zeros(hidden),
            rng.normal(0, np.sqrt(2 / hidden), (hidden, 10)),
            np.zeros(10),
        ]
        self._velocity: Weights = [np.zeros_like(weight) for weight in self.weights]

    def measure(self, batch: Batch) -> Measures:
        """Loss and accuracy on a batch, without learning from it."""
        images, labels = batch
        return _measures(self._forward(images)[1], labels)

    def train_on(self, batch: Batch, *, learning_rate: float, momentum: float) -> tuple[Measures, float]:
        """One step of descent; the measures before it, and the gradient's norm."""
        images, labels = batch
        hidden, logits = self._forward(images)
        gradients = self._gradients(images, hidden, logits, labels)
        for weight, velocity, gradient in zip(self.weights, self._velocity, gradients, strict=True):
            velocity[...] = momentum * velocity - learning_rate * gradient
            np.add(weight, velocity, out=weight)
        norm = float(np.sqrt(sum(float((gradient**2).sum()) for gradient in gradients)))
        return _measures(logits, labels), norm

    def _forward(self, images: Images) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        first, first_bias, second, second_bias = self.weights
        hidden = np.maximum(images @ first + first_bias, 0)
        return hidden, hidden @ second + second_bias

    def _gradients(
        self,
        images: Images,
        hidden: NDArray[np.float64],
        logits: NDArray[np.float64],
        labels: NDArray[np.int64],
    ) -> Weights:
        by_logits = np.exp(_log_softmax(logits))
        by_logits[np.arange(len(labels)), labels] -= 1
        by_logits /= len(labels)
        by_hidden = (by_logits @ self.weights[2].T) * (hidden > 0)
        return [images.T @ by_hidden, by_hidden.sum(axis=0), hidden.T @ by_logits, by_logits.sum(axis=0)]


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_softmax


def _measures(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> Measures:
    loss = -_log_softmax(logits)[np.arange(len(labels)), labels].mean()
    return Measures(float(loss), float((logits.argmax(axis=1) == labels).mean()))
