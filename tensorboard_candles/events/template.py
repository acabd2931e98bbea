"""The shape of a record: which of its bytes are numbers, and which are the same in every record like it.

Made from one record by walking the wire format of `tensorboard.Event`. A record has a shape only if all that
varies in it has a place and a size of its own:

    09 ········             wall_time, a double
    10 ··                   step, a varint, of as many bytes as here
    2a nn                   summary
       0a nn                  value, any number of them
          0a nn "loss"          tag
          15 ····               simple_value, a float; or
          42 nn …               tensor, of one number of a fixed size
          4a nn …               metadata

Anything else (text, images, graphs, integers written as varints) has no shape, and is parsed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2

from tensorboard_candles.events.arguments import HPARAMS_PLUGIN
from tensorboard_candles.events.crc import UInt32Array, byte_table, crc32c, pair_table
from tensorboard_candles.events.decode import ELEMENT_FORMATS, FIT_FLOAT32, used_of
from tensorboard_candles.events.framing import FOOTER_BYTES, HEADER_BYTES
from tensorboard_candles.events.own import PluginData
from tensorboard_candles.events.points import FloatArray
from tensorboard_candles.events.rows import Rows, UInt8Array

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MANY = 2048
"""Rows that a table for every pair of bytes is worth making for."""
_MOST_VALUES = 256
"""Records of more values than that take longer to learn than to parse."""


class _Shapeless(Exception):
    """The record holds something that has no fixed place or size."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One number of a record: whose it is, and where in the record it stands."""

    tag: str
    index: int
    """Number of its value in the record."""
    column: int
    element: str
    """Its numpy type, as `<f4`."""
    is_tensor: bool
    is_bfloat16: bool
    fits_float32: bool

    def read(self, rows: Rows) -> FloatArray:
        """The number in each row: float32 where that holds it, else float64."""
        # A copy always, or the points would keep the whole window's bytes alive.
        raw = rows.numbers(self.column, self.element).copy()
        if self.is_bfloat16:
            return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        return np.asarray(raw, np.float32 if self.fits_float32 else np.float64)


@dataclass(frozen=True, slots=True)
class Template:
    """Shape of a record; columns count from the record's beginning, header and footer included."""

    record: UInt8Array
    mask: UInt8Array
    """Bits that must be as in `record` for a record to have this shape."""
    constant: tuple[tuple[int, np.uint64, np.uint64], ...]
    """The same as words of eight bytes: column, bits that must be as in `record`, and how they are there."""
    wall_time_column: int | None
    step_columns: range
    slots: tuple[Slot, ...]
    tag_words: tuple[tuple[int, np.uint64], ...]
    """Where tags stand: columns of words of eight bytes, and which of their bits."""
    plugins: tuple[tuple[int, str, PluginData], ...]
    """Plugins that the record names: number of the value, tag, plugin."""
    crc: int
    """Checksum of the payload with all varying bytes zero."""
    varying: tuple[range, ...]
    """Columns that vary, each number's by itself."""

    @property
    def kept_bytes(self) -> int:
        """Memory that the template takes, more or less."""
        return 500 + 40 * len(self.record) + 700 * len(self.slots) + 300 * len(self.plugins)

    def fits(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which rows have this shape, given that their headers are right."""
        differing = np.zeros(len(rows), np.uint64)
        for column, mask, constant in self.constant:
            word = rows.numbers(column, "<u8") ^ constant
            word &= mask
            differing |= word
        return np.asarray(differing == 0)

    def wall_times(self, rows: Rows) -> npt.NDArray[np.float64]:
        if self.wall_time_column is None:
            return np.zeros(len(rows))
        return rows.numbers(self.wall_time_column, "<f8").copy()

    def steps(self, rows: Rows) -> npt.NDArray[np.int64]:
        step = np.zeros(len(rows), np.uint64)
        for index, column in enumerate(self.step_columns):
            step |= (rows.numbers(column, "u1") & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * index)
        return step.view(np.int64)

    def payload_crcs(self, rows: Rows) -> UInt32Array:
        """Checksum of each row's payload, given that the row has this shape."""
        crc = np.full(len(rows), self.crc, np.uint32)
        last = len(self.record) - FOOTER_BYTES - 1
        for columns in self.varying:
            self._add_number(crc, rows, columns, last)
        return crc

    def _add_number(self, crc: UInt32Array, rows: Rows, columns: range, last: int) -> None:
        """What one number adds to the checksums."""
        begin, end = columns.start, columns.stop
        if len(columns) == 8:
            # A wall time, mostly: its upper half is the same for a quarter of an hour.
            upper = rows.numbers(begin + 4, "<u4")
            if (upper == upper[0]).all():
                for column in range(begin + 4, end):
                    crc ^= byte_table(last - column)[rows.numbers(column, "u1")[0]]
                end = begin + 4
        if len(rows) >= _MANY:
            while end - begin >= 2:
                crc ^= pair_table(last - begin).take(rows.numbers(begin, "<u2"))
                begin += 2
        for column in range(begin, end):
            crc ^= byte_table(last - column).take(rows.numbers(column, "u1"))


def template_of(record: bytes) -> Template | None:
    """Shape of a whole record that verifies; None where it has none.

    >>> event = event_pb2.Event(wall_time=1.5, step=300)
    >>> _ = event.summary.value.add(tag="loss", simple_value=0.5)
    >>> payload = event.SerializeToString()
    >>> shape = template_of(bytes(12) + payload + bytes(4))
    >>> shape.step_columns, [(slot.tag, slot.element) for slot in shape.slots]
    (range(22, 24), [('loss', '<f4')])
    """
    payload = record[HEADER_BYTES:-FOOTER_BYTES]
    try:
        # The parser that says what is right, for what the walk below does not look at: text that is no UTF-8.
        event_pb2.Event.FromString(payload)
        return _Walk(record).template()
    except (_Shapeless, DecodeError):
        return None


class _Walk:
    """One walk over a record's fields."""

    def __init__(self, record: bytes) -> None:
        self.record = record
        self.wall_time_column: int | None = None
        self.step_columns = range(0)
        self.slots: list[Slot] = []
        self.plugins: list[tuple[int, str, PluginData]] = []
        self.tag_columns: list[int] = []
        self.value_count = 0

    def template(self) -> Template:
        begin, end = HEADER_BYTES, len(self.record) - FOOTER_BYTES
        seen: set[int] = set()
        for number, wire_type, low, high in self._fields(begin, end):
            if (number, wire_type) == (1, _FIXED64) and number not in seen:
                self.wall_time_column = low
            elif (number, wire_type) == (2, _VARINT) and number not in seen:
                self.step_columns = range(low, high)
            elif (number, wire_type) == (5, _BYTES) and number not in seen:
                self._summary(low, high)
            else:
                raise _Shapeless
            seen.add(number)
        return self._finished(end)

    def _summary(self, begin: int, end: int) -> None:
        for number, wire_type, low, high in self._fields(begin, end):
            if (number, wire_type) != (1, _BYTES):
                raise _Shapeless
            self._value(low, high)

    def _value(self, begin: int, end: int) -> None:
        fields = self._once(begin, end)
        if not fields.keys() <= {(1, _BYTES), (2, _FIXED32), (7, _BYTES), (8, _BYTES), (9, _BYTES)}:
            raise _Shapeless
        index, self.value_count = self.value_count, self.value_count + 1
        if index == _MOST_VALUES:
            raise _Shapeless
        low, high = fields.get((1, _BYTES), (0, 0))
        self.tag_columns += range(low, high)
        tag = self.record[low:high].decode()
        if (9, _BYTES) in fields:
            low, high = fields[9, _BYTES]
            metadata = summary_pb2.SummaryMetadata.FromString(self.record[low:high])
            if metadata.plugin_data.plugin_name == HPARAMS_PLUGIN:
                raise _Shapeless  # what it holds is read record by record
            self.plugins.append((index, tag, used_of(metadata.plugin_data)))
        if (2, _FIXED32) in fields and (8, _BYTES) in fields:
            raise _Shapeless
        if (2, _FIXED32) in fields:
            self.slots.append(Slot(tag, index, fields[2, _FIXED32][0], "<f4", False, False, True))
        elif (8, _BYTES) in fields:
            self._tensor(tag, index, *fields[8, _BYTES])

    def _tensor(self, tag: str, index: int, begin: int, end: int) -> None:
        fields = self._once(begin, end)
        dtype = self._varint(fields[1, _VARINT][0])[0] if (1, _VARINT) in fields else 0
        shape = fields.get((2, _BYTES), (0, 0))
        contents = fields.keys() - {(1, _VARINT), (2, _BYTES), (3, _VARINT)}
        if dtype not in ELEMENT_FORMATS or shape[0] != shape[1] or len(contents) != 1:
            raise _Shapeless
        (content,) = contents
        low, high = fields[content]
        field_types = {
            (4, _BYTES): dtype,
            (5, _BYTES): types_pb2.DT_FLOAT,
            (5, _FIXED32): types_pb2.DT_FLOAT,
            (6, _BYTES): types_pb2.DT_DOUBLE,
            (6, _FIXED64): types_pb2.DT_DOUBLE,
        }
        element = ELEMENT_FORMATS[dtype][0].str
        if field_types.get(content) != dtype or high - low != np.dtype(element).itemsize:
            raise _Shapeless
        is_bfloat16 = dtype == types_pb2.DT_BFLOAT16
        self.slots.append(Slot(tag, index, low, element, True, is_bfloat16, dtype in FIT_FLOAT32))

    def _once(self, begin: int, end: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Fields of a message, none of which may stand twice."""
        fields: dict[tuple[int, int], tuple[int, int]] = {}
        numbers = set()
        for number, wire_type, low, high in self._fields(begin, end):
            if number in numbers:
                raise _Shapeless
            numbers.add(number)
            fields[number, wire_type] = (low, high)
        return fields

    def _fields(self, begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Number, wire type, begin and end of the content of each field."""
        position = begin
        while position < end:
            key, low = self._varint(position)
            wire_type = key & 7
            if wire_type == _BYTES:
                size, low = self._varint(low)
                high = low + size
            elif wire_type == _VARINT:
                high = self._varint(low)[1]
            elif wire_type in (_FIXED64, _FIXED32):
                high = low + (8 if wire_type == _FIXED64 else 4)
            else:
                raise _Shapeless
            if high > end:
                raise _Shapeless
            yield key >> 3, wire_type, low, high
            position = high

    def _varint(self, position: int) -> tuple[int, int]:
        value = shift = 0
        while position < len(self.record) and shift < 70:
            byte = self.record[position]
            value |= (byte & 0x7F) << shift
            shift += 7
            position += 1
            if byte < 0x80:
                return value, position
        raise _Shapeless

    def _finished(self, payload_end: int) -> Template:
        record = np.frombuffer(self.record, np.uint8)
        varying = [self.step_columns] if self.step_columns else []
        if self.wall_time_column is not None:
            varying.append(range(self.wall_time_column, self.wall_time_column + 8))
        for slot in self.slots:
            varying.append(range(slot.column, slot.column + np.dtype(slot.element).itemsize))
        columns = [column for number in varying for column in number]
        mask = np.full(len(record), 0xFF, np.uint8)
        mask[columns] = 0
        mask[payload_end:] = 0
        # A step of as many bytes: each but the last says that another follows. A tenth holds one bit only.
        mask[list(self.step_columns)] = 0x80
        if len(self.step_columns) == 10:
            mask[self.step_columns[-1]] = 0xFF
        tag_mask = np.zeros(len(record), np.uint8)
        tag_mask[self.tag_columns] = 0xFF
        zeroed = record.copy()
        zeroed[columns] = 0
        return Template(
            record=record,
            mask=mask,
            constant=_words(record, mask, payload_end),
            wall_time_column=self.wall_time_column,
            step_columns=self.step_columns,
            slots=tuple(self.slots),
            tag_words=tuple((column, bits) for column, bits, _ in _words(record, tag_mask, payload_end)),
            plugins=tuple(self.plugins),
            crc=crc32c(zeroed[HEADER_BYTES:payload_end].tobytes()),
            varying=tuple(varying),
        )


def _words(
    record: UInt8Array, mask: UInt8Array, payload_end: int
) -> tuple[tuple[int, np.uint64, np.uint64], ...]:
    """The bits of the payload that must be as they are, in words of eight bytes."""
    words = []
    for column in range(HEADER_BYTES, payload_end, 8):
        # The last word reaches back, so as not to reach beyond the record.
        begin = min(column, len(record) - 8)
        bits = mask[begin : begin + 8].view("<u8")[0]
        if bits:
            words.append((begin, bits, record[begin : begin + 8].view("<u8")[0] & bits))
    return tuple(words)
