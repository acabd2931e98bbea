"""Many runs side by side, over HTTP."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles import Tracker
from tests.support import records
from tests.support.server import Server, eventually

POINTS = 2000


def losses(seed: int, *, floor: float, points: int = POINTS) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.02, points)
    values = (floor + 2 / (1 + np.arange(points) / 50) + noise).astype(np.float32)
    return [float(value) for value in values]


RUNS = {
    "a": losses(1, floor=0.1),
    "b": losses(2, floor=0.2),
    "short": losses(3, floor=0.3, points=30),
    "broken": [1.0, math.nan, 0.5, math.inf],
    "dead": [math.nan, math.nan],
}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    for name, values in RUNS.items():
        records.write_run(logdir, name, records.scalar_file("loss", values))
    records.write_run(logdir, "other", records.scalar_file("lr", [0.1, 0.01]))
    untimed = records.scalar_record("drift", step=0, wall_time=math.nan, value=2.0)
    records.write_run(logdir, "untimed", records.version_record(wall_time=math.nan) + untimed)
    records.write_run(logdir, "timed", records.scalar_file("drift", [3.0, 1.0]))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def compared(server: Server, **params: object) -> dict[str, Any]:
    [table] = server.get_json("comparison", **{"tag": "loss", "wait": 30, **params})["comparison"]
    assert table["is_complete"]
    return dict(table)


def by_run(table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    columns = table["columns"]
    assert {len(column) for column in columns.values()} == {len(columns["run"])}
    rows = zip(*columns.values(), strict=True)
    return {row["run"]: row for row in (dict(zip(columns, values, strict=True)) for values in rows)}


def test_every_run_with_the_tag_has_a_row_of_what_its_points_say(server: Server) -> None:
    rows = by_run(compared(server))
    assert list(rows) == sorted(RUNS)
    for name, values in RUNS.items():
        row, finite = rows[name], [value for value in values if math.isfinite(value)]
        assert (row["points"], row["first_step"], row["last_step"]) == (len(values), 0, len(values) - 1)
        assert row["nonfinite"] == len(values) - len(finite)
        if finite:
            assert (row["last"], row["best"], row["worst"]) == (finite[-1], min(finite), max(finite))
            assert row["best_step"] == values.index(min(finite))
            assert row["worst_step"] == values.index(max(finite))
            assert row["mean"] == pytest.approx(math.fsum(finite) / len(finite), rel=1e-12)
            assert row["drawdown"] == finite[-1] - min(finite)
    endings = {name: (row["last_finite_step"], row["nonfinite_since"]) for name, row in rows.items()}
    assert endings.pop("broken") == (2, 3)
    assert endings.pop("dead") == (None, 0)
    assert endings == {name: (len(RUNS[name]) - 1, None) for name in ("a", "b", "short")}
    nothing = {"last", "best", "best_step", "worst", "mean", "volatility", "atr", "drawdown"}
    assert {name for name in nothing if rows["dead"][name] is not None} == set()
    assert rows["short"]["atr"] is None


def test_volatility_and_range_are_those_of_the_candles_of_the_width_told(server: Server) -> None:
    table = compared(server)
    assert table["width"] == 10
    query = {"run": "b", "tag": "loss", "width": 10, "indicators": "atr:14"}
    [chart] = server.get_json("candles", **query)["candles"]
    row, close = by_run(table)["b"], np.array(chart["columns"]["close"])
    assert row["atr"] == chart["columns"]["atr(14)"][-1]
    before, after = close[:-1], close[1:]
    assert row["volatility"] == pytest.approx(np.std((after - before) / ((after + before) / 2)))


def test_small_candles_keep_every_extreme_and_are_as_few_as_asked_for(server: Server) -> None:
    table = compared(server, candles=7)
    rows = by_run(table)
    for name in ("a", "short", "broken"):
        finite = [value for value in RUNS[name] if math.isfinite(value)]
        prices = {
            key: [one for one in rows[name][f"candles.{key}"] if one is not None] for key in ("high", "low")
        }
        assert (max(prices["high"]), min(prices["low"])) == (max(finite), min(finite))
    columns = table["columns"]
    assert {len(line) for line in columns["candles.x"]} == {7}
    assert rows["a"]["candles.x"] == [0, 290, 580, 870, 1160, 1450, 1740]
    assert rows["short"]["candles.open"][3:] == [None] * 4
    assert not any(name.startswith("candles.") for name in compared(server, candles=0)["columns"])


def test_a_baseline_is_taken_off_and_a_polarity_turned(server: Server) -> None:
    rows = by_run(compared(server, run=["b", "short"], baseline="a"))
    assert list(rows) == ["b", "short"]
    assert rows["b"]["last_difference"] == RUNS["b"][-1] - RUNS["a"][-1]
    assert rows["b"]["best_difference"] == min(RUNS["b"]) - min(RUNS["a"])
    rows = by_run(compared(server, run="short", baseline="a"))
    assert rows["short"]["best_difference"] == min(RUNS["short"]) - min(RUNS["a"])
    turned = compared(server, run="b", baseline="a", polarity="higher_is_better")
    assert (turned["polarity"], turned["baseline"]) == ("higher_is_better", "a")
    row = by_run(turned)["b"]
    assert (row["best"], row["worst"]) == (max(RUNS["b"]), min(RUNS["b"]))
    assert row["best_difference"] == max(RUNS["b"]) - max(RUNS["a"])
    assert row["drawdown"] == max(RUNS["b"]) - RUNS["b"][-1]


def test_all_three_formats_say_the_same(server: Server) -> None:
    query: dict[str, object] = {"tag": "loss", "run": ["a", "short"], "baseline": "a"}
    columns = compared(server, **query)["columns"]
    body = server.get("comparison", **query, format="safetensors").body
    arrays = safetensors.numpy.load(body)
    header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])["__metadata__"]
    [head] = json.loads(header["comparison"])
    assert head["texts"] == {"run": ["a", "short"]}
    assert {*head["columns"], "run"} == set(columns)
    np.testing.assert_array_equal(arrays["best"], columns["best"])
    np.testing.assert_array_equal(arrays["candles.high"], np.array(columns["candles.high"], np.float64))
    text = server.get("comparison", **query, format="csv").body.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["run"], float(row["best"])) for row in rows] == list(
        zip(["a", "short"], columns["best"], strict=True)
    )
    assert set(rows[0]) == {name for name, column in columns.items() if not isinstance(column[0], list)}


def test_alerts_are_counted_once_they_are_known(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    spiky = losses(4, floor=0.5)
    spiky[1500] = 40.0
    records.write_run(tmp_path, "spiky", records.scalar_file("loss", spiky))
    records.write_run(tmp_path, "broken", records.scalar_file("loss", RUNS["broken"]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()

    def counts() -> Sequence[int | None]:
        found: Sequence[int | None] = compared(server)["columns"]["alerts"]
        return found

    eventually(lambda: None not in counts(), what="a look at the runs")
    alerts = server.get_json("alerts", tag="loss", wait=30)
    told = [sum(alert["run"] == run for alert in alerts) for run in ("broken", "spiky")]
    assert counts() == told
    assert min(told) > 0


def test_an_answer_is_named_by_what_it_says_and_follows_a_run_that_grows(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    with Tracker("project", logdir=tmp_path, run="run") as tracker:
        tracker.log(regret=1.0)
        tracker.describe("regret", polarity="higher_is_better", unit="points")
        server = tensorboard_server(tmp_path / "project")
        server.wait_loaded(run="run", tag="regret", points=1)
        eventually(lambda: compared(server, tag="regret")["unit"] == "points", what="the description")
        eventually(lambda: compared(server, tag="regret")["columns"]["alerts"] == [0], what="a look")
        query = {"tag": "regret", "wait": 30}
        etag = server.get("comparison", **query).headers["ETag"]
        path, headers = "data/plugin/candles/comparison", {"If-None-Match": etag}
        assert server.request(path, query, headers=headers).status == 304
        tracker.log(regret=3.0)
        eventually(lambda: server.points("run", "regret") == 2, what="the point")
        assert server.request(path, query, headers=headers).status == 200
        table = compared(server, tag="regret")
        assert (table["polarity"], table["columns"]["best"]) == ("higher_is_better", [3.0])


def test_who_goes_on_asking_without_waiting_gets_every_row(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    for number in range(5):
        records.write_run(tmp_path, f"run{number}", records.scalar_file("loss", RUNS["a"]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    known = []
    for _ in range(5):
        [table] = server.get_json("comparison", tag="loss", wait=0)["comparison"]
        known.append(sum(last is not None for last in table["columns"]["last"]))
    assert known == [1, 2, 3, 4, 5]
    assert table["is_complete"]


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({"tag": ""}, 400, "give one tag"),
        ({"tag": "nothing"}, 404, "no run has a tag 'nothing'"),
        ({"tag": "loss", "run": "nobody"}, 404, "nobody"),
        ({"tag": "loss", "run": "other"}, 404, "no run asked for has a tag"),
        ({"tag": "loss", "baseline": "other"}, 404, "no run asked for has a tag"),
        ({"tag": "loss", "candles": 101}, 400, "from 0 to 100"),
        ({"tag": "loss", "width": 1}, 400, "larger limit"),
        ({"tag": "loss", "by": "epochs"}, 400, "epochs of run"),
        ({"tag": "loss", "wait": 31}, 400, "wait must be"),
    ],
)
def test_what_cannot_be_compared_is_told(
    server: Server, params: dict[str, object], status: int, says: str
) -> None:
    answer = server.get("comparison", **params)
    assert answer.status == status
    assert says in answer.error()


def test_a_run_that_was_named_and_has_no_such_tag_has_an_empty_row(server: Server) -> None:
    rows = by_run(compared(server, run=["a", "other"]))
    assert rows["other"]["points"] == 0
    assert rows["other"]["last"] is rows["other"]["first_step"] is None


@pytest.mark.parametrize("by", ["seconds", "epochs"])
def test_candles_may_be_cut_by_seconds_and_epochs(server: Server, by: str) -> None:
    table = compared(server, by=by, run=["a", "b"], **({"steps_per_epoch": 100} if by == "epochs" else {}))
    rows = by_run(table)
    assert (table["by"], rows["a"]["best"]) == (by, min(RUNS["a"]))
    assert rows["a"]["candles.open"][0] == RUNS["a"][0]


def test_a_run_without_a_time_has_a_row_without_prices_by_seconds(server: Server) -> None:
    rows = by_run(compared(server, tag="drift", by="seconds", baseline="untimed"))
    assert (rows["untimed"]["points"], rows["untimed"]["last"], rows["untimed"]["best_step"]) == (
        1,
        None,
        None,
    )
    assert (rows["timed"]["last"], rows["timed"]["best_difference"]) == (1.0, None)
    assert by_run(compared(server, tag="drift"))["untimed"]["last"] == 2.0
