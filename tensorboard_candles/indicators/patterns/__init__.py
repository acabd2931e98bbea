"""Candles → candlestick patterns, and what they say of a training.

Read in this order: `shapes` (one, two or three candles, by what they look like), `catalogue` (their names and
meanings, and which of them count: a reversal needs a trend that it turns).
"""

from tensorboard_candles.indicators.patterns.catalogue import PATTERNS, Pattern, patterns_in
from tensorboard_candles.indicators.patterns.shapes import Ohlc

__all__ = ["PATTERNS", "Ohlc", "Pattern", "patterns_in"]
