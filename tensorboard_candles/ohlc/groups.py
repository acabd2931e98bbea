"""Runs of equal keys, and what `reduceat` gives over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

    def max(self, values: Float64Array) -> Float64Array:
        """Largest of each group; NaN counts only where there is nothing else."""
        return np.fmax.reduceat(values, self.begin) if len(self) else values[:0]

    def min(self, values: Float64Array) -> Float64Array:
        """Smallest of each group; NaN counts only where there is nothing else."""
        return np.fmin.reduceat(values, self.begin) if len(self) else values[:0]

    def sum(self, values: Float64Array) -> Float64Array:
        return np.add.reduceat(values, self.begin) if len(self) else values[:0]

    def first_equal(self, values: Float64Array, wanted: Float64Array) -> Int64Array:
        """Row of the first member of each group that equals the group's wanted value; each has one."""
        rows = np.flatnonzero(values == np.repeat(wanted, self.length))
        group = np.searchsorted(self.begin, rows, side="right") - 1
        is_first = np.ones(len(rows), np.bool_)
        is_first[1:] = group[1:] != group[:-1]
        return rows[is_first]

    def mean_and_std(self, values: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Mean and population standard deviation of each group, in two passes.

        Scaled by a power of two, which is exact, so that neither 1e200 squared overflows nor 1e-200 squared
        vanishes; taken from the group's first value, so that 1e8 + small keeps the digits of small.
        """
        largest = np.maximum(np.abs(self.max(values)), np.abs(self.min(values)))
        exponent = np.frexp(largest)[1]
        scaled = np.ldexp(values, -np.repeat(exponent, self.length))
        origin = scaled[self.begin]
        beyond = scaled - np.repeat(origin, self.length)
        mean_beyond = self.sum(beyond) / self.length
        variance = self.sum((beyond - np.repeat(mean_beyond, self.length)) ** 2) / self.length
        mean = np.ldexp(origin + mean_beyond, exponent)
        rounded_in = np.clip(mean, self.min(values), self.max(values))
        return rounded_in, np.ldexp(np.sqrt(variance), exponent)
