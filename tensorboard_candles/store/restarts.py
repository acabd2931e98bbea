"""Which of a run's points count, when a training was started again.

Files of a run come in the order of their names. Of the four rules, (d), steps that go back within one file
are late arrivals, needs no more than a sort; the others void points:

(a) a `SessionLog.START` at step S voids what was written before it with step ≥ S;
(b) a file that begins after a tag's last earlier point, and whose first step of that tag is not beyond the
    tag's last, voids that tag's earlier points from that first step on;
(c) files that overlap in wall time are concurrent writers, and void nothing.

A row of candles is where its first point is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.store.columns import PointColumns, merged, taken
from tensorboard_candles.store.doubles import told_once
from tensorboard_candles.store.memory import ScratchFor, in_memory
from tensorboard_candles.store.starts import Starts, lowest_from


@dataclass(frozen=True, slots=True)
class FilePart:
    """One tag's points in one file, and what the file says of sessions.

    What starts within the file void of its own points is gone already.
    """

    columns: PointColumns
    first_wall_time: float
    """Smallest of any record of the file."""
    starts: Starts


def surviving(parts: Sequence[FilePart], scratch_for: ScratchFor = in_memory) -> PointColumns:
    """Points of one tag over all files of a run that count, by step, ties in the order of arrival.

    Where those are all points of one file as they stand, they are its very columns; else new ones, which lie
    in what `scratch_for` gives for so many points.

    >>> from tensorboard_candles.events import Points, SessionStart
    >>> def part(steps, time, *starts):
    ...     points = Points(np.array(steps), np.full(len(steps), time), np.array(steps, float))
    ...     return FilePart(PointColumns(points), time, Starts.none().plus(starts))
    >>> surviving([part([0, 1, 2, 3], 10.0), part([2, 3, 4], 20.0)]).points().step
    array([0, 1, 2, 3, 4])
    >>> surviving([part([0, 1, 2], 10.0), part([2], 20.0, SessionStart(1, 20.0))]).points().step
    array([0, 2])
    """
    # What a file tells twice shows while all of it is there.
    parts = [replace(part, columns=_told_once_by(part, scratch_for)) for part in parts]
    kept = _after_starts(parts, scratch_for)
    restart_steps = _void_restarted(kept, [part.first_wall_time for part in parts])
    restart_steps += [step for part in parts for step in part.starts.step.tolist()]
    kept = told_once(kept, restart_steps, scratch_for)
    filled = [columns for columns in kept if len(columns)] or kept[:1]
    if len(filled) == 1 and filled[0].is_sorted:
        return filled[0]
    return merged(filled, scratch_for(sum(columns.weight for columns in filled)))


def _told_once_by(part: FilePart, scratch_for: ScratchFor) -> PointColumns:
    (columns,) = told_once([part.columns], part.starts.step.tolist(), scratch_for)
    return columns


@dataclass(frozen=True, slots=True)
class _AllStarts:
    """Starts of all files by wall time, those at the same time by file."""

    wall_time: Float64Array
    step: Int64Array
    file: Int64Array

    @staticmethod
    def of(parts: Sequence[FilePart]) -> _AllStarts:
        wall_time = np.concatenate([part.starts.wall_time for part in parts])
        file = np.repeat(np.arange(len(parts)), [len(part.starts) for part in parts])
        order = np.argsort(wall_time, kind="stable")
        step = np.concatenate([part.starts.step for part in parts])
        return _AllStarts(wall_time[order], step[order], file[order])


def _after_starts(parts: Sequence[FilePart], scratch_for: ScratchFor) -> list[PointColumns]:
    """Rule (a), for sessions that start in other files: what counts as before is told by wall time."""
    if not any(len(part.starts) for part in parts):
        return [part.columns for part in parts]
    starts = _AllStarts.of(parts)
    return [_before_others(index, part, starts, scratch_for) for index, part in enumerate(parts)]


def _before_others(index: int, part: FilePart, starts: _AllStarts, scratch_for: ScratchFor) -> PointColumns:
    since = int(np.searchsorted(starts.wall_time, part.first_wall_time))
    step, file = starts.step[since:], starts.file[since:]
    concerns = (file != index) & (step <= part.columns.max_step)
    if not len(part.columns) or not concerns.any():
        return part.columns
    wall_time, step, file = starts.wall_time[since:][concerns], step[concerns], file[concerns]
    # What was written at the very time of a start came before it if its file comes first.
    until = np.where(file > index, wall_time, np.nextafter(wall_time, -np.inf))
    lowest = lowest_from(step)
    points = part.columns.points()
    next_start = np.searchsorted(until, points.wall_time)
    is_void = next_start < len(until)
    is_void[is_void] = points.step[is_void] >= lowest[next_start[is_void]]
    if not is_void.any():
        return part.columns
    kept = np.flatnonzero(~is_void)
    return taken(part.columns, kept, scratch_for(part.columns.weight))


def _void_restarted(kept: list[PointColumns], begins: Sequence[float]) -> list[int]:
    """Rules (b) and (c), in place; returns the steps of all restarts.

    What a restart voids lies before it in time, so that whether a later file begins after all of a tag's
    points does not depend on it: one pass finds the restarts, another one voids.
    """
    by_begin = sorted(
        (index for index, columns in enumerate(kept) if len(columns)),
        key=lambda index: (begins[index], index),
    )
    restart_steps: dict[int, int] = {}
    last_wall_time = -np.inf
    for index in by_begin:
        if begins[index] > last_wall_time > -np.inf:
            restart_steps[index] = int(kept[index].points(slice(1)).step[0])
        last_wall_time = max(last_wall_time, kept[index].last_wall_time)
    lowest: int | None = None
    for index in reversed(by_begin):
        if lowest is not None:
            kept[index] = kept[index].before_step(lowest)
        if index in restart_steps:
            first = restart_steps[index]
            lowest = first if lowest is None else min(lowest, first)
    return list(restart_steps.values())
