"""Level of detail: summaries of blocks of points, so that a candle of a million points costs a few hundred.

A level-1 block sums up 64 points, a level-2 block 16 level-1 blocks, a level-3 block 16 level-2 blocks and so
on. Any stretch of points is a few single points at its two ends, a few level-1 blocks next to them, and so on
up to the largest blocks that lie inside. Blocks are built when they are first asked for, and only those that
are new. They take about a byte per point.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tensorboard_candles.events.points import FloatArray, Int64Array
from tensorboard_candles.ohlc.blocks import BLOCKS_PER_GROUP, Blocks, GrowingBlocks
from tensorboard_candles.ohlc.made import GrowingMade, MadeLevels, is_sorted
from tensorboard_candles.ohlc.summary import BoolArray, Summary, joined
from tensorboard_candles.store import Lineage, Series
from tensorboard_candles.store.column import Column

POINTS_PER_BLOCK = 64
_NUMBERS_AT_A_TIME = 1 << 16
"""So many numbers stay in the processor's cache from one sum over them to the next."""


class _Pieces(NamedTuple):
    """Items [begin, end) of a level (0: the points themselves), none of them longer than a block above it.

    Arrays of two lines: pieces at the left and at the right ends of some stretches.
    """

    level: int
    begin: Int64Array
    end: Int64Array


@dataclass(frozen=True, slots=True)
class Levels:
    """Summaries of a series as it was at one moment."""

    blocks: tuple[Blocks, ...]
    """Level 1 first."""
    finite_before: Int64Array
    """How many finite points there are before each level-1 block, and before the points behind the last.

    Where points are candles, those in them count.
    """
    is_time_sorted: bool
    times: Lineage
    """That of the series of wall times: summaries of these are levels as well."""
    made: MadeLevels | None = None
    """Of a series of candles."""

    def summary(self, series: Series, begin: Int64Array, end: Int64Array) -> Summary:
        """One row for each stretch [begin, end) of the series' points; begin < end."""
        pieces = self._pieces(begin, end)
        parts = Summary.empty((len(begin), 2 * len(pieces)))
        for piece in pieces:
            self._fill(parts, series, piece)
        return parts.merged()

    def _pieces(self, begin: Int64Array, end: Int64Array) -> list[_Pieces]:
        """What the stretches consist of, by level."""
        found = []
        low, high = begin, end
        for level in range(len(self.blocks) + 1):
            factor = _items_per_block(level)
            inner_low, inner_high = -(-low // factor), high // factor
            goes_on = (inner_low < inner_high) & (level < len(self.blocks))
            left_end = np.minimum(inner_low * factor, high)
            right_begin = np.where(goes_on, inner_high * factor, left_end)
            found.append(_Pieces(level, np.stack([low, right_begin]), np.stack([left_end, high])))
            if not goes_on.any():
                break
            low, high = np.where(goes_on, inner_low, 0), np.where(goes_on, inner_high, 0)
        return found

    def _fill(self, parts: Summary, series: Series, pieces: _Pieces) -> None:
        """Summaries of pieces, each in its place among the parts of its stretch, in the order of points."""
        side, line = np.nonzero(pieces.begin < pieces.end)
        begin, end = pieces.begin[side, line], pieces.end[side, line]
        count = parts.count.shape[1]
        place = line * count + np.where(side == 0, pieces.level, count - 1 - pieces.level)
        at_a_time = _NUMBERS_AT_A_TIME // _items_per_block(pieces.level)
        for first in range(0, len(line), at_a_time):
            some = slice(first, first + at_a_time)
            summary = self._summary_of(series, pieces.level, begin[some], end[some])
            for column, values in zip(parts.columns(), summary.columns(), strict=True):
                column.reshape(-1)[place[some]] = values

    def _summary_of(self, series: Series, level: int, begin: Int64Array, end: Int64Array) -> Summary:
        """A row for each piece [begin, end) of a level."""
        if not level:
            start, void = _windows(begin, end, len(series))
            if series.candles:
                rows = sliding_window_view(series.candles.rows, void.shape[1])[start]
                return Summary.of_candles(rows, start, void)
            return Summary.of_points(sliding_window_view(series.value, void.shape[1])[start], start, void)
        group = begin // BLOCKS_PER_GROUP
        start = group * BLOCKS_PER_GROUP
        return self.blocks[level - 1].merged(group, _void(begin - start, end - start, BLOCKS_PER_GROUP))

    def first_finite(self, value: FloatArray, row: Int64Array) -> Int64Array:
        """For each row the first with a finite value that does not lie before it; there must be one."""
        found, is_found = _first_finite_near(value, row)
        block = -(-row // POINTS_PER_BLOCK)[~is_found]
        # The last of those blocks with as many before them is the first that holds one more.
        block = np.searchsorted(self.finite_before, self.finite_before[block], side="right") - 1
        found[~is_found] = _first_finite_near(value, block * POINTS_PER_BLOCK)[0]
        return found

    def last_finite(self, value: FloatArray, row: Int64Array) -> Int64Array:
        """For each row the last with a finite value that does not lie behind it; there must be one."""
        backwards, last = value[::-1], len(value) - 1
        found, is_found = _first_finite_near(backwards, last - row)
        block = (row + 1)[~is_found] // POINTS_PER_BLOCK
        block = np.searchsorted(self.finite_before, self.finite_before[block])
        found[~is_found] = _first_finite_near(backwards, last + 1 - block * POINTS_PER_BLOCK)[0]
        return last - found


def _items_per_block(level: int) -> int:
    """How many items of a level are one of the next."""
    return BLOCKS_PER_GROUP if level else POINTS_PER_BLOCK


def _windows(begin: Int64Array, end: Int64Array, items: int) -> tuple[Int64Array, BoolArray]:
    """Windows of one length, within so many items, on [begin, end): their starts, and what is none of it."""
    size = int((end - begin).max(initial=1))
    start: Int64Array = np.minimum(begin, items - size)
    return start, _void(begin - start, end - start, size)


def _void(begin: Int64Array, end: Int64Array, size: int) -> BoolArray:
    """Lines of so many items, up to 64, marked before `begin` and from `end` on."""
    # Below `begin` the difference wraps around, to a number that is larger than any length.
    at = np.arange(size, dtype=np.uint8) - begin.astype(np.uint8)[:, None]
    void: BoolArray = at >= (end - begin).astype(np.uint8)[:, None]
    return void


def _first_finite_near(value: FloatArray, row: Int64Array) -> tuple[Int64Array, BoolArray]:
    """The first row with a finite value among the next 64 of each, and whether there is one."""
    start, void = _windows(row, np.minimum(row + POINTS_PER_BLOCK, len(value)), len(value))
    void |= ~np.isfinite(sliding_window_view(value, void.shape[1])[start])
    return start + void.argmin(axis=1), np.logical_not(np.logical_and.reduce(void, axis=1))


class _GrowingLevels:
    """Levels of one lineage of series, extended as it grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points = 0
        self._is_time_sorted = True
        self._times = Lineage()
        self._finite_before = Column(np.zeros(1, np.int64))
        self._blocks: list[GrowingBlocks] = []
        self._made = GrowingMade()

    def of(self, series: Series) -> Levels:
        with self._lock:
            self._extend(series)
            blocks = tuple(level.view() for level in self._blocks)
            is_tail_sorted = is_sorted(series.wall_time[max(self._points - 1, 0) :])
            is_time_sorted = self._is_time_sorted and is_tail_sorted
            made = self._made.of(series)
            return Levels(blocks, self._finite_before.view(), is_time_sorted, self._times, made)

    def _extend(self, series: Series) -> None:
        whole = len(series) // POINTS_PER_BLOCK * POINTS_PER_BLOCK
        new = []
        for begin in range(self._points, whole, _NUMBERS_AT_A_TIME):
            end = min(begin + _NUMBERS_AT_A_TIME, whole)
            new.append(_summary_of_blocks(series, begin, end))
            self._is_time_sorted &= is_sorted(series.wall_time[max(begin - 1, 0) : end])
        if new:
            blocks = joined(new)
            before = self._finite_before.view()[-1]
            self._finite_before.extend(before + np.cumsum(blocks.count.astype(np.int64)))
            self._append(0, blocks)
            self._points = whole

    def _append(self, level: int, summary: Summary) -> None:
        """Add blocks to a level, and to those above it that they fill."""
        if level == len(self._blocks):
            self._blocks.append(GrowingBlocks())
        blocks = self._blocks[level]
        blocks.extend(summary)
        done = len(self._blocks[level + 1]) if level + 1 < len(self._blocks) else 0
        whole = len(blocks) // BLOCKS_PER_GROUP
        if whole > done:
            self._append(level + 1, blocks.view().merged(np.arange(done, whole)))


def _summary_of_blocks(series: Series, begin: int, end: int) -> Summary:
    """Of each level-1 block among some points."""
    row = np.arange(begin, end, POINTS_PER_BLOCK)
    if series.candles:
        return Summary.of_candles(series.candles.rows[begin:end].reshape(-1, POINTS_PER_BLOCK), row)
    return Summary.of_points(series.value[begin:end].reshape(-1, POINTS_PER_BLOCK), row)


_KNOWN: WeakKeyDictionary[Lineage, _GrowingLevels] = WeakKeyDictionary()
_KNOWN_LOCK = threading.Lock()


def levels_of(series: Series) -> Levels:
    """Summaries of a series; those of its points that were there before are kept."""
    with _KNOWN_LOCK:
        growing = _KNOWN.setdefault(series.lineage, _GrowingLevels())
    return growing.of(series)
