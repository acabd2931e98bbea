"""What TA-Lib has, it has the same: values, and where they begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators import INDICATORS, Chosen
from tests.indicators.bars import RandomBars, random_bars

Peer = Callable[..., Sequence[Float64Array]]


def _of_closes(name: str) -> Peer:
    return lambda bars, period: [getattr(talib, name)(bars.close, period)]


def _bollinger(bars: RandomBars, period: int, deviations: float) -> Sequence[Float64Array]:
    found: Sequence[Float64Array] = talib.BBANDS(bars.close, period, deviations, deviations)
    return found


PEERS: dict[str, Peer] = {
    "sma": _of_closes("SMA"),
    "ema": _of_closes("EMA"),
    "wma": _of_closes("WMA"),
    "dema": _of_closes("DEMA"),
    "tema": _of_closes("TEMA"),
    "rsi": _of_closes("RSI"),
    "rate_of_change": _of_closes("ROC"),
    "momentum": _of_closes("MOM"),
    "bollinger": _bollinger,
    "atr": lambda bars, period: [talib.ATR(bars.high, bars.low, bars.close, period)],
    "macd": lambda bars, fast, slow, signal: talib.MACD(bars.close, fast, slow, signal),
    "obv": lambda bars: [talib.OBV(bars.close, bars.volume)],
}
PARTS: dict[str, tuple[str, Peer]] = {
    "donchian": ("upper", lambda bars, period: [talib.MAX(bars.high, period)]),
    "regression_channel": ("middle", lambda bars, period, _: [talib.LINEARREG(bars.close, period)]),
}


def numbers_of(name: str) -> st.SearchStrategy[tuple[float, ...]]:
    """Parameters of an indicator, from the least that it allows on."""
    parameters = INDICATORS[name].parameters
    return st.tuples(
        *(
            st.integers(int(one.least), 60) if one.is_whole else st.floats(one.least, one.most)
            for one in parameters
        )
    )


def assert_same(ours: Float64Array, theirs: Float64Array, size: float) -> None:
    """To 1e-9 of the values, or of what they were subtracted from."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * size)


@pytest.mark.parametrize("name", PEERS)
@given(st.data())
def test_an_indicator_equals_talib_from_its_first_value_on(name: str, data: st.DataObject) -> None:
    bars, numbers = data.draw(random_bars()), data.draw(numbers_of(name))
    ours, theirs = Chosen(INDICATORS[name], numbers).compute(bars), PEERS[name](bars, *numbers)
    for our, their in zip(ours, theirs, strict=True):
        assert_same(our, their, np.abs(bars.close).max(initial=1.0))


@pytest.mark.parametrize("name", PARTS)
@given(st.data())
def test_what_talib_has_of_a_channel_is_the_same(name: str, data: st.DataObject) -> None:
    bars, numbers = data.draw(random_bars()), data.draw(numbers_of(name))
    output, peer = PARTS[name]
    ours = getattr(INDICATORS[name].compute(bars, *numbers), output)
    assert_same(ours, peer(bars, *numbers)[0], np.abs(bars.close).max(initial=1.0))


@pytest.mark.parametrize("name", PEERS)
def test_defaults_equal_talib_over_ten_thousand_bars(name: str) -> None:
    rng = np.random.default_rng(5)
    bars = RandomBars.around(50 + rng.normal(size=10_000).cumsum(), rng)
    numbers = tuple(one.default for one in INDICATORS[name].parameters)
    ours, theirs = Chosen(INDICATORS[name], numbers).compute(bars), PEERS[name](bars, *numbers)
    for our, their in zip(ours, theirs, strict=True):
        assert_same(our, their, float(np.abs(bars.close).max()))
        assert np.isfinite(our[-9_000:]).all()
