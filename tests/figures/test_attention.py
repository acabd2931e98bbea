"""Maps and curves of attention hold the numbers of the analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import BadRequest, NotFound, WriterError
from tensorboard_candles.figures import Theme, TrainingVisualizer

STEPS = [0, 10, 20, 30, 40, 50]


def weights(seed: int, *, tokens: int = 6) -> npt.NDArray[np.float64]:
    """Two layers of three heads that look somewhere."""
    drawn = np.exp(np.random.default_rng(seed).normal(size=(2, 3, tokens, tokens)) * seed)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))


GIVEN = [weights(seed) for seed in range(6)]


def drawn(attention: Any = GIVEN, *, columns: Any = 2, **options: Any) -> Any:
    visualizer = TrainingVisualizer({"loss": [1.0]}, theme=Theme(columns=columns))
    return visualizer.plot_attention_evolution(attention, **options)


def maps(made: Any) -> list[Any]:
    return [trace for trace in made.data if trace.type == "heatmap"]


def test_maps_are_the_mean_of_the_heads_at_the_first_and_last_and_between() -> None:
    found = maps(drawn(steps=STEPS))
    assert len(found) == 4
    for trace, row in zip(found, (0, 2, 3, 5), strict=True):
        np.testing.assert_allclose(trace.z, GIVEN[row][1].mean(axis=0), rtol=1e-6)
    assert [note.text for note in drawn(steps=STEPS).layout.annotations][:2] == [
        "layer 2, mean of all heads<br>step 0", "step 20",
    ]  # fmt: skip


def test_layer_and_head_may_be_named() -> None:
    np.testing.assert_allclose(maps(drawn(layer=0, head=2))[-1].z, GIVEN[5][0, 2], rtol=1e-6)
    for wrong in ({"layer": 2}, {"layer": -3}, {"head": 3}):
        [name] = wrong
        with pytest.raises(BadRequest, match=f"{name} must be from"):
            drawn(**wrong)


def test_curves_are_entropy_as_share_and_likeness_of_each_layer() -> None:
    lines = [trace for trace in drawn(steps=STEPS).data if trace.type == "scatter"]
    assert [(line.name, line.xaxis) for line in lines] == [
        ("layer 1", "x5"), ("layer 2", "x5"), ("layer 1", "x6"), ("layer 2", "x6"),
    ]  # fmt: skip
    entropy = [-(one * np.log(one)).sum(axis=-1).mean(axis=(1, 2)) / np.log(6) for one in GIVEN]
    np.testing.assert_allclose([line.y for line in lines[:2]], np.transpose(entropy), rtol=1e-5)
    assert lines[0].x.tolist() == STEPS
    assert lines[2].y[0] == pytest.approx(1, abs=1e-5)  # all look everywhere


def test_words_stand_along_small_maps_alone() -> None:
    words = ["<b>", "two", "three", "four", "five", "six"]
    axis = drawn(tokens=words).layout.xaxis
    assert list(axis.ticktext) == ["&lt;b&gt;", *words[1:]]
    large = drawn([weights(1, tokens=200)])
    assert large.layout.xaxis.ticktext is None
    assert maps(large)[0].z.shape[0] <= 64


def test_one_column_has_room_for_the_first_and_the_last() -> None:
    assert len(maps(drawn(columns=1))) == 2


def test_log_directory_gives_what_the_tracker_kept(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        for step, one in zip(STEPS, GIVEN, strict=True):
            tracker.log(loss=1.0, step=step)
            tracker.attention(one, step=step)
    visualizer = TrainingVisualizer(tmp_path)
    of_log = visualizer.plot_attention_evolution()
    for logged, given in zip(of_log.data, drawn(steps=STEPS).data, strict=True):
        np.testing.assert_array_equal(
            logged["z" if logged.type == "heatmap" else "y"], given["z" if given.type == "heatmap" else "y"]
        )
    with pytest.raises(NotFound, match="no attention 'decoder'; there is 'attention'"):
        visualizer.plot_attention_evolution(tag="decoder")


def test_what_can_not_be_is_told() -> None:
    with pytest.raises(NotFound, match=r"no attention: log it \(tracker.attention\), or give attention="):
        TrainingVisualizer({"loss": [1.0]}).plot_attention_evolution()
    with pytest.raises(BadRequest, match="steps must be one for each of 6 weights, got 1"):
        drawn(steps=[1])
    with pytest.raises(BadRequest, match="got none"):
        drawn([])
    with pytest.raises(WriterError, match="shape"):
        drawn([np.zeros((2, 3))])
