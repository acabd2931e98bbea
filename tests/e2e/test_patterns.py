"""Candlestick patterns, asked of a real TensorBoard."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import talib

from tests.support import records
from tests.support.server import Server

POINTS = 20_000
LOSS = {"run": "run", "tag": "loss"}
BOTH = {"run": ["run", "run"], "tag": ["loss", "accuracy"]}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    """The same numbers as a loss and as an accuracy."""
    logdir = tmp_path_factory.mktemp("logs")
    values = (5 + np.random.default_rng(8).normal(size=POINTS).cumsum() / 50).tolist()
    for number, tag in enumerate(("loss", "accuracy")):
        content = records.many_scalars(tag, values)
        records.write_run(logdir, "run", content, name=f"{records.FILE_NAME}.{number}")
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="run", points=POINTS)
    return started


def asked(server: Server, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get("candles", **params).json()["candles"]
    return found


def test_the_registry_tells_what_the_candles_then_have(server: Server) -> None:
    registry = {one["name"]: one for one in server.get("patterns").json()["patterns"]}
    found = asked(server, **LOSS, width=20, patterns="all")[0]["patterns"]
    assert {one["name"] for one in found} <= set(registry)
    assert len({one["name"] for one in found}) > 4
    assert [one["x"] for one in found] == sorted(one["x"] for one in found)
    for one in found:
        assert one["title"] == registry[one["name"]]["title"]
        assert (one["direction"] == "neutral") == (registry[one["name"]]["meaning"] == "pause")
        assert one["x"] - one["first_x"] == 20 * (registry[one["name"]]["candles"] - 1)
        assert (one["first_step"], one["last_step"]) == (one["first_x"], one["x"] + 19)


def test_doji_and_marubozu_are_those_of_talib(server: Server) -> None:
    (one,) = asked(server, **LOSS, width=20, patterns="doji,marubozu")
    columns = one["columns"]
    prices = [np.array(columns[name]) for name in ("open", "high", "low", "close")]
    x = np.array(columns["x"])
    doji, bare = talib.CDLDOJI(*prices), talib.CDLMARUBOZU(*prices)
    found = {(it["name"], it["direction"], it["x"]) for it in one["patterns"]}
    assert found == (
        {("doji", "neutral", at) for at in x[doji != 0].tolist()}
        | {("marubozu", "worse", at) for at in x[bare > 0].tolist()}
        | {("marubozu", "better", at) for at in x[bare < 0].tolist()}
    )


def test_what_is_bad_of_a_loss_is_good_of_an_accuracy(server: Server) -> None:
    loss, accuracy = (one["patterns"] for one in asked(server, **BOTH, width=20, patterns="all"))
    turned = {"better": "worse", "worse": "better", "neutral": "neutral"}
    assert [{**one, "direction": turned[one["direction"]]} for one in loss] == accuracy


def test_a_window_has_the_patterns_of_the_full_chart(server: Server) -> None:
    full = asked(server, **LOSS, width=20, patterns="all")[0]["patterns"]
    for start in range(0, POINTS, 1300):
        part = asked(server, **LOSS, width=20, start=start, end=start + 1300, patterns="all")[0]["patterns"]
        shown = range(start // 20 * 20, start + 1300)
        assert part == [one for one in full if one["x"] in shown]


def test_patterns_are_there_only_where_they_are_asked_for(server: Server) -> None:
    assert "patterns" not in asked(server, **LOSS, width=20)[0]
    assert asked(server, **LOSS, width=20, patterns="")[0]["patterns"] == []


def test_arrays_carry_patterns_in_their_metadata(server: Server) -> None:
    body = server.get("candles", **LOSS, width=20, patterns="all", format="safetensors").body
    head = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])
    (one,) = json.loads(head["__metadata__"]["candles"])
    assert one["patterns"] == asked(server, **LOSS, width=20, patterns="all")[0]["patterns"]


def test_a_pattern_that_there_is_not_is_a_400_that_says_which_there_are(server: Server) -> None:
    answer = server.get("candles", **LOSS, patterns="dojo")
    assert answer.status == 400
    assert answer.error().startswith("there is no pattern 'dojo'; there are engulfing, hammer, ")
