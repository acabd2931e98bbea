"""A loss surface beside plain loops: python -m benchmarks.landscape [--points N] [--plain N] [--threads N]

51 × 51 points around networks of about 100,000 parameters, of 2,000 examples, in one run. Two plain loops set
a state dict for each point: one that gives the model all examples as one tensor, and one that reads them from
a DataLoader in batches of 100, as most code that draws loss surfaces does. Both are timed over a part of the
points, interleaved with ours, and all that ours does before its first point counts: directions, products of
the first layer, trials. All run on one core, where other processes disturb them least. Printed are medians of
a point's time, in which a busy machine shows less than in the sum. The network that the target is set for is
784-128-10; beside it stand such whose first layer is a small part of the work, of which less can be saved.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.report import heading, machine, row, seconds
from tensorboard_candles.analysis.landscape import Plane
from tensorboard_candles.analysis.landscape.directions import random_directions
from tensorboard_candles.analysis.landscape.grid import axes_of, points_of
from tensorboard_candles.integrations.landscape.torch_network import TorchNetwork, network_of

EXAMPLES = 2000
CLASSES = 10
STRETCH_SECS = 3.0
"""No stretch of ours is longer; of a slow network it holds a part of the points."""
SECS = ("clock", "processor")
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


@dataclass(frozen=True, slots=True)
class Secs:
    """That something took: by the clock, and of the processor."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Took:
    """What a point takes, one for each stretch; `before` is what comes before our first point."""

    ours: list[Secs] = field(default_factory=list)
    tensors: list[Secs] = field(default_factory=list)
    loader: list[Secs] = field(default_factory=list)
    before: list[Secs] = field(default_factory=list)


class Timed:
    """Appends to `found` what was done within it took, for each of so many points."""

    def __init__(self, found: list[Secs], points: int = 1) -> None:
        self._found, self.points = found, points

    @property
    def so_far(self) -> float:
        return time.perf_counter() - self._begin[0]

    def __enter__(self) -> None:
        self._begin = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        clock, processor = time.perf_counter() - self._begin[0], time.process_time() - self._begin[1]
        self._found.append(Secs(clock / self.points, processor / self.points))


def measure(case: Case, side: int, plain_points: int) -> tuple[Took, float, int]:
    """What it took, how far at most a loss of the loops is off ours, and how many parameters there are."""
    torch.manual_seed(0)
    model = case.make().eval()
    data = torch.randn(EXAMPLES, *case.shape), torch.randint(CLASSES, (EXAMPLES,))
    other = case.make().eval()
    other.load_state_dict(model.state_dict())
    took, off = Took(), 0.0
    with ExitStack() as stack:
        with Timed(took.before):
            network = network_of(model, nn.functional.cross_entropy, data)
            origin = network.vector()
            directions = random_directions(network.weights, origin, 2, normalize="filter", seed=0)
            points = points_of(axes_of(1.0, (side, side)))
            plane = stack.enter_context(network.plane(origin, directions))
        plain = Plain(network, other, [data], directions)
        loader = Plain(network, other, DataLoader(TensorDataset(*data), batch_size=100), directions)
        for segment in np.array_split(points, SEGMENTS):
            losses = ours(plane, segment, took.ours)
            some = np.arange(0, len(losses), max(len(losses) // plain_points, 1))[:plain_points]
            for way, secs in ((plain, took.tensors), (loader, took.loader)):
                way.loss(segment[0])  # until here the processor's caches are ours
                with Timed(secs, len(some)):
                    found = [way.loss(segment[number]) for number in some]
                off = max(off, float(np.abs(losses[some] / np.array(found) - 1).max()))
    return took, off, len(origin)


def ours(plane: Plane, points: Any, found: list[Secs]) -> Any:
    """Losses of the first points, of as many as there is time for."""
    losses: list[Any] = []
    timed = Timed(found)
    with timed:
        for first in range(0, len(points), plane.chunk):
            losses.append(plane.losses(points[first : first + plane.chunk]))
            if timed.so_far > STRETCH_SECS:
                break
        timed.points = sum(map(len, losses))
    return np.concatenate(losses)


def cells(took: Took, points: int) -> list[str]:
    """Ours, then each loop and how often ours goes into it, by the clock and by the processor's time."""
    medians = {
        name: Secs(*(statistics.median(getattr(one, of) for one in getattr(took, name)) for of in SECS))
        for name in ("ours", "tensors", "loader")
    }
    before = took.before[0]
    clock = medians["ours"].clock + before.clock / points
    processor = medians["ours"].processor + before.processor / points
    found = [seconds(clock), seconds(clock * points)]
    for name in ("tensors", "loader"):
        plain = medians[name]
        found += [seconds(plain.clock), f"{plain.clock / clock:.1f} × ({plain.processor / processor:.1f} ×)"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=51, help="on each side")
    parser.add_argument("--plain", type=int, default=12, help="points of each plain loop after each stretch")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(machine(), f"torch {torch.__version__}", f"{torch.get_num_threads()} threads", sep=", ")
    side = arguments.points
    print(f"\n### A loss surface of {side} × {side} points over {EXAMPLES:,} examples\n")
    print(
        heading(
            "network", "parameters", "ours, a point", "times all points", "state dict, one tensor", "ratio",
            "state dict, DataLoader", "ratio", "most they differ",
        )
    )  # fmt: skip
    for case in CASES:
        took, off, parameters = measure(case, side, arguments.plain)
        print(row(case.name, f"{parameters:,}", *cells(took, side**2), f"{off:.1e}"), flush=True)
    print("\nIn brackets: of the processor's time.")


if __name__ == "__main__":
    main()
