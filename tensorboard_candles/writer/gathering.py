"""Candles instead of points: what is logged is gathered in the output thread, and written as rows.

A row holds points of one tag and of one candle: it goes over no epoch mark and no multiple of `candle_steps`.
It is written as soon as its candle is over, that is when the tag is logged at a step of another one. What has
gathered of candles that still form is written from time to time as rows of their own, which a reader merges.

The rows of a tag share no step, so that no reader has to ask whether two of them tell the same points. A
point at a step that was written already goes into a row of another kind, which adds to what was written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, SupportsIndex, TypeAlias

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import candle_rows, summaries
from tensorboard_candles.writer.candle_rows import END_TIME, FIRST_STEP, LAST_STEP, Float64Array, Int64Array
from tensorboard_candles.writer.layout import Items, Layout, Starts, by_kind, numbers_of, varint
from tensorboard_candles.writer.logged import as_read
from tensorboard_candles.writer.records import frame
from tensorboard_candles.writer.values import as_int64

Detail: TypeAlias = Literal["points", "candles"]


class _Default(int):
    """A number that nobody gave: it is told from an equal one that somebody did."""


CANDLE_STEPS = _Default(1000)
LEAST_SECS = 1.0
LEAST_PART = 0.01
"""What has gathered is written when the larger of the two has gone by since the last time: so long, or this
part of the time that the candle has been forming."""

_TAGS_PER_EVENT = 256
_POINTS_AT_ONCE = 1 << 18
_ROW_BYTES = 8 * len(metadata.CANDLE_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Points:
    """Points of one layout: a line of values for each tag, a column for each step."""

    place: Int64Array
    """Of each step among all that is logged."""
    tag: Int64Array
    step: Int64Array
    wall_time: Float64Array
    value: Float64Array

    @property
    def fits(self) -> npt.NDArray[np.bool_]:
        """Which steps a row can hold."""
        return (self.step >= -metadata.MOST_CANDLE_STEP) & (self.step <= metadata.MOST_CANDLE_STEP)

    def that_fit(self) -> _Points:
        fits = self.fits
        if fits.all():
            return self
        return _Points(self.place[fits], self.tag, self.step[fits], self.wall_time[fits], self.value[:, fits])


class Gatherer:
    """The candles that form in one event file.

    >>> gatherer, loss = Gatherer(candle_steps=10), Layout(("loss",))
    >>> gatherer.gather([loss, 7, 1.5, 0.25, loss, 8, 1.6, 0.5], [0, 4], now=0.0)
    []
    >>> gatherer.records()
    b''
    >>> gatherer.gather([loss, 12, 1.7, 0.75], [0], now=0.5)  # the first candle is over
    []
    >>> len(gatherer.records()) > 112
    True

    Args:
        candle_steps: no row goes over a multiple of it; None for rows that only epoch marks divide.

    `now` is in seconds of a clock that never goes back.
    """

    def __init__(self, candle_steps: int | None) -> None:
        self._candle_steps = candle_steps
        self._epochs = np.empty(0, np.int64)  # where they begin
        self._tags: list[str] = []
        self._numbers: dict[str, int] = {}
        # A tag has two slots, a row forms in each: one of points as they come, one of late ones
        self._forming = np.empty((candle_rows.COLUMNS, 0))
        self._is_forming = np.empty(0, np.bool_)
        self._written = np.empty(0, np.int64)  # the last step that was, by tag
        self._cut: int | None = None
        self._began = self._last = -math.inf
        self._ready: list[bytes] = []

    def gather(self, items: Items, starts: Starts, now: float) -> list[int]:
        """Take the numbers of all rows; returns where those begin that are to be written as they are.

        Those are what is no number, and numbers at steps that a row can't hold (beyond ±2^53).
        """
        kinds = by_kind(items, starts)
        points = sum(what.width * len(places) for what, places in kinds.items())
        if points > _POINTS_AT_ONCE and len(starts) > 1:
            half = len(starts) // 2
            return self.gather(items, starts[:half], now) + self.gather(items, starts[half:], now)
        left, found = [], []
        for what, places in kinds.items():
            if isinstance(what, Layout):
                found.append(self._points(what, items, starts, places))
                left += [starts[places[at]] for at in np.flatnonzero(~found[-1].fits).tolist()]
            else:
                left += [starts[place] for place in places]
                if what.begins_epoch:
                    self._begin_epoch(items[starts[places[0]] + 1])
        self._add([one.that_fit() for one in found if one.fits.any()], now)
        return sorted(left)

    def due_in(self, now: float) -> float:
        """Seconds until what has gathered is to be written; infinite where nothing has.

        >>> gatherer, loss = Gatherer(candle_steps=None), Layout(("loss",))
        >>> gatherer.gather([loss, 7, 1.5, 0.25], [0], now=5.0), gatherer.due_in(5.0)
        ([], 0.0)
        >>> gatherer.end_rows(5.0)
        >>> gatherer.gather([loss, 8, 1.5, 0.25], [0], now=5.5), gatherer.due_in(5.5)
        ([], 0.5)
        """
        if not self._is_forming.any():
            return math.inf
        part = (self._last - LEAST_PART * self._began) / (1 - LEAST_PART)
        return max(self._last + LEAST_SECS, part, now) - now

    def end_rows(self, now: float) -> None:
        """Have all that has gathered written; what is logged next begins rows of its own."""
        self._last = now
        self._end(np.flatnonzero(self._is_forming))

    def records(self) -> bytes:
        """Records of the rows that are to be written now."""
        records = b"".join(self._ready)
        self._ready.clear()
        return records

    def _begin_epoch(self, step: int) -> None:
        place = int(np.searchsorted(self._epochs, step))
        self._epochs = np.insert(self._epochs, place, step)
        slots = np.flatnonzero(self._is_forming)
        first, last = (self._epoch(self._forming[line, slots]) for line in (FIRST_STEP, LAST_STEP))
        self._end(slots[first < last])

    def _points(self, layout: Layout, items: Items, starts: Starts, places: Sequence[int]) -> _Points:
        of_all = isinstance(places, range)
        step, wall_time, values = numbers_of(
            layout, items, starts if of_all else [starts[place] for place in places]
        )
        tag = self._tag_numbers(layout.names)
        return _Points(
            np.array(places, np.int64), tag, step, wall_time, as_read(np.ascontiguousarray(values.T))
        )

    def _tag_numbers(self, names: tuple[str, ...]) -> Int64Array:
        try:
            return np.fromiter(map(self._numbers.__getitem__, names), np.int64, len(names))
        except KeyError:
            new = [name for name in dict.fromkeys(names) if name not in self._numbers]
        self._numbers.update(zip(new, range(len(self._tags), len(self._tags) + len(new)), strict=True))
        self._tags += new
        more = max(len(self._tags), len(self._written) * 3 // 2) - len(self._written)
        if len(self._tags) > len(self._written):
            self._written = np.append(self._written, np.full(more, np.iinfo(np.int64).min))
            self._is_forming = np.append(self._is_forming, np.zeros(2 * more, np.bool_))
            self._forming = np.hstack([self._forming, np.zeros((candle_rows.COLUMNS, 2 * more))])
        return self._tag_numbers(names)

    def _add(self, found: Sequence[_Points], now: float) -> None:
        """Merge points into the rows that form."""
        if not found:
            return
        newest = max(found, key=lambda points: points.place[-1])
        (cut_now,) = self._cuts(newest.step[-1:]).tolist()
        if cut_now != self._cut:
            self._cut, self._began = cut_now, now
        slot, rows = self._rows(found)
        is_met = np.zeros(len(self._is_forming), np.bool_)
        is_met[slot] = True
        held = np.flatnonzero(is_met & self._is_forming)
        slot, rows = np.append(held, slot), np.hstack([self._forming[:, held], rows])
        cut = self._cuts(rows[FIRST_STEP].astype(np.int64))
        order = np.lexsort((cut, slot))
        slot, cut, rows = slot[order], cut[order], rows[:, order]
        begins = np.flatnonzero(np.append(True, (slot[1:] != slot[:-1]) | (cut[1:] != cut[:-1])))
        slot, rows = slot[begins], candle_rows.merged(rows, begins)
        forms_on = np.append(slot[1:] != slot[:-1], True)
        self._is_forming[slot] = True
        self._forming[:, slot[forms_on]] = rows[:, forms_on]
        self._write(slot[~forms_on], rows[:, ~forms_on])

    def _rows(self, found: Sequence[_Points]) -> tuple[Int64Array, Float64Array]:
        """Slots and rows, those of a slot in the order in which they were logged."""
        tags = [number for points in found for number in points.tag.tolist()] if len(found) > 1 else []
        if len(set(tags)) == len(tags) and all(self._is_plain(points) for points in found):
            made = [self._plain_rows(points) for points in found]
        else:
            made = [self._any_rows(found)]
        return np.concatenate([slot for slot, _ in made]), np.hstack([rows for _, rows in made])

    def _is_plain(self, points: _Points) -> bool:
        """Do steps never fall, and is none of them late?"""
        return bool(
            (points.step[1:] >= points.step[:-1]).all() and points.step[0] > self._written[points.tag].max()
        )

    def _plain_rows(self, points: _Points) -> tuple[Int64Array, Float64Array]:
        cut = self._cuts(points.step)
        begins = np.flatnonzero(np.append(True, cut[1:] != cut[:-1]))
        rows = candle_rows.of_lines(points.step, points.wall_time, points.value, begins)
        return 2 * np.repeat(points.tag, len(begins)), rows

    def _any_rows(self, found: Sequence[_Points]) -> tuple[Int64Array, Float64Array]:
        """A row of each point."""
        order = np.argsort(
            np.concatenate([np.tile(points.place, len(points.tag)) for points in found]), kind="stable"
        )
        tag = np.concatenate([np.repeat(points.tag, len(points.step)) for points in found])[order]
        step = np.concatenate([np.tile(points.step, len(points.tag)) for points in found])[order]
        wall_time = np.concatenate([np.tile(points.wall_time, len(points.tag)) for points in found])[order]
        value = np.concatenate([points.value.ravel() for points in found])[order]
        return 2 * tag + (step <= self._written[tag]), candle_rows.of_points(step, wall_time, value)

    def _cuts(self, step: Int64Array) -> Int64Array:
        """Which candle steps are of: a number that rises with the step, by one or more at each boundary."""
        epoch = self._epoch(step)
        return epoch if self._candle_steps is None else epoch + step // self._candle_steps

    def _epoch(self, step: npt.NDArray[np.int64 | np.float64]) -> Int64Array:
        return np.searchsorted(self._epochs, step.astype(np.int64), side="right")

    def _end(self, slots: Int64Array) -> None:
        self._is_forming[slots] = False
        self._write(slots, self._forming[:, slots])

    def _write(self, slot: Int64Array, rows: Float64Array) -> None:
        """Rows of one slot stand together, by step."""
        if len(slot):
            is_on_time = slot % 2 == 0
            last_step = rows[LAST_STEP, is_on_time].astype(np.int64)
            np.maximum.at(self._written, slot[is_on_time] // 2, last_step)
            self._ready += self._records_of(slot, rows)

    def _records_of(self, slot: Int64Array, rows: Float64Array) -> Iterator[bytes]:
        begins = np.flatnonzero(np.append(True, slot[1:] != slot[:-1]))
        ends = np.append(begins[1:], len(slot))
        # what was logged last is written last: where a run left off is read from its end
        order = np.lexsort((rows[LAST_STEP, ends - 1], rows[END_TIME, ends - 1]))
        begins, ends = begins[order], ends[order]
        data = candle_rows.table(rows).astype("<f8").tobytes()
        for place in range(0, len(order), _TAGS_PER_EVENT):
            some = slice(place, place + _TAGS_PER_EVENT)
            last = ends[some][-1] - 1
            event = Event(wall_time=rows[END_TIME, last], step=int(rows[LAST_STEP, last])).SerializeToString()
            summary = b"".join(self._values(slot, begins[some], ends[some], data))
            yield frame(b"".join((event, b"\x2a", varint(len(summary)), summary)))

    def _values(self, slot: Int64Array, begins: Int64Array, ends: Int64Array, data: bytes) -> Iterator[bytes]:
        """The rows of each slot, as a value of a summary."""
        for number, begin, end in zip(slot[begins].tolist(), begins.tolist(), ends.tolist(), strict=True):
            tag, is_late = divmod(number, 2)
            before, after = _around(self._tags[tag], end - begin, bool(is_late))
            yield before
            yield data[begin * _ROW_BYTES : end * _ROW_BYTES]
            yield after


@lru_cache(maxsize=1 << 14)
def _around(tag: str, rows: int, late: bool) -> tuple[bytes, bytes]:
    """What stands before and after so many rows in a summary's value, as protobuf makes it."""
    some = np.full((rows, len(metadata.CANDLE_COLUMNS)), math.pi)
    value = summaries.candles(tag, some, late=late)
    before, _, after = Summary(value=[value]).SerializeToString().rpartition(some.astype("<f8").tobytes())
    return before, after


def gatherer_of(detail: Detail, candle_steps: SupportsIndex | None) -> Callable[[], Gatherer | None]:
    """What makes the gatherer of a file, if it is to hold candles; WriterError for what means nothing.

    >>> gatherer_of("points", CANDLE_STEPS)() is None
    True
    """
    if detail not in ("points", "candles"):
        raise WriterError(f'detail must be "points" or "candles", got {detail!r}')
    steps = None if candle_steps is None else as_int64("candle_steps", candle_steps)
    if steps is not None and steps < 1:
        raise WriterError(f"candle_steps must be > 0, got {steps}; None for a candle an epoch")
    if detail == "points" and candle_steps is not CANDLE_STEPS:
        raise WriterError(f'candle_steps={steps} is for detail="candles"; pass that as well, or leave it out')
    return lambda: Gatherer(steps) if detail == "candles" else None
