"""Train on handwritten digits, logging every batch: python -m demo.train --logdir runs --run poisoned

Three runs of one model: `steady` goes well, `too-hot` has too high a learning rate, and `poisoned` meets one
batch in the middle that a broken loader left unscaled: its loss is a spike of a single point.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from demo import digits
from demo.mlp import MLP
from demo.processes import interrupt_on_termination, running
from tensorboard_candles import Tracker

PROJECT = "digits"
POISONED_BATCH = 23
POISONED_IMAGES = 4
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Recipe:
    """What sets one run apart; it is logged as the run's hyperparameters."""

    learning_rate: float = 0.02
    momentum: float = 0.9
    batch_size: int = 32
    hidden: int = 32
    seed: int = 1
    poisoned: bool = False


RECIPES = {
    "steady": Recipe(),
    "too-hot": Recipe(learning_rate=0.5),
    "poisoned": Recipe(poisoned=True),
}


def train(name: str, logdir: Path, *, epochs: int, pace_secs: float) -> None:
    """Train one run and log it to `<logdir>/digits/<name>`, waiting `pace_secs` after each batch."""
    recipe = RECIPES[name]
    data = digits.load(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    model = MLP(recipe.hidden, rng)
    step = 0
    with Tracker(PROJECT, logdir=logdir, run=name, config=asdict(recipe)) as tracker:
        for epoch in tracker.epochs(epochs):
            for number, clean in enumerate(digits.batches(data.train, recipe.batch_size, rng)):
                bad = recipe.poisoned and (epoch, number) == (epochs // 2, POISONED_BATCH)
                batch = digits.poisoned(clean, POISONED_IMAGES, rng) if bad else clean
                measures, grad_norm = model.train_on(
                    batch, learning_rate=recipe.learning_rate, momentum=recipe.momentum
                )
                tracker.log(
                    {
                        "train/loss": measures.loss,
                        "train/accuracy": measures.accuracy,
                        "grad_norm": grad_norm,
                    },
                    step=step,
                )
                step += 1
                time.sleep(pace_secs)
            validation = model.measure(data.validation)
            tracker.log({"val/loss": validation.loss, "val/accuracy": validation.accuracy}, step=step - 1)


def commands(logdir: Path, *, epochs: int, pace_secs: float) -> list[list[str]]:
    """The command of each run, for a process each."""
    shared = ["--logdir", str(logdir.absolute()), "--epochs", str(epochs), "--pace", str(pace_secs)]
    return [[sys.executable, "-m", "demo.train", "--run", name, *shared] for name in RECIPES]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.train", description="Train on digits, logging every batch."
    )
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where to log (default: runs)")
    parser.add_argument(
        "--run", choices=[*RECIPES, "all"], default="all", help="which run (default: all, at once)"
    )
    parser.add_argument("--epochs", type=int, default=30, help="epochs of 45 batches (default: 30)")
    parser.add_argument(
        "--pace", type=float, default=0.0, metavar="SECS", help="pause after each batch (default: 0)"
    )
    given = parser.parse_args(arguments)
    if given.epochs < 1 or given.pace < 0:
        parser.error(f"--epochs must be >= 1 and --pace >= 0, got {given.epochs} and {given.pace:g}")
    interrupt_on_termination()
    try:
        if given.run != "all":
            train(given.run, given.logdir, epochs=given.epochs, pace_secs=given.pace)
            return 0
        with running(commands(given.logdir, epochs=given.epochs, pace_secs=given.pace)) as children:
            return max(child.wait() for child in children)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
