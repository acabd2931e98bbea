"""Which curve a series follows, and how surely: models weighed against each other, and intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.convergence.curves import (
    SHAPES,
    SOFT,
    Fit,
    Model,
    fitted,
    gradient,
    robust_scale,
)
from tensorboard_candles.analysis.convergence.natural import UNBOUNDED, Bounds
from tensorboard_candles.analysis.convergence.noise import BLOCKS, bins_of, block_means, long_run
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.events.points import Float64Array

MODELS: tuple[Model, ...] = ("constant", "line", "exponential", "power")
_CURVE_STEP = 1e-5
_FARTHEST = 1e6
"""From the median, in spans of the middle nine tenths of all bins: spikes are no farther."""
_FLAT = 0.05
"""A constant that is as likely as that is told, though another curve were likelier."""
_LEAST_INDEPENDENT = 20
"""Few points are compared as if they were independent: what is wrong with a curve looks like slow noise."""
_ROUNDING = 1e-9
_LEAST_SHARE = 1e-24
"""Of the variance of the values: residuals of a perfect fit are no smaller."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and an interval around it; NaN where nothing is known, infinite where a side is open."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(np.nan, np.nan, np.nan)
Says = Callable[[Model, Float64Array], float]
"""What the parameters of a curve say."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model as it fits best."""

    fit: Fit
    covariance: Float64Array
    weight: float
    """How likely it is the best of all candidates (Akaike weight)."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """Curves through a series, the most likely first, in u: 0 at its first step, 1 at its last."""

    candidates: tuple[Candidate, ...]
    offset: float
    unit: float
    """y = offset + unit · curve."""
    freedom: float
    """Degrees of freedom: independent points less parameters."""
    noise: float
    """Standard deviation of points around the curve, robust."""
    independent: float
    """As how many independent points those around the curve count."""
    level: float
    bounds: Bounds
    """Nothing is told to be outside of these."""

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    def at(self, u: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
        """The best curve, and a band that holds the true one at each u with probability `level`.

        By the delta method, of all candidates by their weights (Burnham and Anderson 2002, eq. 4.9): where
        they part, the band grows.
        """
        value = self.best.fit(u)
        variance = np.zeros_like(u)
        # What is told to be constant is not told to rise or fall at its ends, either.
        mixed = self.candidates if self.best.fit.model != "constant" else (self.best,)
        for one in mixed:
            slopes = gradient(one.fit.model, one.fit.parameters, u)
            own = np.einsum("ij,jk,ik->i", slopes, one.covariance, slopes)
            weight = one.weight if len(mixed) > 1 else 1.0
            variance += weight * (np.maximum(own, 0) + (one.fit(u) - value) ** 2)
        half = self._quantile() * np.sqrt(variance)
        low, middle, high = (
            np.clip(self.offset + self.unit * one, self.bounds.low, self.bounds.high)
            for one in (value - half, value, value + half)
        )
        return middle, low, high

    def within(self, value: float) -> float:
        """The nearest that is within the bounds; one of them, where nothing but rounding is between."""
        for bound in (self.bounds.low, self.bounds.high):
            if abs(value - bound) < _ROUNDING * self.unit:
                return bound
        return float(np.clip(value, self.bounds.low, self.bounds.high))

    def told(self, of: Says, *, in_logarithms: bool = False) -> Estimate:
        """What the best curve's parameters say, with an interval by the delta method.

        It is widened by what the other candidates say, as far as they do (not NaN), by their weights.
        `in_logarithms` is for what is positive and may be of any size: the interval is one of factors then.
        """

        value = self._said(of, self.best, in_logarithms)(self.best.fit.parameters)
        if not np.isfinite(value):
            return UNKNOWN
        variance = total = 0.0
        for one in self.candidates:
            said = self._said(of, one, in_logarithms)
            there = said(one.fit.parameters)
            if np.isfinite(there):
                slope = _slopes(said, one.fit.parameters)
                own = max(float(slope @ one.covariance @ slope), 0.0)
                variance += one.weight * (own + (there - value) ** 2)
                total += one.weight
        half = self._quantile() * float(np.sqrt(variance / total))
        with np.errstate(over="ignore"):
            told = (value, value - half, value + half)
            return Estimate(*(float(np.exp(one) if in_logarithms else one) for one in told))

    @staticmethod
    def _said(of: Says, one: Candidate, in_logarithms: bool) -> Callable[[Float64Array], float]:
        def said(parameters: Float64Array) -> float:
            value = of(one.fit.model, parameters)
            if not in_logarithms:
                return value
            return float(np.log(value)) if value > 0 else np.nan

        return said

    def _quantile(self) -> float:
        with needing("scipy"):
            from scipy.special import stdtrit
        return float(stdtrit(max(self.freedom, 1.0), 0.5 + self.level / 2))


def plateau(
    u: Float64Array,
    y: Float64Array,
    *,
    models: Sequence[Model] = MODELS,
    level: float = 0.95,
    bounds: Bounds = UNBOUNDED,
    progress: Progress = untold,
) -> Plateau:
    """Curves through finite points, of u from 0 to 1, rising.

    >>> u = np.linspace(0, 1, 300)
    >>> noise = np.random.default_rng(0).normal(size=300)
    >>> found = plateau(u, 0.5 + 2 * np.exp(-u / 0.1) + 0.05 * noise)
    >>> found.best.fit.model
    'exponential'
    >>> middle, low, high = found.at(np.array([2.0]))
    >>> middle.round(2), bool(low[0] < 0.5 < high[0])
    (array([0.49]), True)

    Bins are fitted (`bins_of`), each by as many points as it holds. The covariance of the parameters is that
    of least squares over all points, times the variance of residuals in the long run, so that autocorrelated
    noise widens what is told. Models are compared by AICc of as many points as are independent. Neither a
    plateau nor an interval leaves `bounds`.
    """
    size = float(np.abs(y).max()) or 1.0  # so that no difference overflows
    bins = bins_of(u, y / size)
    offset = float(np.median(bins.mean))
    unit = float(np.subtract(*np.percentile(bins.mean, [95, 5]))) or float(np.ptp(bins.mean)) or 1.0
    scaled = np.clip((y / size - offset) / unit, -_FARTHEST, _FARTHEST)
    ends = Bounds(*((one / size - offset) / unit for one in (bounds.low, bounds.high)))
    mean, weight = np.clip((bins.mean - offset) / unit, -_FARTHEST, _FARTHEST), bins.count.astype(np.float64)
    fits = []
    for done, model in enumerate(models):
        progress(done, len(models), "curves")
        if model == "constant" or len(mean) >= SHAPES[model].least_bins:
            fits.append(fitted(model, bins.x, mean, weight, ends))
    scores = _scores(fits, [np.sqrt(weight) * (fit(bins.x) - mean) for fit in fits], u, scaled)
    weights = np.exp(-scores / 2) / np.exp(-scores / 2).sum()
    order = np.argsort(scores, kind="stable")
    if fits[0].model == "constant" and weights[0] > _FLAT:
        order = np.argsort(np.where(np.arange(len(fits)) == 0, -1.0, scores), kind="stable")
    best = fits[order[0]]
    residuals = scaled - best(u)
    lasting = long_run(block_means(residuals))
    freedom = max(lasting.independent - len(best.parameters), 1.0)
    # What slow noise the curve itself has taken up is missing from the residuals.
    variance = lasting.variance * lasting.independent / freedom * len(u) / min(len(u), BLOCKS)
    return Plateau(
        candidates=tuple(
            Candidate(fits[at], _covariance(fits[at], bins.x, weight, variance), float(weights[at]))
            for at in order
        ),
        offset=offset * size,
        unit=unit * size,
        freedom=freedom,
        noise=unit * size * robust_scale(residuals - np.median(residuals)),
        independent=lasting.independent,
        level=level,
        bounds=bounds,
    )


def _scores(
    fits: Sequence[Fit], residuals: Sequence[Float64Array], u: Float64Array, y: Float64Array
) -> Float64Array:
    """AICc of each fit, less that of the best; `residuals` are those of bins, weighted."""
    scale = min(robust_scale(one) for one in residuals)
    costs = [_cost(one, scale) for one in residuals]
    independent = max(
        long_run(block_means(y - fits[int(np.argmin(costs))](u))).independent, min(len(y), _LEAST_INDEPENDENT)
    )
    scores = np.array([_aicc(fit, cost, independent) for fit, cost in zip(fits, costs, strict=True)])
    return np.asarray(scores - scores.min())


def _cost(residuals: Float64Array, scale: float) -> float:
    """Sum of squares, as soft l1 sees it."""
    reach = SOFT * scale
    return float(2 * reach**2 * (np.sqrt(1 + (residuals / reach) ** 2) - 1).sum())


def _aicc(fit: Fit, cost: float, independent: float) -> float:
    """Burnham and Anderson (2002), eq. 2.4, with the variance among the parameters."""
    count = len(fit.parameters) + 1
    spare = independent - count - 1
    # More parameters than points can tell of: the fewer the better.
    penalty = 2 * count * independent / spare if spare > 0 else 1e6 * count
    return float(independent * np.log(max(cost, _LEAST_SHARE)) + penalty)


def _covariance(fit: Fit, u: Float64Array, weight: Float64Array, variance: float) -> Float64Array:
    slopes = gradient(fit.model, fit.parameters, u)
    information = (slopes * weight[:, None]).T @ slopes
    # Of what the points don't tell at all the variance is huge, not infinite.
    size = np.sqrt(np.maximum(np.diag(information), 1e-300))
    inverse = np.linalg.pinv(information / np.outer(size, size) + 1e-12 * np.eye(len(size)))
    return np.asarray(variance * inverse / np.outer(size, size))


def _slopes(of: Callable[[Float64Array], float], at: Float64Array) -> Float64Array:
    """Derivatives by each parameter; none by those that leave it undefined."""
    found = np.zeros(len(at))
    for place, size in enumerate(np.maximum(np.abs(at), 1.0)):
        step = np.zeros(len(at))
        step[place] = _CURVE_STEP * size
        found[place] = (of(at + step) - of(at - step)) / (2 * step[place])
    return np.nan_to_num(found)
