"""A progress line (tqdm's) that shows the forming candle of one metric.

    epoch 3:  40%|████      | 375/938 [00:04<00:06, 91.5it/s, loss open 0.52 high 0.91 low 0.33 close 0.41 ▼]

What it shows was on its way to the file anyway: nothing waits for a device, and it is a second old at most.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np

from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.logged import Logged
from tensorboard_candles.writer.ranks import this_rank
from tensorboard_candles.writer.silent_file import SilentFile

END_WITHIN_SECS = 1.0
"""How long the end of a line waits for its last points."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Candle:
    """Of the points of one tag so far; prices are NaN where none was finite."""

    open: float = np.nan
    high: float = np.nan
    low: float = np.nan
    close: float = np.nan
    nonfinite: int = 0

    def with_points(self, value: np.ndarray[Any, np.dtype[np.float64]]) -> Candle:
        """The candle of these points, too.

        >>> Candle().with_points(np.array([0.5, 0.75])).with_points(np.array([np.nan, 0.25]))
        Candle(open=0.5, high=0.75, low=0.25, close=0.25, nonfinite=1)
        """
        finite = value[np.isfinite(value)]
        nonfinite = self.nonfinite + len(value) - len(finite)
        if not len(finite):
            return Candle(self.open, self.high, self.low, self.close, nonfinite)
        first, last = float(finite[0]), float(finite[-1])
        high, low = float(np.fmax(self.high, finite.max())), float(np.fmin(self.low, finite.min()))
        return Candle(first if np.isnan(self.open) else self.open, high, low, last, nonfinite)

    def line(self, tag: str, *, ascii_only: bool = False) -> str:
        """In words.

        >>> print(Candle(0.52, 0.91, 0.33, 0.41).line("loss"))
        loss open 0.52 high 0.91 low 0.33 close 0.41 ▼
        >>> print(Candle(0.5, 0.5, 0.5, 0.5, nonfinite=2).line("acc", ascii_only=True))
        acc open 0.5 high 0.5 low 0.5 close 0.5 flat, 2 non-finite
        """
        words = [tag]
        if not np.isnan(self.open):
            moved = int(np.sign(self.close - self.open))
            words += [f"{name} {getattr(self, name):.4g}" for name in ("open", "high", "low", "close")]
            words.append((("flat", "up", "down") if ascii_only else ("■", "▲", "▼"))[moved])
        return " ".join(words) + (f", {self.nonfinite:,} non-finite" if self.nonfinite else "")


_Heard: TypeAlias = tuple[float, dict[str, Candle]]
"""Candles by tag, of what was logged since then."""


class Progress:
    """Lines for the loops of one tracker."""

    def __init__(self, file: EventFile | SilentFile) -> None:
        self._file = file
        # no lock: a signal handler or a forked child would wait for whoever held it
        self._since = 0.0
        self._heard: _Heard = (0.0, {})
        file.listen(self._hear)

    def over(
        self,
        items: Iterable[_Item],
        *,
        title: str,
        total: int | None,
        metric: str | None,
        show: Literal[True, "always"],
    ) -> Iterator[_Item]:
        """The items, with a line that counts them; only on a terminal and on rank 0, or always."""
        hidden = False if show == "always" else this_rank().number > 0 or None
        with _tqdm()(desc=title, total=total, disable=hidden, dynamic_ncols=True) as bar:
            if bar.disable:
                yield from items
                return
            self._since = time.time()
            shown = self._heard
            try:
                for item in items:
                    if shown is not self._heard:
                        shown = self._heard
                        bar.set_postfix_str(self._line(bar, metric), refresh=False)
                    yield item
                    bar.update()
            finally:
                self._file.write_out(within_secs=END_WITHIN_SECS)
                bar.set_postfix_str(self._line(bar, metric), refresh=False)

    def _hear(self, columns: Mapping[str, Logged]) -> None:
        since = self._since
        candles = self._candles_since(since)
        for tag, points in columns.items():
            # by the clock: what was logged before is still on its way, and steps may be anything
            value = points.value[points.wall_time >= since]
            if len(value):
                candles[tag] = candles.get(tag, Candle()).with_points(value)
        self._heard = since, candles

    def _candles_since(self, since: float) -> dict[str, Candle]:
        heard_since, candles = self._heard
        return dict(candles) if heard_since == since else {}

    def _line(self, bar: Any, metric: str | None) -> str:
        candles = self._candles_since(self._since)
        tag = main_metric(candles) if metric is None else metric
        if tag not in candles:
            return ""
        return candles[tag].line(tag, ascii_only=not _can_show("▲▼■", getattr(bar.fp, "encoding", None)))


def main_metric(tags: Iterable[str]) -> str | None:
    """The first that is a loss, else the first.

    >>> main_metric(["lr", "train/loss", "val/loss"]), main_metric(["acc"]), main_metric([])
    ('train/loss', 'acc', None)
    """
    some = list(tags)
    return next((tag for tag in some if "loss" in tag.lower()), some[0] if some else None)


def _can_show(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _tqdm() -> Any:
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError("progress needs tqdm: pip install 'tensorboard_candles[progress]'") from error
    return tqdm
