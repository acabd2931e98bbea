"""Directions: as long as the filters, orthogonal, and what principal components of noise are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.analysis.landscape.directions import (
    RANDOM_WALK_SHARE,
    Normalize,
    cosines,
    filter_norms,
    normalized,
    principal_components,
    projected,
    random_directions,
)
from tensorboard_candles.analysis.landscape.network import Weight

WEIGHTS = [
    Weight("conv", (4, 3, 3, 3), 0),
    Weight("conv.bias", (4,), 108, role="bias"),
    Weight("norm", (4,), 112, role="norm"),
    Weight("kernel", (6, 5), 116, filter_axis=-1),
    Weight("transposed", (3, 4, 2), 146, filter_axis=1),
    Weight("scale", (7,), 170, filter_axis=None),
]
ORIGIN = np.random.default_rng(7).standard_normal(177)


def by_hand(weight: Weight, vector: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Of each filter the norm, by a plain loop."""
    tensor = vector[weight.start : weight.start + weight.size].reshape(weight.shape)
    if weight.filter_axis is None:
        return [float(np.sqrt((tensor**2).sum()))]
    count = tensor.shape[weight.filter_axis]
    return [float(np.sqrt((tensor.take(one, weight.filter_axis) ** 2).sum())) for one in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_filter_of_a_direction_is_as_long_as_the_weights_own(count: int) -> None:
    for direction in random_directions(WEIGHTS, ORIGIN, count, normalize="filter", seed=3):
        for weight in WEIGHTS:
            wanted = by_hand(weight, ORIGIN) if weight.role == "weight" else by_hand(weight, 0 * ORIGIN)
            assert by_hand(weight, direction) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("normalize", ["filter", "layer", "none"])
def test_random_directions_are_orthogonal_and_biases_stay(normalize: Normalize) -> None:
    directions = random_directions(WEIGHTS, ORIGIN, 3, normalize=normalize, seed=3)
    assert cosines(directions) == pytest.approx(np.eye(3), abs=1e-12)
    for direction in directions:
        assert not direction[108:116].any()


def test_each_layer_of_a_direction_is_as_long_as_the_weights_own() -> None:
    for direction in random_directions(WEIGHTS, ORIGIN, 2, normalize="layer", seed=3):
        for weight in WEIGHTS:
            if weight.role == "weight":
                assert np.linalg.norm(direction[weight.stretch]) == pytest.approx(
                    np.linalg.norm(ORIGIN[weight.stretch])
                )


def test_filters_of_one_number_keep_their_norm() -> None:
    weights = [Weight("thin", (50, 1), 0)]
    origin = np.random.default_rng(0).standard_normal(50)
    for direction in random_directions(weights, origin, 2, normalize="filter", seed=0):
        assert np.abs(direction) == pytest.approx(np.abs(origin))


def test_filter_of_zeros_gets_no_direction() -> None:
    origin = ORIGIN.copy()
    origin[:27] = 0.0
    (direction,) = random_directions(WEIGHTS, origin, 1, normalize="filter", seed=0)
    assert not direction[:27].any()
    assert np.isfinite(direction).all()


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_scale_of_a_given_direction_does_not_matter_once_it_is_normalised(seed: int, scale: float) -> None:
    direction = np.random.default_rng(seed).standard_normal(177)
    once = normalized(WEIGHTS, ORIGIN, direction, "filter")
    assert normalized(WEIGHTS, ORIGIN, scale * direction, "filter") == pytest.approx(once)
    assert filter_norms(WEIGHTS, once, "filter") == pytest.approx(filter_norms(WEIGHTS, ORIGIN, "filter"))
    assert normalized(WEIGHTS, ORIGIN, direction, "none") is direction


def test_same_seed_gives_the_same_directions() -> None:
    once, again, other = (
        random_directions(WEIGHTS, ORIGIN, 2, normalize="filter", seed=seed)[1] for seed in (5, 5, 6)
    )
    assert once.tolist() == again.tolist() != other.tolist()


def test_first_component_of_a_random_walk_holds_six_over_pi_squared_of_its_variance() -> None:
    """Antognini & Sohl-Dickstein 2018: component k holds 6 / (π² k²) in many dimensions, for many steps."""
    draw = np.random.default_rng(0)
    walk = np.cumsum(draw.standard_normal((400, 20_000)), axis=0)
    found = principal_components(walk - walk[-1], 3)
    wanted = [RANDOM_WALK_SHARE / number**2 for number in (1, 2, 3)]
    assert pytest.approx(0.608, abs=5e-4) == RANDOM_WALK_SHARE
    assert found.explained_variance == pytest.approx(wanted, abs=0.005)


def test_components_are_those_of_a_singular_value_decomposition() -> None:
    rows = np.random.default_rng(2).standard_normal((9, 40)) * np.linspace(3, 0.1, 40)
    found = principal_components(rows, 3)
    _, lengths, wanted = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    assert found.explained_variance == pytest.approx((lengths**2 / (lengths**2).sum())[:3])
    assert np.abs(np.stack(found.directions) @ wanted[:3].T) == pytest.approx(np.eye(3), abs=1e-9)


def test_projection_is_the_nearest_point_of_the_plane() -> None:
    draw = np.random.default_rng(3)
    directions, rows = list(draw.standard_normal((2, 12))), draw.standard_normal((5, 12))
    at, distance = projected(rows, directions)
    rest = rows - at @ np.stack(directions)
    assert rest @ np.stack(directions).T == pytest.approx(np.zeros((5, 2)), abs=1e-12)
    assert distance == pytest.approx(np.linalg.norm(rest, axis=1))
