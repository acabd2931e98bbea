"""`GET stats`: how fast runs go, and what their machines do."""

from __future__ import annotations

from typing import Any

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.throughput import (
    OF_THE_MACHINE,
    Throughput,
    instants_of,
    measured_series,
    throughput,
)
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Json, etag_of, finite_or_none, not_modified, respond_json, to_list
from tensorboard_candles.api.series import saying_what_loads, unit_of
from tensorboard_candles.ohlc import line_of, thinned
from tensorboard_candles.store import RunView, Series, Source

MOST_RUNS = 50
MOST_ROWS = 5000
MOST_MACHINE_TAGS = 100
COLUMNS = ("time", "step", "steps_per_sec", "points_per_sec", "value")


def stats_route(request: Request, source: Source) -> Response:
    runs = params.needed_runs(request.args, most=MOST_RUNS)
    limit = params.whole(request.args, "limit", 300, least=4, most=MOST_ROWS)
    with saying_what_loads(source):
        views = [source.run(name) for name in runs]
    etag = etag_of(request, *(view.version for view in views))
    unchanged = not_modified(request, etag)
    return unchanged or respond_json(request, {"stats": [stats(view, limit) for view in views]}, etag=etag)


def stats(view: RunView, limit: int) -> dict[str, Json]:
    """What is told of one run: `limit` rows at most of each kind."""
    series = measured_series(view)
    found = throughput(instants_of(series), view.began, limit=limit) if series else None
    of_machine = [one for tag, one in view.series.items() if tag.startswith(OF_THE_MACHINE)]
    return {
        "run": view.name,
        "tag": series.tag if series else None,
        "exact": series.exact if series else True,
        "latest": _latest(found),
        "columns": _columns(found),
        "system_count": len(of_machine),
        "system": [_of_machine(view, one, limit) for one in of_machine[:MOST_MACHINE_TAGS]],
    }


def _latest(found: Throughput | None) -> dict[str, float] | None:
    if not found or not found.lately:
        return None
    steps, points = found.lately
    return {"steps_per_sec": steps, "points_per_sec": points}


def _columns(found: Throughput | None) -> dict[str, Json]:
    if not found:
        return {name: [] for name in COLUMNS[:4]}
    return {name: to_list(getattr(found, name)) for name in COLUMNS[:4]}


def _of_machine(view: RunView, series: Series, limit: int) -> dict[str, Any]:
    line = line_of(series)
    rows = thinned(line.value, line.wall_time, start=None, end=None, limit=limit).rows
    value = line.value[rows].astype(np.float64)
    return {
        "tag": series.tag,
        "unit": unit_of(view, series.tag),
        "latest": finite_or_none(float(series.value[-1])),
        "columns": {
            "time": to_list(line.wall_time[rows]),
            "step": to_list(line.step[rows]),
            "value": to_list(value),
        },
    }
