"""A model that is a formula: the loss is ½ (w − m)ᵀ H (w − m) + c."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.landscape import BatchNorm, Weight
from tensorboard_candles.errors import NoCurvature

Float64Array = npt.NDArray[np.float64]


class Bowl:
    """A `Network` that counts what it is asked for."""

    name = "Bowl"
    framework = "numpy"
    dtype = "float64"
    samples = 7
    batch_norm: BatchNorm = "frozen"

    def __init__(
        self,
        hessian: Float64Array,
        at: Float64Array,
        lowest: Float64Array | None = None,
        *,
        floor: float = 0.5,
        weights: Sequence[Weight] | None = None,
    ) -> None:
        self.hessian, self.at, self.floor = hessian, at, floor
        self.lowest = np.zeros_like(at) if lowest is None else lowest
        self.weights = weights or (Weight("w", (len(at), 1), 0, filter_axis=None),)
        self.is_differentiable = True
        self.evaluated = 0
        self.products = 0
        self.is_entered = False

    @property
    def fingerprint(self) -> str:
        return f"{self.hessian.tolist()} {self.lowest.tolist()}"

    def vector(self) -> Float64Array:
        return self.at.copy()

    def vector_of(self, checkpoint: object) -> Float64Array:
        return np.array(checkpoint, np.float64)

    def loss_of(self, checkpoint: object | None) -> float:
        return self.formula(self.at if checkpoint is None else self.vector_of(checkpoint))

    def formula(self, weights: Float64Array) -> float:
        away = weights - self.lowest
        return float(away @ self.hessian @ away / 2 + self.floor)

    @contextmanager
    def plane(self, origin: Float64Array, directions: Sequence[Float64Array]) -> Iterator[_Plane]:
        self.is_entered = True
        try:
            yield _Plane(self, origin, np.stack(directions))
        finally:
            self.is_entered = False

    @contextmanager
    def curvature(self, origin: Float64Array) -> Iterator[Callable[[Float64Array], Float64Array]]:
        if not self.is_differentiable:
            raise NoCurvature("a bowl of steps")

        def product(vector: Float64Array) -> Float64Array:
            self.products += 1
            return np.asarray(self.hessian @ vector, np.float64)

        yield product


class _Plane:
    chunk = 4

    def __init__(self, bowl: Bowl, origin: Float64Array, directions: Float64Array) -> None:
        self._bowl, self._origin, self._directions = bowl, origin, directions

    def losses(self, points: Float64Array) -> Float64Array:
        assert self._bowl.is_entered
        assert 0 < len(points) <= self.chunk
        self._bowl.evaluated += len(points)
        return np.array([self._bowl.formula(self._origin + point @ self._directions) for point in points])


def hessian_of(values: Sequence[float], seed: int = 0) -> Float64Array:
    """A symmetric matrix with these eigenvalues."""
    turned, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(values), len(values))))
    return np.asarray((turned * np.array(values)) @ turned.T, np.float64)
