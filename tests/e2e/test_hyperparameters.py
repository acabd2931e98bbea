"""Hyperparameters against how well runs did, over HTTP."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles.analysis.hyperparameters import study_of
from tests.analysis.hyperparameters.trials import trials
from tests.events.test_arguments import hparams_value
from tests.support import records
from tests.support.server import Server

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
NAMES = ("adam", "sgd")
CONFIGS = [
    {"lr": rate, "optimizer": name, "epochs": 10, "output_dir": f"out/{rate}/{name}"}
    for rate in RATES
    for name in NAMES
]


def final(lr: object, optimizer: object) -> float:
    return round((math.log10(float(str(lr))) + 2.7) ** 2 + (0.5 if optimizer == "sgd" else 0.1), 4)


FINALS = [final(config["lr"], config["optimizer"]) for config in CONFIGS]


def write_sweep(logdir: Path) -> None:
    for number, (config, value) in enumerate(zip(CONFIGS, FINALS, strict=True)):
        write_run(logdir, f"run{number:02}", config, [9.0, value, value + 0.5])
    write_run(logdir, "torn", {**CONFIGS[0], "lr": 10.0}, [1.0, 0.01, math.nan])
    write_run(logdir, "dead", {**CONFIGS[0], "lr": 20.0}, [math.nan])


def write_run(logdir: Path, name: str, config: dict[str, Any], losses: list[float]) -> None:
    said = records.event_of(hparams_value(**config), step=0)
    records.write_run(logdir, name, records.scalar_file("loss", losses) + said)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    write_sweep(logdir)
    records.write_run(logdir, "plain", records.scalar_file("accuracy", [0.5]))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def studied(server: Server, **params: object) -> dict[str, Any]:
    answer = server.get_json("hyperparameters", **{"tag": "loss", "wait": 30, **params})
    assert answer["progress"] is None
    [table] = answer["hyperparameters"]
    return dict(table)


def test_every_run_is_a_row_with_what_it_was_given_and_how_well_it_did(server: Server) -> None:
    table = studied(server)
    columns = table["columns"]
    assert columns["run"] == ["dead", *(f"run{number:02}" for number in range(12)), "torn"]
    assert columns["state"] == ["diverged", *["fitted"] * 12, "diverged"]
    assert columns["value"][0] is None
    assert columns["value"][1:] == pytest.approx([*FINALS, 0.01], rel=1e-6)
    assert columns["step"] == [None, *[1] * 12, 1]
    assert columns["arguments.lr"] == [20.0, *(config["lr"] for config in CONFIGS), 10.0]
    assert columns["arguments.optimizer"] == ["adam", *(config["optimizer"] for config in CONFIGS), "adam"]
    assert (table["fitted"], table["diverged"], table["exact"]) == (12, 2, True)
    assert table["best"] == f"run{int(np.argmin(FINALS)):02}"
    assert (table["constant"], table["left_out"]) == (1, {"output_dir": "names"})


def test_last_and_mean_may_be_the_target_and_what_is_better_turned(server: Server) -> None:
    last = studied(server, target="last")["columns"]
    assert last["value"][1:-1] == pytest.approx([value + 0.5 for value in FINALS], rel=1e-6)
    assert last["step"][1:-1] == [2] * 12
    mean = studied(server, target="mean")["columns"]
    assert mean["value"][1:-1] == pytest.approx([(9.5 + 2 * value) / 3 for value in FINALS], rel=1e-6)
    assert mean["step"] == [None] * 14
    turned = studied(server, polarity="higher_is_better")
    assert (turned["columns"]["value"][1:-1], turned["polarity"]) == ([9.0] * 12, "higher_is_better")


def test_surface_importance_and_where_to_look_are_those_of_the_analysis(server: Server) -> None:
    table = studied(server, x="optimizer", y="lr", points=5)
    values = [np.float32(value) for value in FINALS]
    configs: list[dict[str, Any]] = [dict(sorted(config.items())) for config in CONFIGS]
    study = study_of(trials(configs, [float(value) for value in values]), minimise=True)
    assert study.fit is not None
    assert study.importance is not None
    surface = study.fit.surface(x="optimizer", y="lr", points=5)
    assert table["fit"]["x_values"] == ["adam", "sgd"]
    assert table["fit"]["y_values"] == list(surface.y_values)
    assert table["fit"]["log"]
    np.testing.assert_allclose(table["fit"]["mean"], 10**surface.mean, rtol=1e-6)
    np.testing.assert_allclose(table["fit"]["high"], 10 ** (surface.mean + surface.std), rtol=1e-6)
    shares = {one["name"]: one["importance"] for one in table["parameters"]}
    assert shares == pytest.approx({"lr": study.importance.share[0], "optimizer": study.importance.share[1]})
    [first, *_] = table["next"]
    assert first["arguments"]["optimizer"] == "adam"
    assert math.log10(first["arguments"]["lr"]) == pytest.approx(-2.7, abs=0.2)
    assert first["config"]["epochs"] == 10
    assert first["low"] <= first["mean"] <= first["high"]


def test_all_three_formats_say_the_same(server: Server) -> None:
    query: dict[str, object] = {"tag": "loss", "wait": 30}
    columns = studied(server)["columns"]
    body = server.get("hyperparameters", **query, format="safetensors").body
    arrays = safetensors.numpy.load(body)
    header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])["__metadata__"]
    [head] = json.loads(header["hyperparameters"])
    assert head["texts"]["arguments.optimizer"] == columns["arguments.optimizer"]
    np.testing.assert_array_equal(arrays["arguments.lr"], columns["arguments.lr"])
    rows = list(
        csv.DictReader(io.StringIO(server.get("hyperparameters", **query, format="csv").body.decode()))
    )
    assert [row["run"] for row in rows] == columns["run"]
    assert set(rows[0]) == set(columns)


@pytest.mark.parametrize(
    ("params", "verdict"),
    [
        ({"tag": "accuracy"}, "no parameters"),
        ({"run": "run00"}, "too few runs"),
        ({"run": ["dead", "torn"]}, "too few runs"),
    ],
)
def test_what_cannot_be_fitted_is_told_with_what_is_known(
    server: Server, params: dict[str, object], verdict: str
) -> None:
    table = studied(server, **params)
    assert (table["verdict"], table["fit"], table["next"]) == (verdict, None, [])


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({}, 400, "give one tag"),
        ({"tag": "nothing"}, 404, "no run has a tag 'nothing'"),
        ({"tag": "loss", "target": "worst"}, 400, "target must be one of best, last, mean"),
        ({"tag": "loss", "x": "momentum"}, 400, "'momentum' is no axis of the surface; those are"),
        ({"tag": "loss", "points": 1}, 400, "from 2 to 101"),
    ],
)
def test_what_cannot_be_answered_is_told(
    server: Server, params: dict[str, object], status: int, says: str
) -> None:
    answer = server.get("hyperparameters", **params, wait=30)
    assert answer.status == status
    assert says in answer.error()


def test_an_answer_follows_runs_that_grow(tmp_path: Path, tensorboard_server: Callable[..., Server]) -> None:
    write_sweep(tmp_path)
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    query = {"tag": "loss", "wait": 30}
    etag = server.get("hyperparameters", **query).headers["ETag"]
    path, headers = "data/plugin/candles/hyperparameters", {"If-None-Match": etag}
    assert server.request(path, query, headers=headers).status == 304
    write_run(tmp_path, "new", {**CONFIGS[0], "lr": 2e-3}, [0.001])
    server.wait_loaded(run="new", points=1)
    assert studied(server)["best"] == "new"
