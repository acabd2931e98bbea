"""The Gaussian process is scikit-learn's, and improvement that of the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from tensorboard_candles.analysis.hyperparameters.improvement import expected_improvement
from tensorboard_candles.analysis.hyperparameters.surrogate import fitted


def hills(count: int, *, noise: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    places = random.random((count, 2))
    return places, np.sin(4 * places[:, 0]) + places[:, 1] ** 2 + noise * random.standard_normal(count)


def test_prediction_is_that_of_scikit_learn_with_the_same_kernel() -> None:
    places, target = hills(40, noise=0.05)
    found = fitted(places, target)
    kernel = found.process.kernel_
    peer = GaussianProcessRegressor(kernel, alpha=1e-10, optimizer=None, normalize_y=True).fit(places, target)
    there = np.random.default_rng(5).random((30, 2))
    mean, std = found.predict(there)
    peer_mean, peer_std = peer.predict(there, return_std=True)
    noise = np.var(target) * kernel.k2.noise_level
    np.testing.assert_allclose(mean, peer_mean, rtol=1e-8)
    np.testing.assert_allclose(std**2 + noise, peer_std**2, rtol=1e-6)
    assert found.noise == pytest.approx(np.sqrt(noise))


def test_kernel_is_at_least_as_likely_as_that_which_scikit_learn_finds() -> None:
    places, target = hills(40, noise=0.05)
    found = fitted(places, target)
    matern = Matern(length_scale=[1, 1], length_scale_bounds=(0.05, 100), nu=2.5)
    kernel = ConstantKernel(1, (0.01, 100)) * matern + WhiteKernel(0.01, (1e-6, 10))
    peer = GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=2, random_state=0)
    peer.fit(places, target)
    likelihood = found.process.log_marginal_likelihood(found.process.kernel_.theta)
    assert likelihood >= peer.log_marginal_likelihood_value_ - 0.01


def test_noise_is_recovered_and_a_plane_foretold() -> None:
    places, target = hills(150, noise=0.1)
    found = fitted(places, target)
    assert found.noise == pytest.approx(0.1, rel=0.2)
    mean, std = found.predict(np.array([[0.4, 0.5]]))
    assert abs(mean[0] - (np.sin(1.6) + 0.25)) < 3 * std[0] < 0.15


def test_what_it_explains_is_what_leaving_each_out_gives() -> None:
    places, target = hills(25, noise=0.2)
    found = fitted(places, target)
    standard = (target - target.mean()) / target.std()
    peer = GaussianProcessRegressor(found.process.kernel_, alpha=1e-10, optimizer=None)
    told = cross_val_predict(peer, places, standard, cv=LeaveOneOut())
    assert found.explained() == pytest.approx(1 - np.mean((standard - told) ** 2), abs=1e-8)


def test_the_same_runs_give_the_same_answer_of_no_more_than_some_of_them() -> None:
    places, target = hills(650, noise=0.2)
    with threadpool_limits(1):
        first, second = fitted(places, target), fitted(places, target)
    assert len(first.rows) == 600
    there = np.random.default_rng(5).random((9, 2))
    np.testing.assert_array_equal(first.predict(there), second.predict(there))


@pytest.mark.parametrize(("mean", "std", "best"), [(0.3, 0.5, 0.1), (-1.0, 2.0, 0.0), (5.0, 1.0, 0.0)])
def test_improvement_is_the_mean_of_what_lies_below_the_best(mean: float, std: float, best: float) -> None:
    normal = norm(mean, std)
    wanted, _ = quad(lambda at: (best - at) * normal.pdf(at), mean - 12 * std, best)
    [found] = expected_improvement(np.array([mean]), np.array([std]), best)
    assert found == pytest.approx(wanted, rel=1e-7)
