"""JAX with Flax and optax, a loop of one's own: python -m demo.jax_loop

The jitted step returns the loss and the gradient's norm, and they are logged as they are: arrays whose
numbers may not even be computed yet. They are read in the background; the next step is dispatched at once.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import optax
from flax import linen as nn

from demo import command, digits
from tensorboard_candles import Tracker

CONFIG = {"learning_rate": 1e-3, "batch_size": 32, "hidden": 32}


class MLP(nn.Module):
    """64 pixels → 32 rectified units → 10 digits."""

    @nn.compact
    def __call__(self, images: jax.Array) -> jax.Array:
        return nn.Dense(10)(nn.relu(nn.Dense(CONFIG["hidden"])(images)))


def train(epochs: int, **where: Any) -> list[float]:
    """Train a small MLP; returns each batch's loss."""
    model, optimizer = MLP(), optax.adam(CONFIG["learning_rate"])
    weights = model.init(jax.random.key(1), np.zeros((1, 64), np.float32))
    state = optimizer.init(weights)

    def loss_of(weights: Any, images: jax.Array, labels: jax.Array) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(model.apply(weights, images), labels).mean()

    @jax.jit
    def step(weights: Any, state: Any, images: jax.Array, labels: jax.Array) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(weights, images, labels)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(weights, updates), state, loss, optax.global_norm(gradients)

    losses = []
    rng = np.random.default_rng(1)
    data = digits.load(1)
    with Tracker(project="jax", config=CONFIG, **where) as tracker:
        for _ in tracker.epochs(epochs):
            for images, labels in digits.batches(data.train, 32, rng):
                weights, state, loss, grad_norm = step(weights, state, images.astype(np.float32), labels)
                tracker.log({"train/loss": loss, "grad_norm": grad_norm})
                losses.append(loss)
    return [float(loss) for loss in losses]


if __name__ == "__main__":
    command.main(train)
