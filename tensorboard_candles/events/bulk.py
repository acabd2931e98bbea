"""Records → columns, thousands at a time: the fast path, equal to parsing event by event on any input.

How it works, in five steps:

1. `boundaries` finds where records begin (their headers verified).
2. Records of one length are looked at together, as the rows of a matrix of bytes.
3. The first row is parsed field by field into a `template`: these bytes are the wall time, the step, the
   value of tag "loss"; all others are the same in every record like it. Rows whose other bytes are the same
   have that shape: one comparison of the whole matrix tells which. The rest goes the same way with the next
   template.
4. Payload checksums of all rows come from one table look-up per varying byte (see `crc`). The first record
   that does not verify ends the stretch: what to do with damage is `framing`'s to say.
5. Wall times, steps and values are columns of the matrix. Records without a shape (text, images, session
   starts, …) are parsed one by one, and the collector puts everything back into the order of the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events.boundaries import LENGTH_LIMIT, find_boundaries
from tensorboard_candles.events.crc import masked, masked_crc32c
from tensorboard_candles.events.decode import ORDER_BITS, Collector
from tensorboard_candles.events.framing import FOOTER_BYTES, FRAME_BYTES, HEADER_BYTES, Damage
from tensorboard_candles.events.pieces import Piece
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array
from tensorboard_candles.events.rows import Rows
from tensorboard_candles.events.template import Template, template_of

_BLOCK_BYTES = 1 << 18
"""Bytes of a matrix that are worked on together, so that they stay in the processor's cache."""
_MOST_TEMPLATES = 512
_MOST_TEMPLATE_BYTES = 16 << 20
_MOST_MISSES = 64
_FEW_MISSES = 4
"""That are left where all records of a length that were looked at lately had no shape."""
_FEW = 3
_MOST_ROWS_PER_TAKEN = 64
"""Looking at this many rows costs about as much as parsing one by itself."""
_WORTH_SPLITTING = 64
_ODD_NUMBERS = np.random.default_rng(0).integers(1 << 62, 1 << 63, 64, dtype=np.uint64) * np.uint64(
    2
) + np.uint64(1)
"""To mix the bits of tags with; the first so many words of a record's tags tell them apart."""
NOT_AN_EVENT = "not an event"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where to look for records, and the number that the first one gets."""

    start: int
    end: int
    first_record: int
    origin: int = 0
    """Where the window that it is of begins."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was made of a stretch; positions count from the buffer's start."""

    end: int
    """Where the first record begins that is damaged or not whole."""
    records: int
    """How many came before it."""
    not_events: list[Damage]
    """Those of them that verify but are no events."""

    def moved(self, by: int) -> Read:
        """The same with positions that count from elsewhere."""
        if not by:
            return self
        not_events = [Damage(damage.offset + by, damage.what) for damage in self.not_events]
        return Read(self.end + by, self.records, not_events)


class BulkDecoder:
    """Decodes the verified records that stretches of a buffer begin with.

    It remembers the templates it met: the next window of a file, and the next file, look like the one before.
    """

    def __init__(self) -> None:
        self._shapes: dict[int, _Shapes] = defaultdict(_Shapes)
        self._learned_bytes = 0

    def decode(self, buffer: bytes, stretches: Sequence[Stretch], collector: Collector) -> list[Read]:
        """Give the collector every whole record of each stretch, up to the first that is damaged."""
        if self._learned_bytes > _MOST_TEMPLATE_BYTES:
            # Logs that have so many shapes are rare, and what they still need is soon learned again.
            self._shapes.clear()
            self._learned_bytes = 0
        records = _Records(buffer, stretches)
        records.leave(np.flatnonzero(records.length >= LENGTH_LIMIT))
        for length, rows in _by_length(records.length):
            shapes = self._shapes[length]
            shapes.misses = min(shapes.shapeless, _MOST_MISSES - _FEW_MISSES)
            for part in records.split(rows, shapes.newest) if shapes.count > 1 else [rows]:
                self._decode_rows(records, part, shapes)
        return records.give(collector)

    def _decode_rows(self, records: _Records, rows: Int64Array, shapes: _Shapes) -> None:
        """Rows of one length, each by its template."""
        waiting = [rows]
        while waiting:
            rows = waiting.pop()
            if shapes.misses > _MOST_MISSES or self._learned_bytes > _MOST_TEMPLATE_BYTES:
                records.leave(rows)
                continue
            template = shapes.find(records.record(rows[0])) or self._learn(records, rows[0], shapes)
            left = records.take(rows, template) if template else rows[1:]
            taken = len(rows) - len(left)
            shapes.misses += taken < _FEW or taken < len(rows) // _MOST_ROWS_PER_TAKEN
            is_worth_splitting = template and len(left) > _WORTH_SPLITTING and 2 * len(left) > len(rows)
            parts = records.split(left, template) if template and is_worth_splitting else [left]
            waiting += [part for part in reversed(parts) if len(part)]

    def _learn(self, records: _Records, row: int, shapes: _Shapes) -> Template | None:
        template = records.new_template(row)
        if template:
            shapes.add(template)
            self._learned_bytes += template.kept_bytes
        else:
            shapes.shapeless += 1
        return template


class _Shapes:
    """Templates for records of one length."""

    def __init__(self) -> None:
        self.misses = 0
        """How often a template brought few of the records it was tried on: such records are not worth it."""
        self.shapeless = 0
        """How many records had no shape since the last that had one."""
        self._templates: list[Template] = []
        self._records = np.empty((0, 0), np.uint8)
        self._masks = np.empty((0, 0), np.uint8)

    @property
    def count(self) -> int:
        return len(self._templates)

    @property
    def newest(self) -> Template:
        return self._templates[-1]

    def add(self, template: Template) -> None:
        # Bounded, so that looking through them costs less than they save; the oldest is the likeliest gone.
        templates = [*self._templates[-_MOST_TEMPLATES:], template]
        records = np.stack([one.record for one in templates])
        masks = np.stack([one.mask for one in templates])
        # All or nothing, should memory not suffice for one of them.
        self._templates, self._records, self._masks = templates, records, masks
        self.shapeless = 0

    def find(self, record: bytes) -> Template | None:
        """The template whose shape the record has."""
        if not self._templates:
            return None
        differing = (self._records ^ np.frombuffer(record, np.uint8)) & self._masks
        fits = ~differing.any(axis=1)
        return self._templates[int(np.argmax(fits))] if fits.any() else None


def _by_length(lengths: Int64Array) -> Iterator[tuple[int, Int64Array]]:
    """Rows of each length, in the order of the file; without those that are too long to have a shape."""
    short = np.flatnonzero(lengths < LENGTH_LIMIT)
    if not len(short):
        return
    order = short[np.argsort(lengths[short].astype(np.uint16), kind="stable")]
    cuts = np.flatnonzero(np.diff(lengths[order])) + 1
    for rows in np.split(order, cuts):
        yield int(lengths[rows[0]]), rows


@dataclass(frozen=True, slots=True)
class _Taken:
    """Rows that had a template's shape, and the columns read from them."""

    template: Template
    rows: Int64Array
    step: Int64Array
    wall_time: Float64Array
    values: list[FloatArray]

    def where(self, keep: npt.NDArray[np.bool_]) -> _Taken:
        return _Taken(
            self.template,
            self.rows[keep],
            self.step[keep],
            self.wall_time[keep],
            [value[keep] for value in self.values],
        )


class _Records:
    """Records with good headers on their way to columns: those of each stretch, one behind the other."""

    def __init__(self, buffer: bytes, stretches: Sequence[Stretch]) -> None:
        found = [find_boundaries(buffer, stretch.start, stretch.end) for stretch in stretches]
        self.length = np.concatenate([one.length for one in found])
        self._buffer = buffer
        self._start = np.concatenate([one.start for one in found])
        self._ends = [
            one.end if len(one) else stretch.start for one, stretch in zip(found, stretches, strict=True)
        ]
        self._origins = [stretch.origin for stretch in stretches]
        self._cuts = np.cumsum([0, *(len(one) for one in found)])
        """The rows of stretch i are those from cuts[i] to cuts[i + 1]."""
        first_records = np.array([stretch.first_record for stretch in stretches], np.int64)
        counts = np.diff(self._cuts)
        self._record = np.arange(len(self.length)) + np.repeat(first_records - self._cuts[:-1], counts)
        self._bad: list[int] = []
        """Rows whose payload checksum does not verify."""
        self._taken: list[_Taken] = []
        self._shapeless: list[int] = []

    def record(self, row: int) -> bytes:
        """All bytes of a row."""
        start = int(self._start[row])
        return self._buffer[start : start + int(self.length[row]) + FRAME_BYTES]

    def new_template(self, row: int) -> Template | None:
        """The row's own shape; None, with the row put where it belongs, if it has none or doesn't verify."""
        record = self.record(row)
        if not _verifies(record):
            self._bad.append(int(row))
            return None
        template = template_of(record)
        if template is None:
            self._shapeless.append(int(row))
        return template

    def leave(self, rows: Int64Array) -> None:
        """Leave rows to be parsed one by one."""
        for row in rows.tolist():
            (self._shapeless if _verifies(self.record(row)) else self._bad).append(row)

    def take(self, rows: Int64Array, template: Template) -> Int64Array:
        """Read the rows that have the template's shape; returns the others."""
        others = []
        rows_per_block = max(1, _BLOCK_BYTES // len(template.record))
        for low in range(0, len(rows), rows_per_block):
            block = rows[low : low + rows_per_block]
            records = self._rows(block, len(template.record))
            fits = template.fits(records)
            if not fits.all():
                others.append(block[~fits])
                records, block = records.where(fits), block[fits]
            self._read(block, records, template)
        return np.concatenate(others) if others else rows[:0]

    def split(self, rows: Int64Array, template: Template) -> list[Int64Array]:
        """Rows by what stands where the template's tags stand: most likely by tag."""
        records = self._rows(rows, len(template.record))
        key = np.zeros(len(rows), np.uint64)
        for weight, (column, bits) in zip(_ODD_NUMBERS, template.tag_words, strict=False):
            key += (records.numbers(column, "<u8") & bits) * weight
        # Sixteen bits will do, and are sorted fastest.
        short = (key >> np.uint64(48)).astype(np.uint16)
        order = np.argsort(short, kind="stable")
        return np.split(rows[order], np.flatnonzero(np.diff(short[order])) + 1)

    def give(self, collector: Collector) -> list[Read]:
        """All rows before the first bad one of each stretch, to the collector."""
        good = self._cuts[1:].copy()
        np.minimum.at(good, self._stretch_of(np.array(self._bad, np.int64)), self._bad)
        for taken in self._taken:
            is_whole = not self._bad
            self._give_taken(collector, taken if is_whole else taken.where(self._is_good(taken.rows, good)))
        not_events = self._give_shapeless(collector, good)
        return [
            Read(int(self._start[row]) if row < cut else end, row - begin, bad)
            for row, begin, cut, end, bad in zip(
                good.tolist(),
                self._cuts.tolist(),
                self._cuts[1:].tolist(),
                self._ends,
                not_events,
                strict=False,
            )
        ]

    def _give_shapeless(self, collector: Collector, good: Int64Array) -> list[list[Damage]]:
        """Parse what has no shape; returns what of each stretch is no event."""
        not_events: list[list[Damage]] = [[] for _ in good]
        rows = np.array(sorted(self._shapeless), np.int64)
        rows = rows[self._is_good(rows, good)]
        for row, stretch in zip(rows.tolist(), self._stretch_of(rows).tolist(), strict=True):
            try:
                event = event_pb2.Event.FromString(self.record(row)[HEADER_BYTES:-FOOTER_BYTES])
            except DecodeError:
                not_events[stretch].append(Damage(int(self._start[row]), NOT_AN_EVENT))
                continue
            offset = int(self._start[row]) - self._origins[stretch]
            size = int(self.length[row]) + FRAME_BYTES
            collector.add_event(int(self._record[row]), event, offset, size)
        return not_events

    def _stretch_of(self, rows: Int64Array) -> Int64Array:
        return np.searchsorted(self._cuts, rows, side="right") - 1

    def _is_good(self, rows: Int64Array, good: Int64Array) -> npt.NDArray[np.bool_]:
        """Which rows stand before their stretch's first bad one."""
        return np.asarray(rows < good[self._stretch_of(rows)])

    def _give_taken(self, collector: Collector, taken: _Taken) -> None:
        if not len(taken.rows):
            return
        order = self._record[taken.rows] << ORDER_BITS
        collector.add_wall_times(order, taken.wall_time, have_numbers=bool(taken.template.slots))
        for index, tag, plugin in taken.template.plugins:
            collector.name_plugin(tag, order + index, plugin)
        for slot, value in zip(taken.template.slots, taken.values, strict=True):
            piece = Piece(order + slot.index, taken.step, taken.wall_time, value)
            collector.add_piece(slot.tag, piece, is_tensor=slot.is_tensor)

    def _read(self, rows: Int64Array, records: Rows, template: Template) -> None:
        if not len(rows):
            return
        stored = records.numbers(len(template.record) - FOOTER_BYTES, "<u4")
        verifies = masked(template.payload_crcs(records)) == stored
        if not verifies.all():
            self._bad += rows[~verifies].tolist()
        step, wall_time = template.steps(records), template.wall_times(records)
        values = [slot.read(records) for slot in template.slots]
        self._taken.append(_Taken(template, rows, step, wall_time, values))

    def _rows(self, rows: Int64Array, record_bytes: int) -> Rows:
        return Rows.at(self._buffer, self._start[rows], record_bytes)


def _verifies(record: bytes) -> bool:
    stored = int.from_bytes(record[-FOOTER_BYTES:], "little")
    return masked_crc32c(record[HEADER_BYTES:-FOOTER_BYTES]) == stored
