"""Records in bytes: framing, checksums, and the way on after damage.

An event file is a row of records, each
`u64 length | u32 masked crc32c(length) | payload | u32 masked crc32c(payload)`, little-endian.

Three things can stand at the end of what verified so far:

* fewer bytes than a record needs: it is still being written (*torn*), to be tried again with more bytes;
* a record that doesn't verify, with a good one somewhere behind it: *damage*, passed over and reported;
* a record that doesn't verify with nothing good behind it: a *suspect*, reported too, but tried again when
  the file grows, because some file systems show a write's pages out of order.

A header that verifies but claims more bytes than the file has is torn as long as no whole record that
verifies stands behind it. If one does, its writer died and another one went on: it is damage like any other,
and so is a forged length. So nothing behind it is lost. For the same reason the bytes of a record whose
payload does not verify are searched before what stands behind it. The price: where a record that is damaged
or still being written holds the bytes of a whole record in its payload, those are read as a record. Nobody
logs event files into event files.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.crc import (
    CRC_OF_ZERO_LENGTH,
    byte_table,
    crc32cs_of_ranges,
    masked,
    masked_crc32c,
)
from tensorboard_candles.events.points import Int64Array

HEADER_BYTES = 12
FOOTER_BYTES = 4
FRAME_BYTES = HEADER_BYTES + FOOTER_BYTES
MAX_PAYLOAD_BYTES = 2**31 - 1
"""No protobuf message is longer; a header that says so is damaged, whatever its checksum says."""
MOST_WHOLE_BYTES = 16 << 20
"""A record longer than this is not kept in memory as a whole."""

CUT_SHORT = "record cut short"
_MOST_BLOCK_BYTES = 1 << 20
_ZEROS_SHARE = 16
_HEADER = struct.Struct("<QI")
_CRC = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes at `offset` that don't verify, and in words what is wrong with them."""

    offset: int
    what: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What `Scanner.scan` found; all positions count from the buffer's start."""

    payloads: list[tuple[int, int]]
    """Start and end of each payload that verified."""
    damages: list[Damage]
    suspect: Damage | None
    """Set where `consumed` stands on bytes that don't verify and nothing good follows yet."""
    consumed: int
    """All before it is settled; the next scan starts here."""
    unfinished: tuple[int, int] | None
    """Of the records from `consumed` on that the file is too short for: where the first begins, and the least
    that any of them ends at. More can be told when the file reaches there."""
    awaited: tuple[int, int] | None = None
    """Where the first record from `consumed` on that only the buffer is too short for begins and ends. If it
    is longer than `MOST_WHOLE_BYTES`, it verifies, and begins at `consumed`."""


class Scanner:
    """Finds the records of a buffer, in time linear in its length whatever it holds.

    >>> import struct
    >>> def record(payload: bytes) -> bytes:
    ...     length = struct.pack("<Q", len(payload))
    ...     return b"".join([length, struct.pack("<I", masked_crc32c(length)),
    ...                      payload, struct.pack("<I", masked_crc32c(payload))])
    >>> found = Scanner(record(b"one") + record(b"three")[:-1]).scan()
    >>> found.payloads, found.consumed, found.unfinished
    ([(12, 15)], 19, (19, 40))

    Where the buffer is a window of a file, `available` is how many bytes the file has from the buffer's start
    on: a record that fits into those is not torn. `verifies_far` tells by start and end whether one verifies
    that is too long to be waited for.
    """

    def __init__(
        self, buffer: bytes, available: int = 0, verifies_far: Callable[[int, int], bool] | None = None
    ) -> None:
        self._buffer = buffer
        self._available = max(available, len(buffer))
        self._verifies_far = verifies_far
        self._headers: list[int] = []
        self._searched = 0
        self._block_bytes = 1 << 10
        self._failed_bytes = 0
        self._good: frozenset[int] | None = None

    def scan(self, position: int = 0, *, most: int | None = None) -> Scan:
        """Every record that verifies, from `position` on; what doesn't verify is passed over.

        With `most`, it ends after that many records. Later calls must not begin before earlier ones.
        """
        payloads: list[tuple[int, int]] = []
        damages: list[Damage] = []
        while len(payloads) != most and position + HEADER_BYTES <= len(self._buffer):
            end = self._end_of(position)
            if end and self._is_awaited(position, end):
                return Scan(payloads, damages, None, position, None, (position, end))
            if end and end <= len(self._buffer) and self._verifies(position, end):
                payloads.append((position + HEADER_BYTES, end - FOOTER_BYTES))
                position = end
                continue
            good, unfinished, awaited = self._next_good(position, end)
            if good is None:
                is_torn = end is not None and end > self._available
                suspect = None if is_torn else Damage(position, self._what_is_wrong(end))
                return Scan(payloads, damages, suspect, position, unfinished, awaited)
            damages.append(Damage(position, self._what_is_wrong(end)))
            position = good
        return Scan(payloads, damages, None, position, (position, position + HEADER_BYTES))

    def _end_of(self, position: int) -> int | None:
        """Where the record at `position` ends, by its header; None where that is torn or doesn't verify."""
        if position + HEADER_BYTES > len(self._buffer):
            return None
        length, crc = _HEADER.unpack_from(self._buffer, position)
        if length > MAX_PAYLOAD_BYTES or masked_crc32c(self._buffer[position : position + 8]) != crc:
            return None
        return position + int(length) + FRAME_BYTES

    def _what_is_wrong(self, end: int | None) -> str:
        if end is None:
            return "length checksum mismatch"
        return "checksum mismatch" if end <= self._available else CUT_SHORT

    def _next_good(
        self, position: int, end: int | None
    ) -> tuple[int | None, tuple[int, int] | None, tuple[int, int] | None]:
        """Where the next record starts that frames and verifies, behind damage at `position`.

        Without one: None, and what is unfinished and awaited.
        """
        unfinished = (position, end) if end and end > self._available else None
        awaited = None
        for candidate in self._headers_after(position + 1):
            found = self._end_of(candidate)
            if found is None:
                continue
            if found > self._available:
                unfinished = (unfinished[0], min(unfinished[1], found)) if unfinished else (candidate, found)
            elif found <= len(self._buffer):
                if self._verifies(candidate, found):
                    return candidate, None, None
            elif self._is_awaited(candidate, found):
                if found - candidate > MOST_WHOLE_BYTES:
                    return candidate, None, None
                awaited = awaited or (candidate, found)
        return None, unfinished, awaited

    def _is_awaited(self, position: int, end: int) -> bool:
        """Is there more to be known of the record once the buffer reaches further, or does it verify now?"""
        if not len(self._buffer) < end <= self._available:
            return False
        if self._verifies_far and end - position > MOST_WHOLE_BYTES:
            return self._verifies_far(position, end)
        return True

    def _verifies(self, position: int, end: int) -> bool:
        """Does the payload of a whole record verify?

        Headers may be forged to claim the same bytes over and over. So once the bytes that didn't verify are
        more than the buffer has, all of it is looked at together.
        """
        if self._good is None and self._failed_bytes > len(self._buffer):
            self._good = self._all_good()
        if self._good is not None:
            return position in self._good
        (stored,) = _CRC.unpack_from(self._buffer, end - FOOTER_BYTES)
        is_good = masked_crc32c(self._buffer[position + HEADER_BYTES : end - FOOTER_BYTES]) == int(stored)
        self._failed_bytes += 0 if is_good else end - position
        return is_good

    def _all_good(self) -> frozenset[int]:
        """Where all whole records start that verify."""
        blocks = range(0, len(self._buffer), _MOST_BLOCK_BYTES)
        starts = np.concatenate([_headers_in(self._buffer, low, _MOST_BLOCK_BYTES) for low in blocks])
        words = _words(self._buffer)
        ends = starts + HEADER_BYTES + words[starts]
        is_whole = ends + FOOTER_BYTES <= len(self._buffer)
        starts, ends = starts[is_whole], ends[is_whole]
        verifies = masked(crc32cs_of_ranges(self._buffer, starts + HEADER_BYTES, ends)) == words[ends]
        return frozenset(starts[verifies].tolist())

    def _headers_after(self, start: int) -> Iterator[int]:
        """Every position from `start` on at which a header stands; each byte is searched once."""
        if self._searched < start:
            self._headers, self._searched = [], start
        index = bisect_left(self._headers, start)
        while True:
            while index < len(self._headers):
                yield self._headers[index]
                index += 1
            if self._searched + HEADER_BYTES > len(self._buffer):
                return
            self._search_on()

    def _search_on(self) -> None:
        self._headers += _headers_in(self._buffer, self._searched, self._block_bytes).tolist()
        self._searched += self._block_bytes
        # Blocks that grow: most damage is one record long, and must not cost a long look.
        self._block_bytes = min(2 * self._block_bytes, _MOST_BLOCK_BYTES)


def _headers_in(buffer: bytes, low: int, count: int) -> Int64Array:
    """Every position of `count` from `low` on at which 12 bytes stand that verify as a header."""
    words = _words(buffer)[low:]
    count = min(count, len(words) - 8)
    # A length below 2^31 ends in four zero bytes: so little else does that the rest is soon looked at.
    may_be = words[4:][: max(0, count)] == 0
    if np.count_nonzero(may_be) > count // _ZEROS_SHARE:
        # But zeros do, and disks that lost power are full of them. No length of zero has a checksum of zero.
        may_be &= (words[: len(may_be)] != 0) | (words[8:][: len(may_be)] != 0)
    starts = np.flatnonzero(may_be)
    length = words[starts]
    crc = np.full(len(starts), CRC_OF_ZERO_LENGTH, np.uint32)
    for column in range(4):
        crc ^= byte_table(7 - column)[length >> np.uint32(8 * column) & np.uint32(255)]
    verifies = (length <= MAX_PAYLOAD_BYTES) & (masked(crc) == words[starts + 8])
    return np.asarray(low + starts[verifies])


def _words(buffer: bytes) -> npt.NDArray[np.uint32]:
    """The 4 bytes that begin at each position, as numbers."""
    return np.ndarray((max(0, len(buffer) - 3),), "<u4", buffer, 0, (1,))
