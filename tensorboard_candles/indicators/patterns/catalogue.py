"""Patterns by name, and where in a series they mean something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators.patterns import shapes
from tensorboard_candles.indicators.patterns.shapes import Int8Array, Ohlc
from tensorboard_candles.ohlc import Polarity

_MEAN_OF = 3
_STEPS = 6

CANDLES_BEFORE = 12
"""So many before one say whether a pattern ends in it: by what is long, and by the trend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One of the registry; `candles` are those that it is made of, the last of which is marked."""

    name: str
    title: str
    candles: int
    meaning: Literal["reversal", "continuation", "pause"]
    """A reversal counts only where it turns a trend; a pause points nowhere."""
    explanation: str
    source: str
    shape: Callable[[Ohlc], Int8Array]


def patterns_in(
    candles: Ohlc, *, polarity: Polarity, patterns: Iterable[Pattern] | None = None
) -> dict[str, Int8Array]:
    """By name of the pattern a column: 1 where it says that things get better, -1 worse, 0 where it is not.

    All of them, or those given. What is better goes by polarity: a hammer, that turns a fall upwards, is good
    news of an accuracy and bad news of a loss. A pause is 1, whatever the polarity. Candles without a price
    (NaN) are passed by.

    >>> fall = np.arange(20.0, 0.0, -1.0)
    >>> loss = Ohlc(np.r_[fall, -0.5], np.r_[fall + 0.1, 2.6], np.r_[fall - 1.1, -0.6], np.r_[fall - 1, 2.5])
    >>> patterns_in(loss, polarity="lower_is_better")["engulfing"][-3:]
    array([ 0,  0, -1], dtype=int8)
    """
    has_price = candles.has_price
    some = candles.rows(has_price)
    better = np.int8(1 if polarity == "higher_is_better" else -1)
    trend = trend_of(some.close)
    found = {}
    for pattern in PATTERNS.values() if patterns is None else patterns:
        marks = pattern.shape(some)
        if pattern.meaning == "reversal":
            before = np.zeros(len(some), np.int8)
            before[pattern.candles :] = trend[: max(len(some) - pattern.candles, 0)]
            marks = np.where(marks == -before, marks, 0).astype(np.int8)
        column = np.zeros(len(candles), np.int8)
        column[has_price] = marks if pattern.meaning == "pause" else marks * better
        found[pattern.name] = column
    return found


def trend_of(close: Float64Array) -> Int8Array:
    """1 where closes rise, -1 where they fall, 0 where neither is clear.

    Each of the last six closes must lie above (or below) the third before it, so that the mean of three went
    that way six times in a row: the trend of Caginalp & Laurent 1998, without the exception that they allow.

    >>> trend_of(np.r_[np.arange(9.0), 3.0, 1.0])
    array([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], dtype=int8)
    """
    found = np.zeros(len(close), np.int8)
    if len(close) >= _MEAN_OF + _STEPS:
        ways = np.sign(close[_MEAN_OF:] - close[:-_MEAN_OF])
        last = np.lib.stride_tricks.sliding_window_view(ways, _STEPS)
        found[_MEAN_OF + _STEPS - 1 :] = np.sign(last.sum(axis=1)) * (np.abs(last.sum(axis=1)) == _STEPS)
    return found


PATTERNS: dict[str, Pattern] = {
    pattern.name: pattern
    for pattern in (
        Pattern(
            name="engulfing",
            title="Engulfing",
            candles=2,
            meaning="reversal",
            explanation="One candle undid all of the candle before, and more: what went one way for a while "
            "has turned. Of a falling loss it says that progress was lost; look at what changed there.",
            source="TA-Lib CDLENGULFING; Nison 1991",
            shape=shapes.engulfing,
        ),
        Pattern(
            name="hammer",
            title="Hammer",
            candles=1,
            meaning="reversal",
            explanation="After a fall the metric went far below within one candle, and came all the way "
            "back: the fall may be over. Of a loss, it may have seen its best for now.",
            source="TA-Lib CDLHAMMER; Nison 1991",
            shape=shapes.hammer,
        ),
        Pattern(
            name="shooting_star",
            title="Shooting star",
            candles=1,
            meaning="reversal",
            explanation="After a rise the metric shot up within one candle, and came all the way back: the "
            "rise may be over. Of a loss that went up, it may calm down now.",
            source="TA-Lib CDLSHOOTINGSTAR; Nison 1991",
            shape=shapes.shooting_star,
        ),
        Pattern(
            name="morning_star",
            title="Morning star",
            candles=3,
            meaning="reversal",
            explanation="A long fall, a small candle below it, and a rise that takes back a good part: a "
            "fall that turned. Of an accuracy it is a recovery, of a loss a setback.",
            source="TA-Lib CDLMORNINGSTAR, penetration 0.3; Nison 1991",
            shape=shapes.morning_star,
        ),
        Pattern(
            name="evening_star",
            title="Evening star",
            candles=3,
            meaning="reversal",
            explanation="A long rise, a small candle above it, and a fall that takes back a good part: a "
            "rise that turned. Of a loss it is a recovery, of an accuracy a setback.",
            source="TA-Lib CDLEVENINGSTAR, penetration 0.3; Nison 1991",
            shape=shapes.evening_star,
        ),
        Pattern(
            name="marubozu",
            title="Marubozu",
            candles=1,
            meaning="continuation",
            explanation="A long candle without wicks: the metric went one way all the time, with little "
            "noise. Learning is quick there, or things go wrong quickly.",
            source="TA-Lib CDLMARUBOZU; Nison 1991",
            shape=shapes.marubozu,
        ),
        Pattern(
            name="doji",
            title="Doji",
            candles=1,
            meaning="pause",
            explanation="It ended where it began, whatever was in between: for the length of this candle "
            "nothing was gained and nothing lost.",
            source="TA-Lib CDLDOJI; Nison 1991",
            shape=shapes.doji,
        ),
        Pattern(
            name="inside_bar",
            title="Inside bar",
            candles=2,
            meaning="pause",
            explanation="All of the candle lies within the range of the one before: it became calmer.",
            source="Crabel 1990 (inside day)",
            shape=shapes.inside_bar,
        ),
    )
}
