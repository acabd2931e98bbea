"""Points of one tag that grow at the end while others read what was there before."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tensorboard_candles.events import Points
from tensorboard_candles.events.candle import CANDLE, are_candles, as_candles, values_of
from tensorboard_candles.events.points import Float64Array, Int64Array, ValueArray, no_points
from tensorboard_candles.store.column import CHUNK_ROWS, Column
from tensorboard_candles.store.lineage import Lineage
from tensorboard_candles.store.scratch import Scratch
from tensorboard_candles.store.source import Candles, Series
from tensorboard_candles.store.steps import GrowingSteps
from tensorboard_candles.store.totals import BELOW_ALL_STEPS, Totals

_MOST_AHEAD = 4
"""So many times as much as there is, room is made for at most on the word of what is to come."""
_CANDLE_WEIGHT = 6
"""So many points take as much memory as a candle."""


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What `PointColumns` are made of."""

    step: Int64Array
    """See `GrowingSteps.state`."""
    wall_time: Float64Array
    value: ValueArray
    is_sorted: bool
    max_step: int
    first_wall_time: float
    last_wall_time: float


class PointColumns:
    """Points of one tag, in the order in which they were added, and what is asked of them all the time."""

    __slots__ = (
        "_step",
        "_value",
        "_wall_time",
        "first_wall_time",
        "is_sorted",
        "last_wall_time",
        "lineage",
        "max_step",
        "totals",
    )

    def __init__(self, points: Points) -> None:
        self.lineage = Lineage()
        self._step = GrowingSteps(points.step)
        self._wall_time = Column(points.wall_time)
        self._value: Column[Any] = Column(points.value)
        self.totals = Totals() if are_candles(points.value) else None
        """Of candles; None where all values are numbers."""
        self.is_sorted = True
        """Whether no step goes back."""
        self.max_step = BELOW_ALL_STEPS
        self.first_wall_time = math.inf
        """Smallest wall time that is finite; +inf where none is."""
        self.last_wall_time = -math.inf
        """Largest wall time that is finite; -inf where none is."""
        self._note(points)

    @staticmethod
    def of(state: ColumnState) -> PointColumns:
        """Points that were in that state, without a look at any."""
        columns = PointColumns.__new__(PointColumns)
        columns.lineage = Lineage()
        columns._step = GrowingSteps.of(state.step, len(state.value))
        columns._wall_time, columns._value = Column(state.wall_time), Column(state.value)
        columns.is_sorted, columns.max_step = state.is_sorted, state.max_step
        columns.first_wall_time, columns.last_wall_time = state.first_wall_time, state.last_wall_time
        columns.totals = columns._counted() if are_candles(state.value) else None
        return columns

    def state(self) -> ColumnState:
        """All that there is to know now; it stays as it is while these go on growing."""
        return ColumnState(
            self._step.state(),
            self._wall_time.view(),
            self._value.view(),
            self.is_sorted,
            self.max_step,
            self.first_wall_time,
            self.last_wall_time,
        )

    def __len__(self) -> int:
        return len(self._step)

    @property
    def nbytes(self) -> int:
        """Memory taken, room at the end included; what lies in files is none."""
        return self._step.nbytes + self._wall_time.nbytes + self._value.nbytes

    @property
    def movable_bytes(self) -> int:
        """What of it `move_to` would give back."""
        return self._step.movable_bytes + self._wall_time.nbytes + self._value.nbytes

    def move_to(self, scratch: Scratch) -> None:
        """Out of memory, to grow on disk; what there is no room for stays where it is."""
        for column in (self._step, self._wall_time, self._value):
            column.move_to(scratch)

    def reserve(self, length: int) -> None:
        """Make room for so many points in all."""
        self._wall_time.reserve(length)
        self._value.reserve(length)

    def trim(self) -> None:
        """Give back the room at the end."""
        for column in (self._step, self._wall_time, self._value):
            column.trim()

    def series(self, run: str, tag: str) -> Series:
        """The points as they are now, as a series of that name."""
        step, wall_time, value = self._step.view(), self._wall_time.view(), self._value.view()
        if self.totals is None:
            return Series(run, tag, step, wall_time, value, lineage=self.lineage)
        made = Candles(value, self.totals)
        return Series(run, tag, step, wall_time, value["close"], lineage=self.lineage, candles=made)

    def points(self, rows: slice | Int64Array = slice(None)) -> Points:
        return Points(self._step.view()[rows], self._wall_time.view()[rows], self._value.view()[rows])

    def is_continued_by(self, points: Points) -> bool:
        """Whether no step of `points`, of which there is one at least, goes back behind those before."""
        step = points.step
        return self.max_step <= int(step[0]) and bool(np.all(step[1:] >= step[:-1]))

    def extend(self, points: Points, share: float = 1.0) -> None:
        """Add points; with them there is about this share of all that are still to come."""
        if not len(points):
            return
        points = self._of_one_type(points)
        # Before they are there: should memory not suffice for them, too much is noted rather than too little.
        self._note(points)
        expected = int((len(self) + len(points)) / max(share, 1 / _MOST_AHEAD))
        try:
            self._wall_time.extend(points.wall_time, expected)
            self._value.extend(points.value, expected)
            self._step.extend(points.step)
        except BaseException:
            # There are as many points as steps.
            self._wall_time.cut(len(self))
            self._value.cut(len(self))
            raise

    def _of_one_type(self, points: Points) -> Points:
        """The points with values as those here, which turn into a wider type first where that is needed."""
        held, added = self._value.view().dtype, points.value.dtype
        if held == added:
            return points
        if added == CANDLE:
            self._value, self.totals = self._as_candles(), self._counted()
        elif held == CANDLE:
            return replace(points, value=as_candles(points))
        elif held == np.float32:
            self._value = self._value.as_type(np.dtype(np.float64))
        return points

    def _as_candles(self) -> Column[Any]:
        made: Column[Any] = Column(np.empty(0, CANDLE), self._value.scratch)
        made.reserve(len(self))
        for points in self._chunks():
            made.extend(as_candles(points))
        return made

    def _counted(self) -> Totals:
        totals = Totals()
        for points in self._chunks():
            totals = totals.plus(points)
        return totals

    def _chunks(self) -> Iterator[Points]:
        for begin in range(0, len(self), CHUNK_ROWS):
            yield self.points(slice(begin, min(begin + CHUNK_ROWS, len(self))))

    @property
    def weight(self) -> int:
        """How many points take as much memory."""
        return len(self) if self.totals is None else _CANDLE_WEIGHT * len(self)

    @property
    def last_step(self) -> int:
        """Largest step of any point, those that went into candles too."""
        return self.max_step if self.totals is None else self.totals.last_step

    def before_step(self, step: int) -> PointColumns:
        """The points of lower steps only: these very columns where those are all."""
        if self.max_step < step:
            return self
        if not self.is_sorted:
            return taken(self, np.flatnonzero(self._step.view()[:] < step), self._value.scratch)
        rows = bisect_left(self._step.view(), step)
        if rows < len(self) // 2:
            # Views would keep much more in memory than is counted.
            return taken(self, np.arange(rows), self._value.scratch)
        kept = PointColumns(self.points(slice(rows)))
        if self._value.scratch:
            kept.move_to(self._value.scratch)
        return kept

    def _note(self, points: Points) -> None:
        if not len(points):
            return
        step, wall_time = points.step, points.wall_time
        goes_on = self.is_continued_by(points)
        self.is_sorted = self.is_sorted and goes_on
        self.max_step = max(self.max_step, int(step[-1] if goes_on else step.max()))
        is_finite = np.isfinite(wall_time)
        self.first_wall_time = float(wall_time.min(initial=self.first_wall_time, where=is_finite))
        if self.totals is not None:
            self.totals = self.totals.plus(points)
            wall_time = as_candles(points)["end_time"]
        self.last_wall_time = float(wall_time.max(initial=self.last_wall_time, where=is_finite))


def merged(pieces: Sequence[PointColumns], scratch: Scratch | None = None) -> PointColumns:
    """All their points by step, ties in the order in which they come; in `scratch` where that is given.

    >>> early, late = (Points(np.array(step), np.zeros(2), np.zeros(2)) for step in ([1, 5], [3, 5]))
    >>> merged([PointColumns(early), PointColumns(late)]).points().step
    array([1, 3, 5, 5])
    """
    dtype = values_of([no_points(), *(columns.points(slice(0)) for columns in pieces)])[0].dtype
    one_after_the_other = _columns_in(scratch, sum(map(len, pieces)), dtype)
    for columns in pieces:
        for begin in range(0, len(columns), CHUNK_ROWS):
            one_after_the_other.extend(columns.points(slice(begin, begin + CHUNK_ROWS)))
    if one_after_the_other.is_sorted:
        return one_after_the_other
    order = np.argsort(one_after_the_other.points().step, kind="stable")
    return taken(one_after_the_other, order, scratch)


def taken(columns: PointColumns, rows: Int64Array, scratch: Scratch | None) -> PointColumns:
    """Points of some rows, in the order of these; in `scratch` where that is given."""
    found = _columns_in(scratch, len(rows), columns.points(slice(0)).value.dtype)
    for begin in range(0, len(rows), CHUNK_ROWS):
        found.extend(columns.points(rows[begin : begin + CHUNK_ROWS]))
    return found


def _columns_in(scratch: Scratch | None, room: int, dtype: np.dtype[Any]) -> PointColumns:
    columns = PointColumns(Points(np.empty(0, np.int64), np.empty(0), np.empty(0, dtype)))
    if scratch:
        columns.move_to(scratch)
    columns.reserve(room)
    return columns


def joined(pieces: Sequence[Points]) -> Points:
    """One after the other."""
    if len(pieces) == 1:
        return pieces[0]
    return Points(
        np.concatenate([points.step for points in pieces]),
        np.concatenate([points.wall_time for points in pieces]),
        np.concatenate(values_of(pieces)),
    )
