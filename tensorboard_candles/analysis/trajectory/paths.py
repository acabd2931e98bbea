"""A training as a path through the space of its metrics: where it goes, how fast, and how it turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.aligned import Aligned, Line, aligned
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.analysis.trajectory.components import Components, components
from tensorboard_candles.analysis.trajectory.local_fits import LEAST_WINDOW, curvature, derivatives
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import smoothed, thinned

MOST_NUMBERS = 6_000_000
"""Of a run in memory at once: of a path of more steps there is the last in each candle."""
MOST_AXES = 3
LEAST_LIMIT = 4 * MOST_AXES
MOST_WINDOW = 2001


@dataclass(frozen=True, slots=True)
class Path:
    """Some points of one run's path; what has an axis is of shape (axes, points)."""

    step: Int64Array
    position: Float64Array
    smooth: Float64Array
    """Where a parabola lies at the point that is fitted to the window around it."""
    velocity: Float64Array
    """Slope of each axis by step, of that parabola."""
    acceleration: Float64Array
    """What the slope gains by step."""
    momentum: Float64Array
    """Exponentially weighted mean of the moves from point to point by then, by step."""
    curvature: Float64Array
    """One over the radius of the turn, where every axis is as long as its `extent`."""
    steps: int
    """How many points the whole path has."""
    window: int
    width: int | None
    """Of the candles whose last step each point is; None where there is every step."""


@dataclass(frozen=True, slots=True)
class Trajectories:
    """Paths of several runs in one space."""

    paths: Sequence[Path]
    extent: Float64Array
    """From the smallest to the largest value of any run on each axis; 1 where there is but one."""
    components: Components | None
    """Where the axes are components of many metrics, and not metrics themselves."""


def trajectories(
    runs: Sequence[Sequence[Line]],
    *,
    combine: bool = False,
    window: int | None = None,
    limit: int = 2000,
    progress: Progress = untold,
) -> Trajectories:
    """Paths of runs, each given as the same metrics in the same order, joined on common steps (`aligned`).

    >>> step = np.arange(400)
    >>> angle = 2 * np.pi * step / 400
    >>> lines = [Line(step, np.cos(angle)), Line(step, np.sin(angle))]
    >>> path = trajectories([lines], window=9).paths[0]
    >>> float(path.curvature[200].round(2))                # of a circle of radius ½: both axes are 1 long
    2.0
    >>> few = trajectories([lines], limit=40).paths[0]
    >>> len(few.step) <= 40, bool(few.position.max() == 1.0)
    (True, True)

    With `combine` the axes are the first three principal components of all metrics, else the metrics, two or
    three of them. A path of more than `limit` points is thinned by M4, axis by axis (`thinned`), so that its
    extremes stay. What looks around a point looks at `window` points, an odd number; by default a fortieth of
    the path. The momentum's weights have the same span: 1 − 2 / (window + 1) of each is left at the next.

    Raises BadRequest where nothing can be combined, see `components`.
    """
    joined = []
    for number, lines in enumerate(runs):
        progress(number, 2 * len(runs), "common steps")
        joined.append(aligned(lines, most=MOST_NUMBERS // len(lines)))
    found = components([one.values for one in joined]) if combine else None
    places = [found.project(one.values)[:MOST_AXES] if found else one.values for one in joined]
    extent = _extent(places)
    paths = []
    for number, (one, place) in enumerate(zip(joined, places, strict=True)):
        progress(len(runs) + number, 2 * len(runs), "derivatives")
        paths.append(_path(one, place, extent, window=window, limit=limit, progress=progress))
    return Trajectories(paths, extent, found)


def _extent(places: Sequence[Float64Array]) -> Float64Array:
    every = np.concatenate(places, axis=1)
    is_known = np.isfinite(every)
    low = np.where(is_known, every, np.inf).min(axis=1, initial=np.inf)
    high = np.where(is_known, every, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(high > low, high - low, 1.0)


def _path(
    joined: Aligned,
    place: Float64Array,
    extent: Float64Array,
    *,
    window: int | None,
    limit: int,
    progress: Progress,
) -> Path:
    step = joined.step
    window = window or default_window(len(step))
    rows = _kept(step, place, limit)
    found = derivatives(step, place, rows, window=window, progress=progress)
    return Path(
        step=step[rows],
        position=place[:, rows],
        smooth=found.value,
        velocity=found.first,
        acceleration=found.second,
        momentum=_momentum(step, place, window)[:, rows],
        curvature=curvature(found.first / extent[:, None], found.second / extent[:, None]),
        steps=len(step),
        window=window,
        width=joined.width,
    )


def default_window(steps: int) -> int:
    """A fortieth of so many points, odd, and at least five.

    >>> default_window(90), default_window(1000)
    (5, 25)
    """
    return min(max(steps // 40 | 1, LEAST_WINDOW + 2), MOST_WINDOW)


def _kept(step: Int64Array, place: Float64Array, limit: int) -> Int64Array:
    """Rows that show every axis as all rows do."""
    if len(step) <= limit:
        return np.arange(len(step))
    each = limit // len(place)
    rows = [thinned(line, step, start=None, end=None, limit=each).rows for line in place]
    return np.unique(np.concatenate(rows))


def _momentum(step: Int64Array, place: Float64Array, window: int) -> Float64Array:
    """NaN at the first point, which nothing has led to."""
    with np.errstate(over="ignore"):
        moves = np.diff(place) / np.diff(step)
    weight = 1 - 2 / (window + 1)
    found = np.full(place.shape, np.nan)
    for line, move in zip(found, moves, strict=True):
        line[1:] = smoothed(move, weight=weight)
    return found
