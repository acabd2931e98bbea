"""A million points with ten spikes of one point each: no zoom loses one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support import records
from tests.support.server import Server, eventually

POINT_COUNT = 1_000_000
RUN, TAG = "long run", "loss"
SPIKES = {
    step: 100.0 + number
    for number, step in enumerate(sorted(random.Random(7).sample(range(POINT_COUNT), 10)))
}
WIDTHS = [digit * 10**power for power in range(6) for digit in (1, 2, 5)] + [3, 1024, 99_991, POINT_COUNT]


def values() -> list[float]:
    noise = np.random.default_rng(0).normal(size=POINT_COUNT)
    series = (2 * np.exp(-np.arange(POINT_COUNT) / 3e5) + 0.1 * noise).astype(np.float32)
    for step, height in SPIKES.items():
        series[step] = height
    return [float(value) for value in series]


@pytest.fixture(scope="module")
def server(
    shared_tensorboard_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    logdir = tmp_path_factory.mktemp("million")
    records.write_run(logdir, RUN, records.many_scalars(TAG, values()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run=RUN, tag=TAG, points=POINT_COUNT)
    return started


def candles(server: Server, **params: object) -> dict[str, Any]:
    answer: dict[str, Any] = server.get_json("candles", run=RUN, tag=TAG, **params)["candles"][0]
    assert answer["exact"] is True
    assert answer["points"] == POINT_COUNT
    return answer


@pytest.mark.parametrize("width", WIDTHS)
def test_every_spike_is_the_high_of_its_candle(server: Server, width: int) -> None:
    for step, height in SPIKES.items():
        columns = candles(server, width=width, start=step, end=step + 1)["columns"]
        assert columns["x"] == [step // width * width]
        in_candle = {at: value for at, value in SPIKES.items() if at // width == step // width}
        tallest = max(in_candle, key=lambda at: in_candle[at])
        assert (columns["high"], columns["high_step"]) == ([in_candle[tallest]], [tallest])
        assert columns["first_step"] <= [step] <= columns["last_step"]
        if len(in_candle) == 1:
            assert columns["high"] == [height]


@pytest.mark.parametrize("width", [width for width in WIDTHS if POINT_COUNT / width <= 10_000])
def test_the_whole_chart_shows_every_spike(server: Server, width: int) -> None:
    columns = candles(server, width=width, limit=10_000)["columns"]
    assert sum(columns["count"]) == POINT_COUNT
    highs = dict(zip(columns["x"], columns["high"], strict=True))
    for step in SPIKES:
        assert highs[step // width * width] == max(
            value for at, value in SPIKES.items() if at // width == step // width
        )


@pytest.mark.parametrize("limit", [1, 10, 100, 1000, 10_000])
def test_automatic_width_shows_every_spike(server: Server, limit: int) -> None:
    answer = candles(server, limit=limit)
    assert len(answer["columns"]["x"]) <= limit
    shown = set(answer["columns"]["high"])
    tallest = {
        max(v for at, v in SPIKES.items() if at // answer["width"] == step // answer["width"])
        for step in SPIKES
    }
    assert tallest <= shown


def test_tensorboards_own_chart_shows_none_of_the_spikes(server: Server) -> None:
    def scalars() -> list[list[float]]:
        answer = server.request("data/plugin/scalars/scalars", {"run": RUN, "tag": TAG})
        points: list[list[float]] = answer.json() if answer.status == 200 else []
        return points if points and points[-1][1] == POINT_COUNT - 1 else []

    sampled = eventually(scalars, within_secs=60, what="loading by TensorBoard")
    assert [value for _, step, value in sampled if step in SPIKES] == []
