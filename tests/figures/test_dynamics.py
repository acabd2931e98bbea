"""Paths in space hold the numbers of the analysis."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.analysis.aligned import lines_in
from tensorboard_candles.analysis.trajectory import trajectories
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import TrainingVisualizer
from tensorboard_candles.figures.history import some_of

NOISE = np.random.default_rng(0).normal(size=(5, 80)).cumsum(axis=1)
METRICS = dict(zip("abcde", NOISE, strict=True))


def test_path_is_that_of_the_analysis() -> None:
    visualizer = TrainingVisualizer(METRICS)
    drawn = visualizer.plot_training_dynamics_3d(["c", "a", "b"], window_size=9)
    some = some_of(visualizer.history.one(), ["c", "a", "b"])
    [path] = trajectories([lines_in(some)], window=9).paths
    line, arrows, start, end, turns = drawn.data
    np.testing.assert_array_equal([line.x, line.y, line.z], path.position)
    np.testing.assert_array_equal(line.customdata[:, 1], path.curvature)
    assert (start.customdata.tolist(), end.customdata.tolist()) == ([0], [79])
    sharpest = np.sort(path.curvature)[-3:]
    np.testing.assert_array_equal(np.sort(path.curvature[np.isin(path.step, turns.customdata)]), sharpest)
    begin, tip = (np.array([arrows.x, arrows.y, arrows.z])[:, place::3] for place in (0, 1))
    rows = [int(np.flatnonzero((one == path.position.T).all(axis=1))[0]) for one in begin.T]
    for move, momentum in zip((tip - begin).T, path.momentum[:, rows].T, strict=True):
        cosine = move @ momentum / np.linalg.norm(move) / np.linalg.norm(momentum)
        assert cosine == pytest.approx(1)
    titles = [getattr(drawn.layout.scene, name).title.text for name in ("xaxis", "yaxis", "zaxis")]
    assert titles == ["c", "a", "b"]


def test_time_is_an_axis_of_two_metrics_and_velocity_of_one() -> None:
    visualizer = TrainingVisualizer(
        {"epoch": [1, 2, 3, 4], "loss": [4.0, 3.0, 2.0, 1.0], "acc": [1.0, 2.0, 3.0, 4.0]}
    )
    two = visualizer.plot_training_dynamics_3d(["loss", "acc"])
    assert (list(two.data[0].x), list(two.data[0].y), list(two.data[0].z)) == (
        [1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 3, 4],
    )  # fmt: skip
    one = visualizer.plot_training_dynamics_3d(["loss"], window_size=3)
    np.testing.assert_allclose(one.data[0].z, [-1] * 4)
    assert one.layout.scene.zaxis.title.text == "loss per epoch"


def test_many_metrics_are_combined_and_say_how_much_is_seen() -> None:
    drawn = TrainingVisualizer(METRICS).plot_training_dynamics_3d()
    found = trajectories([lines_in(some_of(TrainingVisualizer(METRICS).history.one(), None))], combine=True)
    assert found.components
    assert drawn.layout.scene.xaxis.title.text == f"component 1 ({found.components.explained[0]:.0%})"


def test_several_runs_share_a_space(tmp_path: Path) -> None:
    for name, sign in (("up", 1.0), ("down", -1.0)):
        with Tracker("p", logdir=tmp_path, run=name) as tracker:
            for step in range(30):
                tracker.log({"x": sign * step, "y": float(step % 7), "z": sign}, step=step)
    with Tracker("p", logdir=tmp_path, run="other") as tracker:
        tracker.log(w=1.0)
    visualizer = TrainingVisualizer(tmp_path)
    drawn = visualizer.plot_training_dynamics_3d(["x", "y", "z"])
    lines = [trace for trace in drawn.data if trace.mode == "lines" and trace.name.startswith("p/")]
    assert [line.name for line in lines] == ["p/down", "p/up"]
    assert len({line.line.color for line in lines}) == 2
    assert len(visualizer.plot_training_dynamics_3d(["x", "y", "z"], run="p/up").data[0].x) == 30
    with pytest.raises(NotFound, match="no metric 'q'"):
        visualizer.plot_training_dynamics_3d(["q"])


@pytest.mark.parametrize("values", [[1.0], [math.nan] * 5, [1.0, math.nan, 2.0, 3.0], [2.0] * 6])
def test_paths_of_next_to_nothing_are_drawn(values: list[float]) -> None:
    drawn = TrainingVisualizer({"loss": values, "acc": values}).plot_training_dynamics_3d(["loss", "acc"])
    np.testing.assert_array_equal(drawn.data[0].y, values)


@pytest.mark.parametrize("window", [0, 2, -5, 10_000])
def test_window_that_can_not_be_is_refused(window: int) -> None:
    with pytest.raises(BadRequest, match="window_size must be from 3 to"):
        TrainingVisualizer(METRICS).plot_training_dynamics_3d(["a"], window_size=window)
