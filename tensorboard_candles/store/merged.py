"""One tag over all files of a run, kept up to date at little cost while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tensorboard_candles.events.candle import are_candles
from tensorboard_candles.events.points import Points
from tensorboard_candles.store.columns import PointColumns, joined
from tensorboard_candles.store.memory import ScratchFor, in_memory
from tensorboard_candles.store.restarts import FilePart, surviving
from tensorboard_candles.store.totals import Totals


class Merged:
    """Points that count, as `surviving` gives them.

    As long as what is new goes behind all that is there, and voids none of it, they grow with it: the
    columns, and what others derived from them (their lineage), stay. So it is where only the file that began
    last grows, and where several writers at once keep pace. Whatever else happens, they are made anew.
    """

    def __init__(self, parts: Sequence[FilePart], scratch_for: ScratchFor = in_memory) -> None:
        """New columns lie in what `scratch_for` gives for so many points."""
        self._scratch_for = scratch_for
        self._parts = parts
        self._reached = _reached(parts)
        self.columns = surviving(parts, scratch_for)

    def update(self, parts: Sequence[FilePart]) -> None:
        """Follow the files; `parts` are those of all files, in order."""
        reached = _reached(parts)
        if parts == self._parts and reached == self._reached:
            return
        if parts != self._parts or not self._append():
            self.columns = surviving(parts, self._scratch_for)
        self._parts, self._reached = parts, reached

    def _append(self) -> bool:
        """Add what is new in the files, if that is all there is to do."""
        if any(self.columns is part.columns for part in self._parts):
            return False
        added = {
            number: part.columns.points(slice(length, None))
            for number, (part, (length, _)) in enumerate(zip(self._parts, self._reached, strict=True))
            if len(part.columns) > length
        }
        if not (self._voids_nothing(added) and self._is_behind_all(added)):
            return False
        points = joined(list(added.values()))
        order = np.argsort(points.step, kind="stable")
        points = Points(points.step[order], points.wall_time[order], points.value[order])
        if not _tells_once(self.columns, points):
            return False
        # Should memory not suffice half way, all is made anew the next time.
        self._parts = ()
        self.columns.extend(points)
        return True

    def _voids_nothing(self, added: Mapping[int, Points]) -> bool:
        """Whether more points of these files void nothing, are not void, and revive nothing."""
        begins = [(part.first_wall_time, number) for number, part in enumerate(self._parts)]
        last_begin = max(begins)
        starts = [(part.starts.wall_time[-1], n) for n, part in enumerate(self._parts) if len(part.starts)]
        # No more than one of the last two is the file's own.
        last_starts = sorted(starts)[-2:]
        for number in added:
            length, last_wall_time = self._reached[number]
            begin, _ = begins[number]
            # Without a point so far, these would say whether it is a restart. A file that began while this
            # one was written is none, however long this one goes on.
            is_known = length > 0 and (begins[number] == last_begin or last_begin[0] <= last_wall_time)
            if not is_known or any(start >= begin for start, file in last_starts if file != number):
                return False
        return True

    def _is_behind_all(self, added: Mapping[int, Points]) -> bool:
        """Whether all belongs behind what is there; of one step, points of the last file do."""
        last = len(self._parts) - 1
        return all(
            int(points.step.min()) + (number == last) > self.columns.max_step
            for number, points in added.items()
        )


def _tells_once(columns: PointColumns, added: Points) -> bool:
    """Whether nothing that is added tells what is there, or is added, as well."""
    if columns.totals is None and not are_candles(added.value):
        return True
    return int(added.step[0]) > columns.last_step and Totals().plus(added).tells_once


def _reached(parts: Sequence[FilePart]) -> list[tuple[int, float]]:
    """How many points each file has, and the last time of any."""
    return [(len(part.columns), part.columns.last_wall_time) for part in parts]
