"""How far a training is, counted by its thread and told by another."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tensorboard_candles.control.forms import Progress, State

RATE_SECS = 10.0
"""Batches a second are those of so long a time."""


class Place:
    """Where a training is; written at each batch, so these are plain attributes.

    >>> place = Place()
    >>> place.begin_epoch(2)
    >>> place.batches, place.epochs_done
    (None, 2.0)
    """

    __slots__ = ("batch", "batches", "batches_done", "epoch", "epochs", "epochs_done", "is_cut", "left_at")

    def __init__(self, epochs_done: float = 0.0) -> None:
        self.epoch: int | None = None
        self.epochs: int | None = None
        """The number that the last epoch's would be followed by."""
        self.batch: int | None = None
        """Of the epoch, from 0."""
        self.batches: int | None = None
        self.batches_done = 0
        """In all."""
        self.epochs_done = epochs_done
        self.is_cut = False
        """Whether this epoch has ended before its end."""
        self.left_at: float | None = None
        """Epochs done when this one was left: by a `break`, which ends it, or by an error, which does not."""

    def begin_epoch(self, number: int) -> None:
        self.epoch, self.epochs_done, self.is_cut = number, float(number), False
        self.batch = self.batches = self.left_at = None


class Pace:
    """Tells a place as a Progress, with the speed since the last calls or the last pause.

    >>> pace = Pace(Place(), lambda: 7)
    >>> pace.progress("running").step
    7
    """

    def __init__(self, place: Place, step: Callable[[], int | None]) -> None:
        self._place = place
        self._step = step
        self._started_time = time.time()
        self._seen: deque[tuple[float, int]] = deque()

    def progress(self, state: State) -> Progress:
        place = self._place
        # Each is looked at once: the training's thread changes them meanwhile.
        epochs, batch, batches = _whole(place.epochs), _whole(place.batch), _whole(place.batches)
        failed_at = place.left_at if state == "failed" else None
        done = float(place.epochs_done if failed_at is None else failed_at)
        if state == "paused":
            self._seen.clear()
        batches_per_sec = self._batches_per_sec(time.monotonic(), place.batches_done)
        return Progress(
            started_time=self._started_time,
            step=self._step(),
            epoch=place.epoch,
            epochs=epochs,
            batch=None if batch is None else batch + 1,
            batches=batches,
            epochs_done=done,
            batches_per_sec=batches_per_sec,
            remaining_secs=_remaining_secs(done, epochs, batches, batches_per_sec),
        )

    def _batches_per_sec(self, now: float, done: int) -> float | None:
        if self._seen and self._seen[-1][1] == done:
            return self._rate(now, done)
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - RATE_SECS:
            self._seen.popleft()
        return self._rate(now, done)

    def _rate(self, now: float, done: int) -> float | None:
        began, before = self._seen[0]
        return (done - before) / (now - began) if done > before and now > began else None


def _whole(given: int | None) -> int | None:
    """A plain int: training scripts count in numpy's, too, which no JSON holds."""
    return None if given is None else int(given)


def _remaining_secs(
    done: float, epochs: int | None, batches: int | None, batches_per_sec: float | None
) -> float | None:
    if not batches_per_sec or epochs is None or batches is None:
        return None
    return max(epochs - done, 0.0) * batches / batches_per_sec
