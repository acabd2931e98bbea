"""Candles that a writer made, served by a real TensorBoard."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tensorboard_candles.events import Points
from tests.support import records
from tests.support.candle_rows import row_of, rows_record, rows_value
from tests.support.series import columns_of_safetensors
from tests.support.server import Server, eventually

COUNT = 6000
ROWS = 50
EXACT = (
    "x first_step last_step open high low close count nonfinite high_step low_step start_time end_time"
).split()


def loss() -> Points:
    dice = np.random.default_rng(7)
    value = dice.normal(2.0, 1.0, COUNT).astype(np.float32)
    # Not at the ends of rows: at which step within one its first finite point lies is not known.
    value[[17, 3005, 3006]] = np.nan
    value[4321] = 99.0
    step = np.arange(COUNT)
    return Points(step, records.FIRST_SECOND + step / 4, value)


def part(low: int, high: int) -> Points:
    points = loss()
    return points.where((low <= points.step) & (points.step < high))


def scalars(tag: str, points: Points) -> bytes:
    columns = points.step.tolist(), points.wall_time.tolist(), points.value.tolist()
    return b"".join(
        records.scalar_record(tag, step=step, wall_time=time, value=value)
        for step, time, value in zip(*columns, strict=True)
    )


def rows(tag: str, low: int, high: int) -> bytes:
    made = [row_of(part(at, at + ROWS)) for at in range(low, high, ROWS)]
    return rows_record(tag, made)


def epochs() -> bytes:
    return b"".join(records.scalar_record("epoch", step=1000 * n, value=n) for n in range(6))


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run `raw`, and the same in run `made`: some points, some candles, in two files."""
    logdir = tmp_path_factory.mktemp("logs")
    raw = records.version_record() + epochs() + scalars("loss", loss()) + scalars("norm", loss())
    records.write_run(logdir, "raw", raw)
    first = records.version_record() + epochs() + scalars("loss", part(0, 1000)) + rows("loss", 1000, 3500)
    records.write_run(logdir, "made", first + rows("norm", 0, COUNT))
    records.write_run(logdir, "made", rows("loss", 3500, COUNT), name=f"{records.FILE_NAME}.2")
    return logdir


@pytest.fixture(scope="module")
def server(logs: Path, shared_tensorboard_server: Callable[..., Server]) -> Server:
    started = shared_tensorboard_server(logs)
    started.wait_loaded(run="made", points=COUNT)
    return started


def candles_of(server: Server, run: str, **params: Any) -> dict[str, Any]:
    [found] = server.get_json("candles", run=run, tag="loss", **params)["candles"]
    return dict(found)


@pytest.mark.parametrize(
    "params",
    [
        {"width": ROWS},
        {"width": 500},
        {"width": 1000, "start": 1500, "end": 3600},
        {"limit": 100},
        {"by": "epochs", "width": 1},
        {"by": "seconds", "width": ROWS / 4},
        {"width": 500, "volume": "norm"},
        {"width": 500, "volume": "count"},
    ],
    ids=str,
)
def test_candles_of_rows_and_points_are_those_of_the_points(server: Server, params: dict[str, Any]) -> None:
    found, wanted = (candles_of(server, run, **params) for run in ("made", "raw"))
    for name in EXACT:
        assert found["columns"][name] == wanted["columns"][name], name
    for name in ("mean", "std", "volume"):
        assert found["columns"][name] == pytest.approx(wanted["columns"][name], rel=1e-12), name
    assert (found["resolution"], wanted["resolution"]) == (ROWS, None)
    for head in ("points", "exact", "extent", "width", "polarity"):
        assert found[head] == wanted[head]


def test_runs_count_the_points_and_tell_the_resolution(server: Server) -> None:
    runs = {run["name"]: run for run in server.get_json("runs")["runs"]}
    [found, wanted] = (
        next(tag for tag in runs[name]["tags"] if tag["tag"] == "loss") for name in ("made", "raw")
    )
    assert {**found, "resolution": None} == wanted
    assert found["resolution"] == ROWS
    assert [runs["made"][key] for key in ("start_time", "end_time", "has_epochs")] == [
        runs["raw"][key] for key in ("start_time", "end_time", "has_epochs")
    ]
    assert server.problems() == []


def test_all_formats_agree(server: Server) -> None:
    wanted = candles_of(server, "made", width=500)["columns"]
    query = {"run": "made", "tag": "loss", "width": 500}
    [columns], _ = columns_of_safetensors(server.get("candles", **query, format="safetensors").body)
    assert columns == wanted
    lines = list(csv.DictReader(io.StringIO(server.get("candles", **query, format="csv").body.decode())))
    assert [float(line["high"]) for line in lines] == wanted["high"]


def test_points_are_the_known_ones_of_each_row_in_the_order_of_their_steps(server: Server) -> None:
    [found] = server.get_json("points", run="made", tag="loss", limit=10_000)["points"]
    logged = dict(zip(loss().step.tolist(), loss().value.astype(float).tolist(), strict=True))
    columns = found["columns"]
    assert (found["exact"], found["points"], found["nonfinite"]) == (False, COUNT, 3)
    assert columns["step"][:1000] == list(range(1000))
    assert all(a < b for a, b in zip(columns["step"], columns["step"][1:], strict=False))
    assert all(
        value == logged[step] for step, value in zip(columns["step"], columns["value"], strict=True) if value
    )
    assert max(value for value in columns["value"] if value is not None) == 99.0
    [raw] = server.get_json("points", run="raw", tag="loss", limit=10_000)["points"]
    assert (raw["exact"], raw["resolution"]) == (True, None)


def is_served(server: Server, points: int) -> bool:
    return server.points("run", "loss") == points


def test_rows_that_are_logged_while_tensorboard_runs_are_served(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    """Written by TensorBoard's own writer, beside numbers."""
    writer = EventFileWriter(str(tmp_path / "run"))
    server = tensorboard_server(tmp_path)
    try:
        for at in range(0, 500, ROWS):
            event = event_pb2.Event(step=at, wall_time=records.FIRST_SECOND + at)
            event.summary.value.extend(
                [rows_value("loss", [row_of(part(at, at + ROWS))]), records.scalar_value("lr", at)]
            )
            writer.add_event(event)
            writer.flush()
            eventually(partial(is_served, server, at + ROWS), what="the new row")
    finally:
        writer.close()
    found = candles_of(server, "run", width=500)["columns"]
    assert found["high"] == [float(np.nanmax(part(0, 500).value))]
    assert (found["count"], found["nonfinite"]) == ([499], [1])


def test_a_row_that_can_not_be_is_told_and_the_rest_is_served(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    bad = row_of(part(50, 100))
    bad[3], bad[4] = bad[4], bad[3]
    good = rows_record("loss", [row_of(part(0, 50))])
    records.write_run(tmp_path, "run", good + rows_record("loss", [bad, row_of(part(100, 150))]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=100)
    [problem] = server.problems()
    assert (problem["run"], problem["offset"]) == ("run", len(good))
    assert problem["what"] == "1 of 2 candles passed by: high < low"
    assert candles_of(server, "run", width=50)["columns"]["x"] == [0, 100]


def test_a_restart_from_the_cache_and_a_small_budget_change_nothing(
    logs: Path, server: Server, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    wanted = candles_of(server, "made", width=100)
    for _ in range(2):
        other = tensorboard_server(logs, f"--candles_cache={tmp_path}", "--candles_memory=0.01")
        other.wait_loaded(run="made", points=COUNT)
        assert candles_of(other, "made", width=100) == wanted
