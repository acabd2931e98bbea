"""`GET points`: the points themselves, or few that draw the same line."""

from __future__ import annotations

import typing
from dataclasses import dataclass

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Columns, Table, finite_or_none, respond_tables
from tensorboard_candles.api.candles import steps_per_epoch
from tensorboard_candles.api.series import asked, etag_of_series, tables_of, unit_of
from tensorboard_candles.api.shared import SharedAnswers
from tensorboard_candles.errors import BadRequest, NoEpochs
from tensorboard_candles.ohlc import (
    By,
    Epochs,
    NumberArray,
    Thinned,
    epochs_of,
    has_epochs,
    line_of,
    polarity_in,
    smoothed,
    thinned,
)
from tensorboard_candles.store import RunView, Series, Source

MOST_POINTS = 1_000_000

PointsBy = By | typing.Literal["wall_time"]
AXES: tuple[PointsBy, ...] = (*typing.get_args(By), "wall_time")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of each series."""

    by: PointsBy
    window: params.Window
    limit: int
    with_neighbours: bool
    smooth: float | None
    steps_per_epoch: int | None


def points_route(request: Request, source: Source, shared: SharedAnswers) -> Response:
    query = parse(request.args)
    fmt = params.choice(request.args, "format", params.FORMATS)
    found = asked(request, source)
    etag = etag_of_series(request, found)

    def make() -> Response:
        tables = tables_of(found, lambda view, series: table(view, series, query))
        return respond_tables(request, "points", tables, fmt=fmt, etag=etag)

    return shared.respond(request, etag, make)


def parse(args: params.Args) -> Query:
    return Query(
        by=typing.cast(PointsBy, params.choice(args, "by", AXES)),
        window=params.window(args),
        limit=params.whole(args, "limit", 2000, least=4, most=MOST_POINTS),
        with_neighbours=params.choice(args, "neighbours", ("0", "1")) == "1",
        smooth=_weight(args),
        steps_per_epoch=steps_per_epoch(args),
    )


def _weight(args: params.Args) -> float | None:
    given = params.number(args, "smooth")
    if given is not None and not 0 <= given < 1:
        raise BadRequest(f"smooth must be from 0 to below 1, got {args.get('smooth')}")
    return given


def table(view: RunView, series: Series, query: Query) -> Table:
    """Points of one series in a window, as the wire has them."""
    knows_epochs = has_epochs(view) or query.steps_per_epoch is not None or query.by == "epochs"
    epochs = epochs_of(view, steps_per_epoch=query.steps_per_epoch) if knows_epochs else None
    line = line_of(series)
    position = _positions(view, line, query.by, epochs)
    few = thinned(
        line.value,
        position,
        start=query.window.start,
        end=query.window.end,
        limit=query.limit,
        with_neighbours=query.with_neighbours,
    )
    head = {
        "run": view.name,
        "tag": series.tag,
        "by": query.by,
        "exact": series.exact and few.is_complete and series.point_count == len(series),
        "points": series.point_count,
        "resolution": series.resolution,
        "polarity": polarity_in(view, series.tag),
        "unit": unit_of(view, series.tag),
        "nonfinite": series.nonfinite_count,
        "start_time": finite_or_none(view.start_time),
        "extent": _extent(position),
    }
    return Table(head, _columns(line, few, epochs, smooth=query.smooth))


def _columns(line: Series, few: Thinned, epochs: Epochs | None, *, smooth: float | None) -> Columns:
    step = line.step[few.rows]
    columns: dict[str, NumberArray] = {
        "step": step,
        "wall_time": line.wall_time[few.rows],
        "value": line.value[few.rows].astype(np.float64),
        "nonfinite": few.nonfinite,
    }
    if epochs:
        columns["epoch"] = epochs.fractional(step)
    if smooth is not None:
        columns["smoothed"] = smoothed(line.value, weight=smooth)[few.rows]
    return columns


def _extent(position: NumberArray) -> tuple[float, float]:
    """Least and greatest place of any point; 0 and 0 where none has a place."""
    placed = position[np.isfinite(position)]
    return (placed.min().item(), placed.max().item()) if len(placed) else (0, 0)


def _positions(view: RunView, series: Series, by: PointsBy, epochs: Epochs | None) -> NumberArray:
    if by == "wall_time":
        return series.wall_time
    if by == "seconds":
        return series.wall_time - view.start_time
    if by == "steps":
        return series.step[:]
    if epochs is None:
        raise NoEpochs(f"the epochs of run {view.name!r} are not known")
    return epochs.fractional(series.step[:])
