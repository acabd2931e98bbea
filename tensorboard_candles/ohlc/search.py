"""Where the keys of rows begin that never fall from row to row, found without a look at every row.

Rows are looked at in rounds. Of what lies between two of them only that is kept where the keys of the two
differ, and is cut finer in the next round, at even distances and where a straight line between the two would
have the key rise. For steps of one stride, and nearly so for times, the line is right at once; for any others
the even cuts find each rise in rounds that grow with the logarithm of the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc.axes import NumberArray
from tensorboard_candles.ohlc.summary import BoolArray

_ROWS_PER_ROUND = 2048
"""So many are looked at in about the time that it takes to begin a round."""


PositionOf = Callable[[Int64Array], NumberArray]
_BUT_LAST, _BUT_FIRST = np.s_[:, :-1], np.s_[:, 1:]


class TooMany(Exception):
    """There are more keys than are wanted."""


class Scale(Protocol):
    """Keys of positions."""

    def key(self, position: NumberArray) -> Int64Array:
        """Key of each position; never falls while positions rise."""
        ...

    def begin(self, key: Int64Array) -> Float64Array:
        """About the smallest position of each key: a wrong one costs time, no more."""
        ...


class _Seen(NamedTuple):
    """Rows that were looked at, in an array of any shape."""

    row: Int64Array
    position: NumberArray
    key: Int64Array

    def part(self, part: tuple[slice, slice] | BoolArray) -> _Seen:
        return _Seen(self.row[part], self.position[part], self.key[part])


def first_rows(
    position_of: PositionOf, scale: Scale, length: int, *, most: int | None = None
) -> tuple[Int64Array, Int64Array]:
    """The keys of so many rows, each once, and the first row of each.

    >>> class Tens:
    ...     key = staticmethod(lambda position: position // 10)
    ...     begin = staticmethod(lambda key: key * 10.0)
    >>> step = np.array([0, 3, 11, 12, 50])
    >>> first_rows(step.__getitem__, Tens(), len(step))
    (array([0, 1, 5]), array([0, 2, 4]))

    `position_of` gives the positions of rows, which never fall from row to row. Raises TooMany as soon as it
    is clear that there are more than `most` keys.
    """
    row = np.linspace(0, length - 1, min(length, _ROWS_PER_ROUND), dtype=np.int64)
    seen = _seen(row[None], position_of, scale)
    found = [_Seen(seen.row[0, :1], seen.position[0, :1], seen.key[0, :1])]
    count = min(length, 1)
    while seen.row.size:
        is_rise = seen.key[:, 1:] > seen.key[:, :-1]
        low, high = seen.part(_BUT_LAST).part(is_rise), seen.part(_BUT_FIRST).part(is_rise)
        if most is not None and count + len(low.row) > most:
            raise TooMany
        is_found = high.row - low.row == 1
        found.append(high.part(is_found))
        count += len(found[-1].row)
        low, high = low.part(~is_found), high.part(~is_found)
        inner = _seen(_rows_between(low, high, scale), position_of, scale)
        seen = _side_by_side(low, inner, high)
    row = np.concatenate([one.row for one in found])
    order = np.argsort(row)
    return np.concatenate([one.key for one in found])[order], row[order]


def _side_by_side(*columns: _Seen) -> _Seen:
    row, position, key = (np.column_stack(parts) for parts in zip(*columns, strict=True))
    return _Seen(row, position, key)


def _seen(row: Int64Array, position_of: PositionOf, scale: Scale) -> _Seen:
    position = position_of(row.ravel())
    return _Seen(row, position.reshape(row.shape), scale.key(position).reshape(row.shape))


def _rows_between(low: _Seen, high: _Seen, scale: Scale) -> Int64Array:
    """Rows at even distances, and the two between which a straight line has the middle key begin."""
    length = high.row - low.row
    parts = min(max(_ROWS_PER_ROUND // max(len(length), 1), 2), int(length.max(initial=2)))
    even = low.row[:, None] + length[:, None] * np.arange(1, parts) // parts
    # The mean of the two, rounded up: their sum may not fit.
    middle_key = (low.key | high.key) - ((low.key ^ high.key) >> 1)
    first, last = low.position.astype(np.float64), high.position.astype(np.float64)
    with np.errstate(all="ignore"):
        share = (scale.begin(middle_key) - first) / (last - first)
    # A little less, lest rounding go beyond a row that is met exactly; NaN gives the first.
    ahead = np.fmin(np.fmax(np.ceil(share * length - 1e-6), 1), length)
    guess = low.row + ahead.astype(np.int64)
    between = np.column_stack([even, guess - 1, guess])
    between.sort(axis=1)
    return between
