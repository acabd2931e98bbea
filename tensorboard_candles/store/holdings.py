"""What a run holds in memory, summed up as it changes."""

from __future__ import annotations

from collections.abc import Collection, Hashable

from tensorboard_candles.store.columns import PointColumns


class Holdings:
    """Bytes of columns by who holds them: only what a change concerns is looked at again.

    >>> from tensorboard_candles.events.points import no_points
    >>> holdings, columns = Holdings(), PointColumns(no_points())
    >>> holdings.note("file", [columns]), columns in holdings
    (False, True)
    >>> holdings.note("file", []), columns in holdings
    (True, False)
    """

    def __init__(self) -> None:
        self._of: dict[Hashable, tuple[frozenset[int], int]] = {}
        self._ids: set[int] = set()
        self.movable_bytes = 0
        """Of all that is held."""

    def __contains__(self, columns: PointColumns) -> bool:
        return id(columns) in self._ids

    def note(self, holder: Hashable, columns: Collection[PointColumns]) -> bool:
        """All that a holder holds now, and no other does. True if it gave up any that it held before."""
        old_ids, old_bytes = self._of.pop(holder, (frozenset(), 0))
        ids, movable_bytes = frozenset(map(id, columns)), sum(one.movable_bytes for one in columns)
        if columns:
            self._of[holder] = ids, movable_bytes
        self._ids -= old_ids
        self._ids |= ids
        self.movable_bytes += movable_bytes - old_bytes
        return not old_ids <= ids
