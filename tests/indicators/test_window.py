"""A window shows the values that the whole chart shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators import INDICATORS, Chosen, indicator_columns
from tensorboard_candles.ohlc import Candles, Polarity, StepAxis, candles, last_before
from tensorboard_candles.store import Series

AXIS = StepAxis()
SMALL = {"bollinger": (5, 2.0), "keltner": (4, 2.0, 3), "regression_channel": (6, 1.5), "macd": (2, 4, 3)}


def chosen(name: str) -> Chosen:
    short = SMALL.get(name, (3,) if INDICATORS[name].parameters else ())
    return Chosen(INDICATORS[name], short)


def columns(
    series: Series, shown: Candles, name: str, polarity: Polarity = "lower_is_better"
) -> dict[str, Float64Array]:
    volume = Series("run", "grad_norm", series.step, series.wall_time, np.abs(series.value) + 1)
    return indicator_columns([chosen(name)], shown, series, AXIS, volume=volume, polarity=polarity)


def random_series(seed: int, count: int) -> Series:
    """With steps left out, NaN and infinity, and perhaps a start far above the rest."""
    rng = np.random.default_rng(seed)
    step = np.cumsum(rng.choice([1, 1, 1, 1, 5, 300], size=count))
    value = (
        3
        + rng.normal(size=count).cumsum() / 10
        + rng.choice([0.0, 1e6, 1e38]) * np.exp(-np.arange(count) / 5)
    )
    value[rng.random(count) < 0.05] = np.nan
    value[rng.random(count) < 0.02] = np.inf
    return Series("run", "loss", step, step / 3, value)


@pytest.mark.parametrize("name", INDICATORS)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    width=st.sampled_from([1, 2, 10]),
    begin=st.floats(0, 1),
    length=st.integers(1, 100),
    polarity=st.sampled_from(["lower_is_better", "higher_is_better"]),
)
def test_a_window_has_the_values_of_the_full_chart(
    *, name: str, seed: int, width: int, begin: float, length: int, polarity: Polarity
) -> None:
    series = random_series(seed, 2000)
    full = candles(series, AXIS, width=width, limit=10_000)
    first = int(begin * (len(full) - 1))
    last = min(first + length, len(full)) - 1
    shown = candles(series, AXIS, width=width, start=int(full.x[first]), end=int(full.x[last]) + 1)
    assert len(shown) == last + 1 - first
    whole, part = columns(series, full, name, polarity), columns(series, shown, name, polarity)
    assert list(whole) == list(part) == chosen(name).columns
    size = float(np.nanmax(np.abs(full.close[first : last + 1]), initial=1.0))
    for column in whole:
        expected = whole[column][first : last + 1]
        np.testing.assert_allclose(part[column], expected, rtol=1e-12, atol=1e-12 * size)


def test_a_loss_that_came_back_from_1e38_is_shown_as_in_the_full_chart() -> None:
    steps = np.arange(5000)
    value = 1 + np.sin(steps) / 10
    value[3000] = 1e38
    series = Series("run", "loss", steps, steps / 3, value)
    full = candles(series, AXIS, width=1, limit=10_000)
    for start in (3110, 3150, 3200, 3300):
        shown = candles(series, AXIS, width=1, start=start, end=start + 5)
        for name in ("ema", "atr", "tema"):
            whole, part = columns(series, full, name), columns(series, shown, name)
            for column in whole:
                np.testing.assert_allclose(part[column], whole[column][start : start + 5], rtol=1e-12)


@pytest.mark.parametrize("name", [name for name, one in INDICATORS.items() if one.before != "all"])
def test_a_window_at_the_end_of_a_long_series_looks_back_over_few_candles(name: str) -> None:
    one = Chosen(INDICATORS[name], tuple(one.default for one in INDICATORS[name].parameters))
    if isinstance(one.before, int):
        steps = np.arange(100_000)
        series = Series("run", "loss", steps, steps / 3, np.cos(steps))
        shown = candles(series, AXIS, width=1, start=99_990)
        assert one.before == len(last_before(shown, series, AXIS, priced=one.before)) < 2500
    else:
        assert one.before == "all as one"


def test_candles_without_any_price_have_no_values() -> None:
    steps = np.arange(10)
    series = Series("run", "loss", steps, steps / 3, np.full(10, np.nan))
    shown = candles(series, AXIS, width=1)
    for name in INDICATORS:
        for column in columns(series, shown, name).values():
            assert np.isnan(column).all()
            assert len(column) == 10


def test_an_empty_window_has_empty_columns() -> None:
    steps = np.arange(10)
    series = Series("run", "loss", steps, steps / 3, np.ones(10))
    shown = candles(series, AXIS, width=1, start=100)
    assert [len(column) for column in columns(series, shown, "bollinger").values()] == [0, 0, 0]
