"""Records in bytes: framing, checksums, and the way on after damage.

An event file is a row of records, each
`u64 length | u32 masked crc32c(length) | payload | u32 masked crc32c(payload)`, little-endian.

Three things can stand at the end of what verified so far:

* fewer bytes than a record needs: it is still being written (*torn*), to be tried again with more bytes;
* a record that doesn't verify, with a good one somewhere behind it: *damage*, passed over and reported;
* a record that doesn't verify with nothing good behind it: a *suspect*, reported too, but tried again when
  the file grows, because some file systems show a write's pages out of order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.crc import CRC_OF_ZERO_LENGTH, byte_table, masked, masked_crc32c

HEADER_BYTES = 12
FOOTER_BYTES = 4
MAX_PAYLOAD_BYTES = 2**31 - 1
"""No protobuf message is longer; a header that says so is damaged, whatever its checksum says."""

_HEADER = struct.Struct("<QI")
_CRC = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes at `offset` that don't verify, and in words what is wrong with them."""

    offset: int
    what: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What `scan` found in a buffer; all positions count from the buffer's start."""

    payloads: list[tuple[int, int]]
    """Start and end of each payload that verified."""
    damages: list[Damage]
    suspect: Damage | None
    """Set where `consumed` stands on bytes that don't verify and nothing good follows yet."""
    consumed: int
    """All before it is settled; the next scan starts here."""
    wanted: int
    """Bytes from `consumed` on that must be there before more can be told."""


def scan(buffer: bytes, position: int = 0, *, most: int | None = None) -> Scan:
    """Every record of `buffer` that verifies, from `position` on; what doesn't verify is passed over.

    >>> import struct
    >>> def record(payload: bytes) -> bytes:
    ...     length = struct.pack("<Q", len(payload))
    ...     return b"".join([length, struct.pack("<I", masked_crc32c(length)),
    ...                      payload, struct.pack("<I", masked_crc32c(payload))])
    >>> found = scan(record(b"one") + record(b"three")[:-1])
    >>> found.payloads, found.consumed, found.wanted
    ([(12, 15)], 19, 21)

    With `most`, it ends after that many records.
    """
    payloads: list[tuple[int, int]] = []
    damages: list[Damage] = []
    while True:
        if len(payloads) == most:
            return Scan(payloads, damages, None, position, HEADER_BYTES)
        length = _payload_length(buffer, position)
        if length is None and position + HEADER_BYTES > len(buffer):
            return Scan(payloads, damages, None, position, HEADER_BYTES)
        if length is not None:
            end = position + HEADER_BYTES + length
            if end + FOOTER_BYTES > len(buffer):
                return Scan(payloads, damages, None, position, end + FOOTER_BYTES - position)
            if _payload_verifies(buffer, position, length):
                payloads.append((position + HEADER_BYTES, end))
                position = end + FOOTER_BYTES
                continue
        what = "length checksum mismatch" if length is None else "checksum mismatch"
        good, wanted = _next_good(buffer, position, length)
        if good is None:
            return Scan(payloads, damages, Damage(position, what), position, wanted)
        damages.append(Damage(position, what))
        position = good


def _payload_length(buffer: bytes, position: int) -> int | None:
    """Length that the header at `position` gives; None where it is torn or doesn't verify."""
    if position + HEADER_BYTES > len(buffer):
        return None
    length, crc = _HEADER.unpack_from(buffer, position)
    if length > MAX_PAYLOAD_BYTES or masked_crc32c(buffer[position : position + 8]) != crc:
        return None
    return int(length)


def _payload_verifies(buffer: bytes, position: int, length: int) -> bool:
    start = position + HEADER_BYTES
    (crc,) = _CRC.unpack_from(buffer, start + length)
    return masked_crc32c(buffer[start : start + length]) == int(crc)


def _next_good(buffer: bytes, position: int, length: int | None) -> tuple[int | None, int]:
    """Where the next record starts that frames and verifies, behind damage at `position`.

    Without one: None, and the bytes from `position` on with which it is worth to look again. A damaged
    payload is stepped over first: only if no record stands behind it was its length cut short, and then the
    next record may lie inside what should have been its bytes.
    """
    wanted = len(buffer) - position + HEADER_BYTES
    behind = [] if length is None else [position + HEADER_BYTES + length + FOOTER_BYTES]
    for candidate in chain(behind, _headers_after(buffer, position + 1)):
        found = _payload_length(buffer, candidate)
        if found is None:
            continue
        end = candidate + HEADER_BYTES + found + FOOTER_BYTES
        if end > len(buffer):
            return None, end - position
        if _payload_verifies(buffer, candidate, found):
            return candidate, 0
    return None, wanted


def _headers_after(buffer: bytes, start: int) -> Iterator[int]:
    """Every position from `start` on whose 12 bytes are a length and its checksum, found in bulk."""
    # Blocks that grow: most damage is one record long, and much of it must not cost a long look each time.
    block_bytes = 1 << 12
    while start + HEADER_BYTES <= len(buffer):
        data = np.frombuffer(
            buffer, np.uint8, min(block_bytes + HEADER_BYTES - 1, len(buffer) - start), start
        )
        yield from (np.flatnonzero(_is_header(data)) + start).tolist()
        start += block_bytes
        block_bytes = min(2 * block_bytes, 1 << 20)


def _is_header(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """For every position of `data` but the last 11: do 12 bytes that verify as a header begin there?"""
    count = len(data) - HEADER_BYTES + 1
    crc = np.full(count, CRC_OF_ZERO_LENGTH, np.uint32)
    stored = np.zeros(count, np.uint32)
    for column in range(8):
        crc ^= byte_table(7 - column)[data[column : column + count]]
    for column in range(4):
        stored |= data[8 + column : 8 + column + count].astype(np.uint32) << np.uint32(8 * column)
    return np.asarray(masked(crc) == stored)
