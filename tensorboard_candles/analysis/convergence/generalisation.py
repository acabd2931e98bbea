"""How much worse a metric is on validation data than on training data, and whether that grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.names import train_tags
from tensorboard_candles.indicators.alerts.training import training_levels
from tensorboard_candles.ohlc import Polarity

LEAST_EVALUATIONS = 5
_LAST = 5
"""So many evaluations are how it is now."""
_SURE = 0.05


@dataclass(frozen=True, slots=True)
class Gap:
    """Positive where validation is worse, whichever way is better."""

    now: float
    """Median of the last five evaluations."""
    at_best: float
    """Where validation was best."""
    best_step: int
    change: float
    """From the best to the end, by Theil and Sen's slope."""
    is_widening: bool
    """Whether that is more than chance, by Mann and Kendall's test at 5 %."""
    evaluations: int
    step: Int64Array
    """Of each evaluation that both have a value for."""
    gap: Float64Array


def gap_between(train: Line, validation: Line, *, polarity: Polarity) -> Gap | None:
    """The gap at each evaluation; the training stands with its median since the one before.

    >>> step = np.arange(100)
    >>> train = Line(step, 2.0 - step / 100)
    >>> validation = Line(step[9::10], np.maximum(2.0 - step[9::10] / 100, 1.5))
    >>> found = gap_between(train, validation, polarity="lower_is_better")
    >>> found.best_step, found.is_widening, round(found.now, 2)
    (59, True, 0.25)

    None where there are fewer than five evaluations.
    """
    levels = training_levels(
        train.step, lambda a, b: train.value[a:b].astype(np.float64), validation.step, since=None
    )
    sign = 1.0 if polarity == "lower_is_better" else -1.0
    with np.errstate(invalid="ignore", over="ignore"):
        gap = sign * (validation.value.astype(np.float64) - levels)
    is_known = np.isfinite(gap)
    if np.count_nonzero(is_known) < LEAST_EVALUATIONS:
        return None
    step, gap = validation.step[is_known], gap[is_known]
    best = int(np.argmin(sign * validation.value[is_known]))
    change, is_widening = _growth(gap[best:])
    return Gap(
        now=float(np.median(gap[-_LAST:])),
        at_best=float(gap[best]),
        best_step=int(step[best]),
        change=change,
        is_widening=is_widening,
        evaluations=len(step),
        step=step,
        gap=gap,
    )


def _growth(gap: Float64Array) -> tuple[float, bool]:
    with needing("scipy"):
        from scipy.stats import kendalltau, theilslopes
    if len(gap) < LEAST_EVALUATIONS or (gap == gap[0]).all():
        return 0.0, False
    # Of many evaluations every so many: slopes are of all pairs.
    some = gap[:: -(-len(gap) // 1000)]
    slope = float(theilslopes(some).slope)
    trend = kendalltau(np.arange(len(some)), some)
    return slope * (len(some) - 1), bool(slope > 0 and trend.pvalue < _SURE)


def partner_of(tag: str, tags: Mapping[str, object]) -> tuple[str, str] | None:
    """Tags of the same measure on training and on validation data, of which one is that tag.

    >>> partner_of("train/loss", {"train/loss": 1, "val/loss": 2, "lr": 3})
    ('train/loss', 'val/loss')
    >>> partner_of("lr", {"train/loss": 1, "val/loss": 2, "lr": 3}) is None
    True
    """
    pairs = train_tags(tags)
    if tag in pairs:
        return pairs[tag], tag
    return next(((train, val) for val, train in pairs.items() if train == tag), None)
