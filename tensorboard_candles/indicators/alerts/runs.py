"""What is known of whole runs, kept as long as nothing in them changes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from weakref import WeakKeyDictionary

from tensorboard_candles.indicators.alerts.detector import Alert, Detector
from tensorboard_candles.indicators.alerts.lookout import Lookout, Reply
from tensorboard_candles.indicators.alerts.series import Question, questions
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.store import Lineage, RunView

MOST_INQUIRIES = 8
"""That are kept; the one asked for longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of every run."""

    detectors: tuple[Detector, ...]
    tags: frozenset[str] | None = None
    """None: all of them."""
    polarities: frozenset[tuple[str, Polarity]] = frozenset()
    """By tag, of those that are judged by these, whatever is known of them."""


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run, and that on training data beside it."""

    view: RunView
    training: RunView | None

    @property
    def versions(self) -> tuple[str, str | None]:
        """Nothing is found anew as long as these are the same."""
        return self.view.version, self.training.version if self.training else None


@dataclass(frozen=True, slots=True)
class RunAlerts:
    """What was found in a run by now."""

    alerts: tuple[Alert, ...]
    series: int
    """How many were, or are to be, looked at."""
    unfinished: int
    """How many of them were not looked at to their end."""
    points_done: int
    points_total: int
    failed: int
    """How many times a detector could not make anything of a series."""
    not_kept: int
    """Alerts beyond those that are kept of one series."""

    @staticmethod
    def of(replies: Sequence[Reply]) -> RunAlerts:
        return RunAlerts(
            tuple(alert for it in replies for alert in it.looked.alerts),
            len({it.question.series.lineage for it in replies}),
            len({it.question.series.lineage for it in replies if not it.is_whole}),
            sum(min(it.looked.points, it.question.points) for it in replies),
            sum(it.question.points for it in replies),
            sum(it.has_failed for it in replies),
            sum(it.looked.count - len(it.looked.alerts) for it in replies),
        )


_Found = tuple[tuple[str, str | None], RunAlerts]


class RunLookout:
    """Asks a lookout about runs, and does not ask again about those in which nothing has changed.

    What is kept of a run goes with it: it is held by the lineage of its first series.
    """

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._lock = threading.Lock()
        self._known: dict[Inquiry, WeakKeyDictionary[Lineage, _Found]] = {}

    def ask(self, inquiry: Inquiry, asked: Sequence[AskedRun], *, within_secs: float) -> list[RunAlerts]:
        """What is known of each run; waits so long for what is not known to the end."""
        known = self._known_of(inquiry)
        with self._lock:
            found = [_recalled(known, run) for run in asked]
        changed = [run for run, one in zip(asked, found, strict=True) if one is None]
        looked = self._look(inquiry, changed, within_secs=within_secs)
        with self._lock:
            for run, one in zip(changed, looked, strict=True):
                if not one.unfinished:
                    known[_anchor(run.view)] = run.versions, one
        fresh = iter(looked)
        return [one or next(fresh) for one in found]

    def _known_of(self, inquiry: Inquiry) -> WeakKeyDictionary[Lineage, _Found]:
        with self._lock:
            self._known[inquiry] = known = self._known.pop(inquiry, WeakKeyDictionary())
            while len(self._known) > MOST_INQUIRIES:
                del self._known[next(iter(self._known))]
            return known

    def _look(self, inquiry: Inquiry, asked: Sequence[AskedRun], *, within_secs: float) -> list[RunAlerts]:
        every: list[Question] = []
        begins = [0]
        polarities = dict(inquiry.polarities)
        for run in asked:
            every += questions(
                run.view,
                inquiry.detectors,
                tags=inquiry.tags,
                polarities=polarities,
                training=run.training,
            )
            begins.append(len(every))
        replies = self._lookout.ask(every, within_secs=within_secs)
        return [RunAlerts.of(replies[begin:end]) for begin, end in pairwise(begins)]


def _recalled(known: WeakKeyDictionary[Lineage, _Found], run: AskedRun) -> RunAlerts | None:
    versions, found = known.get(_anchor(run.view), (None, None))
    return found if versions == run.versions else None


def _anchor(view: RunView) -> Lineage:
    """Of a run without series one that nothing is kept by."""
    return next((one.lineage for one in view.series.values()), Lineage())
