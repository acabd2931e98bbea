"""Keras 3: KERAS_BACKEND=jax python -m demo.keras_fit (or torch, or tensorflow)"""

from __future__ import annotations

from typing import Any

import keras

from demo import command, digits
from tensorboard_candles.integrations.keras import CandlesCallback

BATCH_SIZE = 32


def make_model() -> Any:
    """64 pixels → 32 rectified units → 10 digits."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(epochs: int, **where: Any) -> list[float]:
    """Train a small MLP; returns the mean loss of each epoch, as Keras has it."""
    data = digits.load(1)
    history = make_model().fit(
        *data.train, BATCH_SIZE, epochs, shuffle=False, verbose=0, validation_data=data.validation,
        callbacks=[CandlesCallback(project="keras", **where)],
    )  # fmt: skip
    return [float(loss) for loss in history.history["loss"]]


if __name__ == "__main__":
    command.main(train)
