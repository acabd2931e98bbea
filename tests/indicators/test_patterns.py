"""Candlestick patterns: TA-Lib's shapes, where a trend makes them mean something."""

from __future__ import annotations

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from talib import abstract

from tensorboard_candles.indicators.patterns import PATTERNS, Marked, Ohlc, patterns_in, patterns_shown
from tensorboard_candles.indicators.patterns.catalogue import trend_of
from tensorboard_candles.ohlc import Candles, StepAxis, candles
from tensorboard_candles.store import Series

PEERS = {
    name: one.source.split(";")[0].split(",")[0].split()[1]
    for name, one in PATTERNS.items()
    if "TA-Lib" in one.source
}


def random_candles(seed: int, count: int, *, pull: float = 0.0) -> Ohlc:
    """A walk whose candles open near the close before, with bodies and shadows of all lengths."""
    rng = np.random.default_rng(seed)
    body = rng.normal(pull, 1, count) * rng.choice([0.02, 0.3, 1, 3], count)
    gap = rng.normal(0, 1, count) * rng.choice([0, 0.05, 1], count)
    open_ = 100 + np.concatenate([[0.0], body.cumsum()[:-1]])[:count] + gap.cumsum()
    close = open_ + body
    above, below = np.abs(rng.normal(size=(2, count))) * rng.choice([0, 0.05, 0.5, 3], (2, count))
    return Ohlc(open_, np.maximum(open_, close) + above, np.minimum(open_, close) - below, close)


@pytest.mark.parametrize("name", PEERS)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 400))
def test_shape_is_that_of_talib(name: str, seed: int, count: int) -> None:
    candles, function = random_candles(seed, count), PEERS[name]
    if not count:
        assert len(PATTERNS[name].shape(candles)) == 0
        return
    theirs = getattr(talib, function)(candles.open, candles.high, candles.low, candles.close)
    begin = getattr(abstract, function).lookback
    assert PATTERNS[name].shape(candles)[begin:].tolist() == np.sign(theirs)[begin:].tolist()


@pytest.mark.parametrize("name", PATTERNS)
def test_there_is_something_to_compare(name: str) -> None:
    signs = {int(sign) for seed in range(10) for sign in PATTERNS[name].shape(random_candles(seed, 4000))}
    assert len(signs) == (3 if name in ("engulfing", "marubozu") else 2)


@pytest.mark.parametrize("name", [name for name, one in PATTERNS.items() if one.meaning == "reversal"])
def test_reversal_counts_only_where_it_turns_a_trend(name: str) -> None:
    kept, dropped = 0, 0
    for seed in range(10):
        candles = random_candles(seed, 4000, pull=0.3 if seed % 2 else -0.3)
        shape, trend = PATTERNS[name].shape(candles), trend_of(candles.close)
        found = patterns_in(candles, polarity="higher_is_better")[name]
        for at in np.flatnonzero(shape).tolist():
            before = trend[at - PATTERNS[name].candles] if at >= PATTERNS[name].candles else 0
            assert found[at] == (shape[at] if before == -shape[at] else 0)
        kept += int(np.count_nonzero(found))
        dropped += int(np.count_nonzero(shape) - np.count_nonzero(found))
    assert kept
    assert dropped


def test_polarity_turns_what_is_better_and_leaves_pauses() -> None:
    candles = random_candles(0, 3000)
    accuracy = patterns_in(candles, polarity="higher_is_better")
    loss = patterns_in(candles, polarity="lower_is_better")
    for name, pattern in PATTERNS.items():
        assert (loss[name] == (accuracy[name] if pattern.meaning == "pause" else -accuracy[name])).all()
    assert set(accuracy["doji"].tolist()) == {0, 1}


def test_candles_without_a_price_are_passed_by() -> None:
    candles = random_candles(1, 500)
    void = np.random.default_rng(2).random(700).argsort() >= 500
    columns = (np.full(700, np.nan) for _ in range(4))
    holed = Ohlc(*columns)
    for column, values in (
        (holed.open, candles.open),
        (holed.high, candles.high),
        (holed.low, candles.low),
        (holed.close, candles.close),
    ):
        column[~void] = values
    whole, found = (patterns_in(some, polarity="lower_is_better") for some in (candles, holed))
    for name in PATTERNS:
        assert found[name][~void].tolist() == whole[name].tolist()
        assert not found[name][void].any()


def random_series(seed: int, count: int) -> Series:
    """A walk of few digits, so that bodies and ranges are often equal, with NaN, and trends in it."""
    rng = np.random.default_rng(seed)
    step = np.cumsum(rng.choice([1, 1, 1, 5, 40], size=count))
    pull = np.repeat(rng.normal(0, 0.2, count // 20 + 1), 20)[:count]
    value = np.round(50 + (rng.normal(size=count) + pull).cumsum(), 1)
    value[rng.random(count) < 0.1] = np.nan
    return Series("run", "loss", step, step / 3, value)


def marked(series: Series, shown: Candles) -> list[Marked]:
    return patterns_shown(list(PATTERNS.values()), shown, series, StepAxis(), polarity="lower_is_better")


@given(
    seed=st.integers(0, 2**32 - 1),
    width=st.sampled_from([1, 3, 10]),
    begin=st.floats(0, 1),
    length=st.integers(1, 60),
)
def test_a_window_has_the_patterns_of_the_full_chart(
    seed: int, width: int, begin: float, length: int
) -> None:
    series = random_series(seed, 1500)
    full = candles(series, StepAxis(), width=width, limit=10_000)
    first = int(begin * (len(full) - 1))
    last = min(first + length, len(full)) - 1
    start, end = int(full.x[first]), int(full.x[last]) + 1
    shown = candles(series, StepAxis(), width=width, start=start, end=end)
    assert marked(series, shown) == [one for one in marked(series, full) if start <= one.x < end]


def test_a_mark_spans_the_candles_that_its_pattern_is_made_of() -> None:
    seen: set[str] = set()
    for seed in range(12):
        series = random_series(seed, 4000)
        full = candles(series, StepAxis(), width=5, limit=10_000)
        rows = {int(x): row for row, x in enumerate(full.x)}
        for one in marked(series, full):
            first, last = rows[int(one.first_x)], rows[int(one.x)]
            priced = np.isfinite(full.close[first : last + 1])
            assert priced[0]
            assert priced[-1]
            assert np.count_nonzero(priced) == one.pattern.candles
            assert (one.first_step, one.last_step) == (full.first_step[first], full.last_step[last])
            assert (one.direction == "neutral") == (one.pattern.meaning == "pause")
            seen.add(one.pattern.name)
    assert seen == set(PATTERNS)


def test_no_candles_have_no_patterns() -> None:
    series = random_series(7, 100)
    assert marked(series, candles(series, StepAxis(), width=5, start=10**6)) == []
    void = Series("run", "loss", series.step, series.wall_time, np.full(100, np.nan))
    assert marked(void, candles(void, StepAxis(), width=5)) == []


def test_noise_around_a_level_is_no_trend() -> None:
    level = np.random.default_rng(0).normal(size=5000)
    assert np.count_nonzero(trend_of(level)) < 0.02 * len(level)
    assert (trend_of(level + 3 * np.arange(5000))[20:] == 1).mean() > 0.95


def test_every_pattern_explains_itself() -> None:
    for name, pattern in PATTERNS.items():
        assert name == pattern.name
        assert pattern.title
        assert pattern.explanation.endswith(".")
        assert pattern.source
