"""Candles → candlestick patterns, and what they say of a training.

Read in this order: `shapes` (one, two or three candles, by what they look like), `catalogue` (their names and
meanings, and which of them count: a reversal needs a trend that it turns), `window` (those of a part of a
series).
"""

from tensorboard_candles.indicators.patterns.catalogue import PATTERNS, Pattern, patterns_in
from tensorboard_candles.indicators.patterns.shapes import Ohlc
from tensorboard_candles.indicators.patterns.window import Direction, Marked, patterns_shown

__all__ = ["PATTERNS", "Direction", "Marked", "Ohlc", "Pattern", "patterns_in", "patterns_shown"]
