"""What takes long is answered for the experiment that was asked about, whatever was asked before."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend import experiment_id
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import convergence, correlation, hyperparameters, trajectory
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.store import Source, read_once
from tests.support import records
from tests.support.server import eventually

SOON_SECS = 60.0


def source_of(logdir: Path, seed: int) -> Source:
    draw = np.random.default_rng(seed)
    for number, tag in enumerate(("loss", "accuracy")):
        content = records.scalar_file(tag, draw.normal(size=50).tolist())
        records.write_run(logdir, "run", content, name=f"{records.FILE_NAME}.{number}")
    return read_once(str(logdir))


def asking(experiment: str, query: str) -> Request:
    environ = EnvironBuilder(query_string=query).get_environ()
    return Request({**environ, experiment_id.WSGI_ENVIRON_KEY: experiment})


def answered(answer: Response) -> Response | None:
    """What is asked for first may be on its way for as long as its libraries take to be imported."""
    return answer if json.loads(answer.data)["progress"] is None else None


@pytest.mark.parametrize(
    ("route", "query"),
    [
        (correlation.correlation_route, "run=run"),
        (convergence.convergence_route, "run=run&tag=loss"),
        (trajectory.trajectory_route, "run=run&tag=loss&tag=accuracy"),
        (hyperparameters.hyperparameters_route, "tag=loss"),
    ],
)
def test_a_run_of_the_same_name_in_another_experiment_is_another_run(
    tmp_path: Path, route: Any, query: str
) -> None:
    one, other, jobs = source_of(tmp_path / "one", 1), source_of(tmp_path / "other", 2), Jobs(workers=1)
    known = eventually(lambda: answered(route(asking("one", f"{query}&wait=10"), one, jobs)), what="it")
    is_over = threading.Event()
    jobs.ask("busy", "v1", lambda _: is_over.wait(SOON_SECS), within_secs=0)
    not_yet = route(asking("other", f"{query}&wait=0"), other, jobs)
    is_over.set()
    assert not_yet.status_code == 202
    assert route(asking("one", f"{query}&wait=0"), one, jobs).data == known.data
