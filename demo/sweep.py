"""A random search over a small network for digits: python -m demo.sweep --logdir runs

For the Hyperparameters widget.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from demo import digits
from demo.mlp import MLP
from tensorboard_candles import Tracker

PROJECT = "sweep"
RUNS, EPOCHS = 40, 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is started with, drawn at random; it is logged as its hyperparameters."""

    learning_rate: float
    momentum: float
    batch_size: int
    hidden: int
    scaled: bool
    """Whether pixels are divided by four, as something to be found out."""

    @staticmethod
    def drawn(rng: np.random.Generator) -> Recipe:
        return Recipe(
            learning_rate=float(f"{10 ** rng.uniform(-3.5, 0.5):.3g}"),
            momentum=round(rng.uniform(0, 0.97), 3),
            batch_size=int(2 ** rng.integers(3, 8)),
            hidden=int(2 ** rng.integers(2, 8)),
            scaled=bool(rng.integers(2)),
        )


def train(number: int, logdir: Path, *, epochs: int) -> None:
    """One run, logged to `<logdir>/sweep/<number>`; its seed is its number."""
    rng = np.random.default_rng(number)
    recipe = Recipe.drawn(rng)
    data = digits.load(1)
    model = MLP(recipe.hidden, rng)
    scale = 0.25 if recipe.scaled else 1.0
    step = 0
    with (
        np.errstate(over="ignore", invalid="ignore"),  # some diverge
        Tracker(PROJECT, logdir=logdir, run=f"{number:02}", config=asdict(recipe)) as tracker,
    ):
        for _ in tracker.epochs(epochs):
            for images, labels in digits.batches(data.train, recipe.batch_size, rng):
                measures, _ = model.train_on(
                    (images * scale, labels), learning_rate=recipe.learning_rate, momentum=recipe.momentum
                )
                tracker.log({"train/loss": measures.loss}, step=step)
                step += 1
            images, labels = data.validation
            validation = model.measure((images * scale, labels))
            tracker.log({"val/loss": validation.loss, "val/accuracy": validation.accuracy}, step=step - 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.sweep", description="Search at random, on digits.")
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where to log (default: runs)")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how many (default: {RUNS})")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"of each (default: {EPOCHS})")
    given = parser.parse_args(arguments)
    if given.runs < 1 or given.epochs < 1:
        parser.error(f"--runs and --epochs must be >= 1, got {given.runs} and {given.epochs}")
    for number in range(given.runs):
        train(number, given.logdir, epochs=given.epochs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
