"""Level of detail: summaries of blocks of points, so that a candle of a million points costs a few hundred.

A level-1 block sums up 64 points, a level-2 block 64 level-1 blocks, and so on. Any stretch of points is a
few single points at its two ends, a few level-1 blocks next to them, and so on up to the largest blocks that
lie inside. Blocks are built when they are first asked for, and only those that are new.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.summary import Summary, stacked
from tensorboard_candles.store import Lineage, Series
from tensorboard_candles.store.column import Column

FACTOR = 64
_CHUNK = FACTOR * (1 << 14)
"""Points summed up at a time, to keep the working memory small."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Summaries of a series as it was at one moment."""

    blocks: tuple[Summary, ...]
    """Level 1 first."""
    is_time_sorted: bool
    distinct_steps: Int64Array
    """How many steps differ from the one before, up to each level-1 block."""

    def summary(self, series: Series, begin: Int64Array, end: Int64Array) -> Summary:
        """One row for each stretch [begin, end) of the series' points; begin < end, stretches in order."""
        lefts: list[Summary] = []
        rights: list[Summary] = []
        low, high = begin, end
        for level in range(len(self.blocks) + 1):
            inner_low, inner_high = -(-low // FACTOR), high // FACTOR
            is_top = (inner_low >= inner_high) | (level == len(self.blocks))
            left_end = np.where(is_top, high, inner_low * FACTOR)
            right_begin = np.where(is_top, high, inner_high * FACTOR)
            lefts.append(self._merged(series, level, low, left_end))
            rights.append(self._merged(series, level, right_begin, high))
            low, high = np.where(is_top, 0, inner_low), np.where(is_top, 0, inner_high)
            if is_top.all():
                break
        return stacked([*lefts, *reversed(rights)]).merged()

    def _merged(self, series: Series, level: int, begin: Int64Array, end: Int64Array) -> Summary:
        """Items [begin, end) of a level (0: the points themselves), merged; empty where begin = end."""
        length = end - begin
        filled = length > 0
        merged = Summary.empty(len(begin))
        if not filled.any():
            return merged
        length = length[filled]
        items = np.repeat(begin[filled] - (np.cumsum(length) - length), length) + np.arange(length.sum())
        few = self.blocks[level - 1].rows(items) if level else Summary.of_points(series.value[items], items)
        for column, values in zip(merged.columns(), few.merged_runs(length).columns(), strict=True):
            column[filled] = values
        return merged


class _GrowingLevels:
    """Levels of one lineage of series, extended as it grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points = 0
        self._is_time_sorted = True
        self._distinct = Column(np.zeros(1, np.int64))
        self._blocks: list[tuple[Column[Any], ...]] = []

    def of(self, series: Series) -> Levels:
        with self._lock:
            while self._points + FACTOR <= len(series):
                self._extend(series)
            blocks = tuple(Summary(*(column.view() for column in level)) for level in self._blocks)
            tail = series.wall_time[max(self._points - 1, 0) :]
            return Levels(
                blocks,
                self._is_time_sorted and _is_sorted(tail),
                self._distinct.view(),
            )

    def _extend(self, series: Series) -> None:
        begin = self._points
        end = begin + min((len(series) - begin) // FACTOR * FACTOR, _CHUNK)
        self._note_order(series, begin, end)
        value = series.value[begin:end].reshape(-1, FACTOR)
        rows = np.arange(begin, end).reshape(-1, FACTOR)
        self._append(0, Summary.of_points(value, rows).merged())
        self._points = end

    def _note_order(self, series: Series, begin: int, end: int) -> None:
        time = series.wall_time[max(begin - 1, 0) : end]
        self._is_time_sorted = self._is_time_sorted and _is_sorted(time)
        step = series.step[begin:end]
        differs = np.ones(end - begin, np.int64)
        differs[1:] = step[1:] != step[:-1]
        differs[0] = begin == 0 or series.step[begin - 1] != step[0]
        before = self._distinct.view()[-1]
        self._distinct.extend(before + np.cumsum(differs.reshape(-1, FACTOR).sum(axis=1)))

    def _append(self, level: int, summary: Summary) -> None:
        """Add blocks to a level, and to those above it that they fill."""
        if level == len(self._blocks):
            self._blocks.append(tuple(Column(column) for column in summary.rows(slice(0, 0)).columns()))
        columns = self._blocks[level]
        for column, values in zip(columns, summary.columns(), strict=True):
            column.extend(values)
        done = len(self._blocks[level + 1][0].view()) if level + 1 < len(self._blocks) else 0
        whole = len(columns[0].view()) // FACTOR
        if whole > done:
            items = Summary(*(column.view()[done * FACTOR : whole * FACTOR] for column in columns))
            self._append(level + 1, items.folded(FACTOR).merged())


def _is_sorted(time: Float64Array) -> bool:
    """Finite, and none before the one that precedes it."""
    ends_are_finite = bool(np.isfinite(time[[0, -1]]).all()) if len(time) else True
    return ends_are_finite and bool(np.all(time[1:] >= time[:-1]))


_KNOWN: WeakKeyDictionary[Lineage, _GrowingLevels] = WeakKeyDictionary()
_KNOWN_LOCK = threading.Lock()


def levels_of(series: Series) -> Levels:
    """Summaries of a series; those of its points that were there before are kept."""
    with _KNOWN_LOCK:
        growing = _KNOWN.setdefault(series.lineage, _GrowingLevels())
    return growing.of(series)
