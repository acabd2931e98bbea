"""Where a run's epochs begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from tensorboard_candles.errors import NoEpochs
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.store import RunView, Series


class Epochs(Protocol):
    """Epochs of a run, however they are known."""

    @property
    def is_monotone(self) -> bool:
        """Does the epoch never fall while the step rises?"""
        ...

    def of_steps(self, step: Int64Array) -> Int64Array:
        """Epoch of each step."""
        ...

    def fractional(self, step: Int64Array) -> Float64Array:
        """Epoch of each step, with the part of the epoch that has gone by."""
        ...


@dataclass(frozen=True, slots=True)
class EqualEpochs:
    """Epochs of a given number of steps each, the first of them beginning at step 0."""

    steps_per_epoch: int
    is_monotone: bool = True

    def of_steps(self, step: Int64Array) -> Int64Array:
        return np.asarray(step // self.steps_per_epoch, np.int64)

    def fractional(self, step: Int64Array) -> Float64Array:
        return np.asarray(step / self.steps_per_epoch, np.float64)


@dataclass(frozen=True, slots=True)
class EpochStarts:
    """Epoch `epoch[i]` begins at step `first_step[i]`; steps before the first belong to the first."""

    first_step: Int64Array
    epoch: Int64Array
    last_step: int
    """The last step that the run has reached."""
    last_length: float | None = None
    """Steps of the last epoch, where the log tells; it may not be over yet."""

    @property
    def is_monotone(self) -> bool:
        return bool(np.all(self.epoch[1:] >= self.epoch[:-1]))

    def of_steps(self, step: Int64Array) -> Int64Array:
        """Epoch of each step.

        >>> starts = EpochStarts(np.array([0, 10, 20]), np.array([0, 1, 2]), 24)
        >>> starts.of_steps(np.array([-1, 0, 9, 10, 24]))
        array([0, 0, 0, 1, 2])
        """
        return self.epoch[self._index(step)]

    def fractional(self, step: Int64Array) -> Float64Array:
        """Epoch of each step, with the part of the epoch that has gone by.

        >>> starts = EpochStarts(np.array([0, 10]), np.array([0, 1]), 14)
        >>> starts.fractional(np.array([0, 5, 10, 15]))
        array([0. , 0.5, 1. , 1.5])

        The last epoch is taken to be as long as the one before it until it is longer, if nothing tells.

        >>> EpochStarts(np.array([0]), np.array([0]), 14, last_length=40.0).fractional(np.array([0, 10]))
        array([0.  , 0.25])
        """
        index = self._index(step)
        reached = self.last_step + 1 - int(self.first_step[-1])
        before = np.diff(self.first_step)
        expected = self.last_length or (int(before[-1]) if len(before) else 1)
        lengths = np.append(before, max(expected, reached, 1))
        # Where two epochs begin at one step, the later has it: no length is ever zero where it is used.
        done = (step - self.first_step[index]) / lengths[index]
        return np.asarray(self.epoch[index] + np.clip(done, 0.0, None), np.float64)

    def _index(self, step: Int64Array) -> Int64Array:
        return np.maximum(np.searchsorted(self.first_step, step, side="right") - 1, 0)


def epochs_of(run: RunView, *, steps_per_epoch: int | None = None) -> Epochs:
    """Epochs of a run: from its epoch marks, else an `epoch` or `…/epoch` scalar, else `steps_per_epoch`.

    Raises NoEpochs where there is none of the three.
    """
    last_step = max((series.last_step for series in run.series.values()), default=0)
    logged = _epoch_scalar(run.series.values())
    if len(run.epoch_marks):
        marks = run.epoch_marks
        starts = _where_it_changes(marks.step, marks.value.astype(np.int64), last_step)
        return replace(starts, last_length=_length_told(starts, logged))
    if logged is not None:
        starts = _from_scalar(logged, last_step)
        return replace(starts, last_length=_length_told(starts, logged))
    if steps_per_epoch is not None:
        return EqualEpochs(steps_per_epoch)
    raise NoEpochs(
        f"the epochs of run {run.name!r} are not known: it has neither epoch marks nor an 'epoch' scalar; "
        "log them (with tracker.epoch(): …), or give steps_per_epoch"
    )


def has_epochs(run: RunView) -> bool:
    """Are the run's epochs known without being told?"""
    return len(run.epoch_marks) > 0 or _epoch_scalar(run.series.values()) is not None


def _epoch_scalar(series: Iterable[Series]) -> Series | None:
    """The series that says the epoch: `epoch` before `…/epoch`, then the one with most points."""
    named = [
        one
        for one in series
        if (one.tag == "epoch" or one.tag.endswith("/epoch")) and (np.abs(one.value) < 2**53).any()
    ]
    return min(named, key=lambda one: (one.tag != "epoch", -len(one), one.tag), default=None)


def _from_scalar(logged: Series, last_step: int) -> EpochStarts:
    # No training reaches 2^53 epochs: what is logged beyond is as little an epoch as NaN is.
    finite = np.abs(logged.value) < 2**53
    return _where_it_changes(logged.step[finite], np.floor(logged.value[finite]).astype(np.int64), last_step)


def _length_told(starts: EpochStarts, logged: Series | None) -> float | None:
    """Steps of the last epoch by a scalar whose last point is a part of it, as `tracker.epochs_done` is."""
    if logged is None:
        return None
    steps = int(logged.step[-1]) - int(starts.first_step[-1])
    done = float(logged.value[-1]) - int(starts.epoch[-1])
    return steps / done if steps > 0 and 0 < done <= 1 else None


def _where_it_changes(step: Int64Array, epoch: Int64Array, last_step: int) -> EpochStarts:
    # An epoch may be named again: by a training that resumed within it, by every rank.
    begins = np.append(True, epoch[1:] != epoch[:-1])
    return EpochStarts(step[begins], epoch[begins], last_step)
