"""What a detector says of a series as it is stored, extended as the series grows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import Alert, Detector
from tensorboard_candles.indicators.alerts.names import train_runs, train_tags
from tensorboard_candles.indicators.alerts.training import training_levels
from tensorboard_candles.indicators.alerts.watching import Watched, watches
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.ohlc.lines import line_of
from tensorboard_candles.store import RunView, Series

POINTS_AT_A_TIME = 1 << 16
MOST_KEPT = 10_000
"""Alerts of one detector in one series that are kept; those beyond are only counted."""


@dataclass(frozen=True, slots=True)
class Question:
    """What does this detector say of this series?"""

    series: Series
    detector: Detector
    polarity: Polarity | None = None
    """None where nobody but the tag's name tells it."""
    training: Series | None = None
    """The same measure on training data, for a detector that needs it."""

    points: int = field(init=False)
    """How many points can be looked at by now: those up to which the training has come."""

    def __post_init__(self) -> None:
        # Counted once: of thousands of runs each is asked for it several times at every poll.
        object.__setattr__(self, "points", _points_known(self.series, self.training))


def _points_known(series: Series, training: Series | None) -> int:
    if training is None:
        return len(series)
    if not len(training):
        return 0
    last = training.step[-1]
    if training.run != series.run:  # which may be read later than this one
        return bisect_right(series.step, last)
    return min(bisect_left(series.step, last) + 1, len(series))


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the first `points` points of a series."""

    points: int = 0
    alerts: tuple[Alert, ...] = ()
    count: int = 0
    """How many alerts there are, kept or not."""


class SeriesAlerts:
    """What one detector says of one series, as that grows.

    >>> from tensorboard_candles.indicators.alerts import NonFinite
    >>> steps = np.arange(3)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([0.5, np.nan, 0.4]))
    >>> question = Question(loss, NonFinite())
    >>> found = SeriesAlerts(question)
    >>> found.extend(question)
    >>> [(alert.run, alert.first_step) for alert in found.looked.alerts]
    [('run', 1)]

    `looked` is replaced as a whole, so that others may read it at any time.
    """

    def __init__(self, question: Question) -> None:
        self._watched = Watched(question.series.tag, [question.detector], question.polarity)
        self._alerts: dict[int, Alert] = {}
        self._beyond: set[int] = set()
        self.looked = Looked()

    def extend(self, question: Question) -> None:
        """Look at the next points, at most 65,536; the series holds those seen before, and maybe more."""
        begin = self.looked.points
        end = min(begin + POINTS_AT_A_TIME, question.points)
        steps, values = _points(question.series, slice(begin, end))
        # what overflows is infinite, and as such compared
        with np.errstate(all="ignore"):
            if question.training is not None:
                since = int(question.series.step[begin - 1]) if begin else None
                values = np.column_stack([values, _levels(question.training, steps, since=since)])
            told = [alert for alert, _ in self._watched.step(steps, values)]
        told += self._watched.ongoing()
        for alert in told:
            self._take(replace(alert, run=question.series.run))
        alerts = tuple(self._alerts.values()) if told else self.looked.alerts
        self.looked = Looked(end, alerts, len(self._alerts) + len(self._beyond))

    def _take(self, alert: Alert) -> None:
        """An alert that is told again, with its end or how far it has come, stands in its place."""
        if alert.first_step in self._alerts or len(self._alerts) < MOST_KEPT:
            self._alerts[alert.first_step] = alert
        else:
            self._beyond.add(alert.first_step)


def questions(
    view: RunView,
    detectors: Iterable[Detector],
    *,
    tags: Collection[str] | None = None,
    polarities: Mapping[str, Polarity] | None = None,
    training: RunView | None = None,
) -> list[Question]:
    """What to ask of a run, of all of its tags or of these: of those detectors that make sense of each.

    Tags among `polarities` are judged by those; all others by what the writer said. `training` is the run
    beside it on training data, where there is one; see `training_beside`.
    """
    some, trained, told = list(detectors), _trained(view, training), polarities or {}
    return [
        question
        for tag in (view.series if tags is None else tags)
        if tag in view.series
        for question in _questions(view, tag, trained.get(tag), some, told.get(tag))
    ]


def training_beside(view: RunView, run_named: Callable[[str], RunView | None]) -> RunView | None:
    """The run on training data in the directory where this one, on validation data, lies."""
    return next((found for name in train_runs(view.name) if (found := run_named(name))), None)


def _trained(view: RunView, training: RunView | None) -> Mapping[str, Series]:
    """By tag the same on training data: of this very run, or else of that beside it."""
    own = {tag: view.series[train_tag] for tag, train_tag in train_tags(view.series).items()}
    return {**training.series, **own} if training else own


def _questions(
    view: RunView,
    tag: str,
    training: Series | None,
    detectors: Iterable[Detector],
    polarity: Polarity | None,
) -> Iterator[Question]:
    said = view.said.get(tag)
    polarity = polarity or (said.polarity if said else None)
    for one in detectors:
        if watches(one, tag, described=polarity is not None, validates=training is not None):
            yield Question(view.series[tag], one, polarity, training if one.needs_training else None)


def alerts_in(
    view: RunView,
    detectors: Iterable[Detector],
    *,
    tags: Collection[str] | None = None,
    training: RunView | None = None,
) -> Iterator[Alert]:
    """All alerts of a run, of all of its tags or of these; see `questions` and `in_order`."""
    for question in questions(view, detectors, tags=tags, training=training):
        found = SeriesAlerts(question)
        while found.looked.points < question.points:
            found.extend(question)
        yield from found.looked.alerts


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """By run, then by step."""
    return sorted(alerts, key=lambda alert: (alert.run, alert.first_step, alert.tag, alert.detector))


def _points(series: Series, rows: slice) -> tuple[Int64Array, Float64Array]:
    """Steps and values; of candles that the writer made their four prices, and NaN where they count one."""
    if series.candles is None:
        return series.step[rows], series.value[rows].astype(np.float64)
    line, made = line_of(series.rows(rows)), series.candles.rows[rows]
    # where no number is finite, the open is NaN already
    hides = (made["nonfinite"] > 0) & (made["count"] > 0)
    steps = np.concatenate([line.step[:], series.step[rows][hides]])
    order = np.argsort(steps, kind="stable")
    values = np.concatenate([line.value, np.full(np.count_nonzero(hides), np.nan)])
    return steps[order], values[order]


def _levels(training: Series, at: Int64Array, *, since: int | None) -> Float64Array:
    """How the training stood at each of these steps."""

    def values_of(begin: int, end: int) -> Float64Array:
        return _points(training, slice(begin, end))[1]

    return training_levels(training.step, values_of, at, since=since)
