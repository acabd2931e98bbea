"""One record of an event file: the length, its checksum, the payload, its checksum.

TensorFlow's record format (`tensorflow/core/lib/io/record_writer.h`); both checksums are CRC-32C,
"masked" by a rotation and an offset so that data which holds checksums can be checksummed itself.
"""

from __future__ import annotations

import struct

import google_crc32c
import numpy as np
import numpy.typing as npt

HEADER = struct.Struct("<QI")
FOOTER_BYTES = 4
_CHECKSUM = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8


def masked_crc(data: bytes) -> int:
    """Masked CRC-32C of the bytes.

    >>> hex(masked_crc(b"123456789"))
    '0xc78ab0e5'
    """
    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def mask(crc: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Many checksums, masked.

    >>> hex(int(mask(np.array([0xE3069283], np.uint32))[0]))
    '0xc78ab0e5'
    """
    rotated = (crc >> np.uint32(15)) | (crc << np.uint32(17))
    return np.asarray(rotated + np.uint32(_MASK_DELTA))


def header(length: int) -> bytes:
    """What stands before a payload of so many bytes.

    >>> len(header(3))
    12
    """
    return HEADER.pack(length, masked_crc(length.to_bytes(8, "little")))


def frame(payload: bytes) -> bytes:
    """The record that holds the payload, ready to be appended to an event file.

    >>> len(frame(b"abc")) == 8 + 4 + 3 + 4
    True
    """
    return b"".join((header(len(payload)), payload, _CHECKSUM.pack(masked_crc(payload))))
