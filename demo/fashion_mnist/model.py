"""The CNN: a convolution after the other, each with as many kernels as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from demo.fashion_mnist.data import SIZE_PIXELS

MOST_LAYERS = 4
"""28 × 28 pixels can be halved so often."""


class ConvNet(nn.Module):
    """Layers of 3 × 3 kernels, each followed by normalisation and pooling to half the size; then dropout.

    >>> model = ConvNet([16, 32], classes=10, dropout=0.25)
    >>> sum(parameter.numel() for parameter in model.parameters())
    20538
    """

    def __init__(self, kernels: Sequence[int], *, classes: int, dropout: float) -> None:
        super().__init__()
        if not 1 <= len(kernels) <= MOST_LAYERS or min(kernels) < 1:
            raise ValueError(f"kernels must be 1 to {MOST_LAYERS} numbers from 1, got {list(kernels)}")
        layers: list[nn.Module] = []
        channels, size = 1, SIZE_PIXELS
        for count in kernels:
            layers += [
                nn.Conv2d(channels, count, 3, padding=1, bias=False), nn.BatchNorm2d(count), nn.ReLU(),
                nn.MaxPool2d(2),
            ]  # fmt: skip
            channels, size = count, size // 2
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(channels * size**2, classes)

    def forward(self, images: Any) -> Any:
        """Scores of each class, of images (count, 1, 28, 28)."""
        return self.out(self.dropout(self.features(images).flatten(1)))
