from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.indicators.standing import standing_of
from tensorboard_candles.indicators.volatility import atr, relative_volatility
from tensorboard_candles.ohlc import NO_STEP, StepAxis, candles
from tensorboard_candles.store import Series
from tests.ohlc.test_candles import any_series, axes, series_of

closes = st.lists(
    st.one_of(st.floats(-1e9, 1e9, allow_subnormal=False), st.just(math.nan), st.just(0.0)), max_size=40
)


@given(any_series(), st.integers(1, 9), st.integers(0, 2))
def test_extremes_and_mean_are_those_of_all_points_whatever_the_width(
    series: Series, width: int, which: int
) -> None:
    found = candles(series, axes(series)[which], width=width, limit=10_000)
    standing = standing_of(found)
    finite = [
        (float(value), int(step))
        for value, step in zip(series.value, series.step[:], strict=True)
        if math.isfinite(value)
    ]
    assert standing.nonfinite == len(series) - len(finite)
    if not finite:
        assert (standing.high_step, standing.low_step) == (NO_STEP, NO_STEP)
        assert np.isnan([standing.last, standing.high, standing.low, standing.mean]).all()
        return
    high, low = max(value for value, _ in finite), min(value for value, _ in finite)
    assert (standing.high, standing.low) == (high, low)
    assert standing.high_step == min(step for value, step in finite if value == high)
    assert standing.low_step == min(step for value, step in finite if value == low)
    mean = math.fsum(value for value, _ in finite) / len(finite)
    assert math.isclose(standing.mean, mean, rel_tol=1e-12, abs_tol=1e-12 * max(abs(high), abs(low)))
    assert (standing.start_time, standing.end_time) == (series.wall_time.min(), series.wall_time.max())


@given(any_series())
def test_the_last_value_is_the_finite_one_of_the_largest_step(series: Series) -> None:
    standing = standing_of(candles(series, StepAxis(), width=3, limit=10_000))
    finite = [float(value) for value in series.value if math.isfinite(value)]
    assert standing.last == finite[-1] if finite else math.isnan(standing.last)


@given(closes)
def test_volatility_is_the_deviation_of_changes_by_the_mean_size_of_two_closes(close: list[float]) -> None:
    priced = [one for one in close if math.isfinite(one)]
    changes = [
        (after - before) / ((abs(after) + abs(before)) / 2) if after or before else 0.0
        for before, after in itertools.pairwise(priced)
    ]
    found = relative_volatility(np.array(close, np.float64))
    if len(changes) < 2:
        assert math.isnan(found)
    else:
        assert math.isclose(found, statistics.pstdev(changes), rel_tol=1e-9, abs_tol=1e-12)


def test_volatility_does_not_see_the_trend_the_scale_and_the_largest_of_numbers() -> None:
    steady = 3 * 0.9 ** np.arange(50.0)
    assert relative_volatility(steady) < 1e-12
    noisy = steady * np.where(np.arange(50) % 2, 1.01, 0.99)
    assert math.isclose(relative_volatility(noisy), relative_volatility(-1e6 * noisy), rel_tol=1e-9)
    assert relative_volatility(np.array([1e308, -1e308, 1e308])) == 2.0


def test_the_range_is_the_latest_of_the_charts_own() -> None:
    values = np.random.default_rng(0).normal(size=900)
    found = candles(series_of(list(values)), StepAxis(), width=10)
    expected = atr(found.high, found.low, found.close, period=14)[-1]
    assert standing_of(found).atr == expected
    few = candles(series_of(list(values[:140])), StepAxis(), width=10)
    assert math.isnan(standing_of(few).atr)
