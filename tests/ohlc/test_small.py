from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc import NO_STEP, StepAxis, candles, small_candles, width_over
from tensorboard_candles.ohlc.axes import buckets
from tensorboard_candles.store import Series
from tests.ohlc.naive import candle_rows
from tests.ohlc.test_candles import any_series, axes, series_of


@given(any_series(), st.integers(1, 9), st.integers(1, 30), st.integers(0, 2))
def test_small_candles_are_those_of_all_points_in_neighbouring_buckets(
    series: Series, width: int, limit: int, which: int
) -> None:
    axis = axes(series)[which]
    found = small_candles(candles(series, axis, width=width, limit=10_000), limit=limit)
    rows = candle_rows(series, axis, width)
    first, factor = rows[0]["bucket"], round(found.width / width)
    priced = [row for row in rows if row["count"]]
    expected = []
    for key, group in groupby(priced, key=lambda row: (row["bucket"] - first) // factor):
        some = list(group)
        high, low = max(row["high"] for row in some), min(row["low"] for row in some)
        expected.append(((first + key * factor) * width, some[0]["open"], high, low, some[-1]["close"]))
    columns = found.x, found.open, found.high, found.low, found.close
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert len(found) <= limit


def test_a_series_without_a_price_has_no_small_candles() -> None:
    found = candles(series_of([np.nan, np.inf]), StepAxis(), width=1)
    assert found.high_step.tolist() == [NO_STEP, NO_STEP]
    assert len(small_candles(found, limit=5)) == 0


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(2, 1000), st.booleans())
def test_a_width_over_an_extent_is_the_smallest_of_its_kind_that_fits(
    low: int, length: int, limit: int, is_whole: bool
) -> None:
    ends = np.array([low, low + length], np.int64 if is_whole else np.float64)

    def count(width: float) -> int:
        first, last = buckets(ends, width).tolist()
        return int(last - first + 1)

    width = width_over(*ends.tolist(), is_whole=is_whole, limit=limit)
    digits = f"{width:e}".split("e")
    assert float(digits[0]) in (1, 2, 5)
    assert count(width) <= limit
    smaller = float(f"{ {1: 0.5, 2: 1, 5: 2}[int(float(digits[0]))] }e{digits[1]}")
    if length and smaller >= (1 if is_whole else 0):
        assert count(smaller) > limit


def test_what_no_width_fits_is_refused() -> None:
    with pytest.raises(BadRequest, match="no width gives at most 2 candles"):
        width_over(-(2**63), 2**63 - 1, is_whole=True, limit=2)
