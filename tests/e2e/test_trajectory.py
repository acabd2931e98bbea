"""Paths through the space of metrics, over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import records
from tests.support.server import Response, Server

STEPS = 400
ANGLE = 2 * np.pi * np.arange(STEPS) / STEPS
TAGS = {
    "cos": np.cos(ANGLE).astype(np.float32),
    "sin": np.sin(ANGLE).astype(np.float32),
    "rise": (ANGLE / 7).astype(np.float32),
    "flat": np.full(STEPS, 0.1, np.float32),
    "epoch": (np.arange(STEPS) // 100).astype(np.float32),
}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    for tag, values in TAGS.items():
        content = records.scalar_file(tag, values.tolist())
        records.write_run(logdir, "a", content, name=f"{records.FILE_NAME}.{tag}")
        if tag in ("cos", "sin"):
            content = records.scalar_file(tag, (3 * values).tolist())
            records.write_run(logdir, "b", content, name=f"{records.FILE_NAME}.{tag}")
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def trajectory(server: Server, **params: object) -> list[dict[str, Any]]:
    answer = server.get_json("trajectory", wait=30, **params)
    assert answer["progress"] is None
    return list(answer["trajectory"])


def test_three_tags_are_the_axes_and_their_circle_has_its_curvature(server: Server) -> None:
    [found] = trajectory(server, run="a", tag=["cos", "sin", "flat"], window=9)
    columns = found["columns"]
    assert columns["x"] == TAGS["cos"].astype(float).tolist()
    assert (found["steps"], found["is_complete"], found["exact"]) == (STEPS, True, True)
    assert columns["epoch"][250] == pytest.approx(2.5)
    # Either axis of the picture is as long as the circle is wide.
    np.testing.assert_allclose(columns["curvature"][20:-20], 2, rtol=0.01)
    assert columns["momentum.x"][0] is None
    np.testing.assert_allclose(columns["velocity.z"], 0, atol=1e-9)


def test_runs_share_the_extent_of_the_axes_and_those_without_a_tag_are_left_out(server: Server) -> None:
    both = trajectory(server, run=["a", "b"], tag=["cos", "sin"])
    assert [one["run"] for one in both] == ["a", "b"]
    assert both[0]["extent"] == both[1]["extent"] == [pytest.approx(6), pytest.approx(6)]
    assert [one["run"] for one in trajectory(server, run=["a", "b"], tag=["cos", "rise"])] == ["a"]


def test_all_common_tags_are_combined_and_what_is_constant_is_named(server: Server) -> None:
    [found] = trajectory(server, run="a", axes="components")
    assert found["tags"] == sorted(TAGS)
    assert found["constant"] == ["flat"]
    assert sum(found["explained"]) == pytest.approx(1)
    assert len(found["weights"]) == 3
    assert set(found["columns"]) >= {"x", "y", "z"}


def test_a_path_is_thinned_to_what_is_asked_for(server: Server) -> None:
    [found] = trajectory(server, run="a", tag=["cos", "sin"], limit=24)
    assert len(found["columns"]["step"]) <= 24
    assert found["is_complete"] is False
    assert {min(found["columns"]["x"]), max(found["columns"]["y"])} == {-1.0, 1.0}


def test_one_run_comes_as_csv_with_a_row_for_each_point(server: Server) -> None:
    answer = server.get("trajectory", run="a", tag=["cos", "sin"], format="csv", wait=30)
    rows = np.genfromtxt(io.BytesIO(answer.body), delimiter=",", names=True)
    assert len(rows) == STEPS
    assert rows["y"][100] == pytest.approx(1)


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({"run": "a", "tag": "cos"}, 400, "give two or three tags"),
        ({"tag": ["cos", "sin"]}, 400, "give run"),
        ({"run": "a", "tag": ["cos", "sin"], "window": 8}, 400, "window must be an odd number"),
        (
            {"run": ["a", "b"], "tag": ["cos", "sin"], "window": 5, "format": "csv", "wait": 0},
            *(400, "one series, got 2"),
        ),
        ({"run": "b", "tag": ["cos", "rise"]}, 404, "no run asked for has 'cos' and 'rise'"),
        ({"run": "a", "axes": "components", "tag": ["cos", "flat"]}, 400, "at least two tags have to vary"),
    ],
)
def test_what_cannot_be_answered_says_why(
    server: Server, params: dict[str, object], status: int, words: str
) -> None:
    answer = server.get("trajectory", **{"wait": 30, **params})
    assert answer.status == status
    assert words in answer.json()["error"]


def test_more_numbers_than_an_answer_may_have_are_refused(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    runs = [f"run{number:02d}" for number in range(25)]
    for tag in ("x", "y", "z"):
        content = records.many_scalars(tag, np.random.default_rng(0).normal(size=20_000).tolist())
        for run in runs:
            records.write_run(tmp_path, run, content, name=f"{records.FILE_NAME}.{tag}")
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    asked = {"run": runs, "tag": ["x", "y", "z"], "limit": 20_000, "window": 3}
    answer = eventually_done(lambda: server.get("trajectory", wait=30, **asked))
    assert answer.status == 413
    assert "give a smaller limit" in answer.error()


def eventually_done(ask: Callable[[], Response]) -> Response:
    answer = ask()
    while answer.status == 202:
        answer = ask()
    return answer
