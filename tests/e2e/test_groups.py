"""Candles of several runs as one, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support import records
from tests.support.server import Server

STEPS = 400


def losses(seed: int, floor: float) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.1, STEPS)
    return [float(value) for value in (floor + 1 / (1 + np.arange(STEPS) / 20) + noise).astype(np.float32)]


RUNS = {f"lr={floor}/seed{seed}": losses(seed, floor) for floor in (0.1, 0.2) for seed in range(3)}
SEEDS = [name for name in RUNS if name.startswith("lr=0.1")]


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    for name, values in RUNS.items():
        records.write_run(logdir, name, records.scalar_file("loss", values))
    records.write_run(logdir, "late", records.scalar_file("lr", [0.1]))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def grouped(server: Server, **params: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get_json("groups", tag="loss", **params)["groups"]
    return found


def test_a_group_shows_what_its_runs_do_on_average_and_what_any_of_them_reached(server: Server) -> None:
    names = [name.split("/")[0] for name in RUNS]
    first, second = grouped(server, group=names, run=list(RUNS), width=100)
    assert (first["group"], second["group"]) == ("lr=0.1", "lr=0.2")
    assert (first["runs"], first["points"], first["width"]) == (SEEDS, 3 * STEPS, 100)
    columns, values = first["columns"], np.array([RUNS[name] for name in SEEDS]).reshape(3, 4, 100)
    assert columns["high"] == values.max(axis=(0, 2)).tolist()
    assert columns["low"] == values.min(axis=(0, 2)).tolist()
    np.testing.assert_allclose(columns["open"], values[:, :, 0].mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(columns["close"], values[:, :, -1].mean(axis=0), rtol=1e-12)
    means = values.mean(axis=2)
    np.testing.assert_allclose(columns["mean"], means.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(columns["std_over_runs"], means.std(axis=0), rtol=1e-9)
    assert (columns["runs"], columns["count"]) == ([3] * 4, [300] * 4)
    for at, (run, step) in enumerate(zip(columns["high_run"], columns["high_step"], strict=True)):
        assert RUNS[first["runs"][run]][step] == columns["high"][at]


def test_runs_without_a_group_are_one_and_all_of_them_where_none_is_named(server: Server) -> None:
    [everything] = grouped(server)
    assert (everything["group"], everything["runs"]) == ("", sorted(RUNS))
    [some] = grouped(server, run=SEEDS)
    assert some["runs"] == SEEDS


def test_a_window_shows_the_candles_that_overlap_it_and_a_width_follows_the_limit(server: Server) -> None:
    [all_of_it] = grouped(server, run=SEEDS, width=20)
    [part] = grouped(server, run=SEEDS, width=20, start=100, end=200)
    at = slice(5, 10)
    assert part["columns"] == {name: column[at] for name, column in all_of_it["columns"].items()}
    [coarse] = grouped(server, run=SEEDS, limit=10)
    assert (coarse["width"], len(coarse["columns"]["x"])) == (50, 8)
    [fine] = grouped(server, run=SEEDS, limit=10, start=100, end=105)
    assert (fine["width"], fine["columns"]["x"]) == (1, [100, 101, 102, 103, 104])


def test_an_unchanged_answer_is_a_304(server: Server) -> None:
    answer = server.get("groups", tag="loss")
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert server.request("data/plugin/candles/groups", {"tag": "loss"}, headers=headers).status == 304


def test_a_run_without_the_tag_is_none_of_its_group(server: Server) -> None:
    query = {"group": ["a", "a", "b"], "run": [SEEDS[0], "late", "late"]}
    [found] = grouped(server, **query)
    assert (found["group"], found["runs"]) == ("a", SEEDS[:1])
    assert set(found["columns"]["std_over_runs"]) == {0.0}


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({}, 400, "give one tag"),
        ({"tag": "loss", "group": "a"}, 400, "in pairs, got 1 groups and 0 runs"),
        ({"tag": "loss", "run": "nobody"}, 404, "nobody"),
        ({"tag": "loss", "run": "late"}, 404, "no run asked for has a tag"),
        ({"tag": "loss", "width": 1, "limit": 100}, 400, "larger limit"),
        ({"tag": "loss", "run": ["late"] * 1001}, 400, "at most 1000 runs"),
    ],
)
def test_what_cannot_be_grouped_is_told(
    server: Server, params: dict[str, object], status: int, says: str
) -> None:
    answer = server.get("groups", **params)
    assert answer.status == status
    assert says in answer.error()


def test_more_candles_than_can_be_put_together_are_refused(server: Server) -> None:
    pairs = [(f"group{number}", run) for number in range(40) for run in SEEDS]
    query = {"group": [name for name, _ in pairs], "run": [run for _, run in pairs]}
    answer = server.get("groups", tag="loss", limit=10_000, **query)
    assert answer.status == 413
    assert "more than 1000000 candles" in answer.error()
