"""`--candles_memory`, as TensorBoard hands it on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import StartServer
from tests.support.records import many_scalars, write_run
from tests.support.server import Server


@pytest.mark.skipif(sys.platform != "linux", reason="a process's files are seen on Linux only")
def test_a_budget_much_smaller_than_the_points_changes_no_answer(
    tmp_path: Path, tensorboard_server: StartServer
) -> None:
    for number in range(6):
        values = np.random.default_rng(number).normal(size=50_000)
        write_run(tmp_path, f"run_{number}", many_scalars("loss", values.tolist()))
    unlimited = tensorboard_server(tmp_path, "--candles_cache=off")
    limited = tensorboard_server(tmp_path, "--candles_cache=off", "--candles_memory=0.5MB")
    assert answers(limited) == answers(unlimited)
    assert (has_scratch_files(limited), has_scratch_files(unlimited)) == (True, False)


def answers(server: Server) -> list[Any]:
    server.wait_loaded()
    return [
        server.get_json("candles", run=f"run_{number}", tag="loss", **window)["candles"]
        for number in range(6)
        for window in ({}, {"start": 40_000, "end": 40_100})
    ]


def has_scratch_files(server: Server) -> bool:
    links = []
    for path in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            links.append(os.readlink(path))
    return any("/scratch/" in link and link.endswith(" (deleted)") for link in links)
