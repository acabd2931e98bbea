"""Candles → indicators, as pure functions of columns.

Read in this order: `rolling` (what they are made of), `averages`, `volatility`, `oscillators` and `trend`
(the indicators), `registry` and `catalogue` (what a chart needs to know of them), `window` (their values in a
part of a series), `standing` (all of a series in a few numbers). Rooms of their own are `patterns` (candles
that mean something by their shape) and `alerts` (points → what went wrong).
"""

from tensorboard_candles.indicators.catalogue import INDICATORS
from tensorboard_candles.indicators.registry import Chosen, Indicator, Parameter
from tensorboard_candles.indicators.window import indicator_columns

__all__ = ["INDICATORS", "Chosen", "Indicator", "Parameter", "indicator_columns"]
