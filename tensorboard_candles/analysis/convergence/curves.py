"""Curves that training metrics follow on their way to a plateau, and how they are fitted.

Each is y = c + A · s(u), where u runs from 0 at the first step to 1 at the last, and s falls from 1 at u = 0.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.convergence.natural import UNBOUNDED, Bounds
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.events.points import Float64Array

Model = typing.Literal["constant", "line", "exponential", "power"]
SOFT = 1.5
"""Beyond so many sigmas a residual counts in proportion, and no more by its square (soft l1)."""
_MAD = 1.4826
_REWEIGHTED = 5
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Shape:
    """s(u) of some model, its derivatives, and where to look for its parameters φ (logarithms)."""

    shape: Callable[[Float64Array, Float64Array], Float64Array]
    """Of u and of φ, whose last axis are parameters: one line of s for each."""
    gradient: Callable[[Float64Array, Float64Array], Sequence[Float64Array]]
    """Derivatives of s by each of φ."""
    bounds: Sequence[tuple[float, float]]
    """Of each of φ."""
    starts: Sequence[int]
    """How many values of each of φ are tried."""
    least_bins: int
    """It is fitted to no fewer."""


def _exponential(u: Float64Array, phi: Float64Array) -> Float64Array:
    return np.asarray(np.exp(-u / np.exp(phi[..., :1])))


def _exponential_gradient(u: Float64Array, phi: Float64Array) -> Sequence[Float64Array]:
    rate = u / np.exp(phi[0])
    return [np.exp(-rate) * rate]


def _power(u: Float64Array, phi: Float64Array) -> Float64Array:
    return np.asarray(np.exp(-np.exp(phi[..., 1:2]) * np.log1p(u / np.exp(phi[..., :1]))))


def _power_gradient(u: Float64Array, phi: Float64Array) -> Sequence[Float64Array]:
    start, rate = np.exp(phi)
    logarithm = np.log1p(u / start)
    falling = rate * np.exp(-rate * logarithm)
    return [falling * (u / start) / (1 + u / start), -falling * logarithm]


SHAPES: Mapping[Model, Shape] = {
    "line": Shape(lambda u, phi: 1 - u, lambda u, phi: [], (), (), 3),
    "exponential": Shape(_exponential, _exponential_gradient, ((np.log(1e-7), np.log(5.0)),), (60,), 6),
    "power": Shape(
        _power,
        _power_gradient,
        ((np.log(1e-8), np.log(10.0)), (np.log(0.05), np.log(8.0))),
        (28, 14),
        8,
    ),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A curve through weighted values."""

    model: Model
    parameters: Float64Array
    """c, A, then φ; c alone of a constant."""

    def __call__(self, u: Float64Array) -> Float64Array:
        return curve(self.model, self.parameters, u)


def curve(model: Model, parameters: Float64Array, u: Float64Array) -> Float64Array:
    """Values of a model at some u.

    >>> curve("exponential", np.array([1.0, 2.0, 0.0]), np.array([0.0, 1.0])).round(4)
    array([3.    , 1.7358])
    """
    if model == "constant":
        return np.full(u.shape, parameters[0])
    return np.asarray(parameters[0] + parameters[1] * SHAPES[model].shape(u, parameters[2:]))


def gradient(model: Model, parameters: Float64Array, u: Float64Array) -> Float64Array:
    """Derivatives of the curve by its parameters: a line of them for each u."""
    ones = np.ones_like(u)
    if model == "constant":
        return ones[:, None]
    one, phi = SHAPES[model], parameters[2:]
    by_phi = [parameters[1] * each for each in one.gradient(u, phi)]
    return np.column_stack([ones, one.shape(u, phi), *by_phi])


def fitted(
    model: Model, u: Float64Array, y: Float64Array, weight: Float64Array, ends: Bounds = UNBOUNDED
) -> Fit:
    """A model through values, robustly: soft l1 of residuals times the root of their weights.

    >>> u = np.linspace(0, 1, 50)
    >>> found = fitted("exponential", u, 0.5 + 2 * np.exp(-u / 0.2), np.ones(50))
    >>> found.parameters[:2].round(9), np.exp(found.parameters[2]).round(9).item()
    (array([0.5, 2. ]), 0.2)

    A plateau lies within `ends`. Values should be of a size of about 1. Starting values are the best of a
    grid of φ, at each of which c and A are solved for by reweighted least squares.
    """
    with needing("scipy"):
        from scipy.optimize import least_squares
    root = np.sqrt(weight / weight.mean())
    ends = ends if levels_off(model) else UNBOUNDED
    start, scale = _start(model, u, y, root, ends)
    bounds = () if model == "constant" else SHAPES[model].bounds
    free = [(-np.inf, np.inf)] * (len(start) - len(bounds) - 1)
    low, high = np.array([(ends.low, ends.high), *free, *bounds]).T
    found = least_squares(
        lambda at: root * (curve(model, at, u) - y) / scale,
        np.clip(start, low + _TINY, high - _TINY),
        jac=lambda at: root[:, None] * gradient(model, at, u) / scale,
        bounds=(low, high),
        loss="soft_l1",
        f_scale=SOFT,
        x_scale="jac",
        ftol=1e-12,
        xtol=1e-10,
        gtol=1e-12,
        max_nfev=100,
    )
    return Fit(model, found.x)


def levels_off(model: Model) -> bool:
    return model in ("exponential", "power")


def robust_scale(residuals: Float64Array) -> float:
    """As of a normal distribution with the same median distance from zero; never quite zero.

    >>> round(robust_scale(np.array([-1.0, 1.0, -1.0, 50.0])), 4)
    1.4826
    """
    return max(_MAD * float(np.median(np.abs(residuals))), _TINY)


def _start(
    model: Model, u: Float64Array, y: Float64Array, root: Float64Array, ends: Bounds
) -> tuple[Float64Array, float]:
    """Parameters near the best, and the scale of the weighted residuals there."""
    if model == "constant":
        c = float(np.median(y))
        return np.array([c]), robust_scale(root * (y - c))
    one = SHAPES[model]
    axes = [np.linspace(low, high, count) for (low, high), count in zip(one.bounds, one.starts, strict=True)]
    phi = (
        np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
        if axes
        else np.zeros((1, 0))
    )
    shape = np.broadcast_to(one.shape(u, phi), (len(phi), len(u)))
    all_c, all_a, residuals = _linear(shape, y, root, ends)
    scales = np.maximum(_MAD * np.median(np.abs(residuals), axis=1), _TINY)
    cost = (np.sqrt(1 + (residuals / (SOFT * scales.min())) ** 2) - 1).sum(axis=1)
    best = int(np.argmin(cost))
    return np.array([all_c[best], all_a[best], *phi[best]]), float(scales[best])


def _linear(
    shape: Float64Array, y: Float64Array, root: Float64Array, ends: Bounds
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """c, A and weighted residuals at each φ."""
    weight = np.broadcast_to(root**2, shape.shape)
    for _ in range(_REWEIGHTED):
        total = weight.sum(axis=1, keepdims=True)
        mean_s = (weight * shape).sum(axis=1, keepdims=True) / total
        mean_y = (weight * y).sum(axis=1, keepdims=True) / total
        varied = (weight * (shape - mean_s) ** 2).sum(axis=1, keepdims=True)
        a = (weight * (shape - mean_s) * (y - mean_y)).sum(axis=1, keepdims=True) / np.maximum(varied, _TINY)
        free = mean_y - a * mean_s
        c = np.clip(free, ends.low, ends.high)
        square = np.maximum((weight * shape**2).sum(axis=1, keepdims=True), _TINY)
        a = np.where(c == free, a, (weight * shape * (y - c)).sum(axis=1, keepdims=True) / square)
        residuals = root * (c + a * shape - y)
        scale = np.maximum(_MAD * np.median(np.abs(residuals), axis=1, keepdims=True), _TINY)
        weight = root**2 / np.sqrt(1 + (residuals / (SOFT * scale)) ** 2)
    return c[:, 0], a[:, 0], residuals
