"""Where on the plane the loss is evaluated, and what of the plane is told in single numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from tensorboard_candles import metadata
from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest

Span: TypeAlias = "float | Sequence[float | tuple[float, float]]"

MARGIN = 0.15
"""Of the trajectory's extent, on each side of it."""


def axes_of(span: Span, points: Sequence[int]) -> tuple[Float64Array, ...]:
    """Coordinates along each direction; `span` is ± that number, or has one, or (low, high), for each.

    >>> [axis.tolist() for axis in axes_of([1, (0, 3)], (3, 4))]
    [[-1.0, 0.0, 1.0], [0.0, 1.0, 2.0, 3.0]]
    """
    if math.prod(points) > metadata.MOST_LANDSCAPE_POINTS:
        raise BadRequest(
            f"points must be at most {metadata.MOST_LANDSCAPE_POINTS:,} in all, got {tuple(points)}"
        )
    spans = [span] * len(points) if isinstance(span, int | float) else list(span)
    if len(spans) != len(points):
        raise BadRequest(
            f"span must be one number, or one entry for each of {len(points)} directions, got {span}"
        )
    return tuple(_axis(one, count) for one, count in zip(spans, points, strict=True))


def around(trajectory: Float64Array, points: Sequence[int]) -> tuple[Float64Array, ...]:
    """Axes that hold the trajectory and the origin, with a margin, and have the origin on the grid.

    >>> [axis.round(3).tolist() for axis in around(np.array([[2.0, -1.0], [0.0, 0.0]]), (5, 3))]
    [[-0.767, 0.0, 0.767, 1.533, 2.3], [-1.15, 0.0, 1.15]]
    """
    axes = []
    for along, count in zip(trajectory.T, points, strict=True):
        low, high = min(float(along.min()), 0.0), max(float(along.max()), 0.0)
        extent = (high - low) or 1.0
        low, high = low - MARGIN * extent, high + MARGIN * extent
        before = min(max(round((count - 1) * -low / (high - low)), 1), count - 2)
        step = max(-low / before, high / (count - 1 - before)) if count > 2 else high - low
        axes.append(step * (np.arange(count) - max(before, 0)).astype(np.float64))
    return tuple(axes)


def points_of(axes: Sequence[Float64Array]) -> Float64Array:
    """Every point of the grid, the last direction's coordinate changing first: (points, directions)."""
    return np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)


def epsilon_sharpness(
    axes: Sequence[Float64Array], loss: Float64Array, centre_loss: float, epsilon: float
) -> float:
    """By how many percent of 1 + f(0) the loss rises at most, |coordinate| ≤ epsilon along each direction.

    >>> line = np.array([-1.0, 0, 1])
    >>> epsilon_sharpness([line], np.array([2.0, 1.0, 1.5]), 1.0, 1.0)
    50.0

    100 · (max f − f(0)) / (1 + f(0)) of Keskar et al. 2017, eq. 4, with the plane's directions for the
    columns of A and the grid's points for all of the box: a lower bound, the closer the finer the grid. NaN
    where the box holds no point of the grid but the centre, and where f(0) is -1 or less: of that there is no
    share.
    """
    inside = np.ix_(*(np.abs(axis) <= epsilon * (1 + 1e-9) for axis in axes))
    box = loss[inside]
    box = box[np.isfinite(box)]
    if box.size < 2 or not centre_loss > -1:
        return math.nan
    return float(100 * (max(box.max(), centre_loss) - centre_loss) / (1 + centre_loss))


def default_epsilon(axes: Sequence[Float64Array]) -> float:
    """A twentieth of the widest axis, or a step of the coarsest, whichever is more.

    >>> default_epsilon([np.linspace(-1, 1, 51)])
    0.1
    """
    steps = [float(np.diff(axis).max()) for axis in axes if len(axis) > 1]
    return max(0.05 * max(float(np.ptp(axis)) for axis in axes), *steps, 0.0)


def lowest(axes: Sequence[Float64Array], loss: Float64Array) -> tuple[float, tuple[float, ...]]:
    """The lowest finite loss and where it is; NaN and nowhere, where there is none.

    >>> lowest([np.array([0.0, 1.0])], np.array([3.0, 2.0]))
    (2.0, (1.0,))
    """
    if not np.isfinite(loss).any():
        return math.nan, ()
    place = np.unravel_index(int(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan))), loss.shape)
    return float(loss[place]), tuple(float(axis[index]) for axis, index in zip(axes, place, strict=True))


def _axis(span: float | tuple[float, float], count: int) -> Float64Array:
    low, high = (-span, span) if isinstance(span, int | float) else (float(one) for one in span)
    if count < 1 or not low <= 0 + high or not (math.isfinite(low) and math.isfinite(high)) or low >= high:
        raise BadRequest(
            f"span must be > 0, or (low, high) with low < high, got {span!r}; points, got {count}"
        )
    if low == -high:  # exactly 0 in the middle
        half = np.arange(count) * 2 - (count - 1)
        return np.asarray(half * (high / max(count - 1, 1)), np.float64)
    return np.linspace(low, high, count)
