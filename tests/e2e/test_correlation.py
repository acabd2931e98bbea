"""Correlations over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import scipy.stats

from tensorboard_candles.analysis.progress import untold
from tensorboard_candles.api import correlation as api_correlation
from tensorboard_candles.errors import TooLarge
from tensorboard_candles.store import Series
from tests.support import records
from tests.support.server import Server

STEPS = 400
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=STEPS).astype(np.float32)
TAGS = {
    "loss": NOISE,
    "grad": (NOISE + RNG.normal(size=STEPS)).astype(np.float32),
    "late": np.roll(NOISE, 4),
    "lr": np.full(STEPS, 0.1, np.float32),
}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    for tag, values in TAGS.items():
        content = records.scalar_file(tag, values.tolist())
        records.write_run(logdir, "a", content, name=f"{records.FILE_NAME}.{tag}")
    records.write_run(logdir, "b", records.scalar_file("loss", (2 * NOISE).tolist()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def correlation(server: Server, **params: object) -> dict[str, Any]:
    answer = server.get_json("correlation", wait=30, **params)
    assert answer["progress"] is None
    [found] = answer["correlation"]
    return dict(found)


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_all_tags_of_a_run_are_compared_as_scipy_does(server: Server, method: str) -> None:
    found = correlation(server, run="a", of="raw", method=method)
    columns, by_scipy = found["columns"], getattr(scipy.stats, f"{method}r", scipy.stats.kendalltau)
    i, j = columns["tag"].index("loss"), columns["tag"].index("grad")
    expected = by_scipy(TAGS["loss"].astype(float), TAGS["grad"].astype(float))
    assert columns["value"][i][j] == pytest.approx(expected.statistic)
    assert columns["p_independent"][i][j] == pytest.approx(expected.pvalue)
    assert columns["points"][i][j] == STEPS
    assert found["exact"] is True
    assert sorted(found["order"]) == [0, 1, 2, 3]


def test_what_does_not_vary_has_no_coefficient(server: Server) -> None:
    columns = correlation(server, run="a", of="raw")["columns"]
    assert set(columns["value"][columns["tag"].index("lr")]) == {None}


def test_series_of_several_runs_are_compared_where_they_are_named_in_pairs(server: Server) -> None:
    found = correlation(server, run=["a", "b"], tag=["loss", "loss"])
    assert found["columns"]["run"] == ["a", "b"]
    assert found["columns"]["value"][0][1] == pytest.approx(1.0)
    assert found["of"] == "differences"


def test_the_lag_of_a_follower_is_told_and_its_points_are_handed_out(server: Server) -> None:
    series = {"run": ["a", "a"], "tag": ["loss", "late"]}
    columns = correlation(server, **series, of="raw", max_lag=10)["columns"]
    assert columns["lag"][0][1] == 4
    [points] = server.get_json("correlation/points", **series, of="raw", lag=4)["points"]
    assert points["points"] == STEPS - 4
    assert points["columns"]["x"] == points["columns"]["y"]
    assert (points["slope"], points["intercept"]) == (pytest.approx(1.0), pytest.approx(0.0))


def test_few_points_are_told_not_to_be_all(server: Server) -> None:
    found = correlation(server, run="a", width=100)
    assert found["exact"] is False
    assert {*map(tuple, found["columns"]["width"])} == {(100,) * 4}


def test_the_tab_gets_matrices_and_names(server: Server) -> None:
    answer = server.get("correlation", run="a", format="safetensors", wait=30)
    assert safetensors.numpy.load(answer.body)["p_bh"].shape == (4, 4)
    assert (
        server.request(
            "data/plugin/candles/correlation",
            {"run": "a", "format": "safetensors", "wait": 30},
            headers={"If-None-Match": answer.headers["ETag"]},
        ).status
        == 304
    )


@pytest.mark.parametrize(
    ("route", "params", "status", "says"),
    [
        ("correlation", {}, 400, "give run"),
        ("correlation", {"run": "nobody"}, 404, "nobody"),
        ("correlation", {"run": "b", "tag": "lr"}, 404, "no tag 'lr'"),
        ("correlation", {"run": "a", "method": "cosine"}, 400, "method must be one of pearson"),
        ("correlation", {"run": "a", "of": "logs"}, 400, "of must be one of differences"),
        ("correlation", {"run": "a", "max_lag": -1}, 400, "max_lag must be a whole number"),
        ("correlation/points", {"run": "a", "tag": "loss"}, 400, "give run and tag twice"),
    ],
)
def test_what_can_not_be_asked_is_told(
    server: Server, route: str, params: dict[str, object], status: int, says: str
) -> None:
    answer = server.get(route, **params)
    assert answer.status == status
    assert says in answer.error()


def test_a_width_that_leaves_more_candles_than_memory_has_room_for_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_correlation, "MOST_NUMBERS", 500)
    step = np.arange(1000) * 3
    some = [Series("run", tag, step, step.astype(np.float64), RNG.random(1000)) for tag in ("a", "b")]

    def points(width: int | None) -> int:
        query = api_correlation.Query("pearson", "raw", width=width, limit=1_000_000, max_lag=0)
        return int(api_correlation.compared(some, query, untold).points[0, 1])

    assert points(15) == 200
    assert points(None) <= 250
    with pytest.raises(TooLarge, match="give a larger width"):
        points(6)
