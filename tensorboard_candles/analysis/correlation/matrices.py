"""Which tags move together: correlations of many lines on common steps, and what chance alone would give."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.aligned import Line, Of, changed, common_steps, rows_at, taken
from tensorboard_candles.analysis.correlation.coefficients import (
    Linear,
    Method,
    coefficients,
    kendall,
    ranked,
)
from tensorboard_candles.analysis.correlation.extremes import extreme_share
from tensorboard_candles.analysis.correlation.significance import (
    autocorrelation,
    benjamini_hochberg,
    effective_points,
    holm,
    p_of_r,
)
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.events.points import Float64Array, Int64Array

MOST_POINTS = {"raw": 10_000, "differences": 10_000, "returns": 500}
"""Of each pair, where nobody asked for more; of more steps, candles are compared by their closes."""
_BETTER = 1e-12
"""Of two lags that are as good, the smaller is told."""
_TELL_EVERY = 8

Tell = Callable[[float], None]
"""Told which share of the work is done."""


@dataclass(frozen=True, slots=True)
class Correlations:
    """Square matrices: row and column i are of line i. NaN where no coefficient is defined."""

    value: Float64Array
    """The coefficient; 1 of a line with itself."""
    lag: Int64Array
    """By how many points the column's line follows that of the row where they are most alike; negative where
    it goes ahead."""
    lag_steps: Float64Array
    """The same in steps, by their usual distance."""
    points: Int64Array
    """At how many steps both have a number, at that lag."""
    effective_points: Float64Array
    """As how many independent points these count."""
    extreme_share: Float64Array
    """How much of the covariance (of ranks, where the method looks at these) comes from the 1 % of the points
    at which either strays the farthest; above 0.5 these few decide."""
    p_independent: Float64Array
    """P-value, had all points been independent: as scipy tells it."""
    p: Float64Array
    """P-value of as many points as are effective, times the number of lags that were tried."""
    p_holm: Float64Array
    """The same corrected for all pairs (Holm 1979)."""
    p_bh: Float64Array
    """The same corrected for all pairs (Benjamini and Hochberg 1995)."""
    width: Int64Array
    """Steps in each candle whose closes were compared; 0 where every common step was."""
    order: Int64Array
    """The lines, those that are alike beside each other."""

    @property
    def is_every_step(self) -> bool:
        """Whether no pair was thinned to the closes of candles."""
        return not self.width.any()


@dataclass(frozen=True, slots=True)
class _Found:
    """Matrices of some lines with some others, as of `Correlations`."""

    value: Float64Array
    lag: Int64Array
    lag_steps: Float64Array
    points: Int64Array
    effective_points: Float64Array
    extreme_share: Float64Array
    p_independent: Float64Array
    p: Float64Array
    width: Int64Array

    def mirrored(self) -> _Found:
        """Of the others with the former: who followed goes ahead."""
        turned = {field.name: getattr(self, field.name).T for field in fields(self)}
        return _Found(**{**turned, "lag": -turned["lag"], "lag_steps": 0.0 - turned["lag_steps"]})


def correlations(
    lines: Sequence[Line],
    *,
    method: Method = "pearson",
    of: Of = "differences",
    width: int | None = None,
    most: int | None = None,
    max_lag: int = 0,
    progress: Progress = untold,
) -> Correlations:
    """How alike lines are, each with each, on the steps that two of them have in common.

    >>> step = np.arange(200)
    >>> noise = np.random.default_rng(0).normal(size=200)
    >>> follows = Line(step, np.roll(noise, 3))
    >>> found = correlations([Line(step, noise), follows], of="raw", max_lag=5)
    >>> found.value[0, 1].round(6).item(), found.lag[0, 1].item(), found.points[0, 1].item()
    (1.0, 3, 197)

    Of `differences` by default: two lines that both rise are alike whatever they are. Of `returns`, it is the
    closes of at most 500 candles by default. With `max_lag` the lag of the largest coefficient of either sign
    is told, and that coefficient; Kendall's is taken at the lag where Spearman's is largest.
    """
    matrices = _empty(len(lines))
    some = list(itertools.combinations_with_replacement(_groups(lines), 2))
    total, done = sum(len(first) * len(second) for first, second in some), 0
    for first, second in some:
        share = len(first) * len(second)

        def tell(part: float, done: int = done, share: int = share) -> None:
            progress(done + part * share, total, "pairs of tags")

        tell(0.0)
        pair = ([lines[row] for row in rows] for rows in (first, second))
        block = _Block.of(*pair, of=of, width=width, most=most or MOST_POINTS[of])
        found = block.compared(method, max_lag, tell)
        _put(matrices, first, second, found)
        _put(matrices, second, first, found.mirrored(), is_above_only=first is second)
        done += share
    return _finished(matrices)


def _empty(count: int) -> _Found:
    def column(name: str) -> npt.NDArray[Any]:
        is_whole = name in ("lag", "points", "width")
        return np.zeros((count, count), np.int64) if is_whole else np.full((count, count), np.nan)

    return _Found(**{field.name: column(field.name) for field in fields(_Found)})


def _put(
    matrices: _Found, rows: list[int], columns: list[int], found: _Found, *, is_above_only: bool = False
) -> None:
    """In their places; or only those above the diagonal in place of their likes below it."""
    where = np.tril(np.ones((len(rows), len(columns)), np.bool_), -1) if is_above_only else slice(None)
    i, j = (one[where] for one in np.meshgrid(rows, columns, indexing="ij"))
    for field in fields(found):
        getattr(matrices, field.name)[i, j] = getattr(found, field.name)[where]


def _finished(found: _Found) -> Correlations:
    above = np.triu_indices(len(found.value), 1)
    p = np.where(np.eye(len(found.value), dtype=np.bool_), np.nan, found.p)

    def corrected(correct: Callable[[Float64Array], Float64Array]) -> Float64Array:
        matrix = np.full(p.shape, np.nan)
        matrix[above] = matrix.T[above] = correct(p[above])
        return matrix

    columns = {field.name: getattr(found, field.name) for field in fields(found)}
    own = np.diag_indices(len(p))
    # exactly, where rounding left something of it
    columns["value"][own] = np.where(np.isnan(columns["value"][own]), np.nan, 1.0)
    columns["p"] = p
    columns["p_independent"] = np.where(np.isnan(p), np.nan, found.p_independent)
    return Correlations(
        **columns,
        p_holm=corrected(holm),
        p_bh=corrected(benjamini_hochberg),
        order=clustered_order(found.value),
    )


def clustered_order(value: Float64Array) -> Int64Array:
    """The lines, those that are most alike, of whatever sign, beside each other.

    >>> clustered_order(np.array([[1.0, 0.1, -0.9], [0.1, 1.0, 0.2], [-0.9, 0.2, 1.0]])).tolist()
    [1, 2, 0]

    Average linkage over 1 - |r|, leaves in their best order (Bar-Joseph et al. 2001). What is not defined is
    as far as can be.
    """
    if len(value) < 3:
        return np.arange(len(value))
    with needing("scipy"):
        from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    distance = (1 - np.nan_to_num(np.abs(value), nan=0.0))[np.triu_indices(len(value), 1)]
    tree = optimal_leaf_ordering(linkage(distance, "average"), distance)
    return np.asarray(leaves_list(tree), np.int64)


def _groups(lines: Sequence[Line]) -> list[list[int]]:
    """Lines that share their steps."""
    groups: dict[int, list[int]] = {}
    for row, line in enumerate(lines):
        groups.setdefault(id(line.step), []).append(row)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of two groups on the steps that these have in common."""

    first: Float64Array
    second: Float64Array
    step: Int64Array
    width: int

    @staticmethod
    def of(first: Sequence[Line], second: Sequence[Line], *, of: Of, width: int | None, most: int) -> _Block:
        steps = common_steps([first[0].step, second[0].step], width=width, most=most)

        def values(lines: Sequence[Line]) -> Float64Array:
            rows = rows_at(lines[0].step, steps.step)
            return changed(np.stack([taken(line.value, rows) for line in lines]), of)

        left = values(first)
        is_one = first[0].step is second[0].step
        return _Block(left, left if is_one else values(second), steps.step, steps.width or 0)

    def compared(self, method: Method, max_lag: int, tell: Tell) -> _Found:
        by_lag = (lambda part: tell(part / 2)) if method == "kendall" else tell
        lags = lags_up_to(max_lag, self.first.shape[-1])
        lag, value = self._best_lag("pearson" if method == "pearson" else "spearman", lags, by_lag)
        points = self._points(lag)
        effective = self._effective(points, method)
        if method == "kendall":
            value, independent, p = self._kendall(lag, effective / np.maximum(points, 1), tell)
        else:
            independent, p = p_of_r(value, points), p_of_r(value, effective)
        return _Found(
            value=value,
            lag=lag,
            lag_steps=np.asarray(lag * _usual_distance(self.step), np.float64),
            points=points.astype(np.int64),
            effective_points=effective,
            extreme_share=self._extreme_share(lag, method),
            p_independent=independent,
            p=np.minimum(p * len(lags), 1.0),
            width=np.full(value.shape, self.width, np.int64),
        )

    def _best_lag(self, method: Linear, lags: Sequence[int], tell: Tell) -> tuple[Int64Array, Float64Array]:
        """Where each pair is most alike, and how much."""
        shape = len(self.first), len(self.second)
        best, value, now = np.zeros(shape, np.int64), np.full(shape, np.nan), np.full(shape, np.nan)
        is_one = self.first is self.second
        for done, lag in enumerate(lags):
            tell(done / len(lags))
            if is_one and lag < 0:
                now = now.T  # the last one was the same lag ahead
            else:
                now = coefficients(*shifted(self.first, self.second, lag), method)
            is_better = np.abs(now) > np.nan_to_num(np.abs(value), nan=-1.0) + _BETTER
            best[is_better], value[is_better] = lag, now[is_better]
        return best, value

    def _points(self, lag: Int64Array) -> Float64Array:
        """At how many points both have a number."""
        first, second = (~np.isnan(one) for one in (self.first, self.second))
        if first.all() and second.all():
            return np.asarray(self.first.shape[-1] - np.abs(lag), np.float64)
        found = np.zeros(lag.shape)
        for one in np.unique(lag):
            left, right = shifted(first.astype(np.float32), second.astype(np.float32), int(one))
            found = np.where(lag == one, left @ right.T, found)
        return found

    def _effective(self, points: Float64Array, method: Method) -> Float64Array:
        first = autocorrelation(ranked(self.first, method))
        is_one = self.first is self.second
        second = first if is_one else autocorrelation(ranked(self.second, method))
        return effective_points(first, second, np.maximum(points, 1.0))

    def _extreme_share(self, lag: Int64Array, method: Method) -> Float64Array:
        first = ranked(self.first, method)
        second = first if self.first is self.second else ranked(self.second, method)
        found = np.full(lag.shape, np.nan)
        for one in np.unique(lag):
            found = np.where(lag == one, extreme_share(*shifted(first, second, int(one))), found)
        return found

    def _kendall(
        self, lag: Int64Array, share: Float64Array, tell: Tell
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Coefficients; p-values as of scipy; and those of the share of the points that are independent."""
        with needing("scipy"):
            from scipy.special import erfc
        found = np.full((*lag.shape, 3), np.nan)
        is_one = self.first is self.second
        for i, j in np.ndindex(lag.shape):
            if is_one and j < i:
                continue  # the same as j with i
            if j % _TELL_EVERY == 0:
                tell((1 + (i + j / lag.shape[1]) / lag.shape[0]) / 2)
            found[i, j] = kendall(*shifted(self.first[i], self.second[j], int(lag[i, j])))
        tau, p, z = np.moveaxis(found, -1, 0)
        fewer = erfc(np.abs(z) * np.sqrt(share / 2))
        return tau, p, np.where(share < 1, fewer, p)


def lags_up_to(max_lag: int, points: int) -> list[int]:
    """0, 1, -1, 2, …: those that leave half of the points at least.

    >>> lags_up_to(2, 100), lags_up_to(9, 3)
    ([0, 1, -1, 2, -2], [0, 1, -1])
    """
    bound = min(max_lag, points // 2)
    return [0, *itertools.chain.from_iterable((lag, -lag) for lag in range(1, bound + 1))]


def shifted(first: Float64Array, second: Float64Array, lag: int) -> tuple[Float64Array, Float64Array]:
    """What stands beside each other where the second is looked at so many points later.

    >>> shifted(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0]), 1)
    (array([1., 2.]), array([20., 30.]))
    """
    if lag == 0:
        return first, second
    count = first.shape[-1]
    return first[..., max(-lag, 0) : count - max(lag, 0)], second[..., max(lag, 0) : count - max(-lag, 0)]


def _usual_distance(step: Int64Array) -> float:
    return (int(step[-1]) - int(step[0])) / (len(step) - 1) if len(step) > 1 else 0.0
