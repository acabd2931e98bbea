"""What was logged, by tag: for those who look at it in the output thread on its way to the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tensorboard_candles.writer.layout import Items, Layout, Starts, by_kind, numbers_of


@dataclass(frozen=True, slots=True)
class Logged:
    """Points of one tag, a column each, in the order in which they were logged.

    `value` is what a reader of the file gets: rounded to float32, but for a finite value beyond its range.
    """

    step: npt.NDArray[np.int64]
    wall_time: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.step)


Listener: TypeAlias = Callable[[Mapping[str, Logged]], object]
"""Is given everything once, some at a time, in order; it must be quick and may call no method that waits for
the output thread."""


def logged(items: Items, starts: Starts) -> dict[str, Logged]:
    """The rows that hold numbers, by tag.

    >>> loss, both = Layout(("loss",)), Layout(("acc", "loss"))
    >>> found = logged([loss, 0, 1.0, 0.5, both, 1, 2.0, 0.9, 0.4, loss, 2, 3.0, 0.25], [0, 4, 9])
    >>> found["loss"].step, found["loss"].value.round(2), found["acc"].step
    (array([0, 1, 2]), array([0.5 , 0.4 , 0.25]), array([1]))
    """
    pieces: dict[str, list[tuple[npt.NDArray[np.int64], Logged]]] = {}
    for what, places in by_kind(items, starts).items():
        if isinstance(what, Layout):
            step, wall_time, values = numbers_of(what, items, [starts[place] for place in places])
            values = as_read(values)
            for column, name in enumerate(what.names):
                piece = np.array(places, np.int64), Logged(step, wall_time, values[:, column])
                pieces.setdefault(name, []).append(piece)
    return {tag: _joined(found) for tag, found in pieces.items()}


def as_read(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values as a reader of the file gets them.

    >>> as_read(np.array([0.1, 1e300, np.inf]))
    array([1.00000001e-001, 1.00000000e+300,             inf])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        read = values.astype(np.float32).astype(np.float64)
    return np.where(np.isinf(read) & np.isfinite(values), values, read)


def _joined(pieces: list[tuple[npt.NDArray[np.int64], Logged]]) -> Logged:
    if len(pieces) == 1:
        return pieces[0][1]
    order = np.argsort(np.concatenate([place for place, _ in pieces]))
    return Logged(
        np.concatenate([piece.step for _, piece in pieces])[order],
        np.concatenate([piece.wall_time for _, piece in pieces])[order],
        np.concatenate([piece.value for _, piece in pieces])[order],
    )
