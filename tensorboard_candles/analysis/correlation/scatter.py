"""Two tags against each other: what a coefficient of correlation sums up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.aligned import Line, Of, aligned
from tensorboard_candles.analysis.correlation.matrices import MOST_POINTS, shifted
from tensorboard_candles.events.points import Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points at which both have a number, in the order of steps, and a line through them."""

    step: Int64Array
    """Of the first."""
    first: Float64Array
    second: Float64Array
    slope: float
    """Of least squares: what the second gains as the first gains 1. NaN where the first does not vary."""
    intercept: float
    width: int | None
    """Of the candles whose closes these are, in steps; None where they are of every common step."""


def scatter(
    first: Line,
    second: Line,
    *,
    of: Of = "differences",
    width: int | None = None,
    most: int | None = None,
    lag: int = 0,
) -> Scatter:
    """What `correlations` compares of two lines, the second looked at `lag` points later.

    >>> step = np.arange(4)
    >>> values = np.array([1.0, 2.0, 4.0, 8.0])
    >>> found = scatter(Line(step, values), Line(step, 1 - 3 * values))
    >>> found.first, found.second, round(found.slope, 9), round(found.intercept, 9) + 0.0
    (array([1., 2., 4.]), array([ -3.,  -6., -12.]), -3.0, 0.0)
    """
    both = aligned([first, second], of=of, width=width, most=most or MOST_POINTS[of])
    x, y = shifted(both.values[0], both.values[1], lag)
    step = both.step[max(-lag, 0) : len(both.step) - max(lag, 0)]
    is_known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[is_known], y[is_known]
    return Scatter(step[is_known], x, y, *_fitted(x, y), both.width)


def _fitted(x: Float64Array, y: Float64Array) -> tuple[float, float]:
    """Slope and intercept."""
    if len(x) < 2 or (x == x[0]).all():
        return np.nan, np.nan
    with np.errstate(over="ignore", invalid="ignore"):
        from_mean = x - x.mean()
        slope = float(from_mean @ (y - y.mean()) / (from_mean @ from_mean))
        return slope, float(y.mean() - slope * x.mean())
