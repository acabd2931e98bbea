"""Whether a series follows a curve at all: one that levels off, then falls again, follows none of them."""

from __future__ import annotations

import numpy as np

from tensorboard_candles.analysis.convergence.noise import block_means
from tensorboard_candles.events.points import Float64Array

_STRETCHES = 24
_LEAST_STRETCHES = 16
_SIGMAS = 3.0
_LEAST_SHARE = 0.05


def is_misfit(value: Float64Array, curve: Float64Array) -> bool:
    """Whether a series leaves a curve for whole stretches, and far.

    >>> step, noise = np.arange(300), 0.02 * np.random.default_rng(0).normal(size=300)
    >>> straight, drop = 1 - step / 300, np.where(step < 150, 1.0, 0.2)
    >>> is_misfit(straight + noise, straight), is_misfit(drop + noise, straight)
    (False, True)

    By means of 24 stretches: their residuals keep one sign in fewer runs than chance has by three σ (Wald and
    Wolfowitz 1940), and hold more than 5 % of the variance of the means. Of fewer than 16 points, no.
    """
    if len(value) < _LEAST_STRETCHES:
        return False
    # Scaled, so that no square overflows.
    size = float(np.abs(value).max()) or 1.0
    means = block_means(value / size, blocks=_STRETCHES)
    left = means - block_means(curve / size, blocks=_STRETCHES)
    if float(left @ left) <= _LEAST_SHARE * len(means) * float(means.var()):
        return False
    is_above = left > 0
    above, count = float(np.count_nonzero(is_above)), float(len(left))
    both = 2 * above * (count - above)
    expected, variance = 1 + both / count, both * (both - count) / (count**2 * (count - 1))
    runs = 1 + np.count_nonzero(is_above[1:] != is_above[:-1])
    return bool(runs < expected - _SIGMAS * np.sqrt(max(variance, 0.0)))
