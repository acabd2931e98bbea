"""Records of one length as the rows of a matrix of bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

UInt8Array = npt.NDArray[np.uint8]


class Rows:
    """Records of one length; numbers in them are read in place, column by column.

    >>> rows = Rows(bytes(range(8)), record_bytes=3, offset=1, stride=4, count=2)
    >>> rows.numbers(1, "u1"), rows.numbers(0, "<u2").tolist() == [0x0201, 0x0605]
    (array([2, 6], dtype=uint8), True)
    """

    __slots__ = ("_buffer", "_offset", "_stride", "count", "record_bytes")

    def __init__(
        self, buffer: bytes | UInt8Array, *, record_bytes: int, offset: int, stride: int, count: int
    ) -> None:
        self._buffer = buffer
        self._offset = offset
        self._stride = stride
        self.record_bytes = record_bytes
        self.count = count

    @staticmethod
    def at(buffer: bytes, starts: npt.NDArray[np.int64], record_bytes: int) -> Rows:
        """The records that begin there: in place where they lie at equal distances, else a copy."""
        first, count = int(starts[0]), len(starts)
        stride = int(starts[1]) - first if count > 1 else record_bytes
        if (starts == np.arange(first, first + count * stride, stride)).all():
            return Rows(buffer, record_bytes=record_bytes, offset=first, stride=stride, count=count)
        # One element of so many bytes begins at every byte: numpy copies whole elements fastest.
        every = np.ndarray((len(buffer) - record_bytes + 1,), f"V{record_bytes}", buffer, 0, (1,))
        copied = every[starts].view(np.uint8)
        return Rows(copied, record_bytes=record_bytes, offset=0, stride=record_bytes, count=count)

    def __len__(self) -> int:
        return self.count

    def matrix(self) -> UInt8Array:
        """All bytes, a row each."""
        shape, strides = (self.count, self.record_bytes), (self._stride, 1)
        return np.ndarray(shape, np.uint8, self._buffer, self._offset, strides)

    def numbers(self, column: int, element: str) -> npt.NDArray[Any]:
        """The number that begins at a column of each row: a view, not aligned."""
        return np.ndarray((self.count,), element, self._buffer, self._offset + column, (self._stride,))

    def where(self, keep: npt.NDArray[np.bool_]) -> Rows:
        """Some of the rows, copied."""
        kept = self.matrix()[keep]
        size = self.record_bytes
        return Rows(kept, record_bytes=size, offset=0, stride=size, count=len(kept))
