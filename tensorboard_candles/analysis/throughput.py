"""How fast a training goes: steps and points a second, from the wall times of one series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.store import RunView, Series

MOST_INSTANTS = 50_000
"""Looked at of one series: between two of them nothing is lost, since what counts are differences."""
_LATELY_SECS = 10.0
OF_THE_MACHINE = "system/"
"""How tags begin that tell of the machine, which say nothing of how fast training goes."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """A row for each stretch of time in which anything was logged."""

    time: Float64Array
    """Its end, in seconds since the Unix epoch."""
    step: Int64Array
    """The last one by then."""
    steps_per_sec: Float64Array
    points_per_sec: Float64Array
    """Of the series that was measured: batches, where each is logged."""
    lately: tuple[float, float] | None
    """Both over the last ten seconds in which something was logged; None where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Instants:
    """What had been logged when, by time."""

    time: Float64Array
    step: Int64Array
    points: Int64Array
    """So many up to and with this one."""


def measured_series(view: RunView) -> Series | None:
    """The series of a run with most points, but none that tells of the machine; None where there is none."""
    of_training = [one for tag, one in view.series.items() if not tag.startswith(OF_THE_MACHINE)]
    return max(of_training, key=lambda one: one.point_count, default=None)


def instants_of(series: Series) -> Instants:
    """Of all points of a series, or of so many that it does not show.

    A candle that the writer made is one instant: its end.
    """
    time, step = series.wall_time, series.step
    points = np.arange(1, len(series) + 1)
    if series.candles:
        rows = series.candles.rows
        time, step_column = rows["end_time"], rows["last_step"]
        points = np.cumsum(rows["count"] + rows["nonfinite"])
    else:
        step_column = None
    some = np.unique(np.linspace(0, len(series) - 1, min(len(series), MOST_INSTANTS)).astype(np.int64))
    time, points = np.asarray(time[some], np.float64), points[some]
    steps = step[some] if step_column is None else step_column[some]
    is_placed = np.isfinite(time)
    order = np.flatnonzero(is_placed)[np.argsort(time[is_placed], kind="stable")]
    return Instants(time[order], np.asarray(steps)[order], points[order])


def throughput(instants: Instants, began: Float64Array, *, limit: int) -> Throughput:
    """Rates over at most `limit` stretches of equal length.

    `began` are the wall times, ascending, at which a process began to write: what lies between the last
    instant before and the first one after is no time of training, and counts for no rate.

    >>> time = np.array([0.0, 1.0, 2.0, 100.0, 101.0])
    >>> found = throughput(Instants(time, np.arange(5) * 10, np.arange(1, 6)), np.array([0.0, 99.0]), limit=4)
    >>> found.time, found.steps_per_sec, found.lately
    (array([  2., 101.]), array([10., 10.]), (10.0, 1.0))
    """
    elapsed = np.diff(instants.time)
    begins = np.searchsorted(began, instants.time, side="right")
    counts = begins[1:] == begins[:-1]
    elapsed = np.where(counts, elapsed, 0.0)
    # Late points, and what a restart logs again, are no steps back.
    steps = np.where(counts, np.maximum(np.diff(instants.step), 0), 0)
    points = np.where(counts, np.maximum(np.diff(instants.points), 0), 0)
    bucket, last = _buckets(instants.time, limit)
    sums = [np.bincount(bucket, weights=one, minlength=len(last)) for one in (elapsed, steps, points)]
    is_known = sums[0] > 0
    last = last[is_known]
    rates = [one[is_known] / sums[0][is_known] for one in sums[1:]]
    return Throughput(
        instants.time[last],
        instants.step[last],
        rates[0],
        rates[1],
        _lately(instants, elapsed, steps, points),
    )


def _buckets(time: Float64Array, limit: int) -> tuple[Int64Array, Int64Array]:
    """The number of the stretch that each instant but the first is in, and the last instant of each."""
    if len(time) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    width = max((time[-1] - time[0]) / limit, 1e-9)
    place = np.minimum((time[1:] - time[0]) // width, limit - 1).astype(np.int64)
    found, bucket = np.unique(place, return_inverse=True)
    last = np.searchsorted(place, found, side="right")
    return bucket, last


def _lately(
    instants: Instants, elapsed: Float64Array, steps: Int64Array, points: Int64Array
) -> tuple[float, float] | None:
    if not len(elapsed):
        return None
    first = int(np.searchsorted(instants.time, instants.time[-1] - _LATELY_SECS))
    first = min(first, len(elapsed) - 1)
    secs = float(elapsed[first:].sum())
    return (float(steps[first:].sum()) / secs, float(points[first:].sum()) / secs) if secs > 0 else None
