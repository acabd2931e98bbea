"""Files cut at every byte and files with a bit flipped at every byte: a run for each, served at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support import records
from tests.support.series import served_candles
from tests.support.server import Server, eventually

VALUES = [2.5, 2.25, 9.75, -1.5, 2.0, 1.75]
RECORDS = [
    records.version_record(),
    *(records.scalar_record("loss", step=i, value=v) for i, v in enumerate(VALUES)),
]
WHOLE = b"".join(RECORDS)
SPANS = list(pairwise(accumulate(map(len, RECORDS), initial=0)))
WRITTEN = dict(enumerate(VALUES))


def cut(offset: int) -> bytes:
    return WHOLE[:offset]


def flipped(offset: int) -> bytes:
    return WHOLE[:offset] + bytes([WHOLE[offset] ^ 1 << offset % 8]) + WHOLE[offset + 1 :]


def record_at(offset: int) -> int:
    return next(number for number, (start, end) in enumerate(SPANS) if start <= offset < end)


CUTS = {f"cut/{offset}": offset for offset in range(len(WHOLE) + 1)}
FLIPS = {f"flip/{offset}": offset for offset in range(len(WHOLE))}


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    logdir = tmp_path_factory.mktemp("damaged")
    for run, offset in CUTS.items():
        records.write_run(logdir, run, cut(offset))
    for run, offset in FLIPS.items():
        records.write_run(logdir, run, flipped(offset))
    return logdir


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], logdir: Path) -> Server:
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run=f"cut/{len(WHOLE)}", points=len(VALUES))
    return started


def served(server: Server, runs: dict[str, int]) -> dict[str, dict[int, float]]:
    """Points of every run: value by step."""
    listed = server.runs()
    with_points = [run for run in runs if any(tag["points"] for tag in listed.get(run, {"tags": []})["tags"])]
    found: dict[str, dict[int, float]] = {run: {} for run in runs}
    for first in range(0, len(with_points), 50):
        pairs = [(run, "loss") for run in with_points[first : first + 50]]
        for answer in served_candles(server, pairs, width=1):
            columns = answer["columns"]
            assert columns["open"] == columns["high"] == columns["low"] == columns["close"]
            found[answer["run"]] = dict(zip(columns["first_step"], columns["close"], strict=True))
    return found


def problems(server: Server) -> dict[str, list[dict[str, Any]]]:
    by_run: dict[str, list[dict[str, Any]]] = {}
    for problem in server.problems():
        by_run.setdefault(problem["run"], []).append(problem)
    return by_run


def test_a_flipped_bit_costs_one_record_and_is_reported(server: Server) -> None:
    found, reported = served(server, FLIPS), problems(server)
    wrong = []
    for run, offset in FLIPS.items():
        damaged = record_at(offset)
        expected = {step: value for step, value in WRITTEN.items() if step + 1 != damaged}
        if found[run] != expected:
            wrong.append(f"{run}: {found[run]}, expected {expected}")
        start, end = SPANS[damaged]
        at = [problem["offset"] for problem in reported.get(run, [])]
        may_be_torn = damaged == len(RECORDS) - 1 and offset < start + 12
        if not may_be_torn and not (len(at) == 1 and start <= at[0] < end):
            wrong.append(f"{run}: record at {start} is damaged, reported {at}")
    assert wrong == []


def test_a_file_cut_at_any_byte_serves_its_whole_records_and_then_the_rest_when_it_comes(
    server: Server, logdir: Path
) -> None:
    expected = {
        run: {step: value for step, value in WRITTEN.items() if SPANS[step + 1][1] <= offset}
        for run, offset in CUTS.items()
    }
    assert served(server, CUTS) == expected
    assert [run for run in problems(server) if run in CUTS] == []

    for run, offset in CUTS.items():
        with (logdir / run / records.FILE_NAME).open("ab") as file:
            file.write(WHOLE[offset:])
    counts = dict.fromkeys(CUTS, len(VALUES))
    eventually(
        lambda: {run: found for run, found in point_counts(server).items() if run in CUTS} == counts,
        what="the rest of the cut files",
    )
    assert served(server, CUTS) == dict.fromkeys(CUTS, WRITTEN)
    assert [run for run in problems(server) if run in CUTS] == []


def point_counts(server: Server) -> dict[str, int]:
    return {name: sum(tag["points"] for tag in run["tags"]) for name, run in server.runs().items()}


def test_problems_name_run_file_place_and_what(server: Server) -> None:
    run = f"flip/{SPANS[3][0] + 14}"
    (problem,) = problems(server)[run]
    assert set(problem) >= {"run", "file", "offset", "what"}
    assert Path(problem["file"]).name == records.FILE_NAME
    assert problem["offset"] == SPANS[3][0]
    assert "checksum" in problem["what"]
