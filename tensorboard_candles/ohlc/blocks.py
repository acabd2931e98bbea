"""Summaries of one level, kept so that a few neighbours anywhere are read at once.

What `merged` looks at of 16 blocks, which are one block of the next level, lies together: all their counts,
all their highs and so on. The ends of candles lie far apart, and memory that does is slow to read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.summary import BoolArray, Summary
from tensorboard_candles.store.column import Column

BLOCKS_PER_GROUP = 16
_NONE = np.array([[0.0], [-np.inf], [np.inf], [0.0], [0.0]])
"""Stands where there is no block yet; in the order of `_columns`."""


def _columns(blocks: Summary) -> tuple[Float64Array, ...]:
    return blocks.count, blocks.high, blocks.low, blocks.mean, blocks.std


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one level at one moment."""

    groups: Float64Array
    """Of shape (groups, 5, 16); the last group may be of fewer blocks."""
    high_row: Int64Array
    low_row: Int64Array

    def __len__(self) -> int:
        return len(self.high_row)

    def merged(self, group: Int64Array, void: BoolArray | None = None) -> Summary:
        """Blocks of some groups, those of each merged into one; those that are `void` don't count."""
        blocks = self.groups[group]
        if void is not None:
            np.copyto(blocks, _NONE, where=void[:, None])
        count, high, low, mean, std = blocks.transpose(1, 0, 2)
        number = group[:, None] * BLOCKS_PER_GROUP + np.arange(BLOCKS_PER_GROUP)
        merged = Summary(count, high, low, number, number, mean, std).merged()
        return replace(merged, high_row=self.high_row[merged.high_row], low_row=self.low_row[merged.low_row])


class GrowingBlocks:
    """The blocks of one level, more and more of them.

    >>> blocks = GrowingBlocks()
    >>> blocks.extend(Summary.of_points(np.array([[1.0, 2.0], [5.0, 4.0]]), np.array([0, 2])))
    >>> blocks.view().merged(np.array([0])).high_row
    array([2])
    """

    def __init__(self) -> None:
        self._groups = np.empty((0, len(_NONE), BLOCKS_PER_GROUP))
        self._high_row = Column(np.empty(0, np.int64))
        self._low_row = Column(np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self._high_row)

    def view(self) -> Blocks:
        return Blocks(self._groups[: _groups_of(len(self))], self._high_row.view(), self._low_row.view())

    def extend(self, blocks: Summary) -> None:
        first, known = divmod(len(self), BLOCKS_PER_GROUP)
        columns = np.stack(_columns(blocks))
        if known:
            columns = np.hstack([self._groups[first, :, :known], columns])
        groups = np.tile(_NONE, _groups_of(columns.shape[1]) * BLOCKS_PER_GROUP)
        groups[:, : columns.shape[1]] = columns
        groups = groups.reshape(len(_NONE), -1, BLOCKS_PER_GROUP).transpose(1, 0, 2)
        self._make_room(first + len(groups))
        # Who still reads the group that was the last finds in it what it knows, unchanged.
        self._groups[first : first + len(groups)] = groups
        self._high_row.extend(blocks.high_row)
        self._low_row.extend(blocks.low_row)

    def _make_room(self, count: int) -> None:
        if count > len(self._groups):
            larger = np.empty((max(count, len(self._groups) * 5 // 4), *self._groups.shape[1:]))
            larger[: len(self._groups)] = self._groups
            self._groups = larger


def _groups_of(blocks: int) -> int:
    return -(-blocks // BLOCKS_PER_GROUP)
