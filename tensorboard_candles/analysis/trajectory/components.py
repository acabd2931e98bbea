"""Many metrics in few: the directions in which they vary most (principal components)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array

LEAST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components of metrics, each of which was standardised first."""

    mean: Float64Array
    scale: Float64Array
    """Population standard deviation of each metric; NaN of one that never changes, which is left out."""
    weights: Float64Array
    """Of shape (components, metrics): rows of length 1, the one that explains most first."""
    explained: Float64Array
    """Share of the variance of each component, adding up to 1."""

    def project(self, values: Float64Array) -> Float64Array:
        """Of values of shape (metrics, points) the places along each component; NaN where one is missing."""
        used = np.isfinite(self.scale)
        # Divided first, so that no difference overflows.
        standard = values[used] / self.scale[used, None] - (self.mean / self.scale)[used, None]
        return np.asarray(self.weights[:, used] @ standard)


def components(parts: Sequence[Float64Array]) -> Components:
    """Components of the points of all parts together, each of shape (metrics, points).

    >>> loss = np.array([4.0, 2.0, 1.0, 0.5])
    >>> found = components([np.array([loss, 1 - loss, np.ones(4)])])
    >>> found.explained.round(6), found.weights.round(4)
    (array([1., 0.]), array([[ 0.7071, -0.7071,  0.    ],
           [ 0.7071,  0.7071,  0.    ]]))

    Points where a metric has no finite value are left out. As scikit-learn's PCA of StandardScaler, signs
    included: the largest weight of a component is positive.

    Raises BadRequest where fewer than two metrics vary, or fewer than three points are whole.
    """
    values = np.concatenate(parts, axis=1)
    values = values[:, np.isfinite(values).all(axis=0)]
    if values.shape[1] < LEAST_POINTS:
        raise BadRequest(
            f"only {values.shape[1]} steps have a finite value of every tag; "
            f"at least {LEAST_POINTS} are needed: ask for fewer tags"
        )
    is_constant = (values == values[:, :1]).all(axis=1)
    if np.count_nonzero(~is_constant) < 2:
        raise BadRequest("at least two tags have to vary, so that there is something to combine")
    # Of a size of about 1, so that no square overflows or vanishes.
    size = np.where(is_constant, 1.0, np.abs(values).max(axis=1))
    values = values / size[:, None]
    mean, scale = values.mean(axis=1), np.where(is_constant, np.nan, values.std(axis=1))
    weights, explained = _decomposed(
        (values[~is_constant] - mean[~is_constant, None]) / scale[~is_constant, None]
    )
    spread = np.zeros((len(weights), len(values)))
    spread[:, ~is_constant] = weights
    return Components(mean * size, scale * size, spread, explained)


def _decomposed(standard: Float64Array) -> tuple[Float64Array, Float64Array]:
    variance, vectors = np.linalg.eigh(standard @ standard.T)
    weights = vectors.T[::-1]
    largest = np.abs(weights).argmax(axis=1)
    weights = weights * np.sign(weights[np.arange(len(weights)), largest])[:, None]
    variance = np.maximum(variance[::-1], 0.0)
    return weights, variance / variance.sum()
