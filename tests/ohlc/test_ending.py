from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from tensorboard_candles.ohlc import NO_STEP, Ending, ending_of
from tensorboard_candles.ohlc import ending as module
from tensorboard_candles.store import Series
from tests.ohlc.test_candles import any_series, series_of


@given(any_series())
def test_the_stretch_at_the_end_is_what_follows_the_last_finite_point(series: Series) -> None:
    steps, values = series.step[:].tolist(), series.value.tolist()
    finite = [row for row, value in enumerate(values) if math.isfinite(value)]
    behind = finite[-1] + 1 if finite else 0
    assert ending_of(series) == Ending(
        last_finite_step=steps[finite[-1]] if finite else NO_STEP,
        nonfinite_since=steps[behind] if behind < len(steps) else NO_STEP,
    )


@pytest.mark.parametrize("at_a_time", [1, 7, 1000])
def test_a_long_stretch_is_looked_through_to_its_begin(
    at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_POINTS_AT_A_TIME", at_a_time)
    died = np.arange(3000.0)
    died[1500:] = np.nan
    assert ending_of(series_of(died.tolist())) == Ending(1499, 1500)
