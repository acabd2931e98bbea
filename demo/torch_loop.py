"""PyTorch, a loop of one's own: python -m demo.torch_loop"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from demo import command, digits
from tensorboard_candles import Tracker

CONFIG = {"learning_rate": 1e-3, "batch_size": 32, "channels": 16}


def train(epochs: int, **where: Any) -> list[float]:
    """Train a small CNN; returns each batch's loss."""
    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=CONFIG["learning_rate"])
    data = digits.load(1)
    images, labels = (torch.as_tensor(part) for part in data.train)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(images.float(), labels), batch_size=32, shuffle=True
    )
    losses = []
    with Tracker(project="torch", config=CONFIG, **where) as tracker:
        tracker.watch(model)  # logs grad_norm beside each loss
        for _ in tracker.epochs(epochs):
            for batch_images, batch_labels in loader:
                loss = nn.functional.cross_entropy(model(batch_images), batch_labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                tracker.log({"train/loss": loss})
                losses.append(loss.item())
    return losses


if __name__ == "__main__":
    command.main(train)
