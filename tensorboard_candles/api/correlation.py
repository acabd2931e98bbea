"""`GET correlation`: which tags move together; `GET correlation/points`: two of them against each other."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.aligned import Line, Of, lines_in
from tensorboard_candles.analysis.correlation import (
    METHODS,
    MOST_POINTS,
    Correlations,
    Method,
    correlations,
    scatter,
)
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import (
    Table,
    finite_or_none,
    not_modified,
    respond_found,
    respond_tables,
)
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.series import (
    asked,
    etag_of_series,
    experiment_of,
    saying_what_loads,
    series_of,
    unit_of,
)
from tensorboard_candles.errors import BadRequest, TooLarge
from tensorboard_candles.store import RunView, Series, Source

MOST_SERIES = 500
MOST_LAG = 1000
MOST_ASKED_POINTS = 1_000_000
MOST_NUMBERS = 40_000_000
"""In memory at once, so that many series are looked at at fewer points each."""
MOST_DRAWN = 10_000
COLUMNS = tuple(field.name for field in fields(Correlations) if field.name != "order")


@dataclass(frozen=True, slots=True)
class Query:
    """How series are to be compared."""

    method: Method
    of: Of
    width: int | None
    limit: int
    max_lag: int


def correlation_route(request: Request, source: Source, jobs: Jobs) -> Response:
    args = request.args
    query, within_secs = parse(args), params.wait_secs(args, 1.0)
    fmt = params.choice(args, "format", params.FORMATS[:2])
    found = _asked(args, source)
    series = [one for _, one in found]

    def work(progress: Progress) -> Correlations:
        return compared(series, query, progress)

    key = "correlation", experiment_of(request), query, tuple((view.name, one.tag) for view, one in found)
    versions = {view.name: view.version for view, _ in found}
    done = jobs.ask(key, "\n".join(versions.values()), work, within_secs=within_secs)
    return respond_found(request, "correlation", done, lambda result: [_table(found, query, result)], fmt=fmt)


def parse(args: params.Args) -> Query:
    of = typing.cast(Of, params.choice(args, "of", typing.get_args(Of)))
    width = params.width(args, is_whole=True)
    return Query(
        method=typing.cast(Method, params.choice(args, "method", METHODS)),
        of=of,
        width=None if width is None else int(width),
        limit=params.whole(args, "limit", MOST_POINTS[of], least=10, most=MOST_ASKED_POINTS),
        max_lag=params.whole(args, "max_lag", 0, least=0, most=MOST_LAG),
    )


def _asked(args: params.Args, source: Source) -> list[tuple[RunView, Series]]:
    """The series named in pairs, or without tags all those of the runs; each once."""
    runs, tags = params.runs(args, most=MOST_SERIES), args.getlist("tag")
    if not runs:
        raise BadRequest("give run, and tag where not all of its tags are to be compared")
    with saying_what_loads(source):
        views = {name: source.run(name) for name in runs}
        named = params.pairs(args) if tags else [(name, tag) for name in runs for tag in views[name].series]
        if len(named) > MOST_SERIES:
            raise TooLarge(f"at most {MOST_SERIES} series are compared at once, got {len(named)}; name some")
        return [(views[run], series_of(views[run], tag)) for run, tag in dict.fromkeys(named)]


def compared(series: Sequence[Series], query: Query, progress: Progress) -> Correlations:
    """Raises TooLarge where a width that was asked for leaves more candles than fit into memory."""
    progress(0, 1, "steps")
    lines = lines_in(series)
    most = MOST_NUMBERS // max(len(lines), 1)
    width = query.width
    if width is not None and any(_candles(line, width) > most for line in lines):
        raise TooLarge(
            f"{len(lines)} series are compared at {most} candles at most; "
            "give a larger width, or fewer series"
        )
    return correlations(
        lines,
        method=query.method,
        of=query.of,
        width=width,
        most=min(query.limit, most),
        max_lag=query.max_lag,
        progress=progress,
    )


def _candles(line: Line, width: int) -> int:
    """How many of that width hold a point, at most."""
    return min(len(line.step), (int(line.step[-1]) - int(line.step[0])) // width + 2)


def _table(found: Sequence[tuple[RunView, Series]], query: Query, result: Correlations) -> Table:
    head = {
        "method": query.method,
        "of": query.of,
        "max_lag": query.max_lag,
        "exact": result.is_every_step and all(series.exact for _, series in found),
        "order": result.order.tolist(),
    }
    names = {
        "run": np.array([view.name for view, _ in found], object),
        "tag": np.array([series.tag for _, series in found], object),
    }
    return Table(head, {**names, **{name: getattr(result, name) for name in COLUMNS}})


def points_route(request: Request, source: Source) -> Response:
    """Of the two series that the request names."""
    args = request.args
    query = parse(args)
    lag = params.whole(args, "lag", 0, least=-MOST_LAG, most=MOST_LAG)
    fmt = params.choice(args, "format", params.FORMATS)
    found = asked(request, source)
    if len(found) != 2:
        raise BadRequest(f"give run and tag twice: what is on either axis; got {len(found)} series")
    etag = etag_of_series(request, found)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    table = _points(found, query, lag)
    return respond_tables(request, "points", [table], fmt=fmt, etag=etag)


def _points(found: Sequence[tuple[RunView, Series]], query: Query, lag: int) -> Table:
    first, second = lines_in([series for _, series in found])
    points = scatter(first, second, of=query.of, width=query.width, most=query.limit, lag=lag)
    # Every so many: which of them are drawn has nothing to do with how they lie.
    drawn = slice(None, None, max(-(-len(points.step) // MOST_DRAWN), 1))
    head = {
        "runs": [view.name for view, _ in found],
        "tags": [series.tag for _, series in found],
        "units": [unit_of(view, series.tag) for view, series in found],
        "of": query.of,
        "lag": lag,
        "width": points.width,
        "points": len(points.step),
        "exact": points.width is None and all(series.exact for _, series in found),
        "slope": finite_or_none(points.slope),
        "intercept": finite_or_none(points.intercept),
    }
    return Table(head, {"step": points.step[drawn], "x": points.first[drawn], "y": points.second[drawn]})
