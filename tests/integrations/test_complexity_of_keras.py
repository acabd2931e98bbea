"""What Keras models cost, in each of Keras' backends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.scripts import run

backends = pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])

SCRIPT = """
import json, sys
import keras, numpy as np
from keras import layers
from tensorboard_candles import Tracker, complexity

keras.utils.set_random_seed(0)
inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, padding="same")(inputs)
for _ in range(2):
    y = layers.Conv2D(4, 3, padding="same")(layers.ReLU()(layers.BatchNormalization()(x)))
    x = layers.Add()([x, y])
body = keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="body")
model = keras.Sequential([body, layers.Dropout(0.5), layers.Dense(5)], name="residual")
images = np.random.default_rng(0).standard_normal((6, 8, 8, 3)).astype("float32")
before = [keras.ops.convert_to_numpy(one) for one in model.variables]
found = complexity(model, images, repeats=5)

class Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.dense = layers.Dense(1, use_bias=False)
    def call(self, given):
        return self.dense(given)

rng = np.random.default_rng(1)
at = rng.standard_normal((4096, 10)).astype("float32")
own = Own()
own(at[:1])
own.dense.kernel.assign(np.zeros((10, 1)))
labels = (at @ np.full((10, 1), 0.5) + 2 * rng.standard_normal((4096, 1))).astype("float32")
mean = lambda labels, outputs: keras.ops.mean((labels - outputs) ** 2)
noisy = complexity(own, at, loss=mean, labels=labels, repeats=0)
# Gradients of every example, at weights of zero: -2 label × inputs
each = -2 * labels * at
with Tracker("p", logdir=sys.argv[1]) as tracker:
    tracker.complexity(found)
print(json.dumps({
    "numbers": [found.model, found.layers, found.depth],
    "parameters": [found.parameters, found.trainable, found.parameter_bytes],
    "flops": found.flops, "activations": found.activation_bytes, "repeats": len(found.latency_secs),
    "same": all(map(np.array_equal, before, map(keras.ops.convert_to_numpy, model.variables))),
    "noise": noisy.gradient_noise_scale,
    "wanted": float(each.var(0).sum() / np.square(each.mean(0)).sum()),
    "own": [noisy.layers, noisy.depth, noisy.activation_bytes, noisy.notes["depth"]],
    "own_flops": noisy.flops,
}))
"""


@backends
def test_models_are_measured_and_left_as_they_were(backend: str, tmp_path: Path) -> None:
    found = run(SCRIPT, tmp_path, backend=backend)
    convolutions = 3 * 9 * 4 + 4 + 2 * (4 * 9 * 4 + 4)
    parameters = convolutions + 2 * 16 + 4 * 5 + 5
    assert found["numbers"] == ["residual", 4, 4]
    assert found["parameters"] == [parameters, parameters - 2 * 8, 4 * parameters]
    flops = 2 * 6 * 64 * 9 * (3 * 4 + 4 * 4 + 4 * 4) + 2 * 6 * 4 * 5
    # XLA leaves out products with the padding, and counts what is added, too.
    assert found["flops"] == (pytest.approx(flops, rel=0.15) if backend == "jax" else flops)
    # Nine layers of 8 × 8 × 4, the mean of them, which dropout keeps, and five outputs.
    assert found["activations"] == 6 * 4 * (9 * 8 * 8 * 4 + 4 + 4 + 5)
    assert (found["repeats"], found["same"]) == (5, True)
    assert found["noise"] == pytest.approx(found["wanted"], rel=0.15)
    assert found["own"] == [1, None, None, "only of functional and sequential models, whose graph is known"]
    assert found["own_flops"] == pytest.approx(2 * 4096 * 10, rel=0.06)
