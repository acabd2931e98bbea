"""An array that grows at its end while others read what was there before."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

DType = TypeVar("DType", bound=np.generic)


class Column(Generic[DType]):
    """A numpy array with room at its end; one of several dimensions grows along the last.

    >>> column = Column(np.array([1, 2]))
    >>> before = column.view()
    >>> column.extend(np.array([3]))
    >>> before, column.view()
    (array([1, 2]), array([1, 2, 3]))

    A view stays as it was: what is appended lies behind it, or in another buffer.
    """

    __slots__ = ("_buffer", "_length")

    def __init__(self, values: npt.NDArray[DType]) -> None:
        self._buffer = values
        self._length: int = values.shape[-1]

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Memory taken, room at the end included."""
        return self._buffer.nbytes

    def view(self) -> npt.NDArray[DType]:
        return self._buffer[..., : self._length]

    def extend(self, values: npt.NDArray[DType]) -> None:
        needed = self._length + values.shape[-1]
        if needed > self._buffer.shape[-1]:
            self._move(max(needed, self._length + self._length // 4 + 64))
        self._buffer[..., self._length : needed] = values
        self._length = needed

    def trim(self) -> None:
        """Give back the room at the end."""
        if self._length < self._buffer.shape[-1]:
            self._move(self._length)

    def _move(self, room: int) -> None:
        larger = np.empty((*self._buffer.shape[:-1], room), self._buffer.dtype)
        larger[..., : self._length] = self.view()
        self._buffer = larger
