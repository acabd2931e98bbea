"""What a detector says of a series as it is stored, extended as the series grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import Alert, Detector
from tensorboard_candles.indicators.alerts.watching import Watched, watches
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.ohlc.lines import line_of
from tensorboard_candles.store import RunView, Series

POINTS_AT_A_TIME = 1 << 16
MOST_KEPT = 10_000
"""Alerts of one detector in one series that are kept; those beyond are only counted."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the first `points` points of a series."""

    points: int = 0
    alerts: tuple[Alert, ...] = ()
    count: int = 0
    """How many alerts there are, kept or not."""


class SeriesAlerts:
    """What one detector says of one series.

    >>> from tensorboard_candles.indicators.alerts import NonFinite
    >>> steps = np.arange(3)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([0.5, np.nan, 0.4]))
    >>> found = SeriesAlerts(NonFinite(), "loss")
    >>> found.extend(loss)
    >>> [(alert.run, alert.first_step) for alert in found.looked.alerts]
    [('run', 1)]

    `polarity` is None where nobody but the tag's name tells it. `looked` is replaced as a whole, so that
    others may read it at any time.
    """

    def __init__(self, detector: Detector, tag: str, polarity: Polarity | None = None) -> None:
        self._watched = Watched(tag, [detector], polarity)
        self._alerts: dict[int, Alert] = {}
        self._beyond: set[int] = set()
        self.looked = Looked()

    def extend(self, series: Series) -> None:
        """Look at the next points, at most 65,536; `series` holds those seen before, and maybe more."""
        begin = self.looked.points
        end = min(begin + POINTS_AT_A_TIME, len(series))
        # what overflows is infinite, and as such compared
        with np.errstate(all="ignore"):
            told = self._watched.step(*_points(series, slice(begin, end)))
        for alert, _ in told:
            self._take(replace(alert, run=series.run))
        alerts = tuple(self._alerts.values()) if told else self.looked.alerts
        self.looked = Looked(end, alerts, len(self._alerts) + len(self._beyond))

    def _take(self, alert: Alert) -> None:
        """An alert that is told again, with its end, stands in its place."""
        if alert.first_step in self._alerts or len(self._alerts) < MOST_KEPT:
            self._alerts[alert.first_step] = alert
        else:
            self._beyond.add(alert.first_step)


def watched_in(
    view: RunView, tag: str, detectors: Iterable[Detector], polarity: Polarity | None = None
) -> tuple[list[Detector], Polarity | None]:
    """Those detectors that make sense of a tag, and its polarity: that one, else what its writer said."""
    said = view.said.get(tag)
    polarity = polarity or (said.polarity if said else None)
    return [one for one in detectors if watches(one, tag, described=polarity is not None)], polarity


def alerts_in(view: RunView, tag: str, detectors: Sequence[Detector]) -> Iterator[Alert]:
    """All alerts of a tag of a run; see `in_order`."""
    series = view.series[tag]
    some, polarity = watched_in(view, tag, detectors)
    for detector in some:
        found = SeriesAlerts(detector, tag, polarity)
        while found.looked.points < len(series):
            found.extend(series)
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
