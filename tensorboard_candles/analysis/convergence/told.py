"""What is told of a series of a run: where it is going, beside its like on the other data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tensorboard_candles.analysis.aligned import line_in
from tensorboard_candles.analysis.convergence.diagnosis import Convergence, convergence
from tensorboard_candles.analysis.convergence.generalisation import Gap, gap_between, partner_of
from tensorboard_candles.analysis.convergence.natural import natural_bounds
from tensorboard_candles.analysis.convergence.outlook import FIVE_PERCENT_OF_GAP, Within
from tensorboard_candles.analysis.convergence.words import sentences
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.indicators.alerts.names import train_runs
from tensorboard_candles.ohlc import Polarity, polarity_in
from tensorboard_candles.store import RunView, Series

RunNamed = Callable[[str], RunView | None]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a series, see `convergence`."""

    within: Within = FIVE_PERCENT_OF_GAP
    horizon: int | None = None
    ahead: float = 1.0
    patience: int = 10
    level: float = 0.95
    polarity: Polarity | None = None
    """None: as the run says, or the tag's name."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same measure on training and on validation data."""

    train: Series
    validation: Series


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of one series."""

    convergence: Convergence
    pair: Pair | None
    gap: Gap | None

    @property
    def sentences(self) -> list[str]:
        return sentences(self.convergence, self.gap)


def pair_of(view: RunView, series: Series, run_named: RunNamed) -> Pair | None:
    """The series and its like on the other data: in the same run, or in that beside it, as of Keras."""
    tags = partner_of(series.tag, view.series)
    if tags:
        train, validation = (view.series[tag] for tag in tags)
        return Pair(train, validation)
    beside = (run_named(name) for name in train_runs(view.name))
    train_run = next((run for run in beside if run and series.tag in run.series), None)
    return Pair(train_run.series[series.tag], series) if train_run else None


def told_of(
    view: RunView, series: Series, pair: Pair | None, query: Query, progress: Progress = untold
) -> Told:
    """By the polarity, the unit and the natural bounds that the run's metric has."""
    progress(0, 1, "curves")
    polarity = query.polarity or polarity_in(view, series.tag)
    gap = gap_between(line_in(pair.train), line_in(pair.validation), polarity=polarity) if pair else None
    line, said = line_in(series), view.said.get(series.tag)
    found = convergence(
        line,
        polarity=polarity,
        within=query.within,
        horizon=query.horizon,
        ahead=query.ahead,
        patience=query.patience,
        level=query.level,
        bounds=natural_bounds(series.tag, line.value, unit=said.unit if said else None),
        progress=progress,
    )
    return Told(found, pair, gap)
