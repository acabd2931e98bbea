"""Candles of the files that real writers wrote, against a brute force over every point."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support import brute_force
from tests.support.brute_force import Run
from tests.support.series import columns_of_safetensors, served_candles, wrong_candles
from tests.support.server import Server

LOGS = Path(__file__).parents[1] / "recorded" / "logs"
RUNS = sorted(brute_force.runs_of(LOGS))
WITH_EPOCHS = ["tensorboardX/epochs", "tensorboardX/many values", "tracker/epochs"]


@cache
def read(run: str) -> Run:
    return brute_force.read_run(LOGS / run)


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server]) -> Server:
    started = shared_tensorboard_server(LOGS)
    started.wait_loaded()
    return started


def test_every_run_and_tag_is_listed_with_its_points(server: Server) -> None:
    listed = {
        (name, tag["tag"]): (tag["points"], tag["first_step"], tag["last_step"])
        for name, run in server.runs().items()
        for tag in run["tags"]
    }
    assert listed == {
        (name, tag): (len(points), points[0].step, points[-1].step)
        for name in RUNS
        for tag, points in read(name).series.items()
    }


def test_nothing_is_reported_about_sound_files(server: Server) -> None:
    assert server.problems() == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("width", [1, 2, 7, 50, 333, 100000])
def test_candles_by_steps_are_those_of_every_point(server: Server, run: str, width: int) -> None:
    assert wrong_candles(server, run, read(run), by="steps", width=width, limit=10000) == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("share", [0.003, 0.05, 0.3, 2.0])
def test_candles_by_seconds_are_those_of_every_point(server: Server, run: str, share: float) -> None:
    span = seconds_spanned(read(run))
    width = share * (span or 1.0)
    assert wrong_candles(server, run, read(run), by="seconds", width=width) == []


@pytest.mark.parametrize("run", WITH_EPOCHS)
@pytest.mark.parametrize("width", [1, 2, 3, 100])
def test_candles_by_epochs_are_those_of_every_point(server: Server, run: str, width: int) -> None:
    assert wrong_candles(server, run, read(run), by="epochs", width=width) == []


@pytest.mark.parametrize("run", sorted({*RUNS} - {*WITH_EPOCHS}))
@pytest.mark.parametrize("steps_per_epoch", [1, 30, 83])
def test_epochs_can_be_given_as_a_number_of_steps(server: Server, run: str, steps_per_epoch: int) -> None:
    query = {"by": "epochs", "width": 1, "steps_per_epoch": steps_per_epoch}
    assert wrong_candles(server, run, read(run), **query) == []


def test_epochs_that_the_run_knows_come_before_a_number_of_steps(server: Server) -> None:
    for run in WITH_EPOCHS:
        assert wrong_candles(server, run, read(run), by="epochs", width=1, steps_per_epoch=7) == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("volume", ["count", "a tag"])
def test_volume_is_the_mean_of_a_tag_or_the_count_of_points(server: Server, run: str, volume: str) -> None:
    tag = "count" if volume == "count" else next(iter(read(run).series))
    assert wrong_candles(server, run, read(run), by="steps", width=50, volume=tag) == []


@pytest.mark.parametrize("run", ["torch/everything", "tensorboardX/many values"])
def test_volume_is_the_gradient_norm_where_there_is_one(server: Server, run: str) -> None:
    (norm,) = (tag for tag in read(run).series if "grad_norm" in tag)
    (answer,) = served_candles(server, [(run, next(iter(read(run).series)))], width=10)
    assert answer["volume"] == norm
    assert server.runs()[run]["volume_tag"] == norm


def test_volume_is_the_count_of_points_where_there_is_no_gradient_norm(server: Server) -> None:
    (answer,) = served_candles(server, [("torch/ranks", "loss")], width=10)
    assert answer["volume"] == "count"


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("window", [(100, 200), (0, 1), (133, 134), (-50, 3), (195, 1000000)])
@pytest.mark.parametrize("width", [1, 10, 64])
def test_a_window_holds_the_whole_candles_that_overlap_it(
    server: Server, run: str, window: tuple[int, int], width: int
) -> None:
    start, end = window
    assert (
        wrong_candles(server, run, read(run), by="steps", width=width, start=start, end=end, limit=10000)
        == []
    )


@pytest.mark.parametrize("run", ["torch/everything", "torch/ranks", "tensorboardX/epochs"])
def test_a_window_in_seconds_holds_the_whole_candles_that_overlap_it(server: Server, run: str) -> None:
    span = seconds_spanned(read(run))
    for first, last in [(0.0, 0.5), (0.25, 0.3), (0.9, 4.0)]:
        query = {"by": "seconds", "width": span / 37, "start": first * span, "end": last * span}
        assert wrong_candles(server, run, read(run), **query) == []


@pytest.mark.parametrize("run", WITH_EPOCHS)
def test_a_window_in_epochs_holds_the_whole_candles_that_overlap_it(server: Server, run: str) -> None:
    for start, end in [(1, 3), (2, 3), (0, 1)]:
        assert wrong_candles(server, run, read(run), by="epochs", width=2, start=start, end=end) == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("limit", [1, 2, 10, 99, 1000])
@pytest.mark.parametrize("window", [{}, {"start": 20, "end": 190}])
def test_automatic_width_in_steps_is_the_smallest_round_one_within_the_limit(
    server: Server, run: str, limit: int, window: dict[str, int]
) -> None:
    for tag, points in read(run).series.items():
        if not any(window.get("start", 0) <= point.step < window.get("end", 10**9) for point in points):
            continue
        (answer,) = served_candles(server, [(run, tag)], by="steps", limit=limit, **window)
        (start, end) = (window.get("start", -(10.0**9)), window.get("end", 10.0**9))
        expected = brute_force.candles(read(run), tag, by="steps", limit=limit, start=start, end=end)
        assert answer["width"] == expected.width, (run, tag)
        assert answer["columns"]["x"] == expected.columns["x"]
        assert answer["columns"]["high"] == expected.columns["high"]


@pytest.mark.parametrize(
    "run", ["torch/everything", "torch/restart", "tensorboardX/many values", "tensorflow/dtypes"]
)
@pytest.mark.parametrize("limit", [2, 10, 99, 1000])
def test_automatic_width_in_seconds_is_the_smallest_round_one_within_the_limit(
    server: Server, run: str, limit: int
) -> None:
    for tag in read(run).series:
        (answer,) = served_candles(server, [(run, tag)], by="seconds", limit=limit)
        expected = brute_force.candles(read(run), tag, by="seconds", limit=limit)
        assert answer["width"] == pytest.approx(expected.width, rel=1e-12), (run, tag)
        assert len(answer["columns"]["x"]) <= limit


@pytest.mark.parametrize("run", WITH_EPOCHS)
@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_automatic_width_in_epochs_is_the_smallest_round_one_within_the_limit(
    server: Server, run: str, limit: int
) -> None:
    for tag in read(run).series:
        (answer,) = served_candles(server, [(run, tag)], by="epochs", limit=limit)
        assert answer["width"] == brute_force.candles(read(run), tag, by="epochs", limit=limit).width


def test_steps_and_counts_are_whole_numbers_and_prices_are_not(server: Server) -> None:
    whole = {"first_step", "last_step", "high_step", "low_step", "count", "nonfinite"}
    (answer,) = served_candles(server, [("torch/everything", "loss")], width=7)
    for name, column in answer["columns"].items():
        cells = [cell for cell in column if cell is not None]
        assert {type(cell) for cell in cells} == ({int} if name in whole else {type(cells[0])}), name
    assert {type(cell) for cell in answer["columns"]["open"] if cell is not None} == {float}


def test_a_candle_of_only_non_finite_values_has_no_prices(server: Server) -> None:
    (answer,) = served_candles(server, [("torch/everything", "loss")], width=1)
    row = {name: column[41] for name, column in answer["columns"].items()}
    assert (row["x"], row["count"], row["nonfinite"]) == (41, 0, 1)
    for name in ("open", "high", "low", "close", "mean", "std", "high_step", "low_step"):
        assert row[name] is None, name


@pytest.mark.parametrize("run", RUNS)
def test_json_csv_and_safetensors_hold_the_same(server: Server, run: str) -> None:
    for tag in read(run).series:
        (answer,) = served_candles(server, [(run, tag)], width=7)
        (columns,), (rest,) = columns_of_safetensors(one(server, run, tag, format="safetensors"))
        assert columns == answer["columns"]
        assert {**rest, "columns": answer["columns"]} == answer
        assert rest["columns"] == list(answer["columns"])
        assert columns_of_csv(one(server, run, tag, format="csv")) == answer["columns"]


def test_safetensors_of_several_series_are_numbered(server: Server) -> None:
    pairs = [("torch/everything", "loss"), ("torch/ranks", "loss"), ("torch/everything", "val/accuracy")]
    answers = served_candles(server, pairs, width=50)
    query = {"run": [run for run, _ in pairs], "tag": [tag for _, tag in pairs], "width": 50}
    columns, rest = columns_of_safetensors(server.get("candles", **query, format="safetensors").body)
    assert columns == [answer["columns"] for answer in answers]
    assert [(series["run"], series["tag"]) for series in rest] == pairs


@pytest.mark.parametrize("run", RUNS)
def test_points_are_all_of_them_when_they_are_few(server: Server, run: str) -> None:
    for tag, points in read(run).series.items():
        (answer,) = server.get_json("points", run=run, tag=tag)["points"]
        assert answer["exact"] is True
        assert answer["columns"]["step"] == [point.step for point in points]
        assert answer["columns"]["wall_time"] == [point.wall_time for point in points]
        finite = [point.value if math.isfinite(point.value) else None for point in points]
        assert answer["columns"]["value"] == finite


def seconds_spanned(run: Run) -> float:
    return max(point.wall_time for points in run.series.values() for point in points) - run.first_wall_time()


def one(server: Server, run: str, tag: str, **params: object) -> bytes:
    answer = server.get("candles", run=run, tag=tag, width=7, **params)
    assert answer.status == 200, answer.body
    return answer.body


def columns_of_csv(body: bytes) -> dict[str, list[Any]]:
    header, *rows = csv.reader(io.StringIO(body.decode(), newline=""))
    cells = [[float(cell) if cell else None for cell in row] for row in rows]
    return {name: [row[number] for row in cells] for number, name in enumerate(header)}
