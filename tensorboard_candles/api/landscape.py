"""`GET landscape`: which loss landscapes runs have; `GET landscape/surface`: some of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.analysis.landscape.payload import AXES, Landscape
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import (
    Columns,
    Table,
    etag_of,
    finite_or_none,
    not_modified,
    respond_tables,
)
from tensorboard_candles.api.series import checked_size, saying_what_loads
from tensorboard_candles.errors import BadPayload, BadRequest, NotFound
from tensorboard_candles.events import RecordAt, payload_of
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 5000
MOST_SURFACES = 8
COLUMNS = ("run", "tag", "step", "wall_time")
SURFACE_COLUMNS = (*AXES, "loss", "trajectory", "trajectory_step", "trajectory_loss", "trajectory_distance")


def landscape_route(request: Request, source: Source) -> Response:
    runs = params.runs(request.args, most=MOST_RUNS)
    fmt = params.choice(request.args, "format", params.FORMATS)
    with saying_what_loads(source):
        views = [source.run(name) for name in runs] or source.runs()
    found = [(view, record) for view in views for record in _records(view)]
    etag = etag_of(request, *(view.version for view in views))
    unchanged = not_modified(request, etag)
    return unchanged or respond_tables(request, "landscape", [_listed(found)], fmt=fmt, etag=etag)


def _records(view: RunView) -> Sequence[RecordAt]:
    return view.records.get(metadata.LANDSCAPE_KIND, ())


def _listed(found: Sequence[tuple[RunView, RecordAt]]) -> Table:
    columns = {
        "run": np.array([view.name for view, _ in found], object),
        "tag": np.array([record.tag for _, record in found], object),
        "step": np.array([record.step for _, record in found], np.int64),
        "wall_time": np.array([record.wall_time for _, record in found], np.float64),
    }
    return Table({}, columns)


def surface_route(request: Request, source: Source) -> Response:
    fmt = params.choice(request.args, "format", params.FORMATS[:2])
    found = _asked(request.args, source)
    etag = etag_of(request, json.dumps([repr(record) for _, record in found]))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    tables = checked_size(_surface(run, record) for run, record in found)
    return respond_tables(request, "surface", tables, fmt=fmt, etag=etag)


def _asked(args: params.Args, source: Source) -> list[tuple[str, RecordAt]]:
    """Of each run and tag the landscape of the step that was asked for, else the last."""
    pairs, steps = params.pairs(args), args.getlist("step")
    if len(pairs) > MOST_SURFACES:
        raise BadRequest(f"at most {MOST_SURFACES} landscapes in one request, got {len(pairs)}")
    if steps and len(steps) != len(pairs):
        raise BadRequest(f"give a step for each run and tag, or none; got {len(steps)} for {len(pairs)}")
    wanted: list[float | None] = [_step(step) for step in steps] if steps else [None] * len(pairs)
    with saying_what_loads(source):
        views = {run: source.run(run) for run, _ in pairs}
        return [
            (run, _record_at(views[run], tag, step)) for (run, tag), step in zip(pairs, wanted, strict=True)
        ]


def _step(text: str) -> float:
    step = params.finite(text)
    if step is None:
        raise BadRequest(f"step must be a number, got {text[:64]!r}")
    return step


def _record_at(view: RunView, tag: str, step: float | None) -> RecordAt:
    found = [record for record in _records(view) if record.tag == tag and step in (None, record.step)]
    if not found:
        at = "" if step is None else f" at step {step}"
        raise NotFound(f"run {view.name!r} has no landscape {tag!r}{at}; GET landscape lists them")
    return found[-1]


def _surface(run: str, record: RecordAt) -> Table:
    head: dict[str, Any] = {"run": run, "tag": record.tag, "step": record.step}
    try:
        landscape = Landscape.from_bytes(payload_of(record))
    except (BadPayload, NotFound) as error:
        return Table({**head, "problems": [f"step {record.step}: {error}"]}, {})
    about = {name: _plain(value) for name, value in asdict(landscape.about).items()}
    shares = {
        name: None if column is None else [finite_or_none(one) for one in column.tolist()]
        for name, column in (
            ("explained_variance", landscape.explained_variance),
            ("eigenvalues", landscape.eigenvalues),
            ("eigenvalue_residuals", landscape.eigenvalue_residuals),
        )
    }
    return Table({**head, **about, **shares, "problems": []}, _columns(landscape))


def _plain(value: object) -> object:
    return finite_or_none(value) if isinstance(value, float) else value


def _columns(landscape: Landscape) -> Columns:
    columns: dict[str, npt.NDArray[Any]] = {
        **dict(zip(AXES, landscape.axes, strict=False)),
        "loss": landscape.loss,
    }
    path = landscape.trajectory
    if path is not None:
        columns["trajectory"] = path.at
        columns["trajectory_step"] = path.step
        columns["trajectory_loss"] = path.loss
        columns["trajectory_distance"] = path.distance
    return columns
