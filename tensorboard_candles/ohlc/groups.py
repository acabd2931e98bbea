"""Runs of equal keys, and what `reduceat` gives over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.points import Float64Array, Int64Array


@dataclass(frozen=True, slots=True)
class Groups:
    """Neighbours with one key: `key[i]` stands in rows `begin[i]` to `begin[i] + length[i]`."""

    key: Int64Array
    begin: Int64Array
    length: Int64Array

    @staticmethod
    def of(keys: Int64Array) -> Groups:
        """Groups of sorted keys.

        >>> Groups.of(np.array([3, 3, 5]))
        Groups(key=array([3, 5]), begin=array([0, 2]), length=array([2, 1]))
        """
        is_first = np.ones(len(keys), np.bool_)
        is_first[1:] = keys[1:] != keys[:-1]
        begin = np.flatnonzero(is_first)
        return Groups(keys[begin], begin, np.diff(begin, append=len(keys)))

    def __len__(self) -> int:
        return len(self.key)

    @property
    def last(self) -> Int64Array:
        """Row of the last member of each group."""
        return self.begin + self.length - 1

    def max(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Largest of each group; no value may be NaN."""
        return np.maximum.reduceat(values, self.begin) if len(self) else values[:0]

    def min(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Smallest of each group; no value may be NaN."""
        return np.minimum.reduceat(values, self.begin) if len(self) else values[:0]

    def first_equal(self, values: Float64Array, wanted: Float64Array) -> Int64Array:
        """Row of the first member of each group that equals the group's wanted value; each has one."""
        rows, equal = self._equal(values, wanted)
        return rows[equal.begin]

    def last_equal(self, values: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> Int64Array:
        """The same of the last such member."""
        rows, equal = self._equal(values, wanted)
        return rows[equal.last]

    def _equal(self, values: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> tuple[Int64Array, Groups]:
        rows = np.flatnonzero(values == np.repeat(wanted, self.length))
        return rows, Groups.of(np.searchsorted(self.begin, rows, side="right") - 1)
