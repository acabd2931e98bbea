"""An array that grows at its end while others read what was there before."""

from __future__ import annotations

import mmap
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tensorboard_candles.store.scratch import Extent, Scratch

DType = TypeVar("DType", bound=np.generic)
CHUNK_ROWS = 1 << 18
"""Rows that are copied at a time where all of them might not fit into memory."""


class Column(Generic[DType]):
    """A numpy array with room at its end; one of several dimensions grows along the last.

    >>> column = Column(np.array([1, 2]))
    >>> before = column.view()
    >>> column.extend(np.array([3]))
    >>> before, column.view()
    (array([1, 2]), array([1, 2, 3]))

    A view stays as it was: what is appended lies behind it, or in another buffer. One of one dimension may be
    moved to a file, where it then grows; should there be no room for that, it comes back.
    """

    __slots__ = ("_buffer", "_extent", "_length", "_scratch", "nbytes")

    def __init__(self, values: npt.NDArray[DType], scratch: Scratch | None = None) -> None:
        """`scratch` is where it is to grow."""
        self._buffer = values
        self._length: int = values.shape[-1]
        self._scratch = scratch
        self._extent: Extent[DType] | None = None
        # Kept, as it is asked for all the time.
        self.nbytes = 0 if _is_in_file(values) else values.nbytes
        """Memory taken, room at the end included; 0 where it lies in a file."""

    def __len__(self) -> int:
        return self._length

    def view(self) -> npt.NDArray[DType]:
        return self._buffer[..., : self._length]

    @property
    def scratch(self) -> Scratch | None:
        """Where on disk it grows, if it does."""
        return self._scratch

    def extend(self, values: npt.NDArray[DType], expected: int = 0) -> None:
        """Add values; where there is no room for them, room is made for as many in all as are expected."""
        added: int = values.shape[-1]
        needed = self._length + added
        if needed > self._buffer.shape[-1]:
            # More at a time on disk, where what is left behind stays until the file goes; none to begin with,
            # as most columns are short and grow no more.
            room = self._length // (2 if self._scratch else 4) + 8 if self._length else 0
            self._move(max(self._length + max(added, room), expected))
        if self._extent and not self._write(self._extent, values):
            self._move(needed)
        if not self._extent:
            self._buffer[..., self._length : needed] = values
        self._length = needed

    def cut(self, length: int) -> None:
        """Give up what was added last, which no one has seen yet, down to that length."""
        self._length = length

    def reserve(self, length: int) -> None:
        """Make room for so many values in all."""
        if length > self._buffer.shape[-1]:
            self._move(length)

    def trim(self) -> None:
        """Give back the room at the end."""
        if self.nbytes and self._length < self._buffer.shape[-1]:
            self._move(self._length)

    def move_to(self, scratch: Scratch) -> None:
        """Out of memory, to grow there; it stays where it is if there is no room."""
        self._scratch = scratch
        if self.nbytes:
            self._is_moved_to_disk(self._buffer.shape[-1])

    def as_type(self, dtype: np.dtype[Any]) -> Column[Any]:
        """The same values as another type."""
        converted: Column[Any] = Column(np.empty(0, dtype), self._scratch)
        converted.reserve(self._length)
        for begin in range(0, self._length, CHUNK_ROWS):
            converted.extend(self.view()[begin : begin + CHUNK_ROWS].astype(dtype))
        return converted

    def _move(self, room: int) -> None:
        """Into another buffer."""
        if not self._is_moved_to_disk(room):
            larger = np.empty((*self._buffer.shape[:-1], room), self._buffer.dtype)
            larger[..., : self._length] = self.view()
            self._put_in(larger, None)

    def _is_moved_to_disk(self, room: int) -> bool:
        if self._scratch is None:
            return False
        try:
            extent = self._scratch.extent(room, self._buffer.dtype)
            extent.write(0, self.view())
        except OSError as failure:
            self._stay_in_memory(failure)
            return False
        self._put_in(extent.array, extent)
        return True

    def _put_in(self, buffer: npt.NDArray[DType], extent: Extent[DType] | None) -> None:
        if self._extent:
            self._extent.forget()
        self._buffer, self._extent = buffer, extent
        self.nbytes = 0 if extent else buffer.nbytes

    def _write(self, extent: Extent[DType], values: npt.NDArray[DType]) -> bool:
        try:
            extent.write(self._length, values)
        except OSError as failure:
            self._stay_in_memory(failure)
            return False
        return True

    def _stay_in_memory(self, failure: OSError) -> None:
        if self._scratch:
            self._scratch.note(failure)
        self._scratch = None


def _is_in_file(values: npt.NDArray[Any]) -> bool:
    """Whether an array lies in a file that is mapped."""
    base: object = values
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)
