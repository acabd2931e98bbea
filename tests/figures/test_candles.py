"""The figure of candles holds the numbers of the tab."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import Theme, TrainingVisualizer
from tensorboard_candles.figures.theme import BETTER, WORSE
from tensorboard_candles.ohlc import axis_of, candles

VALUES = np.random.default_rng(0).normal(size=1000)


def test_candles_are_those_of_the_tab(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        for epoch in range(10):
            with tracker.epoch(epoch):
                for value in VALUES[epoch * 100 : epoch * 100 + 100]:
                    tracker.log(loss=float(value), grad_norm=abs(float(value)))
    visualizer = TrainingVisualizer(tmp_path)
    drawn = visualizer.plot_candles("loss")
    run = visualizer.history.one()
    expected = candles(run.series["loss"], axis_of(run, "epochs"), width=1)
    for name in ("open", "high", "low", "close"):
        np.testing.assert_array_equal(drawn.data[0][name], getattr(expected, name))
    np.testing.assert_array_equal(drawn.data[0].x, np.arange(10))
    gradients = np.abs(VALUES).astype(np.float32).reshape(10, 100).mean(axis=1)
    np.testing.assert_allclose(drawn.data[1].y, gradients, rtol=1e-6)
    assert drawn.layout.yaxis2.title.text == "grad_norm"


def test_candle_stands_in_the_middle_of_its_steps() -> None:
    drawn = TrainingVisualizer({"loss": VALUES}).plot_candles("loss", by="steps", width=100)
    np.testing.assert_array_equal(drawn.data[0].x, np.arange(10) * 100 + 49.5)
    np.testing.assert_array_equal(drawn.data[0].high, VALUES.reshape(10, 100).max(axis=1))
    np.testing.assert_array_equal(drawn.data[1].y, [100.0] * 10)
    assert drawn.layout.xaxis.title.text == "Step (candles of 100)"


@pytest.mark.parametrize(("metric", "rising"), [("loss", WORSE), ("accuracy", BETTER)])
def test_worse_is_filled_and_better_is_hollow(metric: str, rising: str) -> None:
    [candlestick, _] = TrainingVisualizer({metric: [1.0, 2.0]}).plot_candles(metric).data
    assert candlestick.increasing.line.color == rising
    falling = {WORSE: BETTER, BETTER: WORSE}[rising]
    assert candlestick.decreasing.line.color == falling
    fills = {candlestick.increasing.fillcolor, candlestick.decreasing.fillcolor}
    assert fills == {WORSE, "white"}


def test_no_more_candles_than_a_column_has_room_for() -> None:
    for columns, most in ((1, 35), (2, 74)):
        theme = Theme(columns=columns)  # type: ignore[arg-type]
        drawn = TrainingVisualizer({"loss": np.arange(100_000.0)}, theme=theme).plot_candles(by="steps")
        assert most / 3 < len(drawn.data[0].x) <= most


def test_points_that_are_no_numbers_are_marked() -> None:
    values = [1.0, math.nan, 0.5, math.inf, 0.7, 0.6, math.nan, math.nan]
    _, _, marks = TrainingVisualizer({"loss": values}).plot_candles(by="steps", width=2).data
    assert (marks.x.tolist(), marks.customdata.tolist()) == ([0.5, 2.5, 6.5], [1, 1, 2])


@pytest.mark.parametrize("values", [[0.5], [math.nan], [math.nan, math.inf]])
def test_history_of_next_to_nothing_is_drawn(values: list[float]) -> None:
    [candlestick, *_] = TrainingVisualizer({"loss": values}).plot_candles().data
    np.testing.assert_array_equal(
        candlestick.close, [one if math.isfinite(one) else math.nan for one in values]
    )


def test_metric_that_there_is_not_is_told() -> None:
    with pytest.raises(NotFound, match="no metric 'nope'; there is 'loss'"):
        TrainingVisualizer({"loss": [1.0]}).plot_candles("nope")


def test_too_narrow_candles_are_refused() -> None:
    with pytest.raises(BadRequest, match="more than the limit"):
        TrainingVisualizer({"loss": np.arange(20_000.0)}).plot_candles(by="steps", width=1)
