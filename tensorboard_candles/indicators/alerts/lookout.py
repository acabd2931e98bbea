"""Alerts of many long series, found in a thread of their own while requests take what is there."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tensorboard_candles.indicators.alerts.detector import Detector
from tensorboard_candles.indicators.alerts.series import Looked, Question, SeriesAlerts
from tensorboard_candles.indicators.alerts.watching import DEFAULTS
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.store import Lineage

MOST_DETECTORS = 32
"""Settings beside the defaults whose findings are kept; those asked for longest ago are forgotten."""

_Key = tuple[Detector, Polarity | None, tuple[str, str] | None]
MOST_PAUSE_SECS = 1.0
"""After that long a piece is looked at: whatever else is asked for all the time, alerts are found."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is known by now."""

    question: Question
    looked: Looked
    has_failed: bool
    """The detector could not make anything of the series: there is no more to come."""

    @property
    def is_whole(self) -> bool:
        return self.has_failed or self.looked.points >= self.question.points


class _Kept:
    """What is kept of one detector in one series."""

    def __init__(self, question: Question) -> None:
        self.alerts = SeriesAlerts(question)
        self.turn = 0
        self.has_failed = False


class Lookout:
    """Answers questions with what is known, and goes on to find out the rest.

    What was found stays as long as the series does, and is extended as it grows. One thread looks, a piece of
    a series at a time, and waits while nothing is asked. The last who asked come first; among theirs, what
    was looked at least lately.
    """

    def __init__(self, *, most_pause_secs: float = MOST_PAUSE_SECS) -> None:
        self._most_pause_secs = most_pause_secs
        self._changed = threading.Condition()
        self._kept: WeakKeyDictionary[Lineage, dict[_Key, _Kept]] = WeakKeyDictionary()
        self._detectors: dict[Detector, None] = {}
        self._wanted: dict[_Kept, Question] = {}
        self._turn = 0
        self._pauses = 0
        self._thread: threading.Thread | None = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Next to nothing is looked at meanwhile: many small steps would wait for a turn each."""
        with self._changed:
            self._pauses += 1
        try:
            yield
        finally:
            with self._changed:
                self._pauses -= 1
                self._changed.notify_all()

    def ask(self, questions: Sequence[Question], *, within_secs: float) -> list[Reply]:
        """A reply to each question; waits so long for those that are not known to the end."""
        with self._changed:
            kept = [self._of(question) for question in questions]
            self._forget_detectors(questions)
            pairs = list(zip(questions, kept, strict=True))
            self._want([(one, question) for question, one in pairs if not _reply(question, one).is_whole])
            self._wait(kept, time.monotonic() + within_secs)
            return [_reply(question, one) for question, one in pairs]

    def _of(self, question: Question) -> _Kept:
        of_series = self._kept.setdefault(question.series.lineage, {})
        beside = question.training
        training = None if beside is None else (beside.run, beside.tag)
        key = question.detector, question.polarity, training
        if key not in of_series:
            of_series[key] = _Kept(question)
        return of_series[key]

    def _forget_detectors(self, questions: Sequence[Question]) -> None:
        for detector in {
            question.detector: None for question in questions if question.detector not in DEFAULTS
        }:
            self._detectors.pop(detector, None)
            self._detectors[detector] = None
        while len(self._detectors) > MOST_DETECTORS:
            oldest = next(iter(self._detectors))
            del self._detectors[oldest]
            for of_series in self._kept.values():
                for key in [key for key in of_series if key[0] == oldest]:
                    self._wanted.pop(of_series.pop(key), None)

    def _want(self, pairs: list[tuple[_Kept, Question]]) -> None:
        if not pairs:
            return
        first = dict(sorted(pairs, key=lambda pair: pair[0].turn))
        self._wanted = {**first, **{one: it for one, it in self._wanted.items() if one not in first}}
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="candles-lookout", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _wait(self, kept: list[_Kept], until: float) -> None:
        left = list(kept)
        while left:
            if left[-1] not in self._wanted:
                left.pop()
            elif not self._changed.wait(until - time.monotonic()):
                return

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted)
                self._changed.wait_for(lambda: not self._pauses, timeout=self._most_pause_secs)
            # a call of its own, that keeps no series alive when it is over
            self._look_at_next()

    def _look_at_next(self) -> None:
        with self._changed:
            if not self._wanted:  # forgotten in the meantime
                return
            kept, question = next(iter(self._wanted.items()))
            self._turn += 1
            kept.turn = self._turn
        self._look(kept, question)
        with self._changed:
            # it may have grown in the meantime
            if _reply(self._wanted.get(kept, question), kept).is_whole:
                self._wanted.pop(kept, None)
                self._changed.notify_all()

    def _look(self, kept: _Kept, question: Question) -> None:
        try:
            kept.alerts.extend(question)
        except Exception:
            # The thread's last line of defence: the other series are looked at all the same.
            logger.exception(
                "A detector failed in tag %r of run %r", question.series.tag, question.series.run
            )
            kept.has_failed = True


def _reply(question: Question, kept: _Kept) -> Reply:
    return Reply(question, kept.alerts.looked, kept.has_failed)
