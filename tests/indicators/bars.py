"""Bars of random series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc import Polarity


@dataclass(frozen=True, slots=True)
class RandomBars:
    high: Float64Array
    low: Float64Array
    close: Float64Array
    volume: Float64Array
    polarity: Polarity = "lower_is_better"

    @staticmethod
    def around(close: Float64Array, rng: np.random.Generator) -> RandomBars:
        """Bars that close there."""
        above, below, volume = np.abs(rng.normal(size=(3, len(close))))
        return RandomBars(close + above, close - below, close, volume)

    def rows(self, rows: np.ndarray) -> RandomBars:
        return RandomBars(self.high[rows], self.low[rows], self.close[rows], self.volume[rows])

    def without(self, rows: np.ndarray) -> RandomBars:
        """The same with NaN in some rows."""
        high, low, close, volume = (
            np.where(rows, np.nan, column) for column in (self.high, self.low, self.close, self.volume)
        )
        return RandomBars(high, low, close, volume)


@st.composite
def random_bars(draw: st.DrawFn, *, most: int = 150) -> RandomBars:
    """Of walks, of noise, of constants and of whole numbers that hypothesis makes up."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, most))
    kind = draw(st.sampled_from(["walk", "noise", "constant", "numbers"]))
    if kind == "walk":
        close = draw(st.sampled_from([0.0, 100.0])) + rng.normal(size=count).cumsum()
    elif kind == "noise":
        close = rng.normal(size=count)
    elif kind == "constant":
        close = np.full(count, draw(st.sampled_from([0.0, 3.0, -7.0])))
    else:
        whole = st.lists(st.integers(-1000, 1000), min_size=count, max_size=count)
        close = np.array(draw(whole), np.float64)
    return RandomBars.around(close, rng)
