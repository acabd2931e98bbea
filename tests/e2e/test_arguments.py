"""What runs were started with, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tensorboard_candles import Tracker
from tests.events.test_arguments import hparams_value, text_value
from tests.support import records
from tests.support.server import Server


def arguments(server: Server, **params: object) -> dict[str, dict[str, Any]]:
    return {found["run"]: found for found in server.get_json("arguments", **params)["runs"]}


def test_arguments_of_every_writer_are_served(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    config = {"lr": 0.1, "optimizer": {"name": "sgd"}, "amp": True}
    with Tracker("project", logdir=tmp_path, run="tracked", config=config) as tracker:
        tracker.log(loss=1.0)
    point = records.scalar_record("loss", step=0, value=1.0)
    texts = records.event_of(text_value("args/text_summary", b'{"seed": 1}'), step=0)
    records.write_run(tmp_path, "hf", point + texts)
    records.write_run(tmp_path, "keras", records.event_of(hparams_value(units=8), step=0))
    records.write_run(tmp_path, "keras/train", point)
    records.write_run(tmp_path, "plain", point)
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    found = arguments(server)
    assert found["project/tracked"] == {
        "run": "project/tracked",
        "arguments": {"lr": 0.1, "optimizer.name": "sgd", "amp": True},
        "sources": ["hparams"],
        "of": "project/tracked",
    }
    assert (found["hf"]["arguments"], found["hf"]["sources"]) == ({"seed": 1}, ["args/text_summary"])
    assert (found["keras/train"]["arguments"], found["keras/train"]["of"]) == ({"units": 8}, "keras")
    assert (found["plain"]["arguments"], found["plain"]["of"]) == ({}, None)
    assert list(arguments(server, run=["plain", "hf"])) == ["plain", "hf"]
    assert "nobody" in server.get("arguments", run="nobody").error()


def test_a_run_has_what_torch_wrote_of_it_into_a_run_below(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    for rate, loss in ((0.01, 2.0), (0.1, 1.0)):
        records.write_run(tmp_path, f"lr{rate}", records.scalar_file("loss", [9.0, loss]))
        said = records.event_of(hparams_value(lr=rate), step=0)
        metrics = records.scalar_record("loss", step=0, value=loss)
        metrics += records.scalar_record("hparam/loss", step=0, value=loss)
        records.write_run(tmp_path, f"lr{rate}/1795", said + metrics)
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    found = arguments(server)["lr0.01"]
    assert (found["arguments"], found["of"]) == ({"lr": 0.01}, "lr0.01/1795")
    for tag, runs in (("loss", ["lr0.01", "lr0.1"]), ("hparam/loss", ["lr0.01/1795", "lr0.1/1795"])):
        [study] = server.get_json("hyperparameters", tag=tag, wait=30)["hyperparameters"]
        assert (study["columns"]["run"], study["columns"]["arguments.lr"]) == (runs, [0.01, 0.1])


def test_what_torch_wrote_is_served_and_named_by_an_etag(
    recorded_logs: Path, shared_tensorboard_server: Callable[..., Server]
) -> None:
    server = shared_tensorboard_server(recorded_logs)
    server.wait_loaded()
    found = arguments(server)
    assert found["torch/everything/hparams"]["arguments"] == {"lr": 0.1, "batch": 32}
    answer = server.get("arguments")
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert server.request("data/plugin/candles/arguments", headers=headers).status == 304


def test_more_arguments_than_an_answer_can_hold_are_refused(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    many = {f"name{number}": "x" * 1000 for number in range(2000)}
    records.write_run(tmp_path, "sweep", records.event_of(hparams_value(**many), step=0))
    for number in range(30):
        records.write_run(tmp_path, f"sweep/{number}", records.scalar_record("loss", step=0, value=1.0))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    answer = server.get("arguments")
    assert answer.status == 413
    assert "ask for fewer runs" in answer.error()
    assert len(arguments(server, run="sweep/7")["sweep/7"]["arguments"]) == 2000
