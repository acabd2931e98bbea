"""The command line that the frameworks' examples share: python -m demo.torch_loop --epochs 10"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path


def main(train: Callable[..., Sequence[float]]) -> None:
    """Train and say where to look."""
    parser = argparse.ArgumentParser(description="Train on handwritten digits, logging every batch.")
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where to log (default: runs)")
    parser.add_argument("--epochs", type=int, default=10, help="epochs, or tens of rounds (default: 10)")
    given = parser.parse_args()
    losses = train(given.epochs, logdir=given.logdir)
    print(f"Loss {losses[0]:.3f} at first, {losses[-1]:.3f} at last: tensorboard --logdir {given.logdir}")
