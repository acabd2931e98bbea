"""Arrays that grow at the end while others read what was there before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events import Points
from tensorboard_candles.store.source import Lineage

_BELOW_ALL_STEPS = -(1 << 63) - 1

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

    def __len__(self) -> int:
        return self._length

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
    """Points of one tag, in the order in which they were added, and what is asked of them all the time."""

    __slots__ = (
        "_step",
        "_value",
        "_wall_time",
        "first_wall_time",
        "is_sorted",
        "last_wall_time",
        "lineage",
        "max_step",
    )

    def __init__(self, points: Points) -> None:
        self.lineage = Lineage()
        self._step = Column(points.step)
        self._wall_time = Column(points.wall_time)
        self._value = Column(points.value)
        self.is_sorted = True
        """Whether no step goes back."""
        self.max_step = _BELOW_ALL_STEPS
        self.first_wall_time = math.inf
        """Smallest wall time that is finite; +inf where none is."""
        self.last_wall_time = -math.inf
        """Largest wall time that is finite; -inf where none is."""
        self._note(points)

    def __len__(self) -> int:
        return len(self._step)

    def points(self) -> Points:
        return Points(self._step.view(), self._wall_time.view(), self._value.view())

    def points_from(self, row: int) -> Points:
        points = self.points()
        return Points(points.step[row:], points.wall_time[row:], points.value[row:])

    def is_continued_by(self, points: Points) -> bool:
        """Whether no step of `points`, of which there is one at least, goes back behind those before."""
        step = points.step
        return self.max_step <= int(step[0]) and bool(np.all(step[1:] >= step[:-1]))

    def extend(self, points: Points) -> None:
        if not len(points):
            return
        self._step.extend(points.step)
        self._wall_time.extend(points.wall_time)
        value = self._value.view()
        if value.dtype == np.float32 and points.value.dtype != np.float32:
            self._value = Column(value.astype(np.float64))
        self._value.extend(points.value)
        self._note(points)

    def before_step(self, step: int) -> PointColumns:
        """The points of lower steps only: these very columns where those are all."""
        if self.max_step < step:
            return self
        points = self.points()
        return PointColumns(points.where(points.step < step))

    def _note(self, points: Points) -> None:
        if not len(points):
            return
        step, wall_time = points.step, points.wall_time
        goes_on = self.is_continued_by(points)
        self.is_sorted = self.is_sorted and goes_on
        self.max_step = max(self.max_step, int(step[-1] if goes_on else step.max()))
        is_finite = np.isfinite(wall_time)
        self.first_wall_time = float(wall_time.min(initial=self.first_wall_time, where=is_finite))
        self.last_wall_time = float(wall_time.max(initial=self.last_wall_time, where=is_finite))


def joined(pieces: Sequence[Points]) -> Points:
    """One after the other."""
    if len(pieces) == 1:
        return pieces[0]
    return Points(
        np.concatenate([points.step for points in pieces]),
        np.concatenate([points.wall_time for points in pieces]),
        np.concatenate([points.value for points in pieces]),
    )
