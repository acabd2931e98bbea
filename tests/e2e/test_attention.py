"""Attention weights over HTTP, as the tracker writes them and as anybody may."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.api.attention import Measured
from tensorboard_candles.store import read_once
from tests.support.records import event_of, own_value, scalar_file, write_run
from tests.support.server import Server, eventually

KIND = metadata.ATTENTION_KIND
STEPS = [0, 10, 20, 30]


def weights_at(step: int) -> Any:
    """Two layers of two heads: one attends evenly, the others more and more to the token before."""
    before = np.eye(6, k=-1)
    before[0, 0] = 1
    share = step / STEPS[-1]
    moved = share * before + (1 - share) / 6
    return np.array([[np.full((6, 6), 1 / 6), moved], [moved, moved]])


def hostile() -> dict[int, bytes]:
    sound = {"weights": np.zeros((1, 1, 2, 2), np.float32)}
    return {
        1: b"",
        2: b"\xff" * 5000,
        3: safetensors.numpy.save(sound),
        4: safetensors.numpy.save(sound, {"queries": "9" * 5000}),
        5: safetensors.numpy.save({"weights": np.zeros((0, 4, 4, 4), np.float32)}),
    }


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    with Tracker("p", logdir=logdir, run="r") as tracker:
        for step in STEPS:
            tracker.log(loss=1.0, step=step)
            tracker.attention(weights_at(step), tokens=["a", "b", "c", "d", "<e>", "é"])
            tracker.attention(weights_at(step)[:, :, :, :4], tag="cross", query_tokens=list("abcdef"))
    bad = [event_of(own_value(KIND, "bad", text), step=step) for step, text in hostile().items()]
    write_run(logdir, "bad", scalar_file("loss", [1.0, 2.0]) + b"".join(bad))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def curves(server: Server, **params: object) -> dict[str, Any]:
    answer = server.get_json("attention", **{"run": "p/r", "tag": "attention", "wait": 30, **params})
    assert answer["progress"] is None
    [found] = answer["attention"]
    return dict(found)


def maps(server: Server, **params: object) -> dict[str, Any]:
    [found] = server.get_json("attention/maps", **{"run": "p/r", "tag": "attention", **params})["maps"]
    return dict(found)


def test_runs_tell_which_attention_they_hold(server: Server) -> None:
    records = {run["name"]: run["records"] for run in server.get_json("runs")["runs"]}
    assert records == {"p/r": {KIND: {"attention": 4, "cross": 4}}, "bad": {KIND: {"bad": 5}}}


def test_curves_show_attention_as_it_forms(server: Server) -> None:
    found = curves(server)
    columns = found["columns"]
    assert columns["step"] == STEPS
    assert (found["layers"], found["heads"], found["steps"], found["problems"]) == (2, 2, 4, [])
    share = np.array(columns["entropy_share"])
    assert np.allclose(share[:, 0, 0], 1)
    assert np.allclose(share[[0, -1], 1, 1], [1, 0], atol=1e-6)
    assert (np.diff(share[:, 1, 1]) < 0).all()
    assert np.allclose(columns["similarity"][0], 1)
    assert np.allclose(np.array(columns["similarity"])[:, 1], 1)
    assert columns["similarity"][-1][0] == pytest.approx(1 / math.sqrt(6), rel=1e-5)


def test_of_more_steps_than_asked_for_some_are_taken_evenly(server: Server) -> None:
    found = curves(server, limit=2)
    assert found["columns"]["step"] == [0, 30]
    assert found["steps"] == 4


def test_maps_of_a_step_are_what_was_logged(server: Server) -> None:
    found = maps(server, step=10)
    columns = found["columns"]
    assert np.array_equal(np.array(columns["weights"]).reshape(2, 2, 6, 6), weights_at(10).astype(np.float32))
    assert (columns["layer"], columns["head"]) == ([0, 0, 1, 1], [0, 1, 0, 1])
    assert found["tokens"] == found["query_tokens"] == ["a", "b", "c", "d", "<e>", "é"]
    assert (found["pool_queries"], found["pool_keys"], found["odd_rows"], found["examples"]) == (1, 1, 0, 1)


def test_without_a_step_it_is_the_last_and_one_head_may_be_asked_for(server: Server) -> None:
    found = maps(server, layer=1, head=0)
    assert found["step"] == 30
    assert (found["columns"]["layer"], found["columns"]["head"]) == ([1], [0])
    assert np.array_equal(found["columns"]["weights"], weights_at(30)[1, :1].astype(np.float32))


def test_smaller_maps_say_what_each_number_is_the_mean_of(server: Server) -> None:
    found = maps(server, size=2, layer=0, head=1)
    assert (found["pool_queries"], found["pool_keys"]) == (3, 3)
    expected = weights_at(30)[0, 1].reshape(2, 3, 2, 3).mean(axis=(1, 3))
    assert np.allclose(found["columns"]["weights"][0], expected)


def test_cross_attention_has_words_of_its_own_for_queries_and_no_distance(server: Server) -> None:
    found = maps(server, tag="cross")
    assert (found["queries"], found["keys"], found["query_tokens"]) == (6, 4, list("abcdef"))
    assert found["tokens"] == []
    assert found["odd_rows"] > 0  # four of six keys
    assert found["columns"]["distance"] == [None] * 4


def test_safetensors_hold_the_same(server: Server) -> None:
    asked = {"run": "p/r", "tag": "attention", "format": "safetensors"}
    weights = safetensors.numpy.load(server.get("attention/maps", **asked).body)["weights"]
    assert np.array_equal(weights, maps(server)["columns"]["weights"])
    entropy = safetensors.numpy.load(server.get("attention", wait=30, **asked).body)["entropy"]
    assert np.array_equal(entropy, curves(server)["columns"]["entropy"])


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    for route in ("attention", "attention/maps"):
        first = server.get(route, run="p/r", tag="attention", wait=30)
        headers = {"If-None-Match": first.headers["ETag"]}
        path = f"data/plugin/candles/{route}"
        again = server.request(path, {"run": "p/r", "tag": "attention", "wait": 30}, headers=headers)
        assert again.status == 304


def test_payloads_that_are_none_of_ours_are_problems(server: Server) -> None:
    found = curves(server, run="bad", tag="bad")
    assert found["columns"]["step"] == []
    assert found["problem_count"] == 5
    assert [problem.partition(":")[0] for problem in found["problems"]] == [f"step {n}" for n in range(1, 6)]
    for step in hostile():
        one = maps(server, run="bad", tag="bad", step=step)
        assert one["columns"] == {}
        assert len(one["problems"]) == 1


@pytest.mark.parametrize(
    ("route", "params", "status", "what"),
    [
        ("attention", {}, 400, "give run and tag"),
        ("attention", {"run": ["p/r"] * 2, "tag": ["attention"] * 2}, 400, "give one run and tag, got 2"),
        ("attention", {"run": "p/r", "tag": "loss"}, 404, "run 'p/r' has no attention 'loss'"),
        ("attention", {"run": "none", "tag": "attention"}, 404, "no such run: 'none'"),
        ("attention", {"run": "p/r", "tag": "attention", "limit": 0}, 400, "limit must be a whole number"),
        ("attention", {"run": "p/r", "tag": "attention", "format": "csv"}, 400, "format must be one of"),
        ("attention/maps", {"run": "p/r", "tag": "attention", "step": 5}, 404, "not logged at step 5"),
        ("attention/maps", {"run": "p/r", "tag": "attention", "step": "x"}, 400, "step must be a finite"),
        ("attention/maps", {"run": "p/r", "tag": "attention", "layer": 1}, 400, "give layer and head"),
        (
            "attention/maps",
            {"run": "p/r", "tag": "attention", "layer": 2, "head": 0},
            400,
            "layer and head must be below 2 and 2, got 2 and 0",
        ),
        ("attention/maps", {"run": "p/r", "tag": "attention", "size": 0}, 400, "size must be a whole number"),
    ],
)
def test_what_can_not_be_answered_is_told_in_words(
    server: Server, route: str, params: dict[str, Any], status: int, what: str
) -> None:
    answer = server.get(route, **params)
    assert answer.status == status
    assert what in answer.error()


def of_layers(layers: int) -> bytes:
    """A sound summary of layers of one head, which attends to one token."""
    heads = np.ones((layers, 1), np.float32)
    arrays = {"weights": heads.reshape(-1, 1, 1, 1), "entropy": heads, "similarity": heads.reshape(-1, 1, 1)}
    said = ["queries", "keys", "pool_queries", "pool_keys", "examples"]
    return safetensors.numpy.save(arrays, {**dict.fromkeys(said, "1"), "odd_rows": "0"})


def test_a_summary_of_a_million_layers_is_no_answer_of_gigabytes(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    values = [event_of(own_value(KIND, "deep", of_layers(1_100_000)), step=step) for step in range(3)]
    write_run(tmp_path, "run", b"".join(values))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    asked = {"run": "run", "tag": "deep", "wait": 30}
    answer = server.get("attention", **asked)
    assert answer.status == 413
    assert "give a smaller limit" in answer.error()
    assert server.get("attention", **asked, limit=1).status == 200


def test_measures_are_kept_up_to_so_many_numbers(tmp_path: Path) -> None:
    values = [event_of(own_value(KIND, "deep", of_layers(100)), step=step) for step in range(3)]
    write_run(tmp_path, "run", b"".join(values))
    first, second, third = read_once(str(tmp_path)).run("run").records[KIND]
    measured = Measured(most_numbers=1000)  # two steps, of 100 + 3 · 100 each
    kept = measured.of(first)
    assert measured.of(first) is kept
    measured.of(second)
    assert measured.of(first) is kept
    assert measured.of(third) is measured.of(third)
    assert measured.of(first) is not kept


def test_a_step_that_is_logged_as_the_run_goes_is_in_the_next_answer(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.log(loss=1.0)
        tracker.attention(weights_at(0))
        tracker.flush()
        server = tensorboard_server(tmp_path)
        server.wait_loaded()
        assert curves(server)["columns"]["step"] == [0]
        tracker.attention(weights_at(10), step=10)
        tracker.flush()
        eventually(lambda: curves(server)["columns"]["step"] == [0, 10])
        assert maps(server)["step"] == 10
