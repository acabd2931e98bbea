"""Caching, compression and shapes of the answers that every route shares."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import records
from tests.support.server import Server

CANDLES = {"run": "torch/everything", "tag": "loss", "width": 1}
ROUTES = [("config", {}), ("runs", {}), ("candles", CANDLES), ("points", CANDLES)]


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], recorded_logs: Path) -> Server:
    started = shared_tensorboard_server(recorded_logs)
    started.wait_loaded()
    return started


def path_of(route: str) -> str:
    return f"data/plugin/candles/{route}"


@pytest.mark.parametrize(("route", "params"), ROUTES)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_unchanged_answer_is_a_304(
    server: Server, route: str, params: dict[str, object], encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = server.request(path_of(route), params, headers=headers)
    assert first.headers["ETag"]
    again = server.request(
        path_of(route), params, headers={**headers, "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status, again.body) == (304, b"")
    other = server.request(path_of(route), params, headers={**headers, "If-None-Match": '"something else"'})
    assert (other.status, other.body) == (200, first.body)


def test_a_new_point_changes_the_answer_and_its_etag(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    file = records.write_run(tmp_path, "run", records.scalar_file("loss", [3.0, 2.0]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=2)
    before = server.get("candles", run="run", tag="loss", width=1)
    with file.open("ab") as opened:
        opened.write(records.scalar_record("loss", step=2, value=1.0))
    server.wait_for_points("run", 3)
    headers = {"If-None-Match": before.headers["ETag"]}
    query = {"run": "run", "tag": "loss", "width": 1}
    after = server.request(path_of("candles"), query, headers=headers)
    assert after.status == 200
    assert after.json()["candles"][0]["columns"]["close"] == [3.0, 2.0, 1.0]


def test_different_queries_have_different_etags(server: Server) -> None:
    queries: list[dict[str, object]] = [
        CANDLES,
        {**CANDLES, "width": 2},
        {**CANDLES, "tag": "grad_norm"},
        {**CANDLES, "format": "csv"},
        {**CANDLES, "format": "safetensors"},
        {**CANDLES, "start": 5},
        {**CANDLES, "by": "seconds"},
    ]
    tags = [server.get("candles", **query).headers["ETag"] for query in queries]
    assert len(set(tags)) == len(queries)


@pytest.mark.parametrize("format_", ["json", "csv", "safetensors"])
def test_gzip_is_used_when_asked_for_and_only_then(server: Server, format_: str) -> None:
    params = {**CANDLES, "format": format_}
    plain = server.request(path_of("candles"), params)
    assert "Content-Encoding" not in plain.headers
    refused = server.request(path_of("candles"), params, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert refused.body == plain.body
    packed = server.request(path_of("candles"), params, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)


def test_config_says_what_this_server_may(server: Server, recorded_logs: Path) -> None:
    config = server.get_json("config")
    assert config["control"] is False
    assert config["launch"] is False
    assert config["logdir"] == str(recorded_logs)
    assert config["version"]


def test_json_is_json(server: Server) -> None:
    for route, params in ROUTES:
        answer = server.get(route, **params)
        assert answer.headers["Content-Type"].startswith("application/json")
        answer.json()
