"""What models cost, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.api import complexity as api_complexity
from tensorboard_candles.store import read_once
from tensorboard_candles.writer.complexity import Complexity
from tests.support import records
from tests.support.server import Server


def cost(model: str, *, parameters: int, **more: Any) -> Complexity:
    return Complexity(
        model,
        "torch 2.13.0",
        "cpu",
        4,
        parameters=parameters,
        trainable=parameters,
        parameter_bytes=4 * parameters,
        **more,
    )


FULL = cost(
    "large",
    parameters=10**6,
    layers=12,
    depth=9,
    flops=2**52,
    activation_bytes=4096,
    gradient_noise_scale=820.5,
    latency_secs=np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
    notes={"flops": "counted"},
)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    with Tracker("p", logdir=logdir, run="a") as tracker:
        tracker.log(loss=1.0, step=0)
        tracker.complexity(cost("large", parameters=7), step=0)
        tracker.complexity(FULL, step=10)
        tracker.complexity(cost("head", parameters=50), tag="complexity/head", step=10)
    with Tracker("p", logdir=logdir, run="b") as tracker:
        tracker.complexity(cost("small <b>", parameters=1000), step=3)
    with Tracker("p", logdir=logdir, run="plain") as tracker:
        tracker.log(loss=1.0)
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def table(server: Server, **params: object) -> dict[str, Any]:
    [found] = server.get_json("complexity", **params)["complexity"]
    return dict(found)


def test_every_model_is_a_row_of_what_was_logged_last(server: Server) -> None:
    found = table(server)
    columns = found["columns"]
    assert columns["model"] == ["large", "head", "small <b>"]
    assert columns["run"] == ["p/a", "p/a", "p/b"]
    assert columns["tag"] == ["complexity", "complexity/head", "complexity"]
    assert columns["step"] == [10, 10, 3]
    assert columns["parameters"] == [10**6, 50, 1000]
    assert columns["flops"] == [2**52, None, None]
    assert (columns["layers"], columns["depth"]) == ([12, None, None], [9, None, None])
    assert columns["gradient_noise_scale"] == [820.5, None, None]
    latency = [columns[name][0] for name in ("latency_low", "latency", "latency_high")]
    assert latency == [0.2, 0.3, 0.4]
    assert columns["latency"][1:] == [None, None]
    assert found["notes"] == [{"flops": "counted"}, {}, {}]
    assert (found["models"], found["problems"]) == (3, [])


def test_a_step_and_runs_may_be_asked_for(server: Server) -> None:
    assert table(server, step=5)["columns"]["parameters"] == [7, 1000]
    assert table(server, run="p/b")["columns"]["model"] == ["small <b>"]
    assert table(server, run="p/plain")["columns"]["model"] == []
    assert server.get("complexity", run="nobody").status == 404
    assert server.get("complexity", step="x").status == 400


def test_all_three_formats_say_the_same(server: Server) -> None:
    columns = table(server)["columns"]
    body = server.get("complexity", format="safetensors").body
    assert safetensors.numpy.load(body)["parameters"].tolist() == columns["parameters"]
    header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])["__metadata__"]
    [head] = json.loads(header["complexity"])
    assert head["texts"]["model"] == columns["model"]
    lines = server.get("complexity", format="csv").body.decode().splitlines()
    assert lines[0] == ",".join(columns)
    assert len(lines) == 4
    etag = server.get("complexity").headers["ETag"]
    path = "data/plugin/candles/complexity"
    assert server.request(path, headers={"If-None-Match": etag}).status == 304


BAD = {
    "no file": b"nonsense",
    "no object": safetensors.numpy.save({}, {"complexity": "[]"}),
    "half a layer": safetensors.numpy.save({}, {"complexity": '{"layers": 1.5}'}),
    "less than nothing": safetensors.numpy.save({}, {"complexity": '{"flops": -1}'}),
    "true": safetensors.numpy.save({}, {"complexity": '{"parameters": true}'}),
    "no number": safetensors.numpy.save({}, {"complexity": '{"gradient_noise_scale": "big"}'}),
    "too large": safetensors.numpy.save(
        {}, {"complexity": '{"flops": 1e999, "examples": 9223372036854775808}'}
    ),
    "beyond doubles": safetensors.numpy.save(
        {}, {"complexity": '{"gradient_noise_scale": 1' + "0" * 400 + "}"}
    ),
    "no column": safetensors.numpy.save({"latency_secs": np.ones((2, 2))}, {"complexity": "{}"}),
    "notes": safetensors.numpy.save({}, {"complexity": '{"notes": 3}'}),
}


def test_summaries_that_anybody_may_have_written_are_told_and_the_others_shown(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    values = [records.own_value(metadata.COMPLEXITY_KIND, name, content) for name, content in BAD.items()]
    good = records.own_value(metadata.COMPLEXITY_KIND, "good", FULL.to_bytes())
    half_a_pair = safetensors.numpy.save({}, {"complexity": r'{"model": "\ud800"}'})
    values += [good, records.own_value(metadata.COMPLEXITY_KIND, "odd", half_a_pair)]
    records.write_run(tmp_path, "run", records.version_record() + records.event_of(*values, step=1))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    found = table(server)
    assert found["columns"]["tag"] == ["good", "odd"]
    assert found["columns"]["model"] == ["large", "\ud800"]
    assert server.get("complexity", format="csv").body.decode().splitlines()[2].startswith("run,odd,?,")
    assert {problem["tag"] for problem in found["problems"]} == set(BAD)
    assert all(problem["what"] for problem in found["problems"])


def test_summaries_of_more_than_an_answer_may_read_are_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_complexity, "MOST_BYTES", 3000)
    content = safetensors.numpy.save({}, {"complexity": json.dumps({"padding": "x" * 1000})})
    values = [records.own_value(metadata.COMPLEXITY_KIND, f"model{number}", content) for number in range(4)]
    events = b"".join(records.event_of(value, step=1) for value in values)
    records.write_run(tmp_path, "run", records.version_record() + events)
    found = api_complexity.table_of(read_once(str(tmp_path)).runs(), None)
    assert found.columns["tag"].tolist() == ["model0", "model1"]
    assert [one["tag"] for one in found.head["problems"]] == ["model2", "model3"]
    assert "left out" in found.head["problems"][0]["what"]
