"""One tag over all files of a run, kept up to date at little cost while the run goes on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tensorboard_candles.events.points import Points
from tensorboard_candles.store.memory import ScratchFor, in_memory
from tensorboard_candles.store.restarts import FilePart, surviving


class Merged:
    """Points that count, as `surviving` gives them.

    As long as only the file that began last grows, and in order, they grow with it: the columns, and what
    others derived from them (their lineage), stay. Whatever else happens, they are made anew.
    """

    def __init__(self, parts: Sequence[FilePart], scratch_for: ScratchFor = in_memory) -> None:
        """New columns lie in what `scratch_for` gives for so many points."""
        self._scratch_for = scratch_for
        self._parts = parts
        self._lengths = _lengths(parts)
        self.columns = surviving(parts, scratch_for)

    def update(self, parts: Sequence[FilePart]) -> None:
        """Follow the files; `parts` are those of all files, in order."""
        lengths = _lengths(parts)
        if parts == self._parts and lengths == self._lengths:
            return
        is_appended = parts == self._parts and lengths[:-1] == self._lengths[:-1] and self._append()
        if not is_appended:
            self.columns = surviving(parts, self._scratch_for)
        self._parts, self._lengths = parts, lengths

    def _append(self) -> bool:
        """Add what is new in the last file, if that is all there is to do."""
        parts = self._parts
        added = parts[-1].columns.points(slice(self._lengths[-1], None))
        if not self._is_appendable(added):
            return False
        # Should memory not suffice half way, all is made anew the next time.
        self._parts = ()
        self.columns.extend(added)
        return True

    def _is_appendable(self, added: Points) -> bool:
        """Whether more points of the last file void nothing, are not void and go behind all that is there."""
        *others, last = self._parts
        is_own = all(self.columns is not part.columns for part in self._parts)
        # Had it no points yet, these would say whether it is a restart.
        had_points = self._lengths[-1] > 0
        return (
            is_own
            and had_points
            and all(_is_before(part, last) for part in others)
            and self.columns.is_continued_by(added)
        )


def _lengths(parts: Sequence[FilePart]) -> list[int]:
    return [len(part.columns) for part in parts]


def _is_before(part: FilePart, last: FilePart) -> bool:
    """Whether a file began before the last one, and no session that starts in it voids any of the last."""
    last_start = part.starts.wall_time[-1] if len(part.starts) else -math.inf
    return max(part.first_wall_time, last_start) <= last.first_wall_time
