from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.ohlc import smoothed


def slider(value: list[float], weight: float) -> list[float]:
    """Point by point: what TensorBoard's own slider shows."""
    total, counted, found = 0.0, 0, []
    for one in value:
        if not math.isfinite(one):
            found.append(math.nan)
            continue
        counted += 1
        total = total * weight + (1 - weight) * one
        found.append(total / (1 - weight**counted))
    return found


values = st.lists(st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf])), max_size=200)


@given(values, st.sampled_from([0.0, 0.3, 0.6, 0.9, 0.99, 0.9999]))
def test_it_is_what_the_slider_of_tensorboard_shows(value: list[float], weight: float) -> None:
    found = smoothed(np.array(value), weight=weight)
    np.testing.assert_allclose(found, slider(value, weight), rtol=1e-7, atol=1e-6)


@pytest.mark.parametrize("value", [0.1, -1e300, 5e-324])
def test_what_never_changes_is_not_changed(value: float) -> None:
    assert smoothed(np.full(1000, value), weight=0.999).tolist() == [value] * 1000


def test_a_weight_of_zero_changes_nothing() -> None:
    value = np.random.default_rng(0).normal(size=100)
    np.testing.assert_allclose(smoothed(value, weight=0.0), value, rtol=1e-14)
