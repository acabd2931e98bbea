"""`GET points` of a running TensorBoard: where a line enters, its smoothing, and wall time as an axis."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tensorboard_candles.ohlc import smoothed
from tests.support import records
from tests.support.server import Server

VALUES = np.random.default_rng(0).normal(size=5000).astype(np.float32)
VALUES[[100, 101, 2000]] = np.nan
SERIES = {"run": "run", "tag": "loss"}


@pytest.fixture(scope="module")
def server(
    shared_tensorboard_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    logdir = tmp_path_factory.mktemp("points")
    records.write_run(logdir, "run", records.scalar_file("loss", VALUES.tolist()))
    untimed = (
        records.scalar_record("loss", step=step, wall_time=math.nan, value=value)
        for step, value in enumerate([2.0, 1.0])
    )
    records.write_run(logdir, "untimed", records.version_record(wall_time=math.nan) + b"".join(untimed))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="run", points=len(VALUES))
    return started


def test_a_window_comes_with_its_neighbours_where_they_are_asked_for(server: Server) -> None:
    window = {**SERIES, "start": 1000.5, "end": 1000.75}
    assert server.get_json("points", **window)["points"][0]["columns"]["step"] == []
    (item,) = server.get_json("points", **window, neighbours=1)["points"]
    assert item["columns"]["step"] == [1000, 1001]
    assert item["extent"] == [0, len(VALUES) - 1]


def test_smoothing_is_over_all_points_whatever_the_window_and_the_limit(server: Server) -> None:
    expected = smoothed(VALUES, weight=0.9)
    few = server.get_json("points", **SERIES, start=500, end=4500, limit=40, smooth=0.9)["points"][0]
    columns = few["columns"]
    assert len(columns["step"]) <= 40
    assert columns["smoothed"] == expected[columns["step"]].tolist()


def test_points_that_are_not_finite_are_counted_where_they_are_left_out(server: Server) -> None:
    (item,) = server.get_json("points", **SERIES, limit=8)["points"]
    assert sum(item["columns"]["nonfinite"]) == item["nonfinite"] == 3


def test_wall_time_is_an_axis(server: Server) -> None:
    (whole,) = server.get_json("points", **SERIES, limit=5000, by="wall_time")["points"]
    times = whole["columns"]["wall_time"]
    assert whole["extent"] == [times[0], times[-1]]
    assert whole["start_time"] == times[0]
    (part,) = server.get_json("points", **SERIES, by="wall_time", start=times[10], end=times[13])["points"]
    assert part["columns"]["step"] == [10, 11, 12]


@pytest.mark.parametrize("fmt", ["json", "safetensors", "csv"])
def test_a_run_without_a_time_has_points_all_the_same(server: Server, fmt: str) -> None:
    query = {"run": "untimed", "tag": "loss"}
    assert server.get("points", **query, format=fmt).status == 200
    (item,) = server.get_json("points", **query)["points"]
    assert (item["start_time"], item["columns"]["value"]) == (None, [2.0, 1.0])
    assert item["columns"]["wall_time"] == [None, None]


@pytest.mark.parametrize("smooth", ["1", "-0.1", "nan", "much"])
def test_a_weight_that_smooths_nothing_or_everything_is_a_400(server: Server, smooth: str) -> None:
    answer = server.get("points", **SERIES, smooth=smooth)
    assert answer.status == 400
    assert "smooth" in answer.error()
