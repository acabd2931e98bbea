"""A Gaussian process over the runs: what is expected where nobody has been, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.analysis.progress import Progress, untold

MOST_TUNED = 200
"""Runs that the kernel is found by: each look at them takes the cube of their number."""
MOST_CONDITIONED = 600
"""Runs that the surface goes by."""
_STARTS = (1.0, 0.3)
"""Lengths from which the kernel's are searched, in parts of the observed range."""
_LOOKS = 40
"""Steps of each search, at most."""


@dataclass(frozen=True, slots=True)
class Surrogate:
    """Kernel and data; targets are told in their own unit, and as they would be without noise."""

    process: Any
    """A `sklearn.gaussian_process.GaussianProcessRegressor` of standardised targets."""
    centre: float
    scale: float
    noise: float
    """Standard deviation of runs with the same parameters, in the target's unit."""
    rows: Float64Array
    """Which runs it goes by, as numbers."""

    def predict(self, features: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Mean and standard deviation of what the parameters make of it, without noise, row by row."""
        mean, std = self.process.predict(features, return_std=True)
        variance = np.maximum(std**2 - (self.noise / self.scale) ** 2, 0.0)
        return self.centre + self.scale * mean, self.scale * np.sqrt(variance)

    def explained(self) -> float:
        """The part of the runs' variance that it foretells of each from all others; may lie below 0.

        Leave-one-out in closed form: Rasmussen and Williams 2006, eq. 5.12.
        """
        from scipy.linalg import cho_solve

        process = self.process
        inverse = cho_solve((process.L_, True), np.eye(len(process.L_)))
        missed = process.alpha_ / np.diag(inverse)
        spread = np.var(process.y_train_)
        return float(1 - np.mean(missed**2) / spread) if spread > 0 else 0.0


def fitted(features: Float64Array, target: Float64Array, progress: Progress = untold) -> Surrogate:
    """The Gaussian process of scikit-learn: Matérn 5/2 with a length for each feature, and white noise.

    >>> at = np.linspace(0, 1, 8)[:, None]
    >>> mean, std = fitted(at, np.sin(3 * at[:, 0])).predict(np.array([[0.5]]))
    >>> bool(abs(mean[0] - np.sin(1.5)) < 1e-3), bool(std[0] < 0.01)
    (True, True)

    The kernel is that of the largest marginal likelihood, searched from two fixed starts, so that the same
    runs give the same answer. Of more than 200 runs as many are drawn for that (always the same ones), and
    of more than 600 the surface goes by those that are drawn.
    """
    with needing("scikit-learn"):
        from sklearn.gaussian_process import GaussianProcessRegressor
    rows = _drawn(len(target), MOST_CONDITIONED)
    centre, scale = float(target[rows].mean()), float(target[rows].std()) or 1.0
    standard = (target - centre) / scale
    kernel = _kernel(features, standard, rows, progress)
    process = GaussianProcessRegressor(kernel, alpha=1e-10, optimizer=None)
    process.fit(features[rows], standard[rows])
    noise = scale * float(np.sqrt(kernel.k2.noise_level))
    return Surrogate(process, centre, scale, noise, rows)


def _drawn(count: int, most: int) -> Any:
    order = np.random.default_rng(0).permutation(count)
    return np.sort(order[:most])


def _kernel(features: Float64Array, target: Float64Array, rows: Any, progress: Progress) -> Any:
    """The best of some searches: scikit-learn's likelihood and gradient, scipy's L-BFGS-B as there.

    Done here, as it can be given up on the way and its warnings of a length at its limit would be of no use
    to who reads the log of TensorBoard.
    """
    from scipy.optimize import minimize
    from sklearn.gaussian_process import GaussianProcessRegressor

    some = rows[_drawn(len(rows), MOST_TUNED)]
    process = GaussianProcessRegressor(_unfitted(features.shape[1]), alpha=1e-10, optimizer=None)
    process.fit(features[some], target[some])
    looks = 0

    def badness(theta: Float64Array) -> tuple[float, Float64Array]:
        nonlocal looks
        looks += 1
        progress(min(looks, len(_STARTS) * _LOOKS), len(_STARTS) * _LOOKS, "fitting")
        value, gradient = process.log_marginal_likelihood(theta, eval_gradient=True, clone_kernel=False)
        return -value, -gradient

    found = [
        minimize(
            badness,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=process.kernel.bounds,
            options={"maxiter": _LOOKS},
        )
        for start in (_unfitted(features.shape[1], length).theta for length in _STARTS)
    ]
    best = min(found, key=lambda one: float(one.fun))
    return process.kernel.clone_with_theta(best.x)


def _unfitted(dimensions: int, length: float = 1.0) -> Any:
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    lengths = np.full(dimensions, length)
    matern = Matern(length_scale=lengths, length_scale_bounds=(0.05, 100.0), nu=2.5)
    return ConstantKernel(1.0, (0.01, 100.0)) * matern + WhiteKernel(0.01, (1e-6, 10.0))
