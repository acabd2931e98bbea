"""Points of one tag with their places, gathered in any order and joined in that of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.candle import values_of
from tensorboard_candles.events.points import (
    Float64Array,
    FloatArray,
    Int64Array,
    Points,
    ValueArray,
    no_points,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Points of one tag, and where in the window each stood: record number · 2^ORDER_BITS + value number."""

    order: Int64Array
    step: Int64Array
    wall_time: Float64Array
    value: ValueArray

    def __len__(self) -> int:
        return len(self.order)

    def where(self, rows: npt.NDArray[np.bool_] | Int64Array | slice) -> Piece:
        return Piece(self.order[rows], self.step[rows], self.wall_time[rows], self.value[rows])

    def between(self, low: int, high: int) -> Points:
        """Points whose order is in [low, high); for a piece that is in order."""
        if not len(self) or (low <= self.order[0] and self.order[-1] < high):
            return Points(self.step, self.wall_time, self.value)
        rows = slice(*np.searchsorted(self.order, [low, high]).tolist())
        return Points(self.step[rows], self.wall_time[rows], self.value[rows])


@dataclass(frozen=True, slots=True)
class Row:
    """One point that was parsed by itself."""

    order: int
    step: int
    wall_time: float
    value: float
    fits_float32: bool


def piece_of(rows: list[Row]) -> Piece:
    value: FloatArray = np.array([row.value for row in rows], np.float64)
    if all(row.fits_float32 for row in rows):
        value = value.astype(np.float32)
    return Piece(
        np.array([row.order for row in rows], np.int64),
        np.array([row.step for row in rows], np.int64),
        np.array([row.wall_time for row in rows], np.float64),
        value,
    )


def joined(pieces: Sequence[Piece]) -> Piece:
    """All pieces as one, in order."""
    filled = [piece for piece in pieces if len(piece)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        none = no_points()
        return Piece(none.step, none.step, none.wall_time, none.value)
    whole = Piece(
        np.concatenate([piece.order for piece in filled]),
        np.concatenate([piece.step for piece in filled]),
        np.concatenate([piece.wall_time for piece in filled]),
        np.concatenate(values_of(filled)),
    )
    # Candles of one tensor have one order.
    is_ordered = bool(np.all(whole.order[1:] >= whole.order[:-1]))
    return whole if is_ordered else whole.where(np.argsort(whole.order, kind="stable"))
