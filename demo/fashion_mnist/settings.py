"""What a training is started with."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Any

from demo.fashion_mnist import data

OPTIMIZERS = ("adam", "sgd", "rmsprop")


class BadCheckpoint(Exception):
    """It is of a training with other settings, or damaged."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides how a training goes; it is logged as the run's arguments."""

    data: str = data.FASHION
    kernels: tuple[int, ...] = (16, 32, 64, 128)
    optimizer: str = "adam"
    lr: float = 1e-3
    dropout: float = 0.25
    batch_size: int = 64
    epochs: int = 5
    seed: int = 1

    def as_config(self) -> dict[str, Any]:
        """Names and values as the tab shows them.

        >>> Settings(kernels=(8, 16)).as_config()["kernels"]
        '8,16'
        """
        return asdict(self) | {"kernels": ",".join(map(str, self.kernels))}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for each setting."""
    default = Settings()
    add = parser.add_argument
    add(
        "--data", choices=data.NAMES, default=default.data, help=f"what to train on (default: {default.data})"
    )
    add(
        "--kernels", type=kernels, default=default.kernels, metavar="N,N,…",
        help="kernels of each layer, for one to four layers (default: 16,32,64,128)",
    )  # fmt: skip
    add("--optimizer", choices=OPTIMIZERS, default=default.optimizer, help="(default: %(default)s)")
    add("--lr", type=_number("lr", 0, 10), default=default.lr, help="learning rate (default: %(default)s)")
    add(
        "--dropout",
        type=_number("dropout", 0, 0.95),
        default=default.dropout,
        help="share of what the last layer sees that is left out while it trains (default: %(default)s)",
    )
    add("--batch-size", type=_count, default=default.batch_size, help="(default: %(default)s)")
    add("--epochs", type=_count, default=default.epochs, help="(default: %(default)s)")
    add("--seed", type=int, default=default.seed, help="of weights and order (default: %(default)s)")


def of_arguments(given: argparse.Namespace) -> Settings:
    """The settings that were given."""
    return Settings(**{name: getattr(given, name) for name in asdict(Settings())})


def kernels(text: str) -> tuple[int, ...]:
    """How many each layer has; noughts at the end stand for layers that there are not.

    >>> kernels("32, 64"), kernels("32,64,0,0")
    ((32, 64), (32, 64))
    """
    try:
        counts = [int(part) for part in text.split(",")]
    except ValueError:
        counts = []
    while counts[1:] and counts[-1] == 0:
        counts.pop()
    if not 1 <= len(counts) <= 4 or not all(1 <= count <= 1024 for count in counts):
        raise argparse.ArgumentTypeError(
            f"kernels must be one to four numbers from 1 to 1024, as in 16,32,64,128; got {text!r}"
        )
    return tuple(counts)


def _number(name: str, least: float, most: float) -> Any:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{name} must be from {least} to {most}, got {text}")
        return value

    return number


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be >= 1, got {text}")
    return value
