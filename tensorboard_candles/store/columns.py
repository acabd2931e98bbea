"""Arrays that grow at the end while others read what was there before."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events import Points
from tensorboard_candles.store.source import Lineage

DType = TypeVar("DType", bound=np.generic)


class Column(Generic[DType]):
    """A numpy array with room at its end.

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
        self._length = len(values)

    def view(self) -> npt.NDArray[DType]:
        return self._buffer[: self._length]

    def extend(self, values: npt.NDArray[DType]) -> None:
        needed = self._length + len(values)
        if needed > len(self._buffer):
            larger = np.empty(max(needed, self._length + self._length // 4 + 64), self._buffer.dtype)
            larger[: self._length] = self.view()
            self._buffer = larger
        self._buffer[self._length : needed] = values
        self._length = needed


class PointColumns:
    """Points of one tag in one file, in arrival order."""

    __slots__ = ("_step", "_value", "_wall_time", "is_sorted", "lineage")

    def __init__(self, points: Points) -> None:
        self.lineage = Lineage()
        self._step = Column(points.step)
        self._wall_time = Column(points.wall_time)
        self._value = Column(points.value)
        self.is_sorted = bool(np.all(points.step[1:] >= points.step[:-1]))

    def __len__(self) -> int:
        return len(self._step.view())

    def points(self) -> Points:
        return Points(self._step.view(), self._wall_time.view(), self._value.view())

    def extend(self, points: Points) -> None:
        if not len(points):
            return
        before = self._step.view()
        joins = not len(before) or before[-1] <= points.step[0]
        self.is_sorted = self.is_sorted and joins and bool(np.all(points.step[1:] >= points.step[:-1]))
        self._step.extend(points.step)
        self._wall_time.extend(points.wall_time)
        if points.value.dtype != self._value.view().dtype:
            self._value = Column(self._value.view().astype(np.float64))
        self._value.extend(points.value)
