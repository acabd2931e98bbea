"""Few candles of many: small enough for a row of a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc.axes import NumberArray
from tensorboard_candles.ohlc.candles import Candles
from tensorboard_candles.ohlc.groups import Groups


@dataclass(frozen=True, slots=True)
class SmallCandles:
    """Columns of equal length; no price is missing."""

    width: float
    x: NumberArray
    open: Float64Array
    high: Float64Array
    low: Float64Array
    close: Float64Array

    def __len__(self) -> int:
        return len(self.x)


def small_candles(found: Candles, *, limit: int) -> SmallCandles:
    """At most `limit` candles, each of equally many neighbouring buckets of `found`, from its first one on.

    >>> from tensorboard_candles.ohlc import StepAxis, candles
    >>> from tensorboard_candles.store import Series
    >>> steps = np.arange(9)
    >>> loss = Series("run", "loss", steps, steps + 0.5, np.array([4.0, 5, 3, 2, 9, 2, 1, 1, 1]))
    >>> few = small_candles(candles(loss, StepAxis(), width=1), limit=2)
    >>> few.width, few.x, few.open, few.high, few.close
    (5, array([0, 5]), array([4., 2.]), array([9., 2.]), array([9., 1.]))

    They are exact: what the points themselves would give. Candles without a price are left out.
    """
    priced = np.flatnonzero(found.count > 0)
    bucket = found.bucket[priced] - found.bucket[:1]
    factor = -(-(int(bucket[-1]) + 1) // limit) if len(bucket) else 1
    groups = Groups.of(bucket // factor)
    width = found.width * factor
    return SmallCandles(
        width=width,
        x=found.x[:1] + groups.key * width,
        open=found.open[priced][groups.begin],
        high=groups.max(found.high[priced]),
        low=groups.min(found.low[priced]),
        close=found.close[priced][groups.last],
    )
