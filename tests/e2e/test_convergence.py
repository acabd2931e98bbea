"""Where series are going, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tests.support import records
from tests.support.server import Server

STEPS = 300
RNG = np.random.default_rng(0)
TRAIN = 0.2 + 2 * np.exp(-np.arange(STEPS) / 40) + 0.02 * RNG.normal(size=STEPS)
VALIDATION = 0.5 + 2 * np.exp(-np.arange(STEPS) / 40) + np.arange(STEPS) / 1000
BROKEN = np.where(np.arange(STEPS) > 200, np.nan, TRAIN)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    series = {"train/loss": TRAIN, "val/loss": VALIDATION, "broken": BROKEN}
    for number, (tag, values) in enumerate(series.items()):
        content = records.scalar_file(tag, values.tolist())
        records.write_run(logdir, "a", content, name=f"{records.FILE_NAME}.{number}")
    for run in ("keras/train", "keras/validation"):
        values = TRAIN if run.endswith("train") else VALIDATION
        records.write_run(logdir, run, records.scalar_file("epoch_loss", values.tolist()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def told(server: Server, run: str, tag: str, **params: object) -> dict[str, Any]:
    answer = server.get_json("convergence", run=run, tag=tag, wait=30, **params)
    assert answer["progress"] is None
    [found] = answer["convergence"]
    return dict(found)


def test_a_known_plateau_is_told_with_an_interval_and_in_words(server: Server) -> None:
    found = told(server, "a", "train/loss")
    value, low, high = found["outlook"]["asymptote"]
    assert low < value < high
    assert value == pytest.approx(0.2, abs=0.02)
    assert found["verdict"] == "converged"
    assert "levelled off" in found["sentences"][0]
    assert found["horizon"] == 2 * (STEPS - 1)


def test_columns_reach_from_the_first_step_to_the_horizon(server: Server) -> None:
    columns = told(server, "a", "train/loss", horizon=1000)["columns"]
    assert (columns["step"][0], columns["step"][-1]) == (0, 1000)
    assert columns["value"][-1] is None
    assert None not in columns["curve"]
    assert sum(columns["count"]) == STEPS


def test_the_gap_to_the_training_is_told_of_tags_and_of_runs_beside_each_other(server: Server) -> None:
    gap = told(server, "a", "val/loss")["gap"]
    assert (gap["train"], gap["validation"]) == (["a", "train/loss"], ["a", "val/loss"])
    assert gap["now"] == pytest.approx(0.6, abs=0.02)
    beside = told(server, "keras/validation", "epoch_loss")["gap"]
    assert beside["train"] == ["keras/train", "epoch_loss"]
    assert beside["now"] == pytest.approx(gap["now"], abs=1e-6)


def test_what_ends_without_a_number_has_no_outlook(server: Server) -> None:
    found = told(server, "a", "broken")
    assert (found["verdict"], found["outlook"]) == ("nonfinite", None)
    assert found["nonfinite"] == STEPS - 201


def test_several_series_come_in_order_and_one_as_csv(server: Server) -> None:
    pairs = {"run": ["a", "keras/train"], "tag": ["val/loss", "epoch_loss"]}
    answer = server.get("convergence", **pairs, wait=30, format="safetensors")
    arrays = safetensors.numpy.load(answer.body)
    assert arrays["0/curve"].shape == arrays["0/step"].shape
    assert "1/high" in arrays
    text = server.get("convergence", run="a", tag="val/loss", wait=30, format="csv").body.decode()
    assert text.startswith("step,value,lowest,highest,count,curve,low,high\n")


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({}, 400, "give run and tag"),
        ({"run": "a", "tag": "nothing"}, 404, "no tag 'nothing'"),
        ({"run": "a", "tag": "val/loss", "within": 2}, 400, "within must lie between 0 and 1"),
        ({"run": "a", "tag": "val/loss", "within_of": "best"}, 400, "within_of must be one of gap"),
        ({"run": "a", "tag": "val/loss", "horizon": 1.5}, 400, "horizon must be a whole step"),
        ({"run": "a", "tag": "val/loss", "patience": 0}, 400, "patience must be a whole number"),
        ({"run": ["a"] * 51, "tag": ["broken"] * 51}, 400, "at most 50 series"),
        (
            {"run": ["a", "a"], "tag": ["val/loss", "broken"], "format": "csv", "wait": 0},
            *(400, "one series, got 2"),
        ),
    ],
)
def test_what_can_not_be_asked_is_told(
    server: Server, params: dict[str, object], status: int, says: str
) -> None:
    answer = server.get("convergence", **params)
    assert answer.status == status
    assert says in answer.error()
