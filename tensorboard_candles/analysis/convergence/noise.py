"""Many points as few: bins for a curve to be fitted to; and how sure a mean of autocorrelated points is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.convergence.curves import SOFT, robust_scale
from tensorboard_candles.events.points import Float64Array, Int64Array

MOST_BINS = 400
BLOCKS = 512


@dataclass(frozen=True, slots=True)
class Bins:
    """Columns of equal length: what lies in each stretch of an axis that holds a point."""

    x: Float64Array
    """Mean position."""
    mean: Float64Array
    count: Int64Array
    lowest: Float64Array
    highest: Float64Array


def bins_of(x: Float64Array, y: Float64Array, *, most: int = MOST_BINS) -> Bins:
    """Half of the bins are equally wide, half grow by one factor from x = 0: decay is quick at first.

    >>> found = bins_of(np.array([0.0, 1.0, 2.0]), np.array([3.0, 2.0, 1.0]))
    >>> found.mean, found.count
    (array([3., 2., 1.]), array([1, 1, 1]))

    `x` rises from 0. No more points than `most` are left as they are.
    """
    if len(x) <= most:
        return Bins(x, y, np.ones(len(x), np.int64), y, y)
    half = most // 2
    first = max(float(x[x > 0][0]), float(x[-1]) / 1e9)
    edges = np.union1d(np.linspace(0, x[-1], half), np.geomspace(first, x[-1], half))
    number = np.searchsorted(edges, x, "right")
    begin = np.flatnonzero(np.diff(number, prepend=-1))
    count = np.diff(begin, append=len(x))
    return Bins(
        x=np.add.reduceat(x, begin) / count,
        mean=_means(y, begin),
        count=count,
        lowest=np.minimum.reduceat(y, begin),
        highest=np.maximum.reduceat(y, begin),
    )


def block_means(values: Float64Array, *, blocks: int = BLOCKS) -> Float64Array:
    """Means of stretches of equally many values, as far as they can be; the values themselves where few.

    >>> block_means(np.arange(8.0), blocks=4)
    array([0.5, 2.5, 4.5, 6.5])
    """
    if len(values) <= blocks:
        return values
    begin = np.arange(blocks) * len(values) // blocks
    return _means(values, begin)


def _means(values: Float64Array, begin: Int64Array) -> Float64Array:
    """Of stretches; each value is divided first, so that no sum overflows."""
    count = np.diff(begin, append=len(values))
    return np.asarray(np.add.reduceat(values / np.repeat(count, count), begin))


@dataclass(frozen=True, slots=True)
class LongRun:
    """Of residuals of a robust fit."""

    variance: float
    """Of their mean, times their number: n/(Σψ')² Σ Cov(ψ, ψ), so that autocorrelation counts."""
    independent: float
    """As how many independent ones they count."""


def long_run(residuals: Float64Array) -> LongRun:
    """Variance in the long run by an autoregression (Berk 1974), of what soft l1 leaves of each residual.

    >>> noise = np.random.default_rng(0).normal(size=2000)
    >>> found = long_run(noise)
    >>> round(found.variance, 1), found.independent > 1500
    (1.0, True)
    """
    reach = SOFT * robust_scale(residuals - np.median(residuals))
    z = residuals / reach
    soft, steep = reach * z / np.sqrt(1 + z**2), (1 + z**2) ** -1.5
    variance, spectrum = float(soft.var()), _spectrum_at_zero(soft - soft.mean())
    ratio = max(spectrum / variance, 1.0) if variance > 0 else 1.0
    return LongRun(variance * ratio / float(steep.mean()) ** 2, max(len(residuals) / ratio, 1.0))


def _spectrum_at_zero(values: Float64Array) -> float:
    """σ² / (1 − Σφ)² of the autoregression that AICc chooses, by Burg's method (Burg 1975)."""
    count = len(values)
    forward = backward = values
    phi = np.empty(0)
    power = float(values @ values) / count
    best_score, best = np.inf, power
    for order in range(min(int(6 * np.log10(max(count, 2))), count // 4) + 1):
        if power <= 0:
            break
        score = count * np.log(power) + 2 * (order + 1) * count / max(count - order - 2, 1)
        if score < best_score:
            # no closer to a unit root than Andrews and Monahan (1992) let it be
            best_score, best = score, power / max(1 - float(phi.sum()), 0.03) ** 2
        ahead, behind = forward[1:], backward[:-1]
        energy = float(ahead @ ahead + behind @ behind)
        if energy <= 0:
            break
        reflection = 2 * float(ahead @ behind) / energy
        phi = np.append(phi - reflection * phi[::-1], reflection)
        forward, backward = ahead - reflection * behind, behind - reflection * ahead
        power *= 1 - reflection**2
    return best
