"""CRC-32C of one record, and of many at once.

A CRC is affine over GF(2): flipping bits of the data flips bits of the checksum, and which ones depends only
on where the bits lie, counted from the end. So for records of one length that differ in a few bytes, the
checksum is that of one of them XOR one table look-up for each byte that may differ.
"""

from __future__ import annotations

from functools import cache, lru_cache

import google_crc32c
import numpy as np
import numpy.typing as npt

UInt32Array = npt.NDArray[np.uint32]

_MASK_DELTA = 0xA282EAD8


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli) of `data`.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc: int = google_crc32c.value(data)
    return crc


def masked_crc32c(data: bytes) -> int:
    """CRC-32C of `data`, masked as TensorFlow's record writer masks it.

    >>> hex(masked_crc32c(b"123456789"))
    '0xc78ab0e5'
    """
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def masked(crc: UInt32Array) -> UInt32Array:
    """The same mask over many checksums."""
    return np.asarray(((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(_MASK_DELTA))


def crc32cs_of_ranges(data: bytes, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> UInt32Array:
    """CRC-32C of each `data[begin:end]`: each byte is read once, however much the ranges overlap.

    >>> crcs = crc32cs_of_ranges(b"123456789", np.array([0, 0, 3]), np.array([9, 5, 9]))
    >>> crcs.tolist() == [crc32c(b"123456789"), crc32c(b"12345"), crc32c(b"456789")]
    True
    """
    places, which = np.unique(np.concatenate([begins, ends]), return_inverse=True)
    until = np.zeros(len(places), np.uint32)
    crc = last = 0
    for index, place in enumerate(places.tolist()):
        crc, last = google_crc32c.extend(crc, data[last:place]), place
        until[index] = crc
    # What stands before a range is carried over the range's bytes, as if those were zero, and taken off.
    before, length = until[which[: len(begins)]], ends - begins
    for power, operator in enumerate(_zero_byte_operators()):
        is_carried = (length >> power & 1).astype(np.bool_)
        if is_carried.any():
            before[is_carried] = _apply(operator, before[is_carried])
    return before ^ until[which[len(begins) :]]


@lru_cache(maxsize=1 << 14)
def byte_table(distance: int) -> UInt32Array:
    """What each value of the byte `distance` bytes before the end of the data adds (by XOR) to its CRC.

    >>> data = b"123456789"
    >>> flipped = b"12345X789"
    >>> table = byte_table(3)
    >>> crc32c(data) ^ int(table[ord("6")] ^ table[ord("X")]) == crc32c(flipped)
    True
    """
    if not distance:
        return _ONE_BYTE
    # By its lowest bit further than another one: neighbours share all but the last such step.
    lowest = distance & -distance
    return _apply(_zero_byte_operators()[lowest.bit_length() - 1], byte_table(distance - lowest))


@lru_cache(maxsize=64)
def pair_table(distance: int) -> UInt32Array:
    """The same for two bytes, read as one little-endian number; `distance` is that of the first.

    >>> table = pair_table(3)
    >>> int(table[0x4241]) == int(byte_table(3)[0x41] ^ byte_table(2)[0x42])
    True
    """
    return (byte_table(distance - 1)[:, None] ^ byte_table(distance)).ravel()


@cache
def _zero_byte_operators() -> tuple[tuple[UInt32Array, ...], ...]:
    """Operators that carry a CRC over 1, 2, 4, … 2^31 zero bytes, each as four tables by byte of the CRC."""
    # One zero byte: shift by 8, and what falls out comes back through the table.
    low = np.arange(256, dtype=np.uint32)
    operators = [(_ONE_BYTE, *(low << np.uint32(8 * (column - 1)) for column in (1, 2, 3)))]
    while len(operators) < 32:
        operators.append(tuple(_apply(operators[-1], table) for table in operators[-1]))
    return tuple(operators)


def _apply(operator: tuple[UInt32Array, ...], crc: UInt32Array) -> UInt32Array:
    return np.asarray(
        operator[0][crc & np.uint32(255)]
        ^ operator[1][crc >> np.uint32(8) & np.uint32(255)]
        ^ operator[2][crc >> np.uint32(16) & np.uint32(255)]
        ^ operator[3][crc >> np.uint32(24)]
    )


_ONE_BYTE: UInt32Array = np.array([crc32c(bytes([byte])) ^ crc32c(b"\0") for byte in range(256)], np.uint32)

CRC_OF_ZERO_LENGTH = crc32c(bytes(8))


def masked_crc_of_length(length: npt.NDArray[np.uint64]) -> UInt32Array:
    """Masked CRC of each length as its 8 bytes stand in a record's header; for lengths below 2^16.

    >>> int(masked_crc_of_length(np.array([24], np.uint64))[0]) == masked_crc32c(bytes([24]) + bytes(7))
    True
    """
    low, high = byte_table(7)[length & np.uint64(255)], byte_table(6)[length >> np.uint64(8)]
    return masked(low ^ high ^ np.uint32(CRC_OF_ZERO_LENGTH))
