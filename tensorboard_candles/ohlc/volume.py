"""Volume: how much was going on in each candle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc.axes import Axis
from tensorboard_candles.ohlc.candles import Candles
from tensorboard_candles.ohlc.cuts import Placed
from tensorboard_candles.store import RunView, Series

COUNT = "count"
"""The volume of a run without a gradient norm: how many points each candle holds."""

_GRADIENT_NORM = re.compile(r"grad(ient)?s?.{0,16}norm", re.IGNORECASE | re.DOTALL)


def is_gradient_norm(tag: str) -> bool:
    """Whether a tag is named as gradient norms are.

    >>> is_gradient_norm("train/grad_norm/layer1"), is_gradient_norm("grad/mean")
    (True, False)
    """
    return _GRADIENT_NORM.search(tag) is not None


def volume_tag_of(tags: Iterable[str]) -> str:
    """The tag that is a run's volume: its gradient norm, else COUNT.

    >>> volume_tag_of(["loss", "train/grad_norm", "train/grad_norm/layer1"]), volume_tag_of(["loss"])
    ('train/grad_norm', 'count')
    """
    named = [tag for tag in tags if is_gradient_norm(tag)]
    return min(named, key=lambda tag: (len(tag), tag), default=COUNT)


def volume_tag_in(run: RunView, tag: str | None = None) -> str:
    """The tag that is the volume of a tag of a run, or of the run.

    >>> from dataclasses import replace
    >>> from tensorboard_candles.events import TagInfo
    >>> from tensorboard_candles.events.points import no_points
    >>> said = {"loss": TagInfo(volume="lr"), "acc": TagInfo(volume="not logged yet")}
    >>> series = {tag: Series.of("a", tag, no_points()) for tag in ("acc", "grad_norm", "loss", "lr")}
    >>> run = RunView("a", "1", series, no_points(), 0.0, 0.0, said)
    >>> volume_tag_in(run, "loss"), volume_tag_in(run), volume_tag_in(replace(run, said={}))
    ('lr', 'lr', 'grad_norm')

    A tag's is the one that the writer named for it, if the run has such a tag; else the run's. That is the
    one that the writer named for most tags, of several the shortest; else the gradient norm, else COUNT.
    """
    known = {COUNT, *run.series}
    named = {one: info.volume for one, info in run.said.items() if info.volume in known}
    if tag is not None and (own := named.get(tag)):
        return own
    times = Counter(volume for one, volume in named.items() if volume and one in run.series)
    most = min(times, key=lambda volume: (-times[volume], len(volume), volume), default=None)
    return most or volume_tag_of(run.series)


def volume_of(found: Candles, axis: Axis, volume: Series | None) -> Float64Array:
    """Volume of each candle: the mean of the volume series' finite points in its bucket, NaN without one.

    Where there is no such series, the number of points in the candle, finite or not.
    """
    if volume is None:
        return (found.count + found.nonfinite).astype(np.float64)
    column = np.full(len(found), np.nan)
    if len(volume) and len(found):
        cut = Placed.of(volume, axis).at(found.bucket, found.width)
        sums = cut.levels.summary(cut.series, cut.begin, cut.end)
        means = np.where(sums.count > 0, sums.mean, np.nan)
        column[np.searchsorted(found.bucket, cut.bucket)] = means
    return column
