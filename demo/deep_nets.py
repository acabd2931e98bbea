"""A deep convolutional network of blocks, with and without skip connections (He et al. 2016)."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

DEPTH = 56
BLOCKS = 9
"""Of each of three stages: 2 · 3 · 9 convolutions, one before them and a dense layer after them make 56."""


class Block(nn.Module):
    """Two convolutions; with `skip` what came in is added to what they make of it."""

    def __init__(self, channels_in: int, channels: int, *, stride: int, skip: bool) -> None:
        super().__init__()
        self.first = _convolution(channels_in, channels, 3, stride)
        self.second = _convolution(channels, channels, 3, 1)
        self.skip: nn.Module | None = None
        if skip:
            is_same = stride == 1 and channels_in == channels
            self.skip = nn.Identity() if is_same else _convolution(channels_in, channels, 1, stride)

    def forward(self, images: Any) -> Any:
        found = self.second(torch.relu(self.first(images)))
        if self.skip is not None:
            found = found + self.skip(images)
        return torch.relu(found)


def deep_net(*, skip: bool, width: int = 8, blocks: int = BLOCKS) -> nn.Sequential:
    """Of images of shape (count, 64) the scores of ten digits; as ResNet-56 for CIFAR, but narrower."""
    layers: list[nn.Module] = [nn.Unflatten(1, (1, 8, 8)), _convolution(1, width, 3, 1), nn.ReLU()]
    channels = width
    for stage in range(3):
        for number in range(blocks):
            stride = 2 if stage and not number else 1
            layers.append(Block(channels, width << stage, stride=stride, skip=skip))
            channels = width << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def measure_statistics(model: nn.Module, images: Any) -> None:
    """The statistics of batch normalisations over all images at once.

    Those that training leaves are means over its last small batches. In the plain network small errors
    grow from layer to layer, and with them it gets twice as many digits wrong as with these.
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean
    model.train()
    with torch.no_grad():
        model(images)
    model.eval()


def _convolution(channels_in: int, channels: int, size: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(channels_in, channels, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels))
