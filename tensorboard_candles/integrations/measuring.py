"""What is measured of a model by running it again and again, whatever framework it is of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.writer.complexity import LATENCY_WITHIN_SECS, noise_scale, small_batch

_WARM_UPS = 3
_FEWEST_REPEATS = 3


def timed(
    run: Callable[[], object], repeats: int, *, wait: Callable[[], object] = lambda: None
) -> npt.NDArray[np.float64]:
    """Seconds of each repeat, of those that fit into the time there is.

    `wait` comes back when the device has done all that it was given; what gives arrays of numpy needs none.

    >>> runs = []
    >>> len(timed(lambda: runs.append(1), 5)), len(runs)
    (5, 8)
    >>> len(timed(lambda: runs.append(1), 0)), len(runs)
    (0, 8)
    """
    seconds: list[float] = []
    until = time.monotonic() + LATENCY_WITHIN_SECS
    for _ in range(_WARM_UPS if repeats else 0):
        run()
    while len(seconds) < repeats and (len(seconds) < _FEWEST_REPEATS or time.monotonic() < until):
        wait()
        began = time.perf_counter()
        run()
        wait()
        seconds.append(time.perf_counter() - began)
    return np.array(seconds, np.float64)


def gradient_noise(examples: int, gradients_of: Callable[[slice], Sequence[Any]]) -> tuple[float | None, str]:
    """The gradient noise scale: of many gradients of few examples, and of their mean; and how, or why not.

    `gradients_of` gives the mean gradient of some of the examples: arrays of float64 of its own, of numpy or
    torch, for each weight one.

    >>> slopes = np.array([1.0, 3.0])
    >>> gradient_noise(2, lambda rows: [slopes[rows]])[0]  # a variance of 2, against 4 - 1
    0.6666666666666666
    >>> gradient_noise(1, lambda rows: [slopes[rows]])
    (None, 'it takes two examples at least, got 1')
    """
    small = small_batch(examples)
    count = examples // small
    if count < 2:
        return None, f"it takes two examples at least, got {examples}"
    mean: Sequence[Any] = ()
    squared = 0.0
    for first in range(0, count * small, small):
        found = [one / count for one in gradients_of(slice(first, first + small))]
        squared += _squared(found) * count
        mean = [sum_ + one for sum_, one in zip(mean, found, strict=True)] if mean else found
    return noise_scale(squared, _squared(mean), small=small, big=count * small)


def _squared(gradients: Sequence[Any]) -> float:
    return sum(float((one * one).sum()) for one in gradients)
