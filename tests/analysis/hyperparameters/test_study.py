"""Known minima are recovered, and runs that say nothing are told of."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

from tensorboard_candles.analysis.hyperparameters import Study, study_of, trials_of_grid_search
from tensorboard_candles.errors import BadRequest, Cancelled
from tensorboard_candles.events.arguments import Value
from tests.analysis.hyperparameters.trials import drawn, trials


def bowl(lr: float, optimizer: str) -> float:
    """Best at 3e-3 with adam."""
    return (math.log10(lr) - math.log10(3e-3)) ** 2 + {"adam": 0.1, "sgd": 0.6, "lion": 0.3}[optimizer]


def values_of(study: Study, name: str) -> list[object]:
    assert study.fit is not None
    return [one.config[name] for one in study.fit.suggestions]


def test_a_known_minimum_is_where_it_says_to_look_next() -> None:
    study = study_of(drawn(40, bowl), minimise=True)
    assert study.fit is not None
    first = study.fit.suggestions[0]
    assert first.config["optimizer"] == "adam"
    assert math.log10(float(str(first.config["lr"]))) == pytest.approx(math.log10(3e-3), abs=0.15)
    assert study.fit.scale.to_target(np.array(first.mean)) == pytest.approx(0.1, abs=0.05)
    assert study.fit.explained > 0.95


def test_a_surface_recovers_the_function_that_it_was_fitted_to() -> None:
    study = study_of(drawn(60, bowl), minimise=True)
    assert study.fit is not None
    surface = study.fit.surface(x="lr", y="optimizer")
    assert surface.y_values == ("adam", "lion", "sgd")
    wanted = [[bowl(float(str(x)), str(y)) for x in surface.x_values] for y in surface.y_values]
    np.testing.assert_allclose(study.fit.scale.to_target(surface.mean), wanted, rtol=0.1, atol=0.05)
    assert (surface.std >= 0).all()


def test_what_is_higher_is_better_where_that_is_asked_for() -> None:
    made = drawn(40, lambda lr, optimizer: -bowl(lr, optimizer))
    up, down = study_of(made, minimise=False), study_of(drawn(40, bowl), minimise=True)
    assert up.fit is not None
    assert up.best == down.best
    assert values_of(up, "optimizer") == values_of(down, "optimizer")
    mean, low, high = up.fit.scale.around(up.fit.surface().mean, up.fit.surface().std)
    assert (low <= mean).all()
    assert (mean <= high).all()


@pytest.mark.parametrize("size", [1e300, 1e-310])
def test_targets_of_any_size_are_fitted_as_others_are(size: float) -> None:
    usual = study_of(drawn(20, lambda lr, optimizer: -bowl(lr, optimizer)), minimise=True)
    found = study_of(drawn(20, lambda lr, optimizer: -size * bowl(lr, optimizer)), minimise=True)
    assert usual.fit is not None
    assert found.fit is not None
    assert usual.importance is not None
    assert found.importance is not None
    np.testing.assert_allclose(found.importance.share, usual.importance.share, rtol=0.2)
    mean = found.fit.scale.to_target(found.fit.surface().mean)
    np.testing.assert_allclose(mean / size, usual.fit.surface().mean, rtol=1e-3, atol=1e-3)


def test_targets_of_many_magnitudes_are_fitted_by_their_logarithms() -> None:
    study = study_of(drawn(40, lambda lr, optimizer: 10 ** (3 * bowl(lr, optimizer))), minimise=True)
    assert study.fit is not None
    assert study.fit.scale.is_log
    assert study.fit.explained > 0.95
    assert (study.fit.scale.to_target(study.fit.surface().mean) > 0).all()


def test_whole_numbers_stay_whole_and_every_suggestion_is_new() -> None:
    made = trials(
        [{"layers": n, "width": 2**w} for n in range(1, 5) for w in range(4, 9, 2)], list(range(12))
    )
    study = study_of(made, minimise=True)
    assert study.fit is not None
    tried = [tuple(config.values()) for config in made.configs]
    for one in study.fit.suggestions:
        assert all(isinstance(value, int) for value in one.config.values())
        assert 1 <= int(str(one.config["layers"])) <= 4
        assert 16 <= int(str(one.config["width"])) <= 256
        assert tuple(one.config.values()) not in tried
    assert len({tuple(one.config.values()) for one in study.fit.suggestions}) == 3


@pytest.mark.parametrize("act", ["tanh", "relu"])
def test_at_the_ends_of_what_was_tried_no_suggestion_is_made_twice_or_was_run(act: str) -> None:
    configs: list[dict[str, Value]] = [
        {"width": width, "lr": lr, "act": one}
        for width in (16, 32, 64)
        for lr in (0.0010001, 0.01, 1 / 3)
        for one in ("tanh", "relu")
        if (width, lr) != (64, 1 / 3)
    ]
    loss = [
        -math.log2(int(str(one["width"]))) - 2 * math.log10(float(str(one["lr"]))) - (one["act"] == act)
        for one in configs
    ]
    study = study_of(trials(configs, loss), minimise=True)
    assert study.fit is not None
    told = [_rounded(one.config) for one in study.fit.suggestions]
    assert len({*told}) == len(told) == 3
    assert not {*told} & {_rounded(config) for config in configs}


def test_where_numbers_were_tried_to_a_hundredth_of_their_range_there_is_nothing_left() -> None:
    rates = np.linspace(1.0, 2.0, 201).tolist()
    study = study_of(trials([{"lr": lr} for lr in rates], [(lr - 1.3) ** 2 for lr in rates]), minimise=True)
    assert study.fit is not None
    assert study.fit.suggestions == []


def _rounded(config: Mapping[str, Value]) -> tuple[object, ...]:
    """As many digits as the tab shows."""
    return config["width"], f"{float(str(config['lr'])):.3g}", config["act"]


def test_where_every_choice_was_made_there_is_nothing_left_to_try() -> None:
    made = trials([{"amp": amp, "norm": norm} for amp in (True, False) for norm in ("a", "b")], [1, 2, 3, 4])
    study = study_of(made, minimise=True)
    assert study.fit is not None
    assert study.fit.suggestions == []
    surface = study.fit.surface(x="amp", y="norm")
    assert (surface.x_values, surface.mean.shape) == ((False, True), (2, 2))


def test_runs_that_diverged_are_not_fitted_and_their_places_not_searched() -> None:
    configs: list[dict[str, Value]] = [{"lr": lr} for lr in (0.01, 0.02, 0.03, 0.05, 0.1, 10.0, 20.0)]
    made = trials(configs, [0.5, 0.4, 0.3, 0.4, 0.5, math.nan, 0.1], diverged=[6])
    study = study_of(made, minimise=True)
    assert study.best == 2
    assert all(0.01 <= float(str(lr)) <= 0.1 for lr in values_of(study, "lr"))


def test_all_of_the_best_run_goes_into_what_to_run_next() -> None:
    configs: list[dict[str, Value]] = [{"lr": lr, "epochs": 10} for lr in (0.01, 0.02, 0.03, 0.05, 0.1)]
    study = study_of(trials(configs, [5, 4, 3, 4, 5]), minimise=True)
    assert study.fit is not None
    config = study.config_of(study.fit.suggestions[0])
    assert list(config) == ["lr", "epochs"]
    assert config["epochs"] == 10


@pytest.mark.parametrize(
    ("configs", "target", "verdict", "best"),
    [
        ([], [], "no parameters", None),
        ([{}, {}, {}, {}], [1, 2, 3, 4], "no parameters", 0),
        ([{"lr": 0.1}], [1.0], "too few runs", 0),
        ([{"lr": 0.1}] * 5, [1, 2, 3, 0, 5], "nothing varies", 3),
        ([{"lr": lr} for lr in (0.1, 0.2, 0.3, 0.4)], [math.nan] * 4, "too few runs", None),
    ],
)
def test_what_cannot_be_fitted_is_said(
    configs: list[dict[str, Value]], target: list[float], verdict: str, best: int | None
) -> None:
    study = study_of(trials(configs, target), minimise=True)
    assert (study.verdict, study.best, study.fit) == (verdict, best, None)


def test_axes_that_there_are_not_are_refused() -> None:
    study = study_of(drawn(10, bowl), minimise=True)
    assert study.fit is not None
    with pytest.raises(BadRequest, match="'momentum' is no axis of the surface; those are lr, optimizer"):
        study.fit.surface(x="momentum")
    with pytest.raises(BadRequest, match="two parameters, got 'lr' twice"):
        study.fit.surface(x="lr", y="lr")
    assert study.fit.surface(y="lr").x == "optimizer"


def test_one_parameter_makes_a_line() -> None:
    study = study_of(trials([{"lr": lr} for lr in (1.0, 2.0, 3.0, 4.0, 5.0)], [5, 4, 3, 4, 5]), minimise=True)
    assert study.fit is not None
    surface = study.fit.surface(points=9)
    assert (surface.y, surface.y_values, surface.mean.shape) == (None, (), (1, 9))


def test_work_that_nobody_wants_is_given_up() -> None:
    def unwanted(done: float, total: float, what: str = "") -> None:
        if what == "fitting" and done > 3:
            raise Cancelled("nobody waits")

    with pytest.raises(Cancelled):
        study_of(drawn(20, bowl), minimise=True, progress=unwanted)


def test_a_search_of_scikit_learn_is_read_as_it_is() -> None:
    x, y = make_classification(200, random_state=0)
    grid = {"max_depth": [1, 2, 3, 4], "min_samples_leaf": [1, 5, 25]}
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), grid, cv=3).fit(x, y)
    made = trials_of_grid_search(grid, search.cv_results_, target_metric="accuracy")
    assert made.configs[search.best_index_] == search.best_params_
    study = study_of(made, minimise=False)
    assert study.best == search.best_index_
    np.testing.assert_array_equal(made.target, search.cv_results_["mean_test_score"])


GRID: dict[str, list[float]] = {"lr": [0.1, 0.01], "units": [8, 16, 32]}
SCORES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
ROWS = [{"lr": lr, "units": units} for lr in GRID["lr"] for units in GRID["units"]]


@pytest.mark.parametrize(
    "results",
    [
        SCORES,
        np.reshape(SCORES, (2, 3)),
        [{**row, "val_accuracy": score} for row, score in zip(ROWS, SCORES, strict=True)],
        [{"params": row, "val_accuracy": score} for row, score in zip(ROWS, SCORES, strict=True)],
        {"lr": [0.1] * 3 + [0.01] * 3, "units": np.array([8, 16, 32] * 2), "val_accuracy": SCORES},
    ],
)
def test_results_of_every_shape_say_the_same(results: object) -> None:
    made = trials_of_grid_search(GRID, results)
    assert list(made.configs) == ROWS
    np.testing.assert_array_equal(made.target, SCORES)


def test_a_data_frame_is_read_as_its_columns() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        [{**row, "val_accuracy": score} for row, score in zip(ROWS, SCORES, strict=True)]
    )
    assert list(trials_of_grid_search(GRID, frame).configs) == ROWS


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ([1.0, 2.0], r"numbers of shape \(2, 3\), as the grid has, got \(2,\)"),
        ([{"lr": 0.1}], "every result must have 'val_accuracy', one has lr"),
        ({"val_accuracy": SCORES, "lr": [0.1] * 6}, "results have no units; they hold val_accuracy, lr"),
        ({"params": ROWS}, "results hold none of val_accuracy"),
        ({"params": ROWS, "val_accuracy": [1.0]}, "a number for each of 6 runs, got 1"),
    ],
)
def test_results_that_do_not_fit_are_refused(results: object, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        trials_of_grid_search(GRID, results)
