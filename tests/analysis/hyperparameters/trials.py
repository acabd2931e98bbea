"""Runs that somebody might have made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tensorboard_candles.analysis.hyperparameters import Trials
from tensorboard_candles.events.arguments import Value


def trials(
    configs: Sequence[dict[str, Value]], target: Sequence[float], *, diverged: Sequence[int] = ()
) -> Trials:
    is_diverged = np.isin(np.arange(len(configs)), diverged)
    names = tuple(f"run{number}" for number in range(len(configs)))
    return Trials(names, tuple(configs), np.array(target, np.float64), is_diverged)


def drawn(count: int, target: Callable[[float, str], float], *, seed: int = 0) -> Trials:
    """Learning rates, evenly by their logarithms, and optimizers."""
    random = np.random.default_rng(seed)
    configs: list[dict[str, Value]] = [
        {"lr": float(10 ** random.uniform(-5, -1)), "optimizer": str(random.choice(["adam", "sgd", "lion"]))}
        for _ in range(count)
    ]
    return trials(configs, [target(float(str(one["lr"])), str(one["optimizer"])) for one in configs])
