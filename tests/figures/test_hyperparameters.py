"""The surface of a search holds the numbers of the analysis."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.analysis.hyperparameters import study_of, trials_of_grid_search
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import TrainingVisualizer

GRID: dict[str, list[Any]] = {"lr": [1e-4, 1e-3, 1e-2], "units": [16, 32, 64, 128]}
TRUTH = np.array(
    [
        [0.9 - (np.log10(lr) + 3) ** 2 / 10 - abs(units - 64) / 1000 for units in GRID["units"]]
        for lr in GRID["lr"]
    ]
)
"""Best at 1e-3 and 64."""


def drawn(*arguments: Any, **options: Any) -> Any:
    return TrainingVisualizer({"loss": [1.0]}).plot_hyperparameter_optimization_surface(*arguments, **options)


def test_surface_is_that_of_the_analysis_and_every_run_a_point() -> None:
    surface, runs, best, suggested = drawn(GRID, TRUTH).data
    fit = study_of(trials_of_grid_search(GRID, TRUTH), minimise=False).fit
    assert fit
    expected = fit.surface()
    np.testing.assert_array_equal(surface.z, fit.scale.to_target(expected.mean))
    np.testing.assert_array_equal(surface.x, expected.x_values)
    np.testing.assert_array_equal(surface.y, expected.y_values)
    points = {*zip(runs.x, runs.y, runs.z, strict=True), *zip(best.x, best.y, best.z, strict=True)}
    by_name = {"lr": 0, "units": 1}
    at = [by_name[name] for name in (expected.x, expected.y or "")]
    assert points == {
        (*((lr, units)[place] for place in at), TRUTH[row, column])
        for row, lr in enumerate(GRID["lr"]) for column, units in enumerate(GRID["units"])
    }  # fmt: skip
    assert best.z == TRUTH.max()
    assert len(suggested.z) == len(fit.suggestions)


def test_less_is_better_of_a_loss() -> None:
    best = drawn(GRID, 1 - TRUTH, "val_loss").data[2]
    assert best.z == (1 - TRUTH).min()


def test_axes_may_be_named_and_are_told() -> None:
    made = drawn(GRID, TRUTH, x="units", y="lr")
    scene = made.layout.scene
    assert (scene.xaxis.title.text, scene.yaxis.title.text) == ("units", "lr")
    assert scene.yaxis.type == "log"
    assert scene.zaxis.title.text == "val_accuracy"
    with pytest.raises(BadRequest, match="'depth' is no axis"):
        drawn(GRID, TRUTH, x="depth")


def test_choices_stand_by_name() -> None:
    grid = {"optimizer": ["sgd", "adam", "<b>"], "lr": [0.1, 0.2, 0.3]}
    axis = drawn(grid, np.random.default_rng(0).random((3, 3)), x="optimizer").layout.scene.xaxis
    assert (list(axis.tickvals), list(axis.ticktext)) == ([0, 1, 2], ["&lt;b&gt;", "adam", "sgd"])


def test_one_parameter_is_a_line_with_its_band() -> None:
    band, line, runs, best, _ = drawn({"lr": [0.1, 0.2, 0.3, 0.4]}, [0.5, 0.8, 0.7, 0.1]).data
    assert band.fill == "toself"
    assert min(line.x), max(line.x) == (0.1, 0.4)
    assert sorted([*runs.y, *best.y]) == [0.1, 0.5, 0.7, 0.8]


def test_diverged_runs_are_left_out() -> None:
    results = TRUTH.copy()
    results[0, 0] = np.nan
    _, runs, best, _ = drawn(GRID, results).data
    assert len(runs.z) + len(best.z) == TRUTH.size - 1
    assert np.isfinite(runs.z).all()


@pytest.mark.parametrize(
    ("grid", "results", "message"),
    [
        ({"lr": [0.1, 0.2]}, [0.5, 0.6], "no surface can be fitted to 2 runs: too few runs"),
        ({"lr": [0.1] * 5}, [0.5] * 5, "nothing varies"),
        (GRID, [[1.0]], "must be numbers of shape"),
        (GRID, [{"lr": 0.1, "units": 16, "loss": 1.0}], "val_accuracy"),
    ],
)
def test_what_can_not_be_fitted_is_told(grid: Any, results: Any, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        drawn(grid, results)


def test_runs_of_a_log_directory_are_a_search_of_their_own(tmp_path: Path) -> None:
    for row, lr in enumerate(GRID["lr"]):
        for column, units in enumerate(GRID["units"]):
            run = f"{row}-{column}"
            with Tracker("search", logdir=tmp_path, run=run, config={"lr": lr, "units": units}) as tracker:
                for value in (0.1, TRUTH[row, column], 0.2):
                    tracker.log({"val/accuracy": value})
    visualizer = TrainingVisualizer(tmp_path)
    surface = visualizer.plot_hyperparameter_optimization_surface
    _, runs, best, _ = surface(target_metric="val/accuracy", x="lr", y="units").data
    found = {*zip(runs.x, runs.y, runs.z, strict=True), *zip(best.x, best.y, best.z, strict=True)}
    assert {point[:2] for point in found} == {*itertools.product(GRID["lr"], GRID["units"])}
    assert sorted(value for *_, value in found) == pytest.approx(sorted(TRUTH.ravel()), rel=1e-6)
    assert (best.x[0], best.y[0]) == (1e-3, 64)
    with pytest.raises(NotFound, match="no run has 'val_accuracy'"):
        surface()
    with pytest.raises(BadRequest, match="belong together"):
        surface(GRID)
