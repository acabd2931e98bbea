"""Make the figures of docs/figures.md from short trainings: python scripts/figures.py

It needs PyTorch and Chromium, and takes a few minutes on two cores.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from demo import attention, digits  # noqa: E402  (only now is the repository on the path)
from tensorboard_candles import Tracker  # noqa: E402
from tensorboard_candles.figures import TrainingVisualizer  # noqa: E402

FIGURES = ROOT / "docs" / "figures"
DPI = 150
"""Screens show no more."""
EPOCHS = 30
GRID: dict[str, list[Any]] = {"learning_rate": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], "width": [8, 16, 32, 64]}

NAMES = (
    "candles",
    "metric_correlation",
    "training_dynamics_3d",
    "convergence_analysis",
    "loss_landscape_3d",
    "model_complexity",
    "hyperparameter_surface",
    "system_architecture",
)

Part = tuple[torch.Tensor, torch.Tensor]


def main() -> None:
    FIGURES.mkdir(exist_ok=True)
    torch.manual_seed(0)
    data = digits.load(1)
    train, validation = (_tensors(part) for part in (data.train, data.validation))
    with tempfile.TemporaryDirectory() as directory:
        model, checkpoints = _trained(directory, train, validation)
        visualizer = TrainingVisualizer(directory)
        visualizer.plot_candles("train/loss")
        visualizer.plot_metric_correlation_heatmap()
        visualizer.plot_training_dynamics_3d(["train/loss", "val/loss", "val/accuracy"])
        visualizer.plot_convergence_analysis(["train/loss", "val/loss", "val/accuracy", "grad_norm"])
    visualizer.plot_loss_landscape_3d(
        model, *train, "pca", n_points=41, loss=nn.functional.cross_entropy, checkpoints=checkpoints
    )
    models = {"MLP": mlp(32), "CNN": cnn()}
    visualizer.plot_model_complexity_analysis(models, *train, loss=nn.functional.cross_entropy)
    visualizer.plot_hyperparameter_optimization_surface(GRID, _searched(train, validation))
    visualizer.plot_system_architecture()
    for name in NAMES:
        _saved(visualizer, name)
    with tempfile.TemporaryDirectory() as directory:
        attention.train(12, logdir=directory)
        visualizer = TrainingVisualizer(directory)
        visualizer.plot_attention_evolution()
        _saved(visualizer, "attention_evolution")


def mlp(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10)
    )


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10),
    )  # fmt: skip


def _tensors(part: digits.Batch) -> Part:
    images, labels = part
    return torch.as_tensor(images, dtype=torch.float32), torch.as_tensor(labels)


def _trained(logdir: str, train: Part, validation: Part) -> tuple[nn.Module, list[dict[str, torch.Tensor]]]:
    """A run in the log directory, and the weights at the end of each epoch."""
    model = mlp(32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    checkpoints = []
    with Tracker(project="digits", run="perceptron", logdir=logdir) as tracker:
        for epoch in tracker.epochs(EPOCHS):
            for loss in _epoch(model, optimizer, train, spoil=epoch == EPOCHS // 2):
                norm = nn.utils.get_total_norm(one.grad for one in model.parameters() if one.grad is not None)
                tracker.log({"train/loss": loss, "grad_norm": norm})
            tracker.log({f"val/{name}": value for name, value in _evaluated(model, validation).items()})
            checkpoints.append({name: one.clone() for name, one in model.state_dict().items()})
    return model, checkpoints


def _epoch(model: nn.Module, optimizer: Any, train: Part, *, spoil: bool = False) -> Any:
    """Each batch's loss; one batch is not scaled, as of a broken loader."""
    images, labels = train
    for number, rows in enumerate(torch.randperm(len(labels)).split(32)):
        some = images[rows] * (8 if spoil and number == 20 else 1)
        loss = nn.functional.cross_entropy(model(some), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.detach()


def _evaluated(model: nn.Module, part: Part) -> dict[str, float]:
    images, labels = part
    with torch.no_grad():
        scores = model(images)
    loss, is_right = nn.functional.cross_entropy(scores, labels), scores.argmax(dim=1) == labels
    return {"loss": float(loss), "accuracy": float(is_right.float().mean())}


def _searched(train: Part, validation: Part) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Accuracy after two epochs of each pair of the grid."""
    found = []
    for rate, width in itertools.product(*GRID.values()):
        model = mlp(width)
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        for _ in range(2):
            list(_epoch(model, optimizer, train))
        found.append(_evaluated(model, validation)["accuracy"])
    return np.array(found)


def _saved(visualizer: TrainingVisualizer, name: str) -> None:
    path = visualizer.save_figure(name, FIGURES / name, "png", dpi=DPI)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
