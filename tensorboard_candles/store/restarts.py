"""Which of a run's points count, when a training was started again.

Files of a run come in the order of their names. Of the four rules, (d), steps that go back within one file
are late arrivals, needs no more than a sort; the others void points:

(a) a `SessionLog.START` at step S voids what was written before it with step ≥ S;
(b) a file that begins after a tag's last earlier point, and whose first step of that tag is not beyond the
    tag's last, voids that tag's earlier points from that first step on;
(c) files that overlap in wall time are concurrent writers, and void nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events import Points, SessionStart


@dataclass(frozen=True, slots=True)
class FilePart:
    """One tag's points in one file, and what the file says of sessions.

    `starts` within the file have already voided the file's own earlier points.
    """

    points: Points
    is_sorted: bool
    first_wall_time: float
    starts: tuple[SessionStart, ...]


def surviving(parts: Sequence[FilePart]) -> Points:
    """Points of one tag over all files of a run that count, by step, ties in the order of arrival.

    >>> def part(steps, time, start=None):
    ...     points = Points(np.array(steps), np.full(len(steps), time), np.array(steps, float))
    ...     return FilePart(points, True, time, (start,) if start else ())
    >>> surviving([part([0, 1, 2, 3], 10.0), part([2, 3, 4], 20.0)]).step
    array([0, 1, 2, 3, 4])
    >>> surviving([part([0, 1, 2], 10.0), part([2], 20.0, SessionStart(1, 20.0))]).step
    array([0, 2])
    """
    kept = [_before_starts(index, parts) for index in range(len(parts))]
    _void_restarted(kept, parts)
    filled = [index for index, points in enumerate(kept) if len(points)]
    if len(filled) == 1:
        (index,) = filled
        return kept[index] if parts[index].is_sorted else _sorted(kept[index])
    return _sorted(_joined([kept[index] for index in filled] or [parts[0].points]))


def _before_starts(index: int, parts: Sequence[FilePart]) -> Points:
    """Rule (a), for sessions that start in other files: what counts as before is told by wall time."""
    points = parts[index].points
    for other, part in enumerate(parts):
        for start in part.starts if other != index else ():
            is_earlier = points.wall_time < start.wall_time
            if index < other:
                is_earlier |= points.wall_time == start.wall_time
            is_void = is_earlier & (points.step >= start.step)
            if is_void.any():
                points = points.where(~is_void)
    return points


def _void_restarted(kept: list[Points], parts: Sequence[FilePart]) -> None:
    """Rules (b) and (c), in place."""
    by_begin = sorted(
        (index for index, points in enumerate(kept) if len(points)),
        key=lambda index: (parts[index].first_wall_time, index),
    )
    for rank, index in enumerate(by_begin):
        earlier = [before for before in by_begin[:rank] if len(kept[before])]
        if not earlier:
            continue
        last_wall_time = max(float(np.fmax.reduce(kept[before].wall_time)) for before in earlier)
        first_step = kept[index].step[0]
        if parts[index].first_wall_time > last_wall_time:
            for before in earlier:
                if kept[before].step.max() >= first_step:
                    kept[before] = kept[before].where(kept[before].step < first_step)


def _joined(columns: Sequence[Points]) -> Points:
    return Points(
        np.concatenate([points.step for points in columns]),
        np.concatenate([points.wall_time for points in columns]),
        np.concatenate([points.value for points in columns]),
    )


def _sorted(points: Points) -> Points:
    if np.all(points.step[1:] >= points.step[:-1]):
        return points
    order = np.argsort(points.step, kind="stable")
    return Points(points.step[order], points.wall_time[order], points.value[order])
