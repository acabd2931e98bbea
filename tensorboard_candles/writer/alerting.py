"""Those who are called when a training goes wrong.

The output thread hands on what it writes; a thread of our own looks at it and calls. So neither a slow
callback nor one that raises holds up the training or its log. To look costs no more than a twentieth of one
core: with thousands of tags it is done every few seconds instead of after each flush.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from multiprocessing.util import Finalize

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadRequest, WriterError
from tensorboard_candles.indicators.alerts import Alert, Detector, Polarity, Watched, detectors_named, watches
from tensorboard_candles.writer.logged import Logged
from tensorboard_candles.writer.validating import Validating

CLOSE_WITHIN_SECS = 10.0
"""How long close() waits for callbacks."""
KEEP_POINTS = 4_000_000
"""How many points wait for a callback that does not return; what is logged beyond is not looked at."""

_SHARE = 20
_log = logging.getLogger("tensorboard_candles")
_all: weakref.WeakSet[Alerting] = weakref.WeakSet()

Callback = Callable[[Alert], object]


@dataclass(slots=True)
class _Subscription:
    callback: Callback
    detectors: tuple[Detector, ...]
    tags: Collection[str] | None
    has_raised: bool = False

    def detectors_of(self, tag: str, *, described: bool, of_two: bool) -> list[Detector]:
        """Those that look at a tag alone, or at it and the training beside it."""
        some = [one for one in self.detectors if one.needs_training == of_two]
        if self.tags is not None:
            return some if tag in self.tags else []
        return [one for one in some if watches(one, tag, described=described, validates=of_two)]


class Alerting:
    """Looks at what it is given in a thread of its own, and calls those who asked for it.

    `polarities` are those that were described; it may grow.
    """

    def __init__(self, run: str, polarities: Mapping[str, Polarity]) -> None:
        self._run_name = run
        self._polarities = polarities
        self._subscriptions: list[_Subscription] = []
        self._begin()
        _all.add(self)

    def _begin(self) -> None:
        self._waiting: deque[Mapping[str, Logged]] = deque()
        self._points_waiting = 0
        self._is_dropping = False
        self._watched: dict[tuple[int, str, int], Watched] = {}
        self._validating = Validating()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def subscription(
        self, what: Sequence[Callback | str | Detector], tags: Collection[str] | None
    ) -> Callback | Callable[[Callback], Callback]:
        """As `Tracker.on_alert` takes it: a callback and kinds, or kinds and then the callback."""
        callback, kinds = (what[0], what[1:]) if what and callable(what[0]) else (None, what)
        if isinstance(tags, str):
            raise WriterError(f"tags must be a collection of tags, got the string {tags!r}")
        for kind in kinds:
            if not isinstance(kind, str | Detector):
                raise WriterError(f"a kind of alert is its name or a detector, got {kind!r}")
        try:
            detectors = detectors_named(kind for kind in kinds if isinstance(kind, str | Detector))
        except BadRequest as error:
            raise WriterError(str(error)) from None

        def subscribe(callback: Callback) -> Callback:
            self._subscriptions.append(_Subscription(callback, detectors, tags))
            return callback

        return subscribe if callback is None else subscribe(callback)

    def listen(self, columns: Mapping[str, Logged]) -> None:
        """Take what was logged, in the output thread: nothing is done here."""
        if self._closing.is_set():
            return
        if self._points_waiting > KEEP_POINTS:
            self._is_dropping = True
            return
        self._points_waiting += sum(map(len, columns.values()))
        self._waiting.append(columns)
        if self._thread is None:
            self._start()
        self._wake.set()

    def close(self) -> None:
        """Return when all that was taken is looked at and told, or `CLOSE_WITHIN_SECS` are over."""
        self._closing.set()
        self._wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(CLOSE_WITHIN_SECS)
            if thread.is_alive():
                _log.warning("a callback of on_alert has not returned for %g seconds", CLOSE_WITHIN_SECS)

    def forget_parent(self) -> None:
        """In a forked child, which has no such thread: what it logs is a series of its own."""
        self._begin()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="candles-alerts", daemon=True)
        self._thread.start()
        if parent_process() is not None:
            # a worker of multiprocessing ends without atexit; after its event file was closed
            Finalize(None, self.close, exitpriority=-1)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            closing = self._closing.is_set()  # before all is taken: what was logged before close() is told
            cost = self._look()
            if closing and not self._waiting:
                return
            self._closing.wait((_SHARE - 1) * cost)

    def _look(self) -> float:
        """Tell of all that waits; returns the seconds of this thread's CPU that finding it took."""
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._points_waiting = 0
        if self._is_dropping:
            self._is_dropping = False
            _log.warning("a callback of on_alert is too slow: some of what was logged was not looked at")
        begin = time.thread_time()
        columns = _joined(taken)
        looked_at = [(tag, points.step, points.value) for tag, points in columns.items()]
        if any(one.needs_training for each in self._subscriptions for one in each.detectors):
            beside = self._validating.beside(columns)
            looked_at += [(tag, columns[tag].step, values) for tag, values in beside.items()]
        found = [
            (subscription, alert)
            for number, subscription in enumerate(self._subscriptions)
            for tag, step, values in looked_at
            for alert in self._found(number, subscription, tag, step, values)
        ]
        cost = time.thread_time() - begin
        for subscription, alert in found:
            self._call(subscription, alert)
        return cost

    def _found(
        self,
        number: int,
        subscription: _Subscription,
        tag: str,
        step: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64],
    ) -> list[Alert]:
        key = number, tag, values.ndim
        watched = self._watched.get(key)
        if watched is None:
            polarity = self._polarities.get(tag)
            described, of_two = polarity is not None, values.ndim == 2
            detectors = subscription.detectors_of(tag, described=described, of_two=of_two)
            watched = self._watched[key] = Watched(tag, detectors, polarity)
        try:
            told = watched.step(step, values)
        except Exception:  # noqa: BLE001, a detector may be the user's: the others go on
            _log.exception(
                "a detector failed on %r, which is not watched any more; alerts of others go on", tag
            )
            self._watched[key] = Watched(tag, ())
            return []
        return [replace(alert, run=self._run_name) for alert, event in told if not event.again]

    def _call(self, subscription: _Subscription, alert: Alert) -> None:
        try:
            subscription.callback(alert)
        except Exception:  # noqa: BLE001, it is not our code: what it raises is said, and training goes on
            if not subscription.has_raised:
                subscription.has_raised = True
                _log.exception("a callback of on_alert failed; training and logging go on, and so do alerts")


def _joined(taken: list[Mapping[str, Logged]]) -> Mapping[str, Logged]:
    if len(taken) == 1:
        return taken[0]
    pieces: dict[str, list[Logged]] = {}
    for columns in taken:
        for tag, points in columns.items():
            pieces.setdefault(tag, []).append(points)
    return {
        tag: Logged(
            np.concatenate([piece.step for piece in some]),
            np.concatenate([piece.wall_time for piece in some]),
            np.concatenate([piece.value for piece in some]),
        )
        for tag, some in pieces.items()
    }


def _forget_parents() -> None:
    for alerting in list(_all):
        alerting.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)
