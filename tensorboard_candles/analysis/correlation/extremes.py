"""Whether a coefficient is that of all points, or of the few at which a line strays the farthest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array

SHARE_OF_POINTS = 0.01


def extreme_share(first: Float64Array, second: Float64Array) -> Float64Array:
    """How much of each covariance comes from the 1 % of the points at which either line strays the farthest.

    >>> noise = np.random.default_rng(0).normal(size=(2, 500))
    >>> spiky = noise.copy()
    >>> spiky[:, 0] = 30.0
    >>> [round(extreme_share(lines[:1], lines[1:]).item(), 2) for lines in (spiky, noise + noise[0])]
    [1.0, 0.15]

    Of each line of `first` with each of `second`; the rest is what all other points would leave. More than 1
    where these speak against it. NaN counts as the mean; the share is NaN where there is no covariance.
    """
    left, right = _deviations(first), _deviations(second)
    total = left @ right.T
    rest = np.where(_is_extreme(left), 0.0, left) @ np.where(_is_extreme(right), 0.0, right).T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total == 0, np.nan, 1 - rest / total)


def _deviations(values: Float64Array) -> Float64Array:
    """From each line's mean, of a size of at most about 1; what is not known is 0."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    largest = np.abs(filled).max(axis=-1, keepdims=True, initial=0.0)
    scaled = filled / np.where(largest > 0, largest, 1.0)
    mean = scaled.sum(axis=-1, keepdims=True) / np.maximum(known.sum(axis=-1, keepdims=True), 1)
    return np.where(known, scaled - mean, 0.0)


def _is_extreme(deviations: Float64Array) -> npt.NDArray[np.bool_]:
    """The largest of each line: one in a hundred, and at least one."""
    found = np.zeros(deviations.shape, np.bool_)
    points = deviations.shape[-1]
    if points:
        count = int(np.ceil(SHARE_OF_POINTS * points))
        largest = np.argpartition(np.abs(deviations), points - count, axis=-1)[:, points - count :]
        np.put_along_axis(found, largest, True, axis=-1)
    return found
