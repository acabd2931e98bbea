"""Which parameters matter: functional ANOVA over a random forest.

Hutter, Hoos and Leyton-Brown 2014, "An Efficient Approach for Assessing Hyperparameter Importance", as in
Optuna's default: the variance of what a forest foretells over the whole space, divided among the parameters.
A parameter's share is the variance of the forest's mean over all others. It is of the space, not of where the
runs happen to lie, as permutation importance would be, and what parameters do only together is told as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array
from tensorboard_candles.analysis.hyperparameters.space import Space
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.analysis.progress import Progress, untold

TREES = 64
_AT_ONCE = 4
"""Trees that are grown between two looks at whether anybody still wants them."""
MOST_DRAWN = 1000
"""Runs that each tree is grown of."""


@dataclass(frozen=True, slots=True)
class Importance:
    """Shares of the variance, as means over the trees; in the order of the space's parameters."""

    share: Float64Array
    spread: Float64Array
    """Standard deviation of the share over the trees: how sure it is."""
    together: float
    """What no parameter does alone."""


def importance_of(
    space: Space, positions: Float64Array, target: Float64Array, progress: Progress = untold
) -> Importance:
    """Shares of each parameter in the differences between runs.

    >>> from tensorboard_candles.analysis.hyperparameters.space import space_of
    >>> rows = np.random.default_rng(0).random((400, 2))
    >>> space = space_of([{"lr": lr, "momentum": momentum} for lr, momentum in rows])
    >>> found = importance_of(space, rows, 3 * rows[:, 0] + rows[:, 1])
    >>> found.share.round(1)  # 9/10 and 1/10
    array([0.9, 0.1])
    """
    with needing("scikit-learn"):
        from sklearn.ensemble import RandomForestRegressor
    places, low, high = _places(space, positions, target)
    drawn = min(len(target), MOST_DRAWN)
    forest = RandomForestRegressor(max_samples=drawn, random_state=0, warm_start=True)
    for grown in range(0, TREES, _AT_ONCE):
        progress(grown, 2 * TREES, "weighing the parameters")
        # The same trees as if all were grown at once.
        forest.set_params(n_estimators=grown + _AT_ONCE).fit(places, target)
    shares = []
    for number, tree in enumerate(forest.estimators_):
        progress(TREES + number, 2 * TREES, "weighing the parameters")
        shares.append(shares_of_tree(tree.tree_, low, high))
    known = np.array(shares)
    share = known.mean(axis=0)
    together = max(0.0, 1 - float(share.sum())) if share.any() else 0.0
    return Importance(share, known.std(axis=0), together)


def _places(
    space: Space, positions: Float64Array, target: Float64Array
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Positions as a forest can split them, and the ends of each axis.

    Choices stand side by side in the order of their mean target, by which a split of them in two is best
    (Breiman et al. 1984, section 9.4), each as wide as the others. Runs without a number stand left of 0, on
    as much of the axis as is their part of all runs.
    """
    places, low, high = positions.copy(), np.zeros(positions.shape[1]), np.ones(positions.shape[1])
    for column, one in enumerate(space.parameters):
        at = positions[:, column]
        if one.kind == "choice":
            count = len(one.choices)
            means = [_mean(target[at == choice]) for choice in range(count)]
            rank = np.argsort(np.argsort(means, kind="stable"), kind="stable")
            places[:, column] = rank[at.astype(np.int64)] + 0.5
            high[column] = count
        elif one.absent:
            low[column] = -one.absent / (1 - one.absent)
            places[:, column] = np.where(np.isnan(at), low[column] / 2, at)
    return places, low, high


def _mean(target: Float64Array) -> float:
    return float(target.mean()) if len(target) else 0.0


def shares_of_tree(tree: Any, low: Float64Array, high: Float64Array) -> Float64Array:
    """Each parameter's share in the variance of a tree's leaves over the box from `low` to `high`.

    A leaf is a box of its own, so that means over all other parameters are sums over leaves (Hutter et al.
    2014, Algorithm 2). All 0 where the tree is one leaf.
    """
    begin, end, value = _leaves(tree, low, high)
    width: Float64Array = (end - begin) / (high - low)
    volume: Float64Array = width.prod(axis=1)
    beyond = value - volume @ value
    variance = volume @ beyond**2
    if variance <= 0:
        return np.zeros(len(low))
    found: Float64Array = np.empty(len(low))
    for axis in range(len(low)):
        cuts = np.unique(np.concatenate([begin[:, axis], end[:, axis]]))
        share = volume / width[:, axis] * beyond
        steps = np.zeros(len(cuts))
        np.add.at(steps, np.searchsorted(cuts, begin[:, axis]), share)
        np.add.at(steps, np.searchsorted(cuts, end[:, axis]), -share)
        marginal = np.cumsum(steps)[:-1]
        found[axis] = np.diff(cuts) / (high[axis] - low[axis]) @ marginal**2
    shares: Float64Array = found / variance
    return shares


def _leaves(
    tree: Any, low: Float64Array, high: Float64Array
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Of each leaf its two corners and its value."""
    begin = np.tile(low, (tree.node_count, 1))
    end = np.tile(high, (tree.node_count, 1))
    is_leaf = tree.children_left < 0
    # A node stands before its children.
    for node in np.flatnonzero(~is_leaf):
        left, right = tree.children_left[node], tree.children_right[node]
        axis, cut = tree.feature[node], tree.threshold[node]
        begin[[left, right]], end[[left, right]] = begin[node], end[node]
        end[left, axis] = begin[right, axis] = min(max(cut, begin[node, axis]), end[node, axis])
    is_wide = is_leaf & (end > begin).all(axis=1)
    return begin[is_wide], end[is_wide], tree.value[is_wide, 0, 0]
