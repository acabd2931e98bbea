"""Steps of a series, most of which need not be stored: 0, 10, 20, … is a first step and a stride.

Steps are kept as pieces, each an arithmetic progression, as long as that takes much less memory than the
steps themselves; else as they are. All arithmetic wraps around at 64 bits, so that it is exact for any step.
"""

from __future__ import annotations

from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store.column import Column
from tensorboard_candles.store.scratch import Scratch

_ROWS_PER_PIECE = 8
"""Shorter pieces, on average, don't pay: each takes the memory of three steps, and has to be looked up."""
_FREE_PIECES = 8
"""So many are kept however few the rows are: a training may begin irregularly."""
_MOST_TRIED = 1 << 20
"""Longer than that, what was irregular so far is not looked at again."""

Row: TypeAlias = int | np.integer[Any]
Rows: TypeAlias = slice | npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]


class Progressions:
    """Steps at one moment, one at least, in pieces: indexed as an array, it makes what is asked for, no more.

    >>> steps = Progressions(np.array([[0, 4], [0, 7], [10, 1]]), 7)
    >>> steps[:], steps[np.array([4, -1])]
    (array([ 0, 10, 20, 30,  7,  8,  9]), array([7, 9]))

    Rows of `pieces`: where each piece begins, its first step, its stride.
    """

    __slots__ = ("_length", "_pieces")

    def __init__(self, pieces: Int64Array, length: int) -> None:
        self._pieces = pieces
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, rows: Row) -> np.int64: ...
    @overload
    def __getitem__(self, rows: Rows) -> Int64Array: ...
    def __getitem__(self, rows: Row | Rows) -> np.int64 | Int64Array:
        """As of an array: raises IndexError for rows that there are not."""
        if isinstance(rows, slice):
            return self._slice(*rows.indices(self._length))
        if isinstance(rows, np.ndarray) and rows.ndim:
            return self._at(self._row_numbers(rows))
        step: np.int64 = self._at(np.array([range(self._length)[rows]], np.int64))[0]
        return step

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("steps that are not stored can't be had without a copy")
        return np.asarray(self[:], dtype)

    def tolist(self) -> list[int]:
        return list(self[:].tolist())

    def _slice(self, begin: int, end: int, stride: int) -> Int64Array:
        rows = np.arange(begin, end, stride, dtype=np.int64)
        if stride != 1 or self._pieces.shape[-1] == 1 or not len(rows):
            return self._at(rows)
        first, last = self._piece_at(np.array([begin, end - 1])).tolist()
        # A copy: the last piece, where it has one step only, may be given a stride meanwhile.
        pieces = self._pieces[:, first : last + 1].copy()
        length = np.diff(pieces[0, 1:], prepend=begin, append=end)
        rows *= np.repeat(pieces[2], length)
        rows += np.repeat(pieces[1] - pieces[2] * pieces[0], length)
        return rows

    def _at(self, rows: Int64Array) -> Int64Array:
        if self._pieces.shape[-1] == 1:
            steps: Int64Array = rows * self._pieces[2, 0]
            steps += self._pieces[1, 0]
            return steps
        begin, first, stride = self._pieces[:, self._piece_at(rows)]
        steps = rows - begin
        steps *= stride
        steps += first
        return steps

    def _piece_at(self, rows: Int64Array) -> npt.NDArray[np.intp]:
        return np.searchsorted(self._pieces[0], rows, side="right") - 1

    def _row_numbers(self, rows: npt.NDArray[Any]) -> Int64Array:
        """What an index array says, negative numbers counted from the end."""
        if rows.dtype == np.bool_ and rows.shape == (self._length,):
            return np.flatnonzero(rows)
        if rows.dtype.kind not in "iu":
            raise IndexError(f"rows must be whole numbers or a mask of {self._length} items, got {rows!r}")
        numbers: Int64Array = rows.astype(np.int64, copy=False)
        # Negative ones are very large without their sign.
        if not rows.size or numbers.view(np.uint64).max() < self._length:
            return numbers
        if not -self._length <= numbers.min() <= numbers.max() < self._length:
            raise IndexError(f"rows must lie within {self._length}, got {rows.min()} to {rows.max()}")
        return np.where(numbers < 0, numbers + self._length, numbers)


StepColumn: TypeAlias = Int64Array | Progressions
"""Steps of a series. Both kinds are indexed alike; `[:]` gives an array of them all."""


class GrowingSteps:
    """Steps that grow at the end while others read what was there before.

    >>> steps = GrowingSteps(np.arange(0, 5000, 5))
    >>> before = steps.view()
    >>> steps.extend(np.arange(5000, 10_000, 5))
    >>> len(before), len(steps.view()), steps.nbytes
    (1000, 2000, 24)
    """

    __slots__ = ("_length", "_pieces", "_scratch", "_stored", "_try_again_at")

    def __init__(self, steps: Int64Array) -> None:
        self._scratch: Scratch | None = None
        self._length = len(steps)
        self._pieces = Column(_pieces_of(steps))
        self._stored: Column[np.int64] | None = None
        """The steps themselves, where pieces don't pay."""
        self._try_again_at = 0
        """Number of steps with which they might."""
        if not _pays(self._pieces, self._length):
            self._store(steps)

    @staticmethod
    def of(state: Int64Array, length: int) -> GrowingSteps:
        """Steps that were in that state; which way they are best kept is not asked again."""
        growing = GrowingSteps.__new__(GrowingSteps)
        growing._scratch = None
        growing._length = length
        growing._try_again_at = 2 * length
        growing._pieces = Column(state if state.ndim > 1 else np.empty((3, 0), np.int64))
        growing._stored = None if state.ndim > 1 else Column(state)
        return growing

    def state(self) -> Int64Array:
        """The steps, or in two dimensions their pieces: all there is to know but how many steps there are.

        >>> steps = GrowingSteps(np.arange(0, 50, 5))
        >>> steps.state().tolist(), int(GrowingSteps.of(steps.state(), 10).view()[-1])
        ([[0], [0], [5]], 45)
        """
        # Who goes on growing may change the stride of the last piece.
        return self._pieces.view().copy() if self._stored is None else self._stored.view()

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Memory taken, room at the end included."""
        return self._pieces.nbytes if self._stored is None else self._stored.nbytes

    @property
    def movable_bytes(self) -> int:
        """What of it `move_to` would give back: pieces stay where they are."""
        return 0 if self._stored is None else self._stored.nbytes

    def move_to(self, scratch: Scratch) -> None:
        """Out of memory, to grow on disk; what there is no room for stays where it is."""
        self._scratch = scratch
        if self._stored is not None:
            self._stored.move_to(scratch)

    def view(self) -> StepColumn:
        if self._stored is not None:
            return self._stored.view()
        return Progressions(self._pieces.view(), self._length) if self._length else np.empty(0, np.int64)

    def extend(self, steps: Int64Array) -> None:
        if self._stored is not None:
            self._stored.extend(steps)
        elif len(steps):
            self._extend_pieces(steps)
        self._length += len(steps)
        if self._stored is None:
            if not _pays(self._pieces, self._length):
                self._store(self.view()[:])
        elif self._try_again_at <= self._length <= _MOST_TRIED:
            self._try_pieces(self._stored.view())

    def trim(self) -> None:
        """Give back the room at the end."""
        self._pieces.trim()
        if self._stored is not None:
            self._stored.trim()

    def _extend_pieces(self, steps: Int64Array) -> None:
        """Steps that go on as before take nothing; from the first that does not, there are new pieces."""
        goes_on = self._count_going_on(steps) if self._length else 0
        if goes_on < len(steps):
            pieces = _pieces_of(steps[goes_on:])
            pieces[0] += self._length + goes_on
            self._pieces.extend(pieces)

    def _count_going_on(self, steps: Int64Array) -> int:
        # Of length one each, as numbers by themselves warn where they wrap around.
        row, first, stride = self._pieces.view()[:, -1:]
        if row == self._length - 1:
            # Any stride is that of one step; who looks at it already does not use it.
            stride[:] = steps[:1] - first
        if steps[0] != first + stride * (self._length - row):
            return 0
        is_on = steps[1:] - steps[:-1] == stride
        return len(steps) if is_on.all() else 1 + int(is_on.argmin())

    def _store(self, steps: Int64Array) -> None:
        self._stored = Column(steps)
        if self._scratch:
            self._stored.move_to(self._scratch)
        self._pieces = Column(_pieces_of(steps[:0]))
        self._try_again_at = 2 * len(steps)

    def _try_pieces(self, steps: Int64Array) -> None:
        self._try_again_at = 2 * len(steps)
        pieces = Column(_pieces_of(steps))
        if _pays(pieces, len(steps)):
            self._pieces, self._stored = pieces, None


def _pays(pieces: Column[np.int64], length: int) -> bool:
    return len(pieces) <= _FREE_PIECES + length // _ROWS_PER_PIECE


def _pieces_of(steps: Int64Array) -> Int64Array:
    """Pieces as long as they can be, one after the other, as `Progressions` takes them.

    >>> _pieces_of(np.array([0, 10, 20, 30, 7, 8, 9]))
    array([[ 0,  4],
           [ 0,  7],
           [10,  1]])
    """
    stride = steps[1:] - steps[:-1]
    if len(stride) and (stride[1:] == stride[0]).all():
        return np.array([[0], [steps[0]], [stride[0]]])
    begin = _begins(stride) if len(stride) else np.zeros(len(steps), np.int64)
    # The last piece may be of one step only, of which any stride is right.
    return np.array([begin, steps[begin], np.append(stride, 0)[begin]])


def _begins(stride: Int64Array) -> Int64Array:
    """Rows at which a piece begins, given how far each step lies behind the one before."""
    begin = np.append(0, np.flatnonzero(stride[1:] != stride[:-1]) + 2)
    # Two steps always make a piece: where each of several neighbours would begin one, every second does.
    number = np.arange(len(begin))
    neighbours_begin = np.maximum.accumulate(np.where(np.diff(begin, prepend=-2) > 1, number, 0))
    return np.asarray(begin[(number - neighbours_begin) % 2 == 0])
