"""Curves that are looked at, and what is said of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tensorboard_candles.indicators.alerts import alerts_of

Floats = npt.NDArray[np.float64]


def kinds(tag: str, values: Floats) -> list[tuple[str, int, int]]:
    return [
        (alert.kind, alert.first_step, alert.last_step)
        for alert in alerts_of(tag, np.arange(len(values)), values)
    ]


def noise(count: int, size: float = 0.05, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(0, size, count)
