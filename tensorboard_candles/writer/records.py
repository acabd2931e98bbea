"""One record of an event file: the length, its checksum, the payload, its checksum.

TensorFlow's record format (`tensorflow/core/lib/io/record_writer.h`); both checksums are CRC-32C,
"masked" by a rotation and an offset so that data which holds checksums can be checksummed itself.
"""

from __future__ import annotations

import struct

import google_crc32c

_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8


def masked_crc(data: bytes) -> int:
    """Masked CRC-32C of the bytes.

    >>> hex(masked_crc(b"123456789"))
    '0xc78ab0e5'
    """
    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def frame(payload: bytes) -> bytes:
    """The record that holds the payload, ready to be appended to an event file.

    >>> len(frame(b"abc")) == 8 + 4 + 3 + 4
    True
    """
    length = _LENGTH.pack(len(payload))
    return b"".join(
        (length, _CHECKSUM.pack(masked_crc(length)), payload, _CHECKSUM.pack(masked_crc(payload)))
    )
