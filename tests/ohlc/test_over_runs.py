from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.api.answer import to_list
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc import StepAxis, candles, candles_over_runs
from tensorboard_candles.store import Series
from tests.ohlc.naive import candle_rows
from tests.ohlc.test_candles import any_series, series_of

EXACT = ("first_step", "last_step", "runs", "count", "nonfinite", "high", "low", "high_run", "low_run")
MEANS = ("open", "close", "mean", "std_over_runs")


def over_runs(rows: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """One bucket by plain loops over the candles of the runs in it."""
    priced = [(run, row) for run, row in rows if row["count"]]
    found: dict[str, Any] = {
        "first_step": min(row["first_step"] for _, row in rows),
        "last_step": max(row["last_step"] for _, row in rows),
        "runs": len(priced),
        "count": sum(row["count"] for _, row in rows),
        "nonfinite": sum(row["nonfinite"] for _, row in rows),
    }
    if not priced:
        names = (*EXACT, *MEANS, "high_step", "low_step")
        return {**dict.fromkeys(names), **found}
    for name, best in (("high", max), ("low", min)):
        found[name] = best(row[name] for _, row in priced)
        run, row = next((run, row) for run, row in priced if row[name] == found[name])
        found[f"{name}_run"], found[f"{name}_step"] = run, row[f"{name}_step"]
    for name in ("open", "close", "mean"):
        found[name] = math.fsum(row[name] for _, row in priced) / len(priced)
    squares = math.fsum((row["mean"] - found["mean"]) ** 2 for _, row in priced)
    return {**found, "std_over_runs": math.sqrt(squares / len(priced))}


@given(st.lists(any_series(), min_size=1, max_size=6), st.integers(1, 40))
def test_a_candle_of_candles_is_what_plain_loops_make_of_them(series: list[Series], width: int) -> None:
    buckets: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for run, one in enumerate(series):
        for row in candle_rows(one, StepAxis(), width):
            buckets.setdefault(row["bucket"], []).append((run, row))
    found = candles_over_runs([candles(one, StepAxis(), width=width) for one in series])
    assert found.bucket.tolist() == sorted(buckets)
    assert found.x.tolist() == [bucket * width for bucket in sorted(buckets)]
    expected = [over_runs(buckets[bucket]) for bucket in sorted(buckets)]
    for name in (*EXACT, "high_step", "low_step"):
        assert to_list(getattr(found, name)) == [row[name] for row in expected], name
    for name in MEANS:
        for got, row in zip(to_list(getattr(found, name)), expected, strict=True):
            if row[name] is None:
                assert got is None
            else:
                scale = max(abs(row["high"]), abs(row["low"]))
                assert math.isclose(got, row[name], rel_tol=1e-9, abs_tol=1e-7 * scale), name


@given(any_series(), st.integers(1, 40), st.integers(1, 5))
def test_one_run_and_copies_of_it_are_the_run_itself(series: Series, width: int, copies: int) -> None:
    run = candles(series, StepAxis(), width=width)
    found = candles_over_runs([run] * copies)
    for name in ("open", "high", "low", "close", "mean"):
        np.testing.assert_allclose(getattr(found, name), getattr(run, name), rtol=1e-12)
    assert np.nanmax(found.std_over_runs, initial=0.0) <= 1e-9 * max(
        np.nanmax(np.abs(run.high), initial=0), 1
    )
    np.testing.assert_array_equal(found.count, copies * run.count)


def test_body_and_mean_never_leave_the_wicks_however_large_the_numbers() -> None:
    values = [1e38, 3e38, 3.4e38]
    members = [candles(series_of([value] * 3), StepAxis(), width=3) for value in values]
    found = candles_over_runs(members)
    for column in (found.open, found.close, found.mean):
        assert (found.low <= column).all()
        assert (column <= found.high).all()
    same = candles_over_runs([members[0]] * 7)
    assert (same.open.item(), same.close.item(), same.std_over_runs.item()) == (
        members[0].open.item(),
        members[0].close.item(),
        0.0,
    )


def test_candles_of_different_widths_are_refused() -> None:
    series = series_of([1.0, 2.0])
    with pytest.raises(BadRequest, match=r"one width are wanted, got \[1, 2\]"):
        candles_over_runs([candles(series, StepAxis(), width=width) for width in (1, 2)])
