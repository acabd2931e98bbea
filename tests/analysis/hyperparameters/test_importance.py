"""Shares of the variance, against brute force and functions whose shares are known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from tensorboard_candles.analysis.hyperparameters.importance import importance_of, shares_of_tree
from tensorboard_candles.analysis.hyperparameters.space import space_of
from tensorboard_candles.errors import Cancelled
from tests.analysis.hyperparameters.trials import drawn, trials


def test_shares_of_a_tree_are_those_of_its_means_over_a_fine_grid() -> None:
    random = np.random.default_rng(0)
    places = random.integers(0, 40, (60, 3)) / 40
    tree = DecisionTreeRegressor(random_state=0).fit(places, random.standard_normal(60))
    # Cuts lie on multiples of 1/80, so that the middles of cells of that size tell all of the tree.
    middle = (np.arange(80) + 0.5) / 80
    grid = np.stack(np.meshgrid(middle, middle, middle, indexing="ij"), axis=-1)
    told = tree.predict(grid.reshape(-1, 3)).reshape(80, 80, 80)
    wanted = [told.mean(axis=others).var() / told.var() for others in ((1, 2), (0, 2), (0, 1))]
    np.testing.assert_allclose(shares_of_tree(tree.tree_, np.zeros(3), np.ones(3)), wanted, rtol=1e-6)


def test_shares_of_the_ishigami_function_are_its_sobol_indices() -> None:
    places = np.random.default_rng(1).random((2000, 3))
    angle = 2 * np.pi * places - np.pi
    target = np.sin(angle[:, 0]) + 7 * np.sin(angle[:, 1]) ** 2 + 0.1 * angle[:, 2] ** 4 * np.sin(angle[:, 0])
    space = space_of([{"a": a, "b": b, "c": c} for a, b, c in places])
    found = importance_of(space, space.positions([{"a": a, "b": b, "c": c} for a, b, c in places]), target)
    # Ishigami and Homma 1990: 0.3139, 0.4424, 0, and 0.2437 of a and c together. A forest cuts waves into
    # steps, which look like things done together.
    np.testing.assert_allclose(found.share, [0.3139, 0.4424, 0.0], atol=0.13)
    assert found.share[1] > found.share[0] > 10 * found.share[2]
    assert found.together == pytest.approx(0.2437, abs=0.15)


def test_choices_and_numbers_share_as_they_should() -> None:
    offsets = {"adam": 0.0, "sgd": 2.0, "lion": 1.0}
    made = drawn(400, lambda lr, optimizer: np.log10(lr) + offsets[optimizer])
    space = space_of(made.configs)
    found = importance_of(space, space.positions(made.configs), made.target)
    # Variances: 16/12 of four decades, 2/3 of three offsets.
    np.testing.assert_allclose(found.share, [2 / 3, 1 / 3], atol=0.06)
    assert found.together < 0.05


def test_whether_a_number_was_given_counts_as_the_parameter() -> None:
    random = np.random.default_rng(2)
    made = trials(
        [{"x": x} if x < 0.7 else {"other": float(random.random())} for x in random.random(200).tolist()],
        [0.0] * 200,
    )
    target = np.array(["x" in config for config in made.configs], np.float64)
    space = space_of(made.configs)
    found = importance_of(space, space.positions(made.configs), target)
    assert found.share.sum() == pytest.approx(1, abs=0.35)
    assert found.share.max() > 0.4


def test_of_runs_that_all_end_alike_nothing_matters() -> None:
    made = drawn(30, lambda lr, optimizer: 1.0)
    space = space_of(made.configs)
    found = importance_of(space, space.positions(made.configs), made.target)
    assert (found.share.tolist(), found.together) == ([0, 0], 0)


def test_a_forest_is_given_up_before_all_of_it_has_grown() -> None:
    made = drawn(60, lambda lr, optimizer: np.log10(lr))
    space = space_of(made.configs)
    told: list[float] = []

    def progress(done: float, total: float, what: str = "") -> None:
        told.append(done / total)
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        importance_of(space, space.positions(made.configs), made.target, progress)
    assert told[0] == 0
    assert 0 < told[1] < told[2] < 0.1
