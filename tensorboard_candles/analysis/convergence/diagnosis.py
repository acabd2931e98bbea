"""Where a metric is going: its plateau, how far it is, how calm, when it was best."""

from __future__ import annotations

import itertools
import typing
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.convergence.best_step import Best, best_of, has_turned
from tensorboard_candles.analysis.convergence.curves import levels_off
from tensorboard_candles.analysis.convergence.misfit import is_misfit
from tensorboard_candles.analysis.convergence.natural import UNBOUNDED, Bounds
from tensorboard_candles.analysis.convergence.noise import bins_of
from tensorboard_candles.analysis.convergence.outlook import FIVE_PERCENT_OF_GAP, Outlook, Within, outlook
from tensorboard_candles.analysis.convergence.plateau import Plateau, plateau
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import Polarity

LEAST_POINTS = 8
WINDOWS = 20
"""Of equally many points, that volatility is told of."""
_AHEAD = 100
"""Steps behind the last one at which the curve is told."""
_ROBUST = 1.4826 / np.sqrt(2)

Verdict = typing.Literal[
    "converged", "converging", "straight", "flat", "turned", "unlike", "nonfinite", "too-few"
]


@dataclass(frozen=True, slots=True)
class Volatility:
    """How far points lie apart that follow each other: σ of independent noise that would do so."""

    early: float
    """Median of the first fifth of all windows; NaN of fewer than eight points."""
    late: float
    """Of the last fifth."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Columns of equal length: bins of the series, then steps up to the horizon."""

    step: Float64Array
    """Mean step of each bin."""
    value: Float64Array
    """Mean of each bin; NaN ahead of the last step, as `lowest` and `highest` are."""
    lowest: Float64Array
    highest: Float64Array
    count: Int64Array
    curve: Float64Array
    """NaN where there is none."""
    low: Float64Array
    """Of a band around the curve."""
    high: Float64Array


@dataclass(frozen=True, slots=True)
class Convergence:
    """What there is to be said of a series.

    The verdict is `converged` or `converging` where a curve levels off, `straight` where no plateau is in
    sight, `flat` where nothing changes, `turned` where it was better before, `unlike` where no curve fits
    (`is_misfit`), `nonfinite` where it ends without a number, and `too-few` where there are not eight points.
    """

    verdict: Verdict
    polarity: Polarity
    points: int
    """Finite ones."""
    nonfinite: int
    first_step: int
    """Of the finite points; 0 where there is none."""
    last_step: int
    horizon: int
    """The last step that is told of."""
    bounds: Bounds
    """Which it is known not to leave."""
    volatility: Volatility
    best: Best | None
    outlook: Outlook | None
    """None where no curve is told."""
    drawn: Drawn


def convergence(
    line: Line,
    *,
    polarity: Polarity = "lower_is_better",
    within: Within = FIVE_PERCENT_OF_GAP,
    horizon: int | None = None,
    ahead: float = 1.0,
    patience: int = 10,
    level: float = 0.95,
    bounds: Bounds = UNBOUNDED,
    progress: Progress = untold,
) -> Convergence:
    """Where a metric is going.

    >>> step = np.arange(1000)
    >>> noise = 0.02 * np.random.default_rng(0).normal(size=1000)
    >>> found = convergence(Line(step, 0.5 + np.exp(-step / 150) + noise))
    >>> found.verdict, found.outlook.model
    ('converged', 'exponential')
    >>> round(found.outlook.asymptote.value, 1), round(found.outlook.half_life.value, -1)
    (0.5, 100.0)

    Converged is what is `within` 5 % of the whole way from the plateau. The horizon is `ahead` spans away.
    `patience` counts evaluations (`best_of`), `level` is the probability that intervals are made for. Neither
    a plateau nor an interval leaves `bounds` (`natural_bounds`), which have to hold all finite values.
    """
    is_finite = np.isfinite(line.value)
    step, value = line.step[is_finite], line.value[is_finite].astype(np.float64)
    best = best_of(step, value, polarity=polarity, patience=patience) if len(step) else None
    verdict = _without_curve(is_finite, value, polarity)
    horizon = _horizon(step, ahead) if horizon is None else horizon
    fits, told = None, None
    if verdict is None:
        x = _since(step)
        fits = plateau(x / x[-1], value, level=level, bounds=bounds, progress=progress)
        fits = None if _is_unlike(fits, x / x[-1], value) else fits
    if fits:
        ends = int(step[0]), int(step[-1])
        told = outlook(fits, first_step=ends[0], last_step=ends[1], horizon=horizon, within=within)
    return Convergence(
        verdict=verdict or (_verdict(told, int(step[-1])) if told else "unlike"),
        polarity=polarity,
        points=len(step),
        nonfinite=len(line.step) - len(step),
        first_step=int(step[0]) if len(step) else 0,
        last_step=int(step[-1]) if len(step) else 0,
        horizon=horizon,
        bounds=bounds,
        volatility=volatility(value),
        best=best,
        outlook=told,
        drawn=_drawn(step, value, fits, horizon),
    )


def _without_curve(
    is_finite: np.typing.NDArray[np.bool_], value: Float64Array, polarity: Polarity
) -> Verdict | None:
    if len(value) < LEAST_POINTS:
        return "too-few"
    if _ends_without_number(is_finite):
        return "nonfinite"
    return "turned" if has_turned(value, polarity=polarity) else None


def _ends_without_number(is_finite: np.typing.NDArray[np.bool_]) -> bool:
    """Whether it lacks a number for longer at its end than anywhere before."""
    finite = np.flatnonzero(is_finite)
    behind = len(is_finite) - 1 - int(finite[-1])
    return behind > int(np.diff(finite).max(initial=1)) - 1


def _is_unlike(fits: Plateau, u: Float64Array, value: Float64Array) -> bool:
    best = fits.best.fit
    return best.model != "constant" and is_misfit(value, fits.offset + fits.unit * best(u))


def _verdict(told: Outlook, last_step: int) -> Verdict:
    if not levels_off(told.model):
        return "flat" if told.model == "constant" else "straight"
    return "converged" if told.converged_step.value <= last_step else "converging"


def _since(step: Int64Array) -> Float64Array:
    """Steps since the first: their differences are exact where they themselves are no doubles.

    >>> _since(np.array([2**62, 2**62 + 1]))
    array([0., 1.])
    """
    # The difference of two int64 fits into an uint64.
    since = step.view(np.uint64) - step.view(np.uint64)[0]
    return np.asarray(since, np.float64)


def _horizon(step: Int64Array, ahead: float) -> int:
    if not len(step):
        return 0
    first, last = int(step[0]), int(step[-1])
    return min(last + round(ahead * (last - first)), np.iinfo(np.int64).max)


def _drawn(step: Int64Array, value: Float64Array, fits: Plateau | None, horizon: int) -> Drawn:
    if not len(step):
        none = np.empty(0)
        return Drawn(none, none, none, none, np.empty(0, np.int64), none, none, none)
    first, last = int(step[0]), int(step[-1])
    bins, span = bins_of(_since(step), value), float(last - first)
    shows_ahead = fits is not None and fits.best.fit.model != "line" and horizon > last
    ahead = np.linspace(span, horizon - first, _AHEAD + 1)[1:] if shows_ahead else np.empty(0)
    since = np.append(bins.x, ahead)
    missing, unknown = np.full(len(ahead), np.nan), np.full(len(since), np.nan)
    curve, low, high = fits.at(since / span) if fits else (unknown, unknown, unknown)
    return Drawn(
        step=since + first,
        value=np.append(bins.mean, missing),
        lowest=np.append(bins.lowest, missing),
        highest=np.append(bins.highest, missing),
        count=np.append(bins.count, np.zeros(len(ahead), np.int64)),
        curve=curve,
        low=low,
        high=high,
    )


def volatility(values: Float64Array) -> Volatility:
    """Of an early and a late fifth of all windows of points.

    >>> values = np.concatenate([np.tile([0.0, 1.0], 50), np.tile([0.0, 0.1], 50)])
    >>> found = volatility(values)
    >>> round(found.late / found.early, 3)
    0.1
    """
    windows = min(WINDOWS, len(values) // 4)
    if windows < 2:
        return Volatility(np.nan, np.nan)
    begin = np.arange(windows + 1) * len(values) // windows
    values = values / 2  # a difference of the largest doubles is none any more
    some = [
        2 * (_ROBUST * float(np.median(np.abs(np.diff(values[a:b])))))
        for a, b in itertools.pairwise(begin.tolist())
    ]
    fifth = max(windows // 5, 1)
    return Volatility(float(np.median(some[:fifth])), float(np.median(some[-fifth:])))
