"""Eigenvalues of matrices that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.analysis.landscape.lanczos import largest_eigenpairs
from tests.analysis.landscape.bowl import hessian_of


def test_largest_eigenvalues_of_a_known_matrix_and_their_residuals() -> None:
    values = sorted(np.random.default_rng(0).standard_normal(300) * 2, reverse=True)
    values[:3] = [40.0, 25.0, 24.0]
    matrix = hessian_of(values)
    found = largest_eigenpairs(lambda vector: matrix @ vector, 300, 3)
    assert found.values == pytest.approx([40.0, 25.0, 24.0], rel=1e-6)
    for value, vector, residual in zip(found.values, found.vectors, found.residuals, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1.0)
        assert residual == pytest.approx(np.linalg.norm(matrix @ vector - value * vector), abs=1e-12)
        assert residual < 1e-2
    assert found.products < 60


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12), st.integers(1, 4))
def test_any_small_matrix_twins_and_zeros_among_its_eigenvalues(values: list[int], count: int) -> None:
    matrix = hessian_of([float(one) for one in values], seed=len(values))
    found = largest_eigenpairs(lambda vector: matrix @ vector, len(values), count)
    wanted = sorted(values, reverse=True)[: min(count, len(values))]
    assert found.values == pytest.approx(wanted, abs=1e-6)
    assert (found.residuals < 1e-3).all()
    assert found.vectors @ found.vectors.T == pytest.approx(np.eye(len(wanted)), abs=1e-8)


def test_what_has_not_converged_says_so_by_its_residual() -> None:
    values = np.linspace(0.0, 1.0, 2000)
    found = largest_eigenpairs(lambda vector: values * vector, 2000, 1, most_products=5)
    assert found.products <= 6
    assert found.residuals[0] > 0.01
    assert np.abs(values - found.values[0]).min() <= found.residuals[0]
