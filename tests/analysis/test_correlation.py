"""Correlations equal scipy's, and chance is not taken for more than it is."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.correlation import (
    METHODS,
    Correlations,
    Method,
    clustered_order,
    correlations,
)
from tensorboard_candles.errors import Cancelled
from tensorboard_candles.events.points import Float64Array

SCIPY = {
    "pearson": scipy.stats.pearsonr,
    "spearman": scipy.stats.spearmanr,
    "kendall": scipy.stats.kendalltau,
}
NUMBERS = st.one_of(
    st.integers(-3, 3).map(float),  # ties
    st.floats(-100, 100, width=16),
    st.sampled_from([np.nan, np.inf, -np.inf]),
)
TABLES = st.integers(1, 30).flatmap(
    lambda length: some.arrays(np.float64, st.tuples(st.integers(2, 4), st.just(length)), elements=NUMBERS)
)


def lines_of(table: Float64Array) -> list[Line]:
    step = np.arange(table.shape[1])
    return [Line(step, values) for values in table]


def by_scipy(first: Float64Array, second: Float64Array, method: Method) -> tuple[float, float]:
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < 3:
        return np.nan, np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = SCIPY[method](first[both], second[both])
    return float(found.statistic), float(found.pvalue)


@pytest.mark.parametrize("method", METHODS)
@given(table=TABLES)
def test_coefficients_and_plain_p_values_are_those_of_scipy(method: Method, table: Float64Array) -> None:
    found = correlations(lines_of(table), method=method, of="raw")
    for i, j in zip(*np.triu_indices(len(table), 1), strict=True):
        value, p = by_scipy(table[i], table[j], method)
        assert found.value[i, j] == pytest.approx(value, abs=1e-9, nan_ok=True)
        assert found.p_independent[i, j] == pytest.approx(p, abs=1e-7, nan_ok=True)


@given(table=TABLES)
def test_matrices_are_symmetric_and_of_what_varies_the_diagonal_is_1(table: Float64Array) -> None:
    found = correlations(lines_of(table), of="raw", max_lag=3)
    for matrix in (found.value, found.points, found.effective_points, found.p, found.p_holm, found.p_bh):
        np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(found.lag, -found.lag.T)
    own = found.value.diagonal()
    assert set(own[~np.isnan(own)]) <= {1.0}
    assert sorted(found.order) == list(range(len(table)))


@given(table=TABLES)
def test_corrected_p_values_are_in_order_and_those_of_scipy(table: Float64Array) -> None:
    found = correlations(lines_of(table), of="raw")
    above = np.triu_indices(len(table), 1)
    p, bh, holm = (matrix[above] for matrix in (found.p, found.p_bh, found.p_holm))
    known = ~np.isnan(p)
    np.testing.assert_array_equal(np.isnan(bh), ~known)
    if known.any():
        np.testing.assert_allclose(bh[known], scipy.stats.false_discovery_control(p[known]))
    assert (p[known] <= bh[known] + 1e-15).all()
    assert (bh[known] <= holm[known] + 1e-15).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_line_that_follows_another_is_found_at_its_lag_with_its_sign(method: Method) -> None:
    noise = np.random.default_rng(1).normal(size=300)
    step = np.arange(0, 3000, 10)
    lines = [Line(step[7:], noise[7:]), Line(step[7:], -((noise[:-7]) ** 3))]
    found = correlations(lines, method=method, of="raw", max_lag=20)
    assert found.lag[0, 1] == 7
    assert found.lag[1, 0] == -7
    assert found.lag_steps[0, 1] == pytest.approx(70)
    assert found.points[0, 1] == 293 - 7
    assert found.value[0, 1] < -0.7
    assert found.p[0, 1] < 1e-6


def test_two_that_only_trend_are_alike_raw_but_neither_significantly_nor_in_their_changes() -> None:
    rng = np.random.default_rng(2)
    step = np.arange(500)
    lines = [Line(step, np.exp(-step / 150) + rng.normal(size=500) * 0.05) for _ in range(2)]
    raw = correlations(lines, of="raw")
    assert raw.value[0, 1] > 0.9
    assert raw.effective_points[0, 1] < 20
    changes = correlations(lines)
    assert abs(changes.value[0, 1]) < 0.1
    assert changes.p[0, 1] > 0.05


def autocorrelated(rng: np.random.Generator, shape: tuple[int, int], phi: float) -> Float64Array:
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -phi], rng.normal(size=shape), axis=1))


def test_chance_alone_is_significant_as_often_as_told_however_autocorrelated_lines_are() -> None:
    table = autocorrelated(np.random.default_rng(3), (40, 600), 0.9)
    found = correlations(lines_of(table), of="raw")
    above = np.triu_indices(40, 1)
    assert (found.p_independent[above] < 0.05).mean() > 0.5  # a naive test fails
    assert 0.02 < (found.p[above] < 0.05).mean() < 0.08


def test_the_lag_that_was_searched_for_is_paid_for() -> None:
    table = np.random.default_rng(4).normal(size=(30, 300))
    found = correlations(lines_of(table), of="raw", max_lag=20)
    above = np.triu_indices(30, 1)
    assert (found.p_independent[above] < 0.05).mean() > 0.5
    assert (found.p[above] < 0.05).mean() < 0.07


def test_tags_at_different_rates_are_compared_at_the_steps_of_the_slower() -> None:
    rng = np.random.default_rng(5)
    every, fifth = np.arange(1000), np.arange(0, 1000, 5)
    fast = rng.normal(size=1000)
    lines = [Line(every, fast), Line(fifth, fast[fifth]), Line(every, -fast)]
    found = correlations(lines, of="raw")
    assert found.points[0].tolist() == [1000, 200, 1000]
    np.testing.assert_allclose(found.value[0], [1.0, 1.0, -1.0])
    assert found.is_every_step


def test_of_long_lines_the_closes_of_candles_are_compared_unless_all_are_asked_for() -> None:
    step = np.arange(50_000)
    values = np.random.default_rng(6).normal(size=(2, 50_000)).astype(np.float32)
    lines = [Line(step, one) for one in values]
    few = correlations(lines, of="raw")
    assert not few.is_every_step
    assert few.points[0, 1] <= 10_000
    assert few.width[0, 1] == 5
    every = correlations(lines, of="raw", most=50_000)
    assert every.is_every_step
    assert every.value[0, 1] == pytest.approx(scipy.stats.pearsonr(*values).statistic, abs=1e-6)
    assert correlations(lines, of="returns").points[0, 1] <= 500


def test_huge_and_tiny_numbers_correlate_as_others_do() -> None:
    values = np.array([1.0, 3.0, 2.0, 5.0])
    found = correlations(lines_of(np.stack([values * 3e307, values * 1e-300, values])), of="raw")
    np.testing.assert_allclose(found.value, 1.0)


def test_lines_that_are_alike_stand_beside_each_other() -> None:
    rng = np.random.default_rng(7)
    first, second = rng.normal(size=(2, 200))
    table = np.stack([first, second, -first, second + 0.1 * first, first + 0.1 * second])
    order = clustered_order(correlations(lines_of(table), of="raw").value).tolist()
    assert {*order[:2]} == {1, 3} or {*order[3:]} == {1, 3}


def test_who_tells_the_progress_may_break_off() -> None:
    told: list[float] = []

    def progress(done: float, total: float, what: str = "") -> None:
        told.append(done / total)
        if done / total > 0.5:
            raise Cancelled("enough")

    table = np.random.default_rng(8).normal(size=(30, 50))
    with pytest.raises(Cancelled):
        correlations(lines_of(table), method="kendall", progress=progress)
    assert told == sorted(told)


def test_one_line_or_none_has_nothing_to_be_compared_with() -> None:
    def shape(found: Correlations) -> tuple[int, ...]:
        return found.p_bh.shape

    assert shape(correlations([])) == (0, 0)
    assert shape(correlations([Line(np.arange(3), np.ones(3))])) == (1, 1)


def test_few_points_that_decide_are_told_whatever_the_lag() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 1000))
    first[:8] -= 40.0
    second[2:10] -= 40.0
    lines = lines_of(np.stack([first, second]))
    found = correlations(lines, of="raw", max_lag=4)
    assert found.lag[0, 1] == 2
    assert found.extreme_share[0, 1] > 0.9
    np.testing.assert_allclose(found.extreme_share, found.extreme_share.T)
    by_ranks = correlations(lines, of="raw", method="spearman", max_lag=4)
    assert by_ranks.extreme_share[0, 1] < 0.5


@pytest.mark.parametrize("weight", [0.3, 1.0, 3.0])
def test_what_all_points_tell_is_not_laid_to_few(weight: float) -> None:
    rng = np.random.default_rng(3)
    common, *own = rng.normal(size=(3, 5000))
    found = correlations(lines_of(np.stack([weight * common + one for one in own])), of="raw")
    assert found.p_bh[0, 1] < 0.05
    assert 0 < found.extreme_share[0, 1] < 0.5


def test_the_share_of_few_is_what_leaving_them_out_takes_away() -> None:
    first, second = np.random.default_rng(4).standard_t(3, size=(2, 300)) + 1.0
    second += first
    left, right = first - first.mean(), second - second.mean()
    few = {*np.argsort(-np.abs(left))[:3].tolist(), *np.argsort(-np.abs(right))[:3].tolist()}
    expected = sum(left[at] * right[at] for at in few) / (left @ right)
    found = correlations(lines_of(np.stack([first, second])), of="raw")
    assert found.extreme_share[0, 1] == pytest.approx(expected)
