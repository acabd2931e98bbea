"""Figures of models of Keras and PyTorch: the example that the interface was made for, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures.reading import ink, pixels
from tests.integrations.scripts import run

EXAMPLE = """
from tensorboard_candles.figures import TrainingVisualizer

# Initialize with training history
visualizer = TrainingVisualizer(history)

# Create advanced visualizations
fig1 = visualizer.plot_loss_landscape_3d(model, X_train, y_train)
fig2 = visualizer.plot_metric_correlation_heatmap(['loss', 'accuracy', 'val_loss'])
fig3 = visualizer.plot_training_dynamics_3d(['loss', 'accuracy'])

# Save figures for paper
visualizer.save_figure('loss_landscape_3d', 'figures/loss_landscape_3d', 'png')
"""

FIT = """
import json, os, sys
import keras, numpy as np
os.chdir(sys.argv[1])
keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
X_train = random.normal(size=(200, 8)).astype("float32")
y_train = (X_train[:, 0] > 0).astype("int64")
model = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(X_train, y_train, epochs=6, validation_split=0.25, verbose=0)
before = [weight.copy() for weight in model.get_weights()]
"""

REPORT = """
after = model.get_weights()
print(json.dumps({
    "same": all((one == other).all() for one, other in zip(before, after, strict=True)),
    "shape": np.shape(fig1.data[0].z),
    "centre": float(fig1.data[0].z[10, 10]),
    "loss": float(model.evaluate(X_train, y_train, verbose=0)[0]),
    "names": sorted(fig2.layout.xaxis.ticktext),
    "path": [float(number) for number in fig3.data[0].y],
    "history": history.history["loss"],
}))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_example_for_keras_runs_word_for_word(backend: str, tmp_path: Path) -> None:
    said = run(FIT + EXAMPLE + REPORT, tmp_path, backend=backend)
    assert said["same"]
    assert said["shape"] == [21, 21]
    assert said["centre"] == pytest.approx(said["loss"], rel=1e-4)
    assert said["names"] == ["accuracy", "loss", "val_loss"]
    assert said["path"] == said["history"]
    written = tmp_path / "figures" / "loss_landscape_3d.png"
    assert pixels(written).shape[1] > 2000
    assert 0.05 < ink(written) < 0.7


def test_models_of_torch_are_drawn_with_their_cost_and_landscape(tmp_path: Path) -> None:
    script = """
import json
import numpy as np, torch
from torch import nn
from tensorboard_candles.figures import TrainingVisualizer
torch.manual_seed(0)
X, y = torch.randn(300, 8), torch.randint(0, 3, (300,))
models = {width: nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 3)) for width in (16, 64)}
visualizer = TrainingVisualizer({"loss": [1.0]})
loss = nn.functional.cross_entropy
surface = visualizer.plot_loss_landscape_3d(models[16], X, y, n_points=7, loss=loss, progress=False)
named = {f"{width} wide": model for width, model in models.items()}
measures = ["parameters", "flops", "gradient_noise_scale"]
costs = visualizer.plot_model_complexity_analysis(named, X, y, measures, loss=loss)
with torch.no_grad():
    centre = float(loss(models[16](X), y))
print(json.dumps({
    "surface": float(surface.data[0].z[3, 3]), "centre": centre,
    "names": [one.name for one in costs.data if one.type == "scatterpolar"],
    "parameters": [one.text[1] for one in costs.data if one.type == "scatter"][1:],
    "flops": [one.text[2] for one in costs.data if one.type == "scatter"][1:],
}))
"""
    said = run(script, tmp_path)
    assert said["surface"] == pytest.approx(said["centre"], rel=1e-5)
    assert said["names"] == ["16 wide", "64 wide"]
    assert said["parameters"] == ["195", "771"]
    assert said["flops"] == [f"{2 * (8 * 16 + 16 * 3)}", f"{2 * (8 * 64 + 64 * 3) / 1000:.3g} k"]
