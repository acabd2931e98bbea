"""What candles of groups cost."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from werkzeug.datastructures import MultiDict

from tensorboard_candles.api.candles import parse
from tensorboard_candles.api.groups import tables
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events import Points
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store import RunView, Series

RUNS = POINTS = 200


def run_from(step: int) -> RunView:
    steps, name = np.arange(step, step + POINTS), f"from {step}"
    series = Series.of(name, "loss", Points(steps, steps.astype(np.float64), np.ones(POINTS)))
    return RunView.of(name, "1", {"loss": series}, no_points())


def test_runs_far_apart_are_refused_before_they_take_a_cell_for_each_bucket_of_the_others() -> None:
    runs = [run_from(number * POINTS) for number in range(RUNS)]
    query = parse(MultiDict({"width": "1", "limit": "1000"}))
    tracemalloc.start()
    try:
        with pytest.raises(BadRequest, match=f"width 1 gives {RUNS * POINTS} candles of group 'all'"):
            tables({"all": runs}, "loss", query)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 8 * RUNS * POINTS * RUNS
