"""What holds of indicators whether or not another library has them."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators import INDICATORS, Chosen, Indicator
from tensorboard_candles.indicators.averages import ema, sma
from tensorboard_candles.indicators.oscillators import rsi, zscore
from tensorboard_candles.indicators.trend import drawdown, obv
from tensorboard_candles.indicators.volatility import (
    atr,
    bollinger,
    donchian,
    keltner,
    realised_volatility,
    regression_channel,
)
from tests.indicators.bars import RandomBars, random_bars


def small(indicator: Indicator) -> Chosen:
    """With the least parameters but a few more, so that a few bars are enough."""
    numbers = tuple(
        one.least + 1 + at if one.is_whole else one.default for at, one in enumerate(indicator.parameters)
    )
    return Chosen(indicator, numbers)


ALL = pytest.mark.parametrize("chosen", [small(one) for one in INDICATORS.values()], ids=list(INDICATORS))


@ALL
@settings(max_examples=60, deadline=None)
@given(bars=random_bars(most=60), seed=st.integers(0, 2**32))
def test_bars_without_a_price_are_passed_over(chosen: Chosen, bars: RandomBars, seed: int) -> None:
    is_gap = np.random.default_rng(seed).random(len(bars.close)) < 0.3
    for column, whole in zip(
        chosen.compute(bars.without(is_gap)), chosen.compute(bars.rows(~is_gap)), strict=True
    ):
        np.testing.assert_array_equal(column[~is_gap], whole)
        assert np.isnan(column[is_gap]).all()


@ALL
def test_no_bars_give_no_values(chosen: Chosen) -> None:
    none = np.empty(0)
    assert [len(column) for column in chosen.compute(RandomBars(none, none, none, none))] == [0] * len(
        chosen.columns
    )


@ALL
def test_inputs_stay_as_they_are(chosen: Chosen) -> None:
    rng = np.random.default_rng(1)
    bars = RandomBars.around(rng.normal(size=40), rng)
    before = [bars.high.copy(), bars.low.copy(), bars.close.copy(), bars.volume.copy()]
    chosen.compute(bars)
    for was, column in zip(before, (bars.high, bars.low, bars.close, bars.volume), strict=True):
        np.testing.assert_array_equal(was, column)


@pytest.mark.parametrize(
    "name", ["sma", "wma", "bollinger", "donchian", "regression_channel", "momentum", "zscore"]
)
def test_a_spike_leaves_nothing_behind_once_it_is_out_of_the_window(name: str) -> None:
    rng = np.random.default_rng(2)
    calm = RandomBars.around(100 + rng.normal(size=60), rng)
    close = calm.close.copy()
    close[20] = 1e30
    spiked = RandomBars(np.maximum(calm.high, close), calm.low, close, calm.volume)
    chosen = small(INDICATORS[name])
    assert isinstance(chosen.before, int)
    found, expected = np.array(chosen.compute(spiked)), np.array(chosen.compute(calm))
    assert not np.array_equal(found[:, 20], expected[:, 20])
    np.testing.assert_array_equal(found[:, 21 + chosen.before :], expected[:, 21 + chosen.before :])


def far_from_zero(count: int = 40) -> Float64Array:
    return 1e9 + np.random.default_rng(3).normal(size=count)


def windows_of(close: Float64Array, period: int) -> list[list[Fraction]]:
    exact = [Fraction(value) for value in close.tolist()]
    return [exact[end - period : end] for end in range(period, len(exact) + 1)]


def exact_std(window: list[Fraction]) -> float:
    mean = sum(window) / len(window)
    return sqrt(sum((value - mean) ** 2 for value in window) / len(window))


def test_means_and_deviations_keep_their_digits_far_from_zero() -> None:
    close, period = far_from_zero(), 14
    windows = windows_of(close, period)
    means = [float(sum(window) / period) for window in windows]
    np.testing.assert_allclose(sma(close, period=period)[period - 1 :], means, rtol=3e-16)
    z = [float(window[-1] - sum(window) / period) / exact_std(window) for window in windows]
    np.testing.assert_allclose(zscore(close, period=period)[period - 1 :], z, rtol=1e-12)
    upper, middle, lower = bollinger(close, period=period, deviations=2.0)
    expected = [mean + 2 * exact_std(window) for mean, window in zip(means, windows, strict=True)]
    np.testing.assert_allclose(upper[period - 1 :], expected, rtol=5e-16)
    np.testing.assert_allclose(middle - lower, upper - middle, atol=3e-7)


def test_a_regression_line_keeps_its_digits_far_from_zero() -> None:
    close, period = far_from_zero(), 10
    at = [Fraction(2 * row - period + 1, 2) for row in range(period)]
    square = sum(one * one for one in at)
    ends = []
    for window in windows_of(close, period):
        slope = sum(one * value for one, value in zip(at, window, strict=True)) / square
        ends.append(float(sum(window) / period + slope * at[-1]))
    middle = regression_channel(close, period=period, deviations=2.0).middle
    np.testing.assert_allclose(middle[period - 1 :], ends, rtol=3e-16)


def test_averages_that_forget_keep_their_digits_far_from_zero() -> None:
    close, period = far_from_zero(200), 9
    exact = [Fraction(value) for value in close.tolist()]
    smooth = sum(exact[:period]) / period
    expected = [float(smooth)]
    for value in exact[period:]:
        smooth += Fraction(2, period + 1) * (value - smooth)
        expected.append(float(smooth))
    np.testing.assert_allclose(ema(close, period=period)[period - 1 :], expected, rtol=1e-15)


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.3, -1e-30])
def test_of_equal_values_every_average_is_that_value_and_every_band_is_flat(value: float) -> None:
    same = np.full(40, value)
    bars = RandomBars(same, same, same, same)
    for name in ("sma", "ema", "wma", "bollinger", "keltner", "donchian", "regression_channel"):
        for column in small(INDICATORS[name]).compute(bars):
            np.testing.assert_array_equal(column[20:], value)


def test_a_straight_line_has_a_channel_of_no_breadth() -> None:
    channel = regression_channel(np.arange(50.0), period=10, deviations=2.0)
    np.testing.assert_allclose(channel.upper[9:], np.arange(9.0, 50.0), rtol=1e-14)
    np.testing.assert_allclose(channel.lower[9:], np.arange(9.0, 50.0), rtol=1e-14)


def test_a_channel_is_as_broad_as_the_deviations_from_its_line() -> None:
    close = np.array([0.0, 3.0, 1.0, 5.0])
    slope, begin = np.polyfit(np.arange(4), close, 1)
    deviation = np.std(close - (begin + slope * np.arange(4)))
    channel = regression_channel(close, period=4, deviations=1.5)
    assert channel.upper[-1] - channel.middle[-1] == pytest.approx(1.5 * deviation)


def test_atr_leaves_the_first_bar_out_and_begins_with_the_mean_of_the_next() -> None:
    close = np.array([10.0, 12.0, 11.0, 15.0])
    found = atr(close + 1, close - 1, close, period=2)
    # True ranges 3, 2 and 5: the last bar is 2 high, but lies 3 above the close before it.
    np.testing.assert_array_equal(found, [np.nan, np.nan, 2.5, 3.75])


def test_keltner_is_an_average_and_ranges_around_it() -> None:
    rng = np.random.default_rng(4)
    bars = RandomBars.around(rng.normal(size=60), rng)
    band = keltner(bars.high, bars.low, bars.close, period=5, ranges=1.5, atr_period=8)
    middle, breadth = ema(bars.close, period=5), atr(bars.high, bars.low, bars.close, period=8)
    np.testing.assert_array_equal(band.upper, middle + 1.5 * breadth)
    np.testing.assert_array_equal(band.lower, middle - 1.5 * breadth)


def test_donchian_is_of_the_extremes_of_its_window() -> None:
    high, low = np.array([5.0, 3.0, 4.0]), np.array([1.0, 2.0, 0.0])
    band = donchian(high, low, period=2)
    np.testing.assert_array_equal(np.array(band)[:, 1:], [[5.0, 4.0], [3.0, 2.0], [1.0, 0.0]])


def test_realised_volatility_is_not_defined_while_a_close_is_not_positive() -> None:
    close = np.array([1.0, 2.0, 4.0, 0.0, 1.0, 2.0, 4.0, 8.0])
    found = realised_volatility(close, period=2)
    np.testing.assert_array_equal(np.isnan(found), [True, True, False, True, True, True, False, False])
    assert found[-1] == pytest.approx(np.log(2))


def test_drawdown_is_measured_from_the_best_value_and_turns_with_polarity() -> None:
    high, low = np.array([5.0, 6.0, 4.0]), np.array([2.0, 3.0, 1.0])
    close = np.array([4.0, 5.0, 1.0])
    worse_up = drawdown(high, low, close, polarity="lower_is_better")
    worse_down = drawdown(high, low, close, polarity="higher_is_better")
    np.testing.assert_array_equal(worse_up, [2.0, 3.0, 0.0])
    np.testing.assert_array_equal(worse_down, [1.0, 1.0, 5.0])


def test_a_bar_without_volume_is_passed_over_by_what_adds_volume_up() -> None:
    found = obv(np.array([1.0, 2.0, 3.0]), np.array([1.0, np.nan, 4.0]))
    np.testing.assert_array_equal(found, [1.0, np.nan, 5.0])


def test_zscore_of_equal_closes_is_not_defined_and_rsi_is_0() -> None:
    close = np.full(30, 0.3)
    assert np.isnan(zscore(close, period=10)).all()
    assert rsi(close, period=10)[-1] == 0


@pytest.mark.parametrize("function", [sma, ema, rsi, zscore])
def test_a_period_below_1_is_refused(function: object) -> None:
    assert callable(function)
    with pytest.raises(ValueError, match="period must be >= 1, got 0"):
        function(np.ones(3), period=0)
