"""Alerts, asked of a real TensorBoard."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.indicators.alerts import DEFAULTS, REGISTRY, Detector, Spike, alerts_of
from tests.support import records
from tests.support.server import Response, Server, eventually

POINTS = 3000
KEYS = ["run", "tag", "kind", "severity", "first_step", "last_step", "value", "message", "detector"]


def calm(seed: int = 0) -> np.ndarray:
    return np.asarray(1 + np.random.default_rng(seed).normal(0, 0.05, POINTS), np.float32)


def broken() -> np.ndarray:
    values = calm(1)
    values[[1000, 1001, 2000]] = 7.0, 8.0, 9.0
    values[2500] = math.inf
    return values


def expected(run: str, values: np.ndarray, detectors: tuple[Detector, ...] = DEFAULTS) -> list[Any]:
    found = alerts_of("loss", np.arange(len(values)), values.astype(np.float64), detectors)
    told = [
        [run, a.tag, a.kind, a.severity, a.first_step, a.last_step, a.value, a.message, a.detector]
        for a in found
    ]
    told.sort(key=lambda row: (row[4], row[8]))
    return [[None if it in (math.inf, -math.inf) else it for it in row] for row in told]


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    records.write_run(logdir, "calm", records.many_scalars("loss", calm().tolist()))
    records.write_run(logdir, "broken", records.many_scalars("loss", broken().tolist()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="calm", points=POINTS)
    return started


def alerts(server: Server, **params: object) -> list[Any]:
    """Rows of the answer when all is looked at."""
    found = whole(server, **params).json()
    assert all(list(alert) == KEYS for alert in found)
    return [list(alert.values()) for alert in found]


def whole(server: Server, **params: object) -> Response:
    def answer() -> Response | None:
        response = server.get("alerts", wait=10, **params)
        assert response.status == 200, response.body
        return response if progress(response)["is_complete"] else None

    found: Response = eventually(answer, within_secs=60, what="all alerts")
    return found


def progress(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.headers["Candles-Progress"])
    return found


def test_alerts_are_those_of_all_points_of_every_run(server: Server) -> None:
    found = alerts(server)
    assert found == expected("broken", broken()) + expected("calm", calm())
    spikes = [row[4:7] for row in found if row[2] == "spike"]
    assert spikes == [[1000, 1001, 8.0], [2000, 2000, 9.0]]
    assert [row[3:7] for row in found if row[2] == "non-finite"] == [["critical", 2500, 2500, None]]


def test_filters_leave_what_they_name(server: Server) -> None:
    of_broken = expected("broken", broken())
    assert alerts(server, run="broken") == of_broken
    assert alerts(server, tag="loss", run=["broken", "calm"], kind="spike") == [
        row for row in of_broken if row[2] == "spike"
    ]
    kinds = {row[2] for row in alerts(server, kind=["spike", "non-finite"])}
    assert kinds == {"spike", "non-finite"}


@pytest.mark.parametrize(
    ("window", "steps"),
    [
        ({"start": 1001, "end": 2001}, [1000, 2000]),
        ({"start": 1002, "end": 2000}, []),
        ({"end": 1001}, [1000]),
        ({"start": 2000}, [2000]),
    ],
)
def test_window_keeps_what_overlaps_it(server: Server, window: dict[str, int], steps: list[int]) -> None:
    assert [row[4] for row in alerts(server, kind="spike", **window)] == steps


def test_thresholds_are_those_asked_for(server: Server) -> None:
    asked = {"detectors": "spike:z=140:window=100,olmo-skip-step"}
    spike, olmo = Spike(window=100, z=140.0), REGISTRY["olmo-skip-step"]
    assert alerts(server, run="broken", **asked) == expected("broken", broken(), (spike, olmo))
    assert {row[8] for row in alerts(server, run="broken", **asked)} <= {str(spike), str(olmo)}


def test_counts_are_those_of_the_list(server: Server) -> None:
    found = alerts(server)
    content = server.get_json("alerts/counts", wait=10)
    assert content["progress"]["is_complete"]
    assert [run["run"] for run in content["runs"]] == ["broken", "calm"]
    for run in content["runs"]:
        mine = [row for row in found if row[0] == run["run"]]
        assert run["count"] == len(mine) == sum(run["severities"].values())
        assert run["kinds"] == {kind: [row[2] for row in mine].count(kind) for kind in run["kinds"]}
        assert sum(run["kinds"].values()) == len(mine)
    only_spikes = server.get_json("alerts/counts", wait=10, kind="spike")["runs"]
    assert [run["kinds"] for run in only_spikes] == [{"spike": 2}, {}]


def test_the_gravest_are_kept_where_there_are_more_than_the_limit(server: Server) -> None:
    answer = whole(server, limit=1)
    assert [alert["severity"] for alert in answer.json()] == ["critical"]
    assert progress(answer)["alerts"] == len(alerts(server))


def test_the_registry_names_detectors_that_can_be_asked_for(server: Server) -> None:
    registry = server.get_json("detectors")["detectors"]
    assert [one["name"] for one in registry] == list(REGISTRY)
    assert [one["name"] for one in registry if one["is_default"]] == [one.name for one in DEFAULTS]
    for bound in ("least", "most", "default"):
        settings = (
            ":".join([one["name"], *(f"{it['name']}={it[bound]}" for it in one["parameters"])])
            for one in registry
        )
        answer = whole(server, detectors=",".join(settings))
        assert progress(answer)["failed"] == 0, bound


def test_an_answer_that_has_not_changed_is_a_304(server: Server) -> None:
    params = {"run": "broken"}
    tag = whole(server, **params).headers["ETag"]
    again = server.request(
        "data/plugin/candles/alerts", {"wait": 10, **params}, headers={"If-None-Match": tag}
    )
    assert again.status == 304
    assert progress(again)["is_complete"]


@pytest.mark.parametrize(
    ("params", "status", "message"),
    [
        ({"detectors": "spikes"}, 400, "there is no detector 'spikes'"),
        ({"detectors": "spike:10"}, 400, "a setting of spike is one of window=…, z=…, warmup=…, got '10'"),
        ({"detectors": "spike:z=nan"}, 400, "z of spike must be a number from 0.1 to 1000, got 'nan'"),
        ({"detectors": "spike:window=1e9"}, 400, "window of spike must be a whole number from 50 to 5000"),
        ({"detectors": "spike,"}, 400, "there is no detector ''"),
        ({"detectors": ",".join(["spike"] * 21)}, 400, "at most 20 detectors"),
        ({"kind": "sparks"}, 400, "there is no kind 'sparks'; there are spike, divergence"),
        ({"start": 5, "end": 5}, 400, "end must be > start"),
        ({"wait": 31}, 400, "wait must be from 0 to 30 seconds, got 31"),
        ({"run": "nowhere"}, 404, "no such run: 'nowhere'"),
        ({"tag": "nothing"}, 404, "no run asked for has a tag 'nothing'"),
    ],
)
@pytest.mark.parametrize("route", ["alerts", "alerts/counts"])
def test_what_makes_no_sense_is_said(
    server: Server, route: str, params: dict[str, object], status: int, message: str
) -> None:
    answer = server.get(route, **params)
    assert answer.status == status
    assert message in answer.error()


def test_a_limit_out_of_range_is_refused(server: Server) -> None:
    assert "limit must be a whole number from 1 to 100000, got 0" in server.get("alerts", limit=0).error()


def test_alerts_come_while_a_training_goes_on(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    values = calm()
    path = records.write_run(tmp_path, "run", records.many_scalars("loss", values[:500].tolist()))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=500)
    assert alerts(server, kind="spike") == []
    values[600] = 9.0
    with path.open("ab") as file:
        for step in range(500, 700):
            file.write(records.scalar_record("loss", step=step, value=float(values[step])))
    found = eventually(lambda: alerts(server, kind="spike"), what="the alert")
    assert found == [row for row in expected("run", values[:700]) if row[2] == "spike"]


def test_said_polarity_turns_what_is_a_spike(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    values = calm()
    values[1000], values[2000] = -5.0, 9.0
    described = records.description_record({"regret": {"polarity": "higher_is_better"}})
    records.write_run(tmp_path, "run", records.many_scalars("regret", values.tolist()) + described)
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", tag="regret", points=POINTS)
    assert [row[4] for row in alerts(server, kind="spike")] == [1000]


def test_overfitting_is_found_between_tags_of_a_run_and_between_runs_beside_each_other(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    training, half = np.linspace(2.0, 0.2, 60), np.linspace(2.0, 1.2, 30)
    validation = np.r_[half, half[::-1]]
    both = (
        records.scalar_record(tag, step=epoch, value=float(values[epoch]))
        for epoch in range(60)
        for tag, values in (("loss", training), ("val_loss", validation))
    )
    records.write_run(tmp_path, "one", records.version_record() + b"".join(both))
    records.write_run(tmp_path, "keras/train", records.scalar_file("epoch_loss", training.tolist()))
    records.write_run(tmp_path, "keras/validation", records.scalar_file("epoch_loss", validation.tolist()))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="keras/validation", tag="epoch_loss", points=60)
    told = [(run, tag) for run, tag, *_ in alerts(server, kind="overfitting-gap")]
    assert told == [("keras/validation", "epoch_loss"), ("one", "val_loss")]
    assert len(alerts(server, kind="overfitting-gap", run="keras/validation")) == 1
    count = len(alerts(server, run="keras/validation"))
    query = {"tag": "epoch_loss", "run": "keras/validation", "wait": 30}

    def compared() -> Any:
        return server.get_json("comparison", **query)["comparison"][0]["columns"]["alerts"][0]

    assert eventually(compared, what="a look at the run") == count
