"""Radar and table hold what was measured of models."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import BadRequest, NotFound, WriterError
from tensorboard_candles.figures import TrainingVisualizer
from tensorboard_candles.writer.complexity import Complexity

SMALL = Complexity(
    "small", "torch", "cpu", 10, parameters=1000, trainable=900, parameter_bytes=4000, layers=2, depth=2,
    flops=20_000, latency_secs=np.array([0.001, 0.002, 0.009]),
)  # fmt: skip
LARGE = Complexity(
    "<b>large", "torch", "cpu", 10, parameters=100_000, trainable=0, parameter_bytes=400_000, layers=8,
    depth=8, flops=2_000_000, activation_bytes=5000,
)  # fmt: skip


def visualizer(tmp_path: Path, **models: Complexity) -> TrainingVisualizer:
    for run, cost in models.items():
        with Tracker("p", logdir=tmp_path, run=run) as tracker:
            tracker.log(loss=1.0)
            tracker.complexity(cost)
    return TrainingVisualizer(tmp_path)


def table(made: Any) -> dict[str, list[str]]:
    titles, *columns = (trace.text for trace in made.data if trace.type == "scatter")
    return {title: list(row) for title, *row in zip(titles, *columns, strict=True)}


def webs(made: Any) -> list[Any]:
    return [trace for trace in made.data if trace.type == "scatterpolar"]


def test_table_tells_what_was_measured(tmp_path: Path) -> None:
    found = table(visualizer(tmp_path, a=SMALL, b=LARGE).plot_model_complexity_analysis())
    assert found == {
        "": ["<b>small</b>", "<b>&lt;b&gt;large</b>"],
        "layers": ["2", "8"],
        "depth": ["2", "8"],
        "parameters": ["1 k", "100 k"],
        "memory": ["4 kB", "400 kB"],
        "FLOPs an example": ["2 k", "200 k"],
        "activations an example": ["–", "500 B"],
        "latency of the batch": ["2 ms", "–"],
    }


def test_several_models_reach_as_far_as_their_share_of_the_largest(tmp_path: Path) -> None:
    small, large = webs(visualizer(tmp_path, a=SMALL, b=LARGE).plot_model_complexity_analysis(
        complexity_metrics=["layers", "parameters", "activation_bytes", "latency"]
    ))  # fmt: skip
    # from a tenth of the smallest to the largest, by logarithms
    np.testing.assert_allclose(small.r[:2], [math.log(10) / math.log(40), 1 / 3])
    np.testing.assert_allclose(large.r[:2], [1, 1])
    assert np.isnan([small.r[2], large.r[3]]).all()
    assert (small.r[0], small.theta[0]) == (small.r[-1], small.theta[-1])
    assert small.theta[1] == "parameters<br>100 – 100 k"


def test_one_model_stands_between_tiny_and_huge_ones(tmp_path: Path) -> None:
    [web] = webs(
        visualizer(tmp_path, a=SMALL).plot_model_complexity_analysis(complexity_metrics=["parameters"])
    )
    assert web.theta[0] == "parameters<br>10 – 1 T"
    np.testing.assert_allclose(web.r, [2 / 11] * 2)


def test_what_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"log it \(tracker.complexity\), or give model and X"):
        TrainingVisualizer({"loss": [1.0]}).plot_model_complexity_analysis()
    with pytest.raises(BadRequest, match=r"some of layers, depth, .*; got .'colour'"):
        visualizer(tmp_path, a=SMALL).plot_model_complexity_analysis(complexity_metrics=["layers", "colour"])
    with pytest.raises(WriterError, match=r"takes a torch\.nn\.Module or a Keras model"):
        TrainingVisualizer({"loss": [1.0]}).plot_model_complexity_analysis("model", np.zeros((2, 2)), None)
