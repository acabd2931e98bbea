"""No point counts twice: what candles tell that other points of the run tell as well.

A row of candles says in short what points within its steps say at length. Where a file holds both, one of the
two goes: the row, if what lies within its steps (points, and narrower rows) counts at least as many points as
it does, else what lies within. Of two rows of one file over the same steps the later stands. Points that were
logged as such are held against the rows of all files, as a second writer may sum up what the first one logs;
rows of different files all count, as points of concurrent writers do. So do late rows, of which nothing else
tells, and rows that share some of their steps only.

A row over a step at which a training was started again can't be cut, and stays. It was written before that:
it makes nothing void, and of what lies within it only that before the step is held against it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.candle import POINT, ROW, as_candles
from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store.columns import PointColumns, taken
from tensorboard_candles.store.memory import ScratchFor

BoolArray = npt.NDArray[np.bool_]

_MOST_DEPTH = 64
"""So many rows may lie within each other. Where more do, as those of a candle that was written again and
again while it formed, of those that begin or end at one step the fullest stands; then those around so many
go."""


def told_once(
    pieces: Sequence[PointColumns], restart_steps: Sequence[int], scratch_for: ScratchFor
) -> list[PointColumns]:
    """One tag's points of each file, without what would count twice.

    `restart_steps` are those at which the run was started again.
    """
    if not any(columns.totals and columns.totals.rows for columns in pieces):
        return list(pieces)
    has_points = any(columns.totals is None or columns.totals.rows < len(columns) for columns in pieces)
    tell_once = all(columns.totals is None or columns.totals.tells_once for columns in pieces)
    if tell_once and (len(pieces) == 1 or not has_points):
        return list(pieces)
    kept = _kept([_Told.by(columns) for columns in pieces], np.unique(np.array(restart_steps, np.int64)))
    return [
        columns if keeps.all() else taken(columns, np.flatnonzero(keeps), scratch_for(columns.weight))
        for columns, keeps in zip(pieces, kept, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file tells: from which step to which, and of how many points."""

    first: Int64Array
    last: Int64Array
    count: Int64Array
    kind: Int64Array

    @staticmethod
    def by(columns: PointColumns) -> _Told:
        points = columns.points()
        if columns.totals is None:
            one = np.ones(len(columns), np.int64)
            return _Told(points.step, points.step, one, np.full(len(columns), POINT))
        candle = as_candles(points)
        return _Told(points.step, candle["last_step"], candle["count"] + candle["nonfinite"], candle["kind"])

    def at(self, rows: Int64Array) -> _Told:
        return _Told(self.first[rows], self.last[rows], self.count[rows], self.kind[rows])


def _kept(files: Sequence[_Told], restart_steps: Int64Array) -> list[BoolArray]:
    """Which of what each file tells is kept."""
    kept = [np.ones(len(told.first), np.bool_) for told in files]
    places = [np.flatnonzero(told.kind == POINT) for told in files]
    step = np.concatenate([told.first[place] for told, place in zip(files, places, strict=True)])
    order = np.argsort(step, kind="stable")
    points = _Points(step[order])
    for told, keeps in zip(files, kept, strict=True):
        rows = _told_apart(told, np.flatnonzero(told.kind == ROW))
        keeps[told.kind == ROW] = False
        keeps[rows[_kept_rows(told.at(rows), points, restart_steps)]] = True
    stays = np.empty(len(order), np.bool_)
    stays[order] = points.stays
    ends = np.cumsum([len(place) for place in places])[:-1]
    for keeps, place, stay in zip(kept, places, np.split(stays, ends), strict=True):
        keeps[place] = stay
    return kept


def _latest(told: _Told, rows: Int64Array) -> Int64Array:
    """Rows by their steps, the last of those over the same ones."""
    rows = rows[np.lexsort((rows, told.last[rows], told.first[rows]))]
    first, last = told.first[rows], told.last[rows]
    is_latest = np.ones(len(rows), np.bool_)
    is_latest[:-1] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return rows[is_latest]


def _told_apart(told: _Told, rows: Int64Array) -> Int64Array:
    """Rows by their steps, no two over the same ones; few within each other, if it can be helped."""
    latest = _latest(told, rows)
    is_deep = _depths(told.at(latest)).max(initial=0) >= _MOST_DEPTH
    return _fullest(told, latest) if is_deep else latest


def _fullest(told: _Told, rows: Int64Array) -> Int64Array:
    """Of rows that begin at one step, and then of those that end at one, the narrowest that tells most."""
    for step in (told.first, told.last):
        rows = rows[np.lexsort((told.first[rows] - told.last[rows], told.count[rows], step[rows]))]
        at = step[rows]
        rows = rows[np.append(at[1:] != at[:-1], True)]
    return _latest(told, rows)


class _Points:
    """Points of all files, by step."""

    def __init__(self, step: Int64Array) -> None:
        self._step = step
        self.stays = np.ones(len(step), np.bool_)

    def within(self, first: Int64Array, last: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Where the points from each first to each last step begin and end, and how many of them stay."""
        begin = np.searchsorted(self._step, first)
        end = np.searchsorted(self._step, last, side="right")
        before = np.append(0, np.cumsum(self.stays))
        return begin, end, before[end] - before[begin]

    def remove(self, begin: Int64Array, end: Int64Array) -> None:
        self.stays &= ~_inside(begin, end, len(self.stays))


def _kept_rows(rows: _Told, points: _Points, restart_steps: Int64Array) -> BoolArray:
    """Which rows of a file are kept, of which no two are over the same steps; removes points.

    The narrowest come first. Of those that are kept none lies within another, so that by their first steps
    and by their last ones they are in one order, and those within a wider one are neighbours.
    """
    kept = np.zeros(len(rows.first), np.bool_)
    depth = _depths(rows)
    finer = np.empty(0, np.int64)
    for level in range(min(_MOST_DEPTH, int(depth.max(initial=-1)) + 1)):
        here = np.flatnonzero(depth == level)
        wider = rows.at(here)
        reach = _reach(wider, restart_steps)
        begin, end, count = points.within(wider.first, reach)
        low = np.searchsorted(rows.first[finer], wider.first)
        high = np.maximum(np.searchsorted(rows.last[finer], reach, side="right"), low)
        before = np.append(0, np.cumsum(rows.count[finer]))
        stands = count + before[high] - before[low] < wider.count
        kept[here[stands]] = True
        voids = stands & (reach == wider.last)
        points.remove(begin[voids], end[voids])
        is_void = _inside(low[voids], high[voids], len(finer))
        kept[finer[is_void]] = False
        finer = np.sort(np.append(finer[~is_void], here[voids]))
    return kept


def _depths(rows: _Told) -> Int64Array:
    """How many rows lie within each other within each row at most.

    That of the longest chain: as for the longest sequence that does not fall (Schensted 1961), among the last
    steps in the order of falling first ones.
    """
    depth = np.empty(len(rows.first), np.int64)
    least_last: list[int] = []
    order = np.lexsort((rows.last, -rows.first))
    for row, last in zip(order.tolist(), rows.last[order].tolist(), strict=True):
        depth[row] = bisect_right(least_last, last)
        least_last[depth[row] : depth[row] + 1] = [last]
    return depth


def _reach(rows: _Told, restart_steps: Int64Array) -> Int64Array:
    """The last step of each row that lies before the next at which the run was started again."""
    next_start = np.searchsorted(restart_steps, rows.first, side="right")
    ends = np.append(restart_steps, np.iinfo(np.int64).max) - 1
    return np.asarray(np.minimum(rows.last, ends[next_start]))


def _inside(begin: Int64Array, end: Int64Array, length: int) -> BoolArray:
    """Which places lie in any of these stretches."""
    edges = np.zeros(length + 1, np.int64)
    np.add.at(edges, begin, 1)
    np.add.at(edges, end, -1)
    return np.asarray(np.cumsum(edges)[:-1] > 0)
