"""`GET points`: the points themselves, or few that draw the same line."""

from __future__ import annotations

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, not_modified, respond_tables
from tensorboard_candles.api.candles import axis_name, steps_per_epoch
from tensorboard_candles.api.series import asked, etag_of_series, tables_of, unit_of
from tensorboard_candles.errors import NoEpochs
from tensorboard_candles.ohlc import (
    By,
    Epochs,
    NumberArray,
    epochs_of,
    has_epochs,
    line_of,
    polarity_in,
    thinned,
)
from tensorboard_candles.store import RunView, Series, Source

MOST_POINTS = 1_000_000


def points_route(request: Request, source: Source) -> Response:
    args = request.args
    by, window = axis_name(args), params.window(args)
    limit = params.whole(args, "limit", 2000, least=4, most=MOST_POINTS)
    per_epoch = steps_per_epoch(args)
    fmt = params.choice(args, "format", params.FORMATS)
    found = asked(request, source)
    etag = etag_of_series(request, found)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    tables = tables_of(
        found,
        lambda view, series: table(
            view, series, by=by, window=window, limit=limit, steps_per_epoch=per_epoch
        ),
    )
    return respond_tables(request, "points", tables, fmt=fmt, etag=etag)


def table(
    view: RunView,
    series: Series,
    *,
    by: By,
    window: params.Window,
    limit: int,
    steps_per_epoch: int | None,
) -> Table:
    """Points of one series in a window, as the wire has them."""
    knows_epochs = has_epochs(view) or steps_per_epoch is not None or by == "epochs"
    epochs = epochs_of(view, steps_per_epoch=steps_per_epoch) if knows_epochs else None
    line = line_of(series)
    position = _positions(view, line, by, epochs)
    few = thinned(line, position, start=window.start, end=window.end, limit=limit)
    columns = {"step": few.series.step[:], "wall_time": few.series.wall_time, "value": few.series.value}
    if epochs:
        columns["epoch"] = epochs.fractional(few.series.step[:])
    head = {
        "run": view.name,
        "tag": series.tag,
        "by": by,
        "exact": series.exact and few.is_complete and series.point_count == len(series),
        "points": series.point_count,
        "resolution": series.resolution,
        "polarity": polarity_in(view, series.tag),
        "unit": unit_of(view, series.tag),
        "nonfinite": series.nonfinite_count,
    }
    return Table(head, {**columns, "value": few.series.value.astype(np.float64)})


def _positions(view: RunView, series: Series, by: By, epochs: Epochs | None) -> NumberArray:
    if by == "seconds":
        return series.wall_time - view.start_time
    if by == "steps":
        return series.step[:]
    if epochs is None:
        raise NoEpochs(f"the epochs of run {view.name!r} are not known")
    return epochs.fractional(series.step[:])
