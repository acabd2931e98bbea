"""How likely correlations are by chance: p-values that mind autocorrelation and the number of comparisons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.events.points import Float64Array

LAGS_PER_POINT = 0.2
"""Autocorrelation is looked at up to a fifth of the points, as Pyper and Peterman recommend."""


def autocorrelation(values: Float64Array) -> Float64Array:
    """Of each line of values with itself 1, 2, … points later, up to a fifth of the points.

    >>> autocorrelation(np.array([[1.0, -1.0] * 5])).round(12)
    array([[-1.,  1.]])

    Missing values (NaN) count as the mean. Sums of fewer products weigh as if there were all (Pyper and
    Peterman 1998, eq. 7), and no autocorrelation is larger than 1.
    """
    count = values.shape[-1]
    lags = np.arange(1, int(LAGS_PER_POINT * count) + 1)
    found = np.zeros((len(values), len(lags)))
    for row, line in enumerate(values):  # one at a time: of a million points they take much memory
        products = _products(line, len(lags))
        if products[0] > 0:
            found[row] = products[1:] / products[0]
    return np.asarray(np.clip(found * count / (count - lags), -1.0, 1.0))


def _products(line: Float64Array, lags: int) -> Float64Array:
    """Sums of products of deviations 0, 1, 2, … points apart, up to a factor."""
    is_known = ~np.isnan(line)
    largest = np.abs(line[is_known]).max(initial=0.0)
    if not largest:
        return np.zeros(lags + 1)
    scaled = line / largest
    centered = np.where(is_known, scaled - scaled[is_known].mean(), 0.0)
    power = np.abs(np.fft.rfft(centered, 2 * len(line))) ** 2
    return np.asarray(np.fft.irfft(power, 2 * len(line))[: lags + 1])


def effective_points(first: Float64Array, second: Float64Array, points: Float64Array) -> Float64Array:
    """As how many independent points those of two lines count, for each pair; at most all of them.

    1/N* = 1/N + 2/N · Σ (N − j)/N · ρx(j) ρy(j) (Bartlett 1946; Pyper and Peterman 1998, eq. 1), of the
    autocorrelations of either line (a row each). `points` holds N of each pair.

    >>> slow = 0.9 ** np.arange(1, 200)[None]
    >>> effective_points(slow, slow, np.array([[1000.0]])).round()
    array([[105.]])
    """
    count = min(first.shape[-1], second.shape[-1])
    lag = np.arange(1, count + 1)
    shared = first[:, :count] @ second[:, :count].T
    weighted = (first[:, :count] * lag) @ second[:, :count].T
    with np.errstate(divide="ignore", invalid="ignore"):
        inflation = 1 + 2 * (shared - weighted / points)
    return np.where(inflation > 1, points / np.maximum(inflation, 1), points)


def p_of_r(r: Float64Array, points: Float64Array) -> Float64Array:
    """Two-sided p-value of Pearson's or Spearman's coefficient of so many points, by Student's t.

    >>> p_of_r(np.array([0.5, 1.0, np.nan]), np.array([20.0, 20.0, 20.0])).round(4)
    array([0.0248, 0.    ,    nan])

    1 where no more than two points are independent: then anything may be by chance.
    """
    with needing("scipy"):
        from scipy.special import stdtr
    freedom = points - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt(np.maximum(freedom, 0) / ((1 - r) * (1 + r)))
    p = 2 * stdtr(np.maximum(freedom, 1e-9), -t)
    return np.where(np.isnan(r), np.nan, np.where(freedom > 0, p, 1.0))


def holm(p: Float64Array) -> Float64Array:
    """P-values corrected so that the chance of even one false find is told (Holm 1979); NaN stays.

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    known = p[~np.isnan(p)]
    order = np.argsort(known, kind="stable")
    raised = np.maximum.accumulate(known[order] * (len(known) - np.arange(len(known))))
    return _in_place(p, order, raised)


def benjamini_hochberg(p: Float64Array) -> Float64Array:
    """P-values corrected so that the share of false finds is told (Benjamini and Hochberg 1995); NaN stays.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.04, 0.04])
    """
    known = p[~np.isnan(p)]
    order = np.argsort(known, kind="stable")
    raised = known[order] * len(known) / np.arange(1, len(known) + 1)
    return _in_place(p, order, np.minimum.accumulate(raised[::-1])[::-1])


def _in_place(p: Float64Array, order: npt.NDArray[np.intp], raised: Float64Array) -> Float64Array:
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(raised, 1.0)
    found = p.copy()
    found[~np.isnan(p)] = corrected
    return found
