"""A loss surface beside plain loops: python -m benchmarks.landscape [--points N] [--plain N] [--threads N]

51 × 51 points around networks of about 100,000 parameters, of 2,000 examples, in one run. Two plain loops set
a state dict for each point: one that gives the model all examples as one tensor, and one that reads them from
a DataLoader in batches of 100, as most code that draws loss surfaces does. Both are timed over a part of the
points, interleaved with ours, and all that ours does before its first point counts: directions, products of
the first layer, trials. Printed are medians of a point's time, in which a busy machine shows less than in the
sum. The network that the target is set for is 784-128-10; beside it stand such whose first layer is a small
part of the work, of which less can be saved.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.report import heading, machine, row
from tensorboard_candles.analysis.landscape.directions import random_directions
from tensorboard_candles.analysis.landscape.grid import axes_of, points_of
from tensorboard_candles.integrations.torch_landscape import TorchNetwork, network_of

EXAMPLES = 2000
CLASSES = 10
SEGMENTS = 9
"""Into how many stretches ours is cut, with some points of the plain loops after each."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    make: Callable[[], Any]
    shape: tuple[int, ...]


def dense(*layers: int) -> Callable[[], Any]:
    def make() -> Any:
        parts: list[Any] = []
        for size, following in zip(layers, layers[1:], strict=False):  # noqa: RUF007
            parts += [nn.Linear(size, following), nn.ReLU()]
        return nn.Sequential(*parts[:-1])

    return make


def convolutions() -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 115), nn.ReLU(), nn.Linear(115, CLASSES),
    )  # fmt: skip


CASES = (
    Case("784-128-10", dense(784, 128, CLASSES), (784,)),
    Case("100-256-256-10", dense(100, 256, 256, CLASSES), (100,)),
    Case("convolutions, 28 × 28", convolutions, (1, 28, 28)),
)


class Plain:
    """The loop of every tutorial: w + a·d₁ + b·d₂ as a state dict, and the mean loss of all examples."""

    def __init__(self, network: TorchNetwork, model: Any, batches: Any, directions: Any) -> None:
        self._model, self._batches = model, batches
        self._own = {name: one.clone() for name, one in model.state_dict().items()}
        self._directions = []
        for direction in directions:
            named = {
                weight.name: torch.tensor(direction[weight.stretch], dtype=torch.float32).view(weight.shape)
                for weight in network.weights
            }
            self._directions.append(named)

    def loss(self, point: Any) -> float:
        first, second = self._directions
        state = {
            name: one + point[0] * first[name] + point[1] * second[name] for name, one in self._own.items()
        }
        self._model.load_state_dict(state)
        total = 0.0
        with torch.no_grad():
            for inputs, targets in self._batches:
                loss = nn.functional.cross_entropy(self._model(inputs), targets)
                total += loss.item() * len(targets)
        self._model.load_state_dict(self._own)
        return total / EXAMPLES


@dataclass(slots=True)
class Took:
    """Seconds that a point takes, one for each stretch."""

    ours: list[float] = field(default_factory=list)
    tensors: list[float] = field(default_factory=list)
    loader: list[float] = field(default_factory=list)
    before_secs: float = 0.0


def measure(case: Case, side: int, plain_points: int) -> tuple[Took, float, int]:
    """What it took, how far at most a loss of the loops is off ours, and how many parameters there are."""
    torch.manual_seed(0)
    model = case.make().eval()
    inputs, targets = torch.randn(EXAMPLES, *case.shape), torch.randint(CLASSES, (EXAMPLES,))
    took, off = Took(), 0.0
    begin = time.perf_counter()
    network = network_of(model, nn.functional.cross_entropy, (inputs, targets))
    origin = network.vector()
    directions = random_directions(network.weights, origin, 2, normalize="filter", seed=0)
    points = points_of(axes_of(1.0, (side, side)))
    other = case.make().eval()
    other.load_state_dict(model.state_dict())
    plain = Plain(network, other, [(inputs, targets)], directions)
    loader = Plain(network, other, DataLoader(TensorDataset(inputs, targets), batch_size=100), directions)
    with network.plane(origin, directions) as plane:
        took.before_secs = time.perf_counter() - begin
        for segment in np.array_split(np.arange(len(points)), SEGMENTS):
            begin, losses = time.perf_counter(), []
            for first in range(0, len(segment), plane.chunk):
                losses.append(plane.losses(points[segment[first : first + plane.chunk]]))
            took.ours.append((time.perf_counter() - begin) / len(segment))
            some = segment[:: max(len(segment) // plain_points, 1)][:plain_points]
            for way, seconds in ((plain, took.tensors), (loader, took.loader)):
                way.loss(points[some[0]])  # the caches are ours still
                begin = time.perf_counter()
                found = [way.loss(points[number]) for number in some]
                seconds.append((time.perf_counter() - begin) / len(some))
            own = np.concatenate(losses)[some - segment[0]]
            off = max(off, float(np.abs(own / np.array(found) - 1).max()))
    return took, off, len(origin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=51, help="on each side")
    parser.add_argument("--plain", type=int, default=12, help="points of each plain loop after each stretch")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(machine(), f"torch {torch.__version__}", f"{torch.get_num_threads()} threads", sep=", ")
    side = arguments.points
    print(f"\n### A loss surface of {side} × {side} points over {EXAMPLES:,} examples\n")
    print(
        heading(
            "network", "parameters", "ours, a point", "all points", "state dict, one tensor", "ratio",
            "state dict, DataLoader", "ratio", "most they differ",
        )
    )  # fmt: skip
    for case in CASES:
        took, off, parameters = measure(case, side, arguments.plain)
        ours = statistics.median(took.ours) + took.before_secs / side**2
        tensors, loader = statistics.median(took.tensors), statistics.median(took.loader)
        print(
            row(
                case.name, f"{parameters:,}", f"{1e3 * ours:.2f} ms", f"{ours * side**2:.1f} s",
                f"{1e3 * tensors:.2f} ms", f"{tensors / ours:.1f} ×",
                f"{1e3 * loader:.2f} ms", f"{loader / ours:.1f} ×", f"{off:.1e}",
            ),
            flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
