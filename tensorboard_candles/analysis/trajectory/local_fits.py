"""How fast lines move and how they bend: a parabola fitted around each point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.events.points import Float64Array, Int64Array

LEAST_WINDOW = 3
_MOST_AT_ONCE = 2_000_000
"""Values in memory at once."""


class Derivatives(NamedTuple):
    """Of lines at some of their points, each of shape (lines, points); NaN where nothing can be told."""

    value: Float64Array
    """Of the parabola itself."""
    first: Float64Array
    """By step."""
    second: Float64Array


def derivatives(
    step: Int64Array,
    values: Float64Array,
    rows: Int64Array,
    *,
    window: int,
    progress: Progress = untold,
) -> Derivatives:
    """Value, slope and bend of the parabola that fits best around each of `rows`.

    >>> step = np.arange(0, 50, 5)
    >>> found = derivatives(step, np.array([3.0 + 2.0 * step - step**2]), np.array([0, 4, 9]), window=5)
    >>> found.value.round(6), found.first.round(6), found.second.round(6)
    (array([[    3.,  -357., -1932.]]), array([[  2., -38., -88.]]), array([[-2., -2., -2.]]))

    Least squares over `window` points, an odd number of them, half on either side but at the ends (Savitzky
    and Golay 1964, Analytical Chemistry 36(8), for steps at any distance). `values` are of shape (lines,
    points), `step` rises strictly. Points that are not finite are left out; below three there is nothing.
    """
    each = max(_MOST_AT_ONCE // window, 1)
    parts = []
    for begin in range(0, len(rows), each):
        progress(begin, len(rows), "derivatives")
        parts.append(_fitted(step, values, rows[begin : begin + each], window))
    if not parts:
        return Derivatives(*(np.empty((len(values), 0)) for _ in Derivatives._fields))
    return Derivatives(*(np.concatenate(some, axis=1) for some in zip(*parts, strict=True)))


def _fitted(step: Int64Array, values: Float64Array, rows: Int64Array, window: int) -> Derivatives:
    window = min(window, len(step))
    begin = np.clip(rows - window // 2, 0, len(step) - window)
    around = begin[:, None] + np.arange(window)
    away = (step[around] - step[rows][:, None]).astype(np.float64)
    # In units of the window, so that its powers are of one size.
    unit = np.abs(away).max(axis=1, initial=1.0)
    fits = [_parabola(away / unit[:, None], line[around]) for line in values]
    value, first, second = (np.stack([fit[:, power] for fit in fits]) for power in range(3))
    return Derivatives(value, first / unit, 2 * second / unit**2)


def _parabola(away: Float64Array, values: Float64Array) -> Float64Array:
    """Coefficients of 1, t and t² for each row of values; NaN below three of them."""
    weight = np.isfinite(values).astype(np.float64)
    found = np.full((len(values), 3), np.nan)
    enough = weight.sum(axis=1) >= LEAST_WINDOW
    weight, away = weight[enough], away[enough]
    known = np.where(weight > 0, values[enough], 0.0)
    count = weight.sum(axis=1)
    level = known.sum(axis=1) / count
    known = np.where(weight > 0, known - level[:, None], 0.0)
    # By polynomials that are orthogonal over the window (Forsythe 1957): normal equations would be singular
    # where most points of a window lie close together and one far away.
    middle = (weight * away).sum(axis=1) / count
    line = away - middle[:, None]
    spread = (weight * line**2).sum(axis=1)
    skew = (weight * away * line**2).sum(axis=1) / spread
    square = (away - skew[:, None]) * line - (spread / count)[:, None]
    slope = (known * line).sum(axis=1) / spread
    size = (weight * square**2).sum(axis=1)
    bend = np.divide((known * square).sum(axis=1), size, out=np.zeros(len(size)), where=size > 0)
    found[enough, 0] = level - slope * middle + bend * (skew * middle - spread / count)
    found[enough, 1] = slope - bend * (skew + middle)
    found[enough, 2] = bend
    return found


def curvature(velocity: Float64Array, acceleration: Float64Array) -> Float64Array:
    """How tightly a path turns at each point: one over the radius of the circle that hugs it there.

    >>> angle = np.linspace(0, 6, 4)
    >>> circle = 5 * np.array([np.cos(angle), np.sin(angle), 0 * angle])
    >>> curvature(5 * np.array([-np.sin(angle), np.cos(angle), 0 * angle]), -circle).round(12)
    array([0.2, 0.2, 0.2, 0.2])

    κ = √(|r′|²|r″|² − (r′·r″)²) / |r′|³ (do Carmo 1976, section 1.5, exercise 12, for any number of
    dimensions); 0 on a straight line, whatever the pace. NaN where the path stands still.
    """
    pace = np.sqrt((velocity**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        ahead = velocity / pace
        sideways = acceleration - ahead * (ahead * acceleration).sum(axis=0)
        found = np.sqrt((sideways**2).sum(axis=0)) / pace**2
    return np.where(np.isfinite(found), found, np.nan)
