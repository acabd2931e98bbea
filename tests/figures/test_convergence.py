"""Panels of convergence hold the numbers and the words of the analysis."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.analysis.aligned import line_in
from tensorboard_candles.analysis.convergence import Drawn, convergence, natural_bounds, sentences
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import Theme, TrainingVisualizer
from tensorboard_candles.figures.convergence import height_of

STEP = np.arange(400)
NOISE = np.random.default_rng(0).normal(size=(2, 400)) * 0.02
METRICS = {
    "loss": 0.5 + np.exp(-STEP / 60) + NOISE[0],
    "accuracy": 0.9 - np.exp(-STEP / 60) + NOISE[1],
    "learning_rate": 0.1 / (STEP + 1),
}


def test_panel_is_what_the_analysis_says() -> None:
    visualizer = TrainingVisualizer(METRICS)
    drawn = visualizer.plot_convergence_analysis(["loss"])
    line = line_in(visualizer.history.one().series["loss"])
    found = convergence(line, bounds=natural_bounds("loss", line.value))
    by_name = {trace.name: trace for trace in drawn.data}
    is_seen = np.isfinite(found.drawn.value)
    np.testing.assert_array_equal(by_name["mean"].y, found.drawn.value[is_seen])
    np.testing.assert_array_equal(by_name["fitted curve"].y, found.drawn.curve)
    np.testing.assert_array_equal(by_name["fitted curve"].x, found.drawn.step)
    assert found.best
    assert (by_name["best"].x[0], by_name["best"].y[0]) == (found.best.step, found.best.value)
    assert found.outlook
    plateau, reached = drawn.layout.shapes
    assert (plateau.y0, reached.x0) == (found.outlook.asymptote.value, found.outlook.converged_step.value)
    assert drawn.layout.meta["sentences"] == {"loss": sentences(found)}


def test_height_is_that_of_values_and_curve_and_not_of_a_band_beyond_measure() -> None:
    seen, far = np.array([2.0, 1.0, np.nan]), np.array([0.1, 1e6, 1e9])
    narrow = Drawn(
        STEP[:3].astype(np.float64), seen, seen, seen, np.array([1, 1, 0]), seen, seen - 0.1, seen + 0.1
    )
    assert height_of(narrow) == pytest.approx((0.85, 2.15))
    assert height_of(replace(narrow, low=-far, high=far)) == pytest.approx((0.45, 2.55))
    none = np.full(3, np.nan)
    assert (
        height_of(Drawn(STEP[:3].astype(np.float64), none, none, none, np.zeros(3, int), none, none, none))
        is None
    )


def test_losses_and_scores_have_a_panel_each_and_legends_stand_once() -> None:
    drawn = TrainingVisualizer(METRICS).plot_convergence_analysis()
    assert list(drawn.layout.meta["sentences"]) == ["loss", "accuracy"]
    assert {trace.xaxis for trace in drawn.data} == {"x", "x2"}
    named = [trace.name for trace in drawn.data if trace.showlegend]
    assert len(named) == len(set(named)) == 5


def test_panels_stand_below_each_other_in_one_column() -> None:
    two, one = (
        TrainingVisualizer(METRICS, theme=theme).plot_convergence_analysis().layout
        for theme in (Theme(columns=2), Theme(columns=1))
    )
    assert two.yaxis.domain == two.yaxis2.domain
    assert one.yaxis.domain[0] > one.yaxis2.domain[1]


def test_validation_is_told_beside_training() -> None:
    visualizer = TrainingVisualizer({"loss": METRICS["loss"], "val_loss": METRICS["loss"] + STEP / 200})
    said = visualizer.plot_convergence_analysis(["val_loss"]).layout.meta["sentences"]["val_loss"]
    assert any(sentence.startswith("Validation is ") for sentence in said)


def test_validation_is_told_beside_the_training_of_the_run_beside_it(tmp_path: Path) -> None:
    for run, rise in (("train", 0.0), ("validation", 1 / 200)):
        with Tracker("digits", logdir=tmp_path, run=run) as tracker:
            for step in range(400):
                tracker.log({"epoch_loss": METRICS["loss"][step] + step * rise}, step=step)
    visualizer = TrainingVisualizer(tmp_path)
    drawn = visualizer.plot_convergence_analysis(["epoch_loss"], run="digits/validation")
    said = drawn.layout.meta["sentences"]["epoch_loss"]
    assert any(sentence.startswith("Validation is ") for sentence in said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0], "1 point: too few"),
        ([1.0, math.nan, 0.5], "2 points: too few"),
        ([math.nan] * 4, "0 points: too few"),
        ([*METRICS["loss"][:50], *[math.nan] * 9], "It ends without a number"),
        ([1.0] * 50, "It does not change"),
    ],
)
def test_what_can_not_be_fitted_is_drawn_and_says_so(values: list[float], said: str) -> None:
    drawn = TrainingVisualizer({"loss": values}).plot_convergence_analysis()
    assert drawn.layout.meta["sentences"]["loss"][0].startswith(said)
    finite = [one for one in values if math.isfinite(one)]
    assert len(next(trace for trace in drawn.data if trace.name == "mean").y) == len(finite)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"metrics": ["x"]}, NotFound, "no metric 'x'"),
        ({"metrics": []}, BadRequest, "needs a metric"),
        ({"patience": 0}, BadRequest, "patience must be 1 or more, got 0"),
        ({"level": 1.0}, BadRequest, "level must lie between 0 and 1, got 1.0"),
    ],
)
def test_what_can_not_be_is_refused(options: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        TrainingVisualizer(METRICS).plot_convergence_analysis(**options)  # type: ignore[arg-type]
