"""Two processes that train together obey at the same batch: real ones, over gloo."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.dashboard import Dashboard
from tests.support.server import eventually

pytest.importorskip("torch")

WITHIN_SECS = 600.0


@contextmanager
def two_ranks(logdir: Path, how: str) -> Iterator[list[subprocess.Popen[str]]]:
    script = Path(__file__).with_name("control_ranks.py")
    with ExitStack() as ranks:
        processes = []
        for rank in range(2):
            process = subprocess.Popen(
                [sys.executable, str(script), str(logdir), str(rank), how],
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            ranks.callback(process.wait)
            ranks.callback(process.kill)
            processes.append(process)
        yield processes


def _ended(processes: list[subprocess.Popen[str]]) -> list[list[float]]:
    outputs = [process.communicate(timeout=WITHIN_SECS)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [json.loads(output.splitlines()[-1]) for output in outputs]


def test_all_ranks_obey_at_the_same_batch(tmp_path: Path) -> None:
    with two_ranks(tmp_path, "both") as processes:
        dashboard = Dashboard(tmp_path / "p" / "r")
        eventually(dashboard.files.status, within_secs=WITHIN_SECS, what="a status")
        dashboard.status(lambda status: "set" in status.obeys)
        for rate in (0.5, 0.25):
            assert dashboard.ask("set", name="lr", value=rate)[0] == "done"
        assert dashboard.ask("pause")[0] == "done"
        assert dashboard.ask("set", name="lr", value=0.125)[0] == "done"
        assert dashboard.ask("checkpoint") == ("done", f"{tmp_path}/rank0.pt")
        assert dashboard.ask("resume")[0] == "done"
        step = dashboard.status().progress.step or 0
        dashboard.status(lambda status: (status.progress.step or 0) > step + 20)
        assert dashboard.ask("stop") == ("done", f"{tmp_path}/rank0.pt")
        first, second = _ended(processes)
    assert first == second
    assert [rate for at, rate in enumerate(first) if at == 0 or first[at - 1] != rate] in (
        [0.1, 0.5, 0.25, 0.125],
        [0.1, 0.5, 0.125],  # the pause may come at the same batch as the rate before it
    )
    assert dashboard.status().state == "ended"


def test_a_training_of_which_one_rank_alone_asks_goes_on_and_refuses(tmp_path: Path) -> None:
    with two_ranks(tmp_path, "one rank asks") as processes:
        dashboard = Dashboard(tmp_path / "p" / "r")
        eventually(dashboard.files.status, within_secs=WITHIN_SECS, what="a status")
        dashboard.status(lambda status: status.progress.step is not None)
        assert dashboard.ask("stop") == ("refused", "1 of 2 ranks don't use tracker.batches")
        asked_at = dashboard.status().progress.step or 0
        dashboard.status(lambda status: (status.progress.step or 0) > asked_at)
        (tmp_path / "over").touch()
        first, second = map(len, _ended(processes))
    assert first == second > asked_at
