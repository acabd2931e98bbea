"""The largest eigenvalues of a symmetric matrix that is known by its products with vectors alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.analysis.progress import Progress, untold

TOLERANCE = 1e-4
"""Iteration ends when each residual is so small a part of the largest eigenvalue's magnitude. An
eigenvalue's own error goes with its square."""

MOST_PRODUCTS = 100
_MOST_BASIS_BYTES = 4 << 30
_FEWEST_PRODUCTS = 20
_BREAKDOWN = 1e-10
_WHAT = "eigenvalues of the Hessian"


@dataclass(frozen=True, eq=False, slots=True)
class Eigenpairs:
    """The largest first."""

    values: Float64Array
    vectors: Float64Array
    """(count, size), orthonormal; the sign of a vector is that of its largest number."""
    residuals: Float64Array
    """‖Hv − λv‖, of one more product with each."""
    products: int


def largest_eigenpairs(
    product: Callable[[Float64Array], Float64Array],
    size: int,
    count: int,
    *,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    most_products: int = MOST_PRODUCTS,
    progress: Progress = untold,
) -> Eigenpairs:
    """Lanczos' iteration with every vector made orthogonal to all before it (Golub & Van Loan, 10.3).

    >>> found = largest_eigenpairs(lambda vector: np.array([1.0, 5, 3]) * vector, 3, 2)
    >>> found.values.round(9).tolist(), bool((found.residuals < 1e-9).all())
    ([5.0, 3.0], True)

    These are the algebraically largest. Where they haven't come to the tolerance after `most_products`, the
    residuals say so: an eigenvalue of the matrix lies within its residual of each value.
    """
    count = min(count, size)
    room = max(_MOST_BASIS_BYTES // (8 * size), _FEWEST_PRODUCTS, 2 * count)
    most = min(size, max(most_products, 2 * count), room)
    draw = np.random.default_rng(seed)
    space = _Space(np.empty((most, size)))
    starts = 1
    new = _fresh(draw, space.known)
    while True:
        progress(len(space.diagonal), most + count, _WHAT)
        image = space.grow(new, product(new))
        if len(space.diagonal) == most or space.is_enough(count, starts, tolerance):
            break
        # a space that the matrix maps into itself may lack an eigenvalue's twins: another start finds one
        if image is None:
            starts += 1
        new = _fresh(draw, space.known) if image is None else image
    vectors = space.mixtures[:, :count].T @ space.known
    return _checked(product, space.values[:count], vectors, len(space.diagonal), progress)


class _Space:
    """An orthonormal basis in which the matrix is tridiagonal, and what the matrix is within it."""

    def __init__(self, basis: Float64Array) -> None:
        self._basis = basis
        self.diagonal: list[float] = []
        self._beside: list[float] = []
        self._begin = 0
        self._length = 0.0
        """Of what the matrix makes of the last vector and lies outside."""
        self.values = self.mixtures = np.empty(0)

    @property
    def known(self) -> Float64Array:
        return self._basis[: len(self.diagonal)]

    def grow(self, new: Float64Array, image: Float64Array) -> Float64Array | None:
        """By a vector, of which the matrix makes `image`. The next one; None where nothing lies outside."""
        if self.diagonal:
            self._beside.append(self._length)
        if not self._length:
            self._begin = len(self.diagonal)
        self._basis[len(self.diagonal)] = new
        self.diagonal.append(float(new @ image))
        image = _orthogonal(image, self.known)
        self.values, self.mixtures = _ritz(self.diagonal, self._beside)
        self._length = float(np.linalg.norm(image))
        if self._length <= _BREAKDOWN * self._scale:
            self._length = 0.0
            return None
        return image / self._length

    def is_enough(self, count: int, starts: int, tolerance: float) -> bool:
        """Whether the largest eigenvalues are known, and from the last start the largest that it leads to."""
        if not self._length:
            return starts == count
        begin = self._begin
        _, own = _ritz(self.diagonal[begin:], self._beside[begin:])
        parts = [*self.mixtures[-1, :count], own[-1, 0]]
        is_close = all(abs(part) * self._length <= tolerance * self._scale for part in parts)
        return is_close and starts in (1, count) and len(self.diagonal) > count

    @property
    def _scale(self) -> float:
        return max(float(np.abs(self.values).max()), np.finfo(float).tiny)


def _checked(
    product: Callable[[Float64Array], Float64Array],
    values: Float64Array,
    vectors: Float64Array,
    products: int,
    progress: Progress,
) -> Eigenpairs:
    residuals = np.empty(len(values))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for number, vector in enumerate(vectors):
        vector *= np.sign(vector[np.abs(vector).argmax()])  # noqa: PLW2901, in place
        progress(products + number, products + len(values), _WHAT)
        residuals[number] = np.linalg.norm(product(vector) - values[number] * vector)
    return Eigenpairs(values, vectors, residuals, products + len(values))


def _ritz(diagonal: list[float], beside: list[float]) -> tuple[Float64Array, Float64Array]:
    """Eigenvalues of the tridiagonal matrix and its eigenvectors, the largest first."""
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    values, mixtures = np.linalg.eigh(matrix)
    return values[::-1], mixtures[:, ::-1]


def _orthogonal(vector: Float64Array, basis: Float64Array) -> Float64Array:
    """Twice is enough (Parlett)."""
    for _ in range(2):
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _fresh(draw: np.random.Generator, basis: Float64Array) -> Float64Array:
    drawn = np.asarray(draw.standard_normal(basis.shape[1]), np.float64)
    vector = _orthogonal(drawn, basis)
    return np.asarray(vector / np.linalg.norm(vector), np.float64)
