"""Networks of torch and data whose landscapes are tested, and what their landscapes must be."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.analysis.landscape import Landscape

torch = pytest.importorskip("torch")
nn = torch.nn
cross_entropy = nn.functional.cross_entropy

QUIET: dict[str, Any] = {"progress": False, "cache": False}


def classifier(*layers: int) -> Any:
    """A ReLU network."""
    parts: list[Any] = []
    for size, following in pairwise(layers):
        parts += [nn.Linear(size, following), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def examples(rows: int, size: int, classes: int) -> tuple[Any, Any]:
    return torch.randn(rows, size), torch.randint(classes, (rows,))


def plain_loop(model: Any, loss: Callable[..., Any], data: Any, found: Landscape, directions: Any) -> Any:
    """In float64, a state dict for each point: what a landscape is."""
    inputs, targets = data
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    model = copy.deepcopy(model).double().eval()
    own = {name: one.clone() for name, one in model.state_dict().items()}
    losses = np.empty(found.loss.shape)
    for place in np.ndindex(*losses.shape):
        state, start = dict(own), 0
        for name, parameter in model.named_parameters():
            stretch = slice(start, start + parameter.numel())
            start += parameter.numel()
            for axis, index, direction in zip(found.axes, place, directions, strict=True):
                part = torch.tensor(direction[stretch]).reshape(parameter.shape)
                state[name] = state[name] + axis[index] * part
        model.load_state_dict(state)
        with torch.no_grad():
            losses[place] = loss(model(inputs), targets).mean().item()
    return losses


class Convolutions(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """Of images, with batch normalisation, dropout, a skip connection and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular")
        self.norm = nn.BatchNorm2d(6)
        self.again = nn.Conv2d(6, 6, 3, padding=1)
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(6, 5)

    def forward(self, images: Any) -> Any:
        found = torch.relu(self.norm(self.first(images)))
        found = found + torch.relu(self.again(self.again(found)))
        return self.last(self.drop(found.mean((2, 3))))


class Snapshot:
    """All of a model and of the random numbers that must stay."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._state = {name: one.clone() for name, one in model.state_dict().items()}
        self._pointers = self._now()
        self._random = (
            random.getstate(),
            np.random.get_state(legacy=False)["state"]["key"].tolist(),
            torch.get_rng_state(),
        )

    def _now(self) -> list[Any]:
        tensors = [*self._model.named_parameters(), *self._model.named_buffers()]
        about = [
            (name, id(one), one.data_ptr(), one.dtype, one.requires_grad, one.grad) for name, one in tensors
        ]
        modules = [
            (name, module.training, sorted(module.__dict__), len(module._forward_pre_hooks))
            for name, module in self._model.named_modules()
        ]
        return [about, modules]

    def assert_same(self) -> None:
        for name, one in self._model.state_dict().items():
            assert torch.equal(one, self._state[name]), name
        assert self._now() == self._pointers
        assert random.getstate() == self._random[0]
        assert np.random.get_state(legacy=False)["state"]["key"].tolist() == self._random[1]
        assert torch.equal(torch.get_rng_state(), self._random[2])


def mixed() -> Any:
    """In training mode but for a part, and frozen but for a part."""
    model = Convolutions()
    model.norm.eval()
    model.first.weight.requires_grad_(False)
    model.last.weight.grad = None
    return model


IMAGES = torch.randn(12, 4, 6, 6), torch.randint(5, (12,))
