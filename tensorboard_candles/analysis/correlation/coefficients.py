"""Coefficients of correlation between the lines of two tables of values: Pearson's, Spearman's, Kendall's."""

from __future__ import annotations

import typing
from typing import NamedTuple

import numpy as np

from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.events.points import Float64Array

Linear = typing.Literal["pearson", "spearman"]
Method = Linear | typing.Literal["kendall"]
METHODS: tuple[Method, ...] = ("pearson", "spearman", "kendall")
LEAST_POINTS = 3
"""Of fewer, no coefficient is told: any two points lie on a line."""


def coefficients(first: Float64Array, second: Float64Array, method: Linear) -> Float64Array:
    """Of each line of `first` with each of `second`, by the points where both have a number.

    >>> values = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 4.0, 9.0, np.nan], [5.0, 5.0, 5.0, 5.0]])
    >>> coefficients(values, values, "pearson").round(4)
    array([[1.    , 0.9897,    nan],
           [0.9897, 1.    ,    nan],
           [   nan,    nan,    nan]])

    NaN where they have fewer than three points in common, or one does not vary over these.
    """
    found = np.full((len(first), len(second)), np.nan)
    if first.shape[-1] < LEAST_POINTS:
        return found
    whole_first, whole_second = (~np.isnan(values).any(axis=1) for values in (first, second))
    left = _units(ranked(first[whole_first], method))
    right = left if first is second else _units(ranked(second[whole_second], method))
    found[np.ix_(whole_first, whole_second)] = np.clip(left @ right.T, -1.0, 1.0)
    for i, j in zip(*np.nonzero(~np.outer(whole_first, whole_second)), strict=True):
        found[i, j] = _of_known(first[i], second[j], method)
    return found


def _of_known(first: Float64Array, second: Float64Array, method: Linear) -> float:
    both = ~(np.isnan(first) | np.isnan(second))
    if np.count_nonzero(both) < LEAST_POINTS:
        return np.nan
    left, right = _units(ranked(np.stack([first[both], second[both]]), method))
    return float(np.clip(left @ right, -1.0, 1.0))


class Kendall(NamedTuple):
    """What is known of one pair of lines; NaN where nothing is."""

    tau: float
    p: float
    """As of scipy: exact for few points without ties."""
    z: float
    """Normal for many points."""


def kendall(first: Float64Array, second: Float64Array) -> Kendall:
    """Tau-b of two lines, by the points where both have a number.

    >>> found = kendall(np.array([1.0, 2.0, 3.0, 4.0, np.nan]), np.array([1.0, 3.0, 2.0, 4.0, 5.0]))
    >>> round(found.tau, 4), round(found.p, 4), round(found.z, 4)
    (0.6667, 0.3333, 1.3587)
    """
    with needing("scipy"):
        from scipy.stats import kendalltau
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    if len(first) < LEAST_POINTS or (first == first[0]).all() or (second == second[0]).all():
        return Kendall(np.nan, np.nan, np.nan)
    found = kendalltau(first, second)
    tau = float(found.statistic)
    return Kendall(tau, float(found.pvalue), tau / _kendall_sigma(first, second))


def ranked(values: Float64Array, method: Method) -> Float64Array:
    """What a method looks at: values, or their ranks along each line, of ties the mean (NaN stays)."""
    if method == "pearson":
        return values
    with needing("scipy"):
        from scipy.stats import rankdata
    return np.asarray(rankdata(values, axis=-1, nan_policy="omit"), np.float64)


def _units(values: Float64Array) -> Float64Array:
    """Lines less their mean, of length 1, so that products are correlations; NaN where one is constant."""
    with np.errstate(invalid="ignore", divide="ignore"):
        # Scaled first, so that no sum overflows.
        scaled = values / np.abs(values).max(axis=-1, keepdims=True, initial=0.0)
        # The mean of equal numbers may differ from each of them by a rounding.
        scaled[(values == values[..., :1]).all(axis=-1)] = np.nan
        centered = scaled - scaled.mean(axis=-1, keepdims=True)
        return np.asarray(centered / np.linalg.norm(centered, axis=-1, keepdims=True))


def _kendall_sigma(first: Float64Array, second: Float64Array) -> float:
    """Of tau-b where nothing but chance is at work (Kendall 1970, ch. 4; ties shrink it)."""
    count = len(first)
    pairs = count * (count - 1)
    (ties_1, triples_1, weights_1), (ties_2, triples_2, weights_2) = (_ties(one) for one in (first, second))
    variance = (
        (pairs * (2 * count + 5) - weights_1 - weights_2) / 18
        + ties_1 * ties_2 / (2 * pairs)
        + triples_1 * triples_2 / (9 * pairs * (count - 2))
    )
    return float(2 * np.sqrt(variance / ((pairs - ties_1) * (pairs - ties_2))))


def _ties(values: Float64Array) -> tuple[float, float, float]:
    """Σ t(t−1), Σ t(t−1)(t−2) and Σ t(t−1)(2t+5) over groups of t equal values."""
    size = np.unique(values, return_counts=True)[1].astype(np.float64)
    ties = size * (size - 1)
    return float(ties.sum()), float((ties * (size - 2)).sum()), float((ties * (2 * size + 5)).sum())
