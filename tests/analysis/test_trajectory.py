"""Paths through the space of metrics: their derivatives, momentum, curvature and components."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.trajectory import Path, trajectories
from tensorboard_candles.analysis.trajectory.components import components
from tensorboard_candles.analysis.trajectory.local_fits import curvature, derivatives
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array

RANDOM = np.random.default_rng(4)


def lines(values: Float64Array, *, every: int = 1) -> list[Line]:
    step = np.arange(values.shape[1]) * every
    return [Line(step, one) for one in values]


def path_of(values: Float64Array, *, window: int | None = None, limit: int = 2000) -> Path:
    return trajectories([lines(values)], window=window, limit=limit).paths[0]


@pytest.mark.parametrize("window", [3, 5, 31])
def test_derivatives_of_a_parabola_are_exact_at_any_window_and_at_the_ends(window: int) -> None:
    step = np.cumsum(RANDOM.integers(1, 9, 200)).astype(np.int64)
    values = np.array([4 - 3 * step + 0.5 * step**2, 1e6 + 0.25 * step])
    found = derivatives(step, values, np.arange(200), window=window)
    np.testing.assert_allclose(found.first, [step - 3.0, np.full(200, 0.25)], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.second, [np.ones(200), np.zeros(200)], rtol=1e-6, atol=1e-6)


def test_derivatives_on_even_steps_are_those_of_savitzky_and_golay() -> None:
    values = RANDOM.normal(size=(2, 400)).cumsum(axis=1)
    found = derivatives(np.arange(400) * 10, values, np.arange(400), window=21)
    for order, got in enumerate(found):
        expected = savgol_filter(values, 21, 2, deriv=order, delta=10)
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-12)


def test_derivatives_are_exact_where_most_of_a_window_lies_close_together_and_a_point_far_away() -> None:
    step = np.array([0, 1, 2, 3, 10**4, 10**4 + 1, 10**4 + 2])
    found = derivatives(step, np.array([step**2 - 3.0 * step]), np.arange(7), window=5)
    np.testing.assert_allclose(found.first, [2.0 * step - 3], rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(found.second, np.full((1, 7), 2.0), rtol=1e-6)
    farthest = np.array([0, 1, 2, 3, 10**15])
    assert np.isfinite(derivatives(farthest, RANDOM.normal(size=(2, 5)), np.arange(5), window=5)).all()


def test_points_that_are_no_numbers_are_left_out_of_derivatives() -> None:
    step = np.arange(60)
    values = np.array([step**2.0])
    values[0, 20:23] = np.nan, np.inf, np.nan
    found = derivatives(step, values, np.array([21, 30]), window=7)
    np.testing.assert_allclose(found.first, [[42.0, 60.0]])
    values[0, 18:25] = np.nan
    assert np.isnan(derivatives(step, values, np.array([21]), window=7).first).all()


@given(st.floats(0.01, 1000), st.integers(200, 400))
def test_curvature_of_a_circle_is_one_over_its_radius_and_of_a_line_zero(radius: float, count: int) -> None:
    angle = np.linspace(0, 2 * np.pi, count)
    circle = radius * np.array([np.cos(angle), np.sin(angle), np.zeros(count)])
    step = np.arange(count)
    found = derivatives(step, circle, step, window=5)
    np.testing.assert_allclose(curvature(found.first, found.second)[3:-3], 1 / radius, rtol=2e-3)
    straight = radius * np.array([angle, -angle, 3 * angle])
    ahead = derivatives(step, straight, step, window=5)
    np.testing.assert_allclose(curvature(ahead.first, ahead.second), 0, atol=1e-6 / radius)


def test_curvature_of_a_helix_is_as_in_the_textbook() -> None:
    angle = np.linspace(0, 20, 4000)
    helix = np.array([2 * np.cos(angle), 2 * np.sin(angle), 1.5 * angle])
    found = derivatives(np.arange(4000), helix, np.arange(100, 3900), window=31)
    np.testing.assert_allclose(curvature(found.first, found.second), 2 / (2**2 + 1.5**2), rtol=1e-3)


def test_the_curvature_of_a_path_is_that_of_the_picture_in_which_all_axes_are_as_long() -> None:
    angle = np.linspace(0, 2 * np.pi, 1000)
    ellipse = np.array([100 * np.cos(angle), 0.01 * np.sin(angle)])
    found = path_of(ellipse, window=9)
    np.testing.assert_allclose(found.curvature[10:-10], 2, rtol=1e-3)


def test_momentum_is_the_exponentially_weighted_mean_of_the_moves() -> None:
    values = RANDOM.normal(size=(3, 300)).cumsum(axis=1)
    found = trajectories([lines(values, every=10)], window=15).paths[0]
    moves = np.diff(values) / 10
    for last in range(299):
        weights = (1 - 2 / 16) ** np.arange(last, -1.0, -1.0)
        expected = np.average(moves[:, : last + 1], axis=1, weights=weights)
        np.testing.assert_allclose(found.momentum[:, last + 1], expected, rtol=1e-9, atol=1e-12)
    assert np.isnan(found.momentum[:, 0]).all()


def test_a_path_that_is_thinned_keeps_every_extreme_and_the_derivatives_of_all_points() -> None:
    values = RANDOM.normal(size=(3, 20_000)).cumsum(axis=1)
    values[1, 7777] = 1e4
    whole, few = path_of(values, limit=20_000), path_of(values, limit=600)
    assert len(few.step) <= 600 < few.steps == 20_000
    np.testing.assert_array_equal(few.position.min(axis=1), values.min(axis=1))
    np.testing.assert_array_equal(few.position.max(axis=1), values.max(axis=1))
    assert few.step[[0, -1]].tolist() == [0, 19_999]
    for name in ("position", "smooth", "velocity", "acceleration", "momentum", "curvature"):
        np.testing.assert_array_equal(getattr(few, name), getattr(whole, name)[..., few.step])


def test_tags_at_different_rates_are_joined_on_their_common_steps() -> None:
    fast, slow = Line(np.arange(1000), np.arange(1000.0)), Line(np.arange(0, 1000, 100), np.arange(10.0))
    found = trajectories([[fast, slow]]).paths[0]
    np.testing.assert_array_equal(found.step, slow.step)
    np.testing.assert_array_equal(found.position, [slow.step, slow.value])


def test_several_runs_share_one_space() -> None:
    values = RANDOM.normal(size=(4, 100))
    found = trajectories([lines(values), lines(values * 3)], combine=True)
    assert found.components is not None
    np.testing.assert_allclose(found.paths[1].position, found.components.project(values * 3)[:3], rtol=1e-12)
    both = np.concatenate([path.position for path in found.paths], axis=1)
    np.testing.assert_allclose(found.extent, np.ptp(both, axis=1))


def test_components_are_those_of_scikit_learn() -> None:
    mixed = RANDOM.normal(size=(3, 500)) * [[5], [2], [0.5]]
    values = RANDOM.normal(size=(7, 3)) @ mixed + 0.1 * RANDOM.normal(size=(7, 500)) + 1e3
    found = components([values[:, :200], values[:, 200:]])
    standard = StandardScaler().fit_transform(values.T)
    expected = PCA(svd_solver="full").fit(standard)
    np.testing.assert_allclose(found.explained, expected.explained_variance_ratio_, rtol=1e-8, atol=1e-12)
    signs = np.sign(found.weights[np.arange(7), np.abs(found.weights).argmax(axis=1)])
    assert (signs == 1).all()
    theirs = expected.components_ * np.sign(np.sum(expected.components_ * found.weights, axis=1))[:, None]
    np.testing.assert_allclose(found.weights, theirs, atol=1e-7)
    np.testing.assert_allclose(found.project(values), theirs @ standard.T, atol=1e-6)


@pytest.mark.parametrize("size", [1e308, 1e-310])
def test_components_are_the_same_whatever_the_size_of_the_metrics(size: float) -> None:
    values = RANDOM.uniform(-1, 1, (3, 50))
    usual, found = components([values]), components([values * size])
    np.testing.assert_allclose(found.weights, usual.weights, rtol=1e-6)
    np.testing.assert_allclose(found.project(values * size), usual.project(values), rtol=1e-6, atol=1e-9)


def test_a_metric_that_never_changes_and_a_step_without_a_number_take_nothing_from_the_others() -> None:
    values = RANDOM.normal(size=(3, 50))
    alone = components([values])
    holed = np.concatenate([values, np.full((3, 1), np.nan)], axis=1)
    with_constant = components([np.concatenate([holed, np.full((1, 51), 7.0)])])
    np.testing.assert_allclose(with_constant.weights[:, :3], alone.weights, atol=1e-9)
    assert (with_constant.weights[:, 3] == 0).all()
    assert np.isnan(with_constant.scale[3])
    projected = with_constant.project(np.concatenate([holed, np.full((1, 51), 7.0)]))
    assert np.isnan(projected[:, 50]).all()
    assert np.isfinite(projected[:, :50]).all()


def test_what_cannot_be_combined_is_refused() -> None:
    with pytest.raises(BadRequest, match="at least two tags have to vary"):
        components([np.array([np.arange(9.0), np.zeros(9)])])
    with pytest.raises(BadRequest, match="only 2 steps have a finite value of every tag"):
        components([np.array([[1.0, 2.0, np.nan], [1.0, 2.0, 3.0]])])


def test_a_path_of_one_point_or_without_numbers_has_no_derivatives() -> None:
    one = path_of(np.array([[1.0], [2.0]]))
    assert (one.steps, one.position.tolist()) == (1, [[1.0], [2.0]])
    assert np.isnan(one.velocity).all()
    assert np.isnan(one.curvature).all()
    none = path_of(np.full((2, 20), np.nan))
    assert np.isnan(none.curvature).all()
