"""What is to be known of all candles of a series without a look at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.candle import LATE_ROW, ROW, as_candles
from tensorboard_candles.events.points import Int64Array, Points

BELOW_ALL_STEPS = -(1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over candles, in the order in which they were added.

    >>> points = Points(np.array([0, 1, 5]), np.zeros(3), np.array([0.5, np.nan, 0.5]))
    >>> totals = Totals().plus(points)
    >>> totals.points, totals.nonfinite, totals.last_step, totals.longest_steps, totals.tells_once
    (3, 1, 5, 1, True)
    """

    points: int = 0
    """That went into them, non-finite ones too."""
    nonfinite: int = 0
    longest_steps: int = 0
    """Of any candle, from its first step to its last."""
    rows: int = 0
    """Candles that are not numbers that were logged as such."""
    last_step: int = BELOW_ALL_STEPS
    last_step_of_rows: int = BELOW_ALL_STEPS
    tells_once: bool = True
    """No candle shares a step with a row before it; but for late ones, which may."""

    def plus(self, points: Points) -> Totals:
        """With these as well, of which there is one at least."""
        candle = as_candles(points)
        kind, first, last = candle["kind"], points.step, candle["last_step"]
        is_row = kind == ROW
        reached, reached_by_rows = (
            _reached_before(last, kind != LATE_ROW, self.last_step),
            _reached_before(last, is_row, self.last_step_of_rows),
        )
        shares = np.where(is_row, first <= reached[:-1], first <= reached_by_rows[:-1])
        return Totals(
            points=self.points + int(candle["count"].sum()) + int(candle["nonfinite"].sum()),
            nonfinite=self.nonfinite + int(candle["nonfinite"].sum()),
            longest_steps=max(self.longest_steps, _longest(first, last)),
            rows=self.rows + int(np.count_nonzero(kind)),
            last_step=max(self.last_step, int(last.max())),
            last_step_of_rows=int(reached_by_rows[-1]) if is_row.any() else self.last_step_of_rows,
            tells_once=self.tells_once and not bool((shares & (kind != LATE_ROW)).any()),
        )


def _reached_before(last: Int64Array, counts: npt.NDArray[np.bool_], before: int) -> Int64Array:
    """The largest last step before each candle, of those that count, and before what comes next."""
    lowest = np.iinfo(np.int64).min
    own = np.append(max(before, lowest), np.where(counts, last, lowest))
    return np.maximum.accumulate(own)


def _longest(first: Int64Array, last: Int64Array) -> int:
    # Without their sign, lest the difference not fit.
    return int((last.view(np.uint64) - first.view(np.uint64)).max()) + 1
