"""What detectors of `validation metrics` need of two tags: how the training stood at each evaluation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tensorboard_candles.indicators.alerts.names import train_tags
from tensorboard_candles.indicators.alerts.training import MOST_POINTS, training_levels
from tensorboard_candles.writer.logged import Logged


class Validating:
    """Keeps the last points of each tag, and puts those of the training beside those that validate.

    >>> at, validating = np.arange(2), Validating()
    >>> validating.beside({"loss": Logged(at, at / 2, np.array([4.0, 2.0]))})
    {}
    >>> validating.beside({"val/loss": Logged(np.array([1]), np.array([0.6]), np.array([5.0]))})
    {'val/loss': array([[5., 3.]])}
    """

    def __init__(self) -> None:
        self._last: dict[str, Logged] = {}
        self._until: dict[str, int] = {}
        self._pairs: Mapping[str, str] = {}

    def beside(self, columns: Mapping[str, Logged]) -> dict[str, npt.NDArray[np.float64]]:
        """By tag that validates the two columns of what was logged of it."""
        if not columns.keys() <= self._last.keys():
            self._pairs = train_tags(dict.fromkeys([*self._last, *columns]))
        for tag, points in columns.items():
            before = self._last.get(tag)
            self._last[tag] = points if before is None else _joined(before, points)
        return {tag: self._columns(tag, columns[tag]) for tag in self._pairs if tag in columns}

    def _columns(self, tag: str, points: Logged) -> npt.NDArray[np.float64]:
        training, since = self._last[self._pairs[tag]], self._until.get(tag)
        self._until[tag] = int(points.step[-1])

        def values_of(begin: int, end: int) -> npt.NDArray[np.float64]:
            return training.value[begin:end]

        return np.column_stack(
            [points.value, training_levels(training.step, values_of, points.step, since=since)]
        )


def _joined(before: Logged, points: Logged) -> Logged:
    """All of the points, and as many before them as one of them may be compared with."""
    rows = slice(-MOST_POINTS, None)
    return Logged(
        np.concatenate([before.step[rows], points.step]),
        np.concatenate([before.wall_time[rows], points.wall_time]),
        np.concatenate([before.value[rows], points.value]),
    )
