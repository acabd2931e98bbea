"""`GET candles`: open, high, low, close and the rest of one or more series."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params, patterns
from tensorboard_candles.api.answer import Json, Table, respond_tables
from tensorboard_candles.api.indicators import chosen
from tensorboard_candles.api.series import asked, etag_of_series, series_of, tables_of, unit_of
from tensorboard_candles.api.shared import SharedAnswers
from tensorboard_candles.indicators import Chosen, indicator_columns
from tensorboard_candles.indicators.patterns import Pattern, patterns_shown
from tensorboard_candles.ohlc import (
    COUNT,
    By,
    Polarity,
    axis_of,
    candles,
    polarity_in,
    volume_of,
    volume_tag_in,
)
from tensorboard_candles.store import RunView, Series, Source

MOST_CANDLES = 10_000
COLUMNS = (
    "x first_step last_step open high low close mean std count nonfinite high_step low_step "
    "start_time end_time"
).split()


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters of `GET candles`, checked."""

    by: By
    width: float | None
    window: params.Window
    limit: int
    steps_per_epoch: int | None
    volume: str | None
    indicators: tuple[Chosen, ...]
    patterns: tuple[Pattern, ...] | None
    polarity: Polarity | None


def candles_route(request: Request, source: Source, shared: SharedAnswers) -> Response:
    query = parse(request.args)
    fmt = params.choice(request.args, "format", params.FORMATS)
    found = asked(request, source)
    etag = etag_of_series(request, found)

    def make() -> Response:
        tables = tables_of(found, lambda view, series: table(view, series, query))
        return respond_tables(request, "candles", tables, fmt=fmt, etag=etag)

    return shared.respond(request, etag, make)


def parse(args: params.Args) -> Query:
    by = axis_name(args)
    return Query(
        by=by,
        width=params.width(args, is_whole=by != "seconds"),
        window=params.window(args),
        limit=params.whole(args, "limit", 1000, least=1, most=MOST_CANDLES),
        steps_per_epoch=steps_per_epoch(args),
        volume=args.get("volume"),
        indicators=chosen(args.get("indicators")),
        patterns=patterns.chosen(args.get("patterns")),
        polarity=params.polarity(args),
    )


def axis_name(args: params.Args) -> By:
    return typing.cast(By, params.choice(args, "by", typing.get_args(By)))


def steps_per_epoch(args: params.Args) -> int | None:
    given = "steps_per_epoch" in args
    return params.whole(args, "steps_per_epoch", 1, least=1, most=2**53) if given else None


def table(view: RunView, series: Series, query: Query) -> Table:
    """Candles of one series, as the wire has them."""
    axis = axis_of(view, query.by, steps_per_epoch=query.steps_per_epoch)
    window = query.window
    found = candles(series, axis, width=query.width, start=window.start, end=window.end, limit=query.limit)
    volume_tag = query.volume or volume_tag_in(view, series.tag)
    volume = None if volume_tag == COUNT else series_of(view, volume_tag)
    polarity = query.polarity or polarity_in(view, series.tag)
    columns = {name: getattr(found, name) for name in COLUMNS}
    head: dict[str, Json] = {
        "run": view.name,
        "tag": series.tag,
        "by": query.by,
        "width": found.width,
        "exact": series.exact,
        "points": series.point_count,
        "resolution": series.resolution,
        "polarity": polarity,
        "unit": unit_of(view, series.tag),
        "volume": volume_tag,
        "extent": found.extent,
    }
    if query.patterns is not None:
        marked = patterns_shown(query.patterns, found, series, axis, polarity=polarity)
        head["patterns"] = patterns.on_wire(marked)
    drawn = indicator_columns(query.indicators, found, series, axis, volume=volume, polarity=polarity)
    return Table(head, {**columns, "volume": volume_of(found, axis, volume), **drawn})
