"""Directions in weight space: random ones, their normalisation, principal components of checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tensorboard_candles.analysis.landscape.network import Weight
from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest

Normalize = Literal["filter", "layer", "none"]

RANDOM_WALK_SHARE = 6 / np.pi**2
"""Of the variance along the first principal component of a long random walk in many dimensions
(Antognini & Sohl-Dickstein 2018, PCA of high dimensional random walks)."""

_ALMOST_NOTHING = 1e-12


def random_directions(
    weights: Sequence[Weight], origin: Float64Array, count: int, *, normalize: Normalize, seed: int
) -> tuple[Float64Array, ...]:
    """Gaussian directions, each filter (or layer) as long as the weights' own, orthogonal to each other.

    >>> weights = [Weight("w", (2, 3), 0), Weight("b", (2,), 6, role="bias")]
    >>> origin = np.array([3.0, 0, 4, 0, 0, 1, 7, 7])
    >>> first, second = random_directions(weights, origin, 2, normalize="filter", seed=0)
    >>> [round(float(np.linalg.norm(first[some])), 12) for some in (slice(0, 3), slice(3, 6), slice(6, 8))]
    [5.0, 1.0, 0.0]
    >>> bool(abs(first @ second) < 1e-12)
    True

    Of biases and of the scales and shifts of normalisations they are 0, as in the code of Li et al. 2018.
    A later direction is made orthogonal to the earlier ones within each filter and stretched to the
    filter's norm after that, so both hold at once. A filter of fewer numbers than there are directions has no
    room for that: it keeps its norm, and is left as it was drawn.
    """
    draw = np.random.default_rng(seed)
    directions: list[Float64Array] = []
    for _ in range(count):
        direction = draw.standard_normal(len(origin))
        for weight in weights:
            if weight.role != "weight":
                direction[weight.stretch] = 0.0
        directions.append(_orthogonal(weights, direction, directions, normalize))
    found = tuple(normalized(weights, origin, one, normalize) for one in directions)
    for direction in found:
        if not direction.any():
            raise BadRequest("random directions are 0: all weights are biases, belong to norms, or are 0")
    return found


def normalized(
    weights: Sequence[Weight], origin: Float64Array, direction: Float64Array, normalize: Normalize
) -> Float64Array:
    """The direction with each filter, or each layer's tensor, as long as that of the weights (section 4).

    A filter of weights that are all 0 gets none. Nor do biases and norms, unless nothing is normalised.
    """
    if normalize == "none":
        return direction
    found = np.zeros_like(direction)
    for weight in weights:
        if weight.role == "weight":
            own, drawn = _groups(weight, origin, normalize), _groups(weight, direction, normalize)
            length = np.linalg.norm(drawn, axis=1, keepdims=True)
            scale = np.linalg.norm(own, axis=1, keepdims=True) / np.where(length > 0, length, 1.0)
            found[weight.stretch] = _flat(weight, drawn * scale, normalize)
    return found


def filter_norms(weights: Sequence[Weight], vector: Float64Array, normalize: Normalize) -> Float64Array:
    """Of every filter, or layer's tensor, the norm; in the order of the weights, biases left out."""
    groups = (_groups(weight, vector, normalize) for weight in weights if weight.role == "weight")
    return np.concatenate([np.linalg.norm(some, axis=1) for some in groups] or [np.empty(0)])


@dataclass(frozen=True, eq=False, slots=True)
class Components:
    """Principal components of differences, the first of them the longest."""

    directions: tuple[Float64Array, ...]
    """Orthonormal."""
    explained_variance: Float64Array
    """The share of all variance along each."""


def principal_components(differences: Float64Array, count: int) -> Components:
    """PCA of checkpoints: rows are their differences from the final weights (Li et al. 2018, section 7).

    >>> found = principal_components(np.array([[0.0, 3, 0], [0, 0, 0], [1, 1.5, 0], [-1, 1.5, 0]]), 2)
    >>> [np.abs(one).round(9).tolist() for one in found.directions]
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    >>> found.explained_variance.round(3).tolist()
    [0.692, 0.308]

    The rows' mean is taken away, as PCA does; the sign of a component is that of its largest number. Raises
    BadRequest when the checkpoints don't span as many directions.
    """
    if len(differences) <= count:
        raise BadRequest(
            f"{count} principal components need more than {count} checkpoints, got {len(differences)}"
        )
    centred = differences - differences.mean(axis=0)
    # of (checkpoints, checkpoints): there are far fewer of them than weights
    variances, mixtures = np.linalg.eigh(centred @ centred.T)
    variances, mixtures = variances[::-1].clip(min=0.0), mixtures[:, ::-1]
    if not variances[count - 1] > _ALMOST_NOTHING * variances[0]:
        raise BadRequest(f"the checkpoints lie in a space of less than {count} dimensions")
    directions: list[Float64Array] = []
    for number in range(count):
        direction = mixtures[:, number] @ centred
        for earlier in directions:
            direction -= (earlier @ direction) * earlier
        direction /= np.linalg.norm(direction)
        directions.append(direction * np.sign(direction[np.abs(direction).argmax()]))
    return Components(tuple(directions), variances[:count] / variances.sum())


def projected(
    differences: Float64Array, directions: Sequence[Float64Array]
) -> tuple[Float64Array, Float64Array]:
    """Coordinates of the plane's points nearest to the rows, and how far from them the rows lie.

    >>> at, distance = projected(np.array([[2.0, 6.0, 5.0]]), [np.array([2.0, 0, 0]), np.array([0.0, 3, 0])])
    >>> at.tolist(), distance.tolist()
    ([[1.0, 2.0]], [5.0])

    The directions need be neither orthogonal nor of length 1.
    """
    basis = np.stack(directions, axis=1)
    at = np.asarray(np.linalg.lstsq(basis, differences.T, rcond=None)[0].T, np.float64)
    return at, np.asarray(np.linalg.norm(differences - at @ basis.T, axis=1), np.float64)


def cosines(directions: Sequence[Float64Array]) -> Float64Array:
    """Of the angles between the directions: (count, count)."""
    units = np.stack([one / np.linalg.norm(one) for one in directions])
    return np.asarray(units @ units.T, np.float64)


def _orthogonal(
    weights: Sequence[Weight], direction: Float64Array, earlier: Sequence[Float64Array], normalize: Normalize
) -> Float64Array:
    if normalize == "none":
        return _without(direction[None], [one[None] for one in earlier]).reshape(-1)
    found = np.zeros_like(direction)
    for weight in weights:
        groups = _groups(weight, direction, normalize)
        if groups.shape[1] > len(earlier):
            groups = _without(groups, [_groups(weight, one, normalize) for one in earlier])
        found[weight.stretch] = _flat(weight, groups, normalize)
    return found


def _without(rows: Float64Array, earlier: Sequence[Float64Array]) -> Float64Array:
    """Rows less their parts along the earlier rows of the same number; twice, for what rounding leaves."""
    rows = rows.copy()
    for _ in range(2):
        for other in earlier:
            square = np.einsum("ij,ij->i", other, other)
            along = np.einsum("ij,ij->i", rows, other) / np.where(square > 0, square, 1.0)
            rows -= along[:, None] * other
    return rows


def _groups(weight: Weight, vector: Float64Array, normalize: Normalize) -> Float64Array:
    """What is given one norm: a row for each filter, or one row; (filters, numbers)."""
    tensor: Float64Array = vector[weight.stretch].reshape(weight.shape)
    if normalize == "layer" or weight.filter_axis is None or not weight.shape:
        return np.asarray(tensor.reshape(1, -1), np.float64)
    rows = np.moveaxis(tensor, weight.filter_axis, 0)
    return np.asarray(rows.reshape(len(rows), -1), np.float64)


def _flat(weight: Weight, groups: Float64Array, normalize: Normalize) -> Float64Array:
    """What `_groups` took apart, in C order again."""
    if normalize == "layer" or weight.filter_axis is None or not weight.shape:
        return groups.reshape(-1)
    axis = weight.filter_axis % len(weight.shape)
    others = [length for number, length in enumerate(weight.shape) if number != axis]
    return np.moveaxis(groups.reshape(weight.shape[axis], *others), 0, axis).reshape(-1)
