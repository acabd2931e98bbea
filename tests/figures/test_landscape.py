"""Surfaces hold the losses of the landscape."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.analysis.landscape.payload import About, Landscape, Trajectory
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import TrainingVisualizer

ALPHA, BETA = np.linspace(-1, 1, 5), np.linspace(-2, 2, 7)
LOSS = 0.1 + ALPHA[:, None] ** 2 + 3 * BETA**2
ABOUT = About("pca", "filter", centre_loss=0.1, minimum=0.05, minimum_at=(0.5, -2.0), sharpness=6.0)
WAY = Trajectory(np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([0, 500]), np.array([13.0, 0.1]), np.zeros(2))
BOWL = Landscape((ALPHA, BETA), LOSS, ABOUT, WAY, np.array([0.7, 0.2]))


def drawn(landscape: Landscape) -> Any:
    return TrainingVisualizer({"loss": [1.0]}).plot_loss_landscape_3d(landscape)


def test_surface_is_the_loss_with_the_way_of_the_training_on_it() -> None:
    made = drawn(BOWL)
    surface, way, lowest, model = made.data
    np.testing.assert_array_equal(surface.z, LOSS.T)
    np.testing.assert_array_equal(surface.surfacecolor, np.log10(LOSS.T))
    assert (surface.x.tolist(), surface.y.tolist()) == (ALPHA.tolist(), BETA.tolist())
    assert (way.x.tolist(), way.y.tolist(), way.z.tolist()) == ([1, 0], [2, 0], [13, 0.1])
    assert (lowest.x[0], lowest.y[0], lowest.z[0]) == (0.5, -2.0, 0.05)
    assert (model.x[0], model.y[0], model.z[0]) == (0, 0, 0.1)
    scene = made.layout.scene
    assert [scene.xaxis.title.text, scene.yaxis.title.text] == ["PC 1 (70%)", "PC 2 (20%)"]
    assert scene.zaxis.type == "log"
    assert made.layout.annotations[-1].text == "principal components, filter-normalised, λ₁ = 6"


def test_narrow_range_and_losses_below_zero_are_drawn_as_they_are() -> None:
    for loss in (LOSS + 100, LOSS - 5):
        made = drawn(Landscape((ALPHA, BETA), loss))
        assert made.layout.scene.zaxis.type is None
        np.testing.assert_array_equal(made.data[0].surfacecolor, loss.T)


def test_infinite_losses_are_holes() -> None:
    loss = LOSS.copy()
    loss[0, 0], loss[1, 1] = math.inf, math.nan
    surface = drawn(Landscape((ALPHA, BETA), loss)).data[0]
    assert np.isnan(surface.z).sum() == 2
    assert math.isfinite(surface.contours.z.end)


def test_one_direction_is_a_line_and_three_are_shells() -> None:
    line, model = drawn(Landscape((BETA,), LOSS[2], ABOUT)).data
    np.testing.assert_array_equal(line.y, LOSS[2])
    assert model.y[0] == 0.1
    cube = LOSS[:, :, None] + ALPHA**2
    [shells] = drawn(Landscape((ALPHA, BETA, ALPHA), cube)).data
    at = dict(zip(zip(shells.x, shells.y, shells.z, strict=True), shells.value, strict=True))
    assert at[1.0, 2.0, -1.0] == math.log10(cube[4, 6, 0])


def test_log_directory_gives_the_last_that_was_logged(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.log(loss=1.0)
        tracker.landscape(Landscape((ALPHA, BETA), LOSS + 1), step=1)
        tracker.landscape(BOWL, step=2)
    visualizer = TrainingVisualizer(tmp_path)
    np.testing.assert_array_equal(visualizer.plot_loss_landscape_3d().data[0].z, LOSS.T)
    with pytest.raises(NotFound, match="no landscape 'other'; there is 'landscape'"):
        visualizer.plot_loss_landscape_3d(tag="other")


def test_run_that_holds_nothing_else_has_no_metrics(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.landscape(BOWL, step=2)
    visualizer = TrainingVisualizer(tmp_path)
    assert len(visualizer.plot_loss_landscape_3d().data) == 4
    with pytest.raises(NotFound, match="run 'p/r' has no metrics"):
        visualizer.plot_candles()
    for plot in (visualizer.plot_training_dynamics_3d, visualizer.plot_convergence_analysis):
        with pytest.raises(BadRequest, match="a metric, got none"):
            plot()


def test_what_can_not_be_is_told() -> None:
    visualizer = TrainingVisualizer({"loss": [1.0]})
    with pytest.raises(NotFound, match="no landscape; there is none"):
        visualizer.plot_loss_landscape_3d()
    with pytest.raises(BadRequest, match="n_points must be 3 or more, got 1"):
        visualizer.plot_loss_landscape_3d(object(), np.zeros((2, 2)), np.zeros(2), n_points=1)
    with pytest.raises(BadRequest, match="torch module or a Keras model, got object"):
        visualizer.plot_loss_landscape_3d(object(), np.zeros((2, 2)), np.zeros(2))
