"""The heat map holds the numbers of the analysis, which are scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tensorboard_candles.analysis.aligned import lines_in
from tensorboard_candles.analysis.correlation import correlations
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import TrainingVisualizer

NOISE = np.random.default_rng(0).normal(size=(3, 50))
METRICS = {"loss": NOISE[0].cumsum(), "accuracy": -NOISE[0].cumsum() + NOISE[1], "lr": NOISE[2]}


def test_cells_are_those_of_the_analysis_in_its_order() -> None:
    visualizer = TrainingVisualizer(METRICS)
    drawn = visualizer.plot_metric_correlation_heatmap()
    [cells] = drawn.data
    found = correlations(lines_in(list(visualizer.history.one().series.values())))
    np.testing.assert_array_equal(cells.z, found.value[np.ix_(found.order, found.order)])
    layout = drawn.layout
    [names] = {layout.xaxis.ticktext, layout.yaxis.ticktext}
    assert list(names) == [list(METRICS)[row] for row in found.order]


@pytest.mark.parametrize(
    ("method", "scipys"),
    [("pearson", stats.pearsonr), ("spearman", stats.spearmanr), ("kendall", stats.kendalltau)],
)
@pytest.mark.parametrize("of", ["raw", "differences"])
def test_coefficients_are_those_of_scipy(method: str, scipys: object, of: str) -> None:
    drawn = TrainingVisualizer(METRICS).plot_metric_correlation_heatmap(["loss", "accuracy"], method, of=of)  # type: ignore[arg-type]
    first, second = (
        METRICS[name] if of == "raw" else np.diff(METRICS[name]) for name in ("loss", "accuracy")
    )
    assert drawn.data[0].z[0, 1] == pytest.approx(scipys(first, second).statistic)  # type: ignore[operator]


def test_numbers_stand_in_the_cells_and_chance_in_brackets() -> None:
    [cells] = TrainingVisualizer(METRICS).plot_metric_correlation_heatmap(["loss", "lr", "accuracy"]).data
    said = {text for row in cells.text for text in row}
    assert "1.00" in said
    assert any(text.startswith("(") for text in said)
    assert any(text.startswith("−0.") for text in said)


def test_of_very_many_metrics_the_colours_tell() -> None:
    many = {
        f"metric {number}": row for number, row in enumerate(np.random.default_rng(1).normal(size=(40, 9)))
    }
    [cells] = TrainingVisualizer(many).plot_metric_correlation_heatmap().data
    assert cells.z.shape == (40, 40)
    assert cells.texttemplate == ""


def test_what_has_no_coefficient_is_left_blank() -> None:
    given = {"loss": [1.0, 2.0, 0.5, 3.0], "flat": [1.0] * 4, "lost": [math.nan] * 4}
    [cells] = TrainingVisualizer(given).plot_metric_correlation_heatmap(of="raw").data
    assert sum(text == "–" for row in cells.text for text in row) >= 6


def test_one_point_is_too_few_for_any_number() -> None:
    [cells] = TrainingVisualizer({"a": [1.0], "b": [2.0]}).plot_metric_correlation_heatmap().data
    assert np.isnan(cells.z[0, 1])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((["loss"],), BadRequest, "needs two metrics, got 1"),
        ((["loss", "x"],), NotFound, "no metric 'x'"),
        ((None, "cosine"), BadRequest, "method must be one of pearson, spearman, kendall, got 'cosine'"),
    ],
)
def test_what_can_not_be_compared_is_told(
    arguments: tuple[object, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        TrainingVisualizer(METRICS).plot_metric_correlation_heatmap(*arguments)  # type: ignore[arg-type]
