"""Records too long to be kept in memory: verified piece by piece, and read without what is bulky in them.

An event of many megabytes holds images, sounds, videos or a graph, and maybe a few numbers beside them. So
its wire format is walked through, and a thin event is made of it: the same one, with those left empty. Below
`framing.MOST_WHOLE_BYTES` a record is simply parsed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import TypeAlias

import google_crc32c
import numpy as np

from tensorboard_candles.events.crc import masked, masked_crc32c
from tensorboard_candles.events.framing import FOOTER_BYTES, HEADER_BYTES
from tensorboard_candles.events.storage import OpenFile

PASSED_OVER = "record of {} bytes passed over"

_PIECE_BYTES = 4 << 20
_BULKY_BYTES = 1 << 20
"""A longer field is emptied where it can hold no number. So is a tensor, but for one of doubles: no number
takes as much, but candles that a writer made may."""
_MOST_THIN_BYTES = 16 << 20
_LONGEST_HEAD_BYTES = 20
"""Two varints."""
_READ_BYTES = 1 << 16
_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED = {1: 8, 5: 4}
"""How a field's content lies, by the lowest bits of its key."""

_Fields: TypeAlias = "dict[int, _Fields]"
_TENSOR: _Fields = {1: {}}
_DOUBLES = b"\x08\x02"
"""How a `TensorProto` of DT_DOUBLE begins."""
_VALUE: _Fields = {1: {}, 8: _TENSOR, 9: {}}
"""`Summary.Value`: tag and metadata are kept however long they are."""
_EVENT: _Fields = {5: {1: _VALUE}, 7: {}}
"""`Event`: its summary's values, and the session log."""


class FarRecords:
    """Whether long records of a file verify, by where they begin and end in it.

    Headers may be forged to claim the same bytes over and over. So once the bytes that didn't verify are more
    than the file has, none of those records counts.
    """

    def __init__(self, file: OpenFile, size: int) -> None:
        self._file = file
        self._may_fail_bytes = size
        self._verdicts: dict[tuple[int, int], bool] = {}

    def seen_from(self, offset: int) -> Callable[[int, int], bool]:
        """The same for positions that count from an offset."""
        return lambda begin, end: self._verifies(offset + begin, offset + end)

    def _verifies(self, begin: int, end: int) -> bool:
        if (begin, end) not in self._verdicts and self._may_fail_bytes > 0:
            is_good = _verifies(self._file, begin, end)
            self._verdicts[begin, end] = is_good
            self._may_fail_bytes -= 0 if is_good else end - begin
        return self._verdicts.get((begin, end), False)


def _verifies(file: OpenFile, begin: int, end: int) -> bool:
    position, crc = begin + HEADER_BYTES, 0
    while (left := end - FOOTER_BYTES - position) > 0:
        piece = file.read(position, min(left, _PIECE_BYTES))
        if not piece:
            return False
        crc, position = google_crc32c.extend(crc, piece), position + len(piece)
    return file.read(position, FOOTER_BYTES) == masked(np.array([crc], np.uint32)).astype("<u4").tobytes()


def thin_record(file: OpenFile, begin: int, end: int) -> bytes | None:
    """The record without what is bulky in it; None where it would be long nonetheless, or is no event."""
    fields = _FieldReader(file)
    try:
        payload = b"".join(fields.thin(begin + HEADER_BYTES, end - FOOTER_BYTES, _EVENT))
    except ValueError:
        return None
    length = struct.pack("<Q", len(payload))
    checksums = (struct.pack("<I", masked_crc32c(data)) for data in (length, payload))
    return b"".join([length, next(checksums), payload, next(checksums)])


class _FieldReader:
    """Walks through a message in the wire format of protobuf; raises ValueError where it can't."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._begin = 0
        self._piece = b""
        self._may_take_bytes = _MOST_THIN_BYTES

    def thin(self, position: int, end: int, kept: _Fields) -> Iterator[bytes]:
        """A message's fields from `position` on: of the bulky ones those and the parts of those in `kept`."""
        while position < end:
            key, content, after = self._field(position)
            if after > end:
                raise ValueError("a field is longer than its message")
            within = kept.get(key >> 3)
            if within is _TENSOR:
                within = {} if self._read(content, len(_DOUBLES)) == _DOUBLES else None
            if after - position <= _BULKY_BYTES or within == {}:
                yield self._take(position, after)
            else:
                inner = b"".join(self.thin(content, after, within)) if within else b""
                yield _varint(key) + _varint(len(inner)) + inner
            position = after

    def _field(self, position: int) -> tuple[int, int, int]:
        """A field's key, where its content begins, and where it ends."""
        head = self._read(position, _LONGEST_HEAD_BYTES)
        key, at = _varint_at(head, 0)
        kind, size = key & 7, 0
        if kind == _LENGTH_DELIMITED:
            size, at = _varint_at(head, at)
        elif kind == _VARINT:
            at = _varint_at(head, at)[1]
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise ValueError(f"a field of kind {kind}")
        return key, position + at, position + at + size

    def _take(self, begin: int, end: int) -> bytes:
        self._may_take_bytes -= end - begin
        if self._may_take_bytes < 0:
            raise ValueError("too much is not bulky")
        return self._read(begin, end - begin)

    def _read(self, position: int, size: int) -> bytes:
        if not self._begin <= position <= position + size <= self._begin + len(self._piece):
            self._begin, self._piece = position, self._file.read(position, max(size, _READ_BYTES))
        begin = position - self._begin
        return self._piece[begin : begin + size]


def _varint_at(data: bytes, position: int) -> tuple[int, int]:
    """The number, and where it ends."""
    number = 0
    for index, byte in enumerate(data[position : position + 10]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, position + index + 1
    raise ValueError("a number without an end")


def _varint(number: int) -> bytes:
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])
