"""`GET comparison`: one tag of many runs, a row for each."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, etag_of, not_modified, respond_tables
from tensorboard_candles.api.candles import MOST_CANDLES, axis_name, steps_per_epoch
from tensorboard_candles.api.remembered import Remembered
from tensorboard_candles.api.series import common_width, runs_by_name, unit_among, with_tag
from tensorboard_candles.indicators.alerts import DEFAULTS
from tensorboard_candles.indicators.alerts.lookout import Lookout
from tensorboard_candles.indicators.alerts.series import Question, questions, training_beside
from tensorboard_candles.indicators.standing import Standing, standing_of
from tensorboard_candles.ohlc import (
    NO_STEP,
    By,
    Ending,
    Polarity,
    SmallCandles,
    axis_of,
    candles,
    ending_of,
    polarity_among,
    small_candles,
)
from tensorboard_candles.store import RunView, Series, Source

MOST_RUNS = 5000
SMALL_CANDLES, MOST_SMALL_CANDLES = 24, 100
COLUMNS = (
    "run points first_step last_step last last_finite_step nonfinite_since best best_step worst worst_step "
    "mean volatility atr drawdown nonfinite alerts start_time end_time"
).split()
DIFFERENCES = ("last_difference", "best_difference")
_PRICES = ("x", "open", "high", "low", "close")
SMALL_COLUMNS = tuple(f"candles.{name}" for name in ("width", *_PRICES))


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters of `GET comparison`, checked."""

    tag: str
    by: By
    width: float | None
    limit: int
    steps_per_epoch: int | None
    small: int
    baseline: str | None
    polarity: Polarity | None


@dataclass(frozen=True, slots=True)
class Row:
    """What is remembered of one series."""

    standing: Standing
    ending: Ending
    small: SmallCandles


Rows = Remembered[Row]
Column = npt.NDArray[Any]
Columns = dict[str, Column]


def comparison_route(request: Request, source: Source, lookout: Lookout, rows: Rows) -> Response:
    args = request.args
    query, within_secs = parse(args), params.wait_secs(args, 5.0)
    fmt = params.choice(args, "format", params.FORMATS)
    views = with_tag(source, query.tag, params.runs(args, most=MOST_RUNS), most=MOST_RUNS)
    named = [] if query.baseline is None else with_tag(source, query.tag, [query.baseline], most=1)
    width = query.width or common_width(
        [*views, *named], query.tag, by=query.by, steps_per_epoch=query.steps_per_epoch, limit=query.limit
    )
    with lookout.paused():
        known = rows_of(views, query, rows, width=width, until=time.monotonic() + within_secs)
        [baseline] = rows_of(named, query, rows, width=width, until=0) or [None]
    alerts = alert_counts(views, query, lookout, runs_by_name(source, views))
    versions = (view.version for view in views)
    missing = sum(row is None for row in known)
    etag = etag_of(request, *versions, json.dumps([alerts, missing, *(view.version for view in named)]))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    table = table_of(views, query, known, alerts=alerts, baseline=baseline, width=width)
    return respond_tables(request, "comparison", [table], fmt=fmt, etag=etag)


def parse(args: params.Args) -> Query:
    by = axis_name(args)
    return Query(
        tag=params.tag(args),
        by=by,
        width=params.width(args, is_whole=by != "seconds"),
        limit=params.whole(args, "limit", 200, least=20, most=MOST_CANDLES),
        steps_per_epoch=steps_per_epoch(args),
        small=params.whole(args, "candles", SMALL_CANDLES, least=0, most=MOST_SMALL_CANDLES),
        baseline=args.get("baseline"),
        polarity=params.polarity(args),
    )


def rows_of(
    views: Sequence[RunView], query: Query, rows: Rows, *, width: float, until: float
) -> list[Row | None]:
    """A row for each run, of candles of that width.

    None where a run has no such tag, and where its row was not known by `until`, in seconds of the monotonic
    clock. One row is found nonetheless: who goes on asking gets all of them.
    """
    found: list[Row | None] = []
    is_first = True
    for view in views:
        series = view.series.get(query.tag)
        row = rows.known(view, series, _key(query, width)) if series else None
        if series and row is None and (is_first or time.monotonic() < until):
            row, is_first = _row_of(view, series, query, width, rows), False
        found.append(row)
    return found


def _key(query: Query, width: float) -> tuple[Any, ...]:
    return query.by, width, query.limit, query.steps_per_epoch, query.small or SMALL_CANDLES


def _row_of(view: RunView, series: Series, query: Query, width: float, rows: Rows) -> Row:
    axis = axis_of(view, query.by, steps_per_epoch=query.steps_per_epoch)
    found = candles(series, axis, width=width, limit=query.limit)
    small = small_candles(found, limit=query.small or SMALL_CANDLES)
    row = Row(standing_of(found), ending_of(series), small)
    rows.keep(view, series, _key(query, width), row)
    return row


def alert_counts(
    views: Sequence[RunView],
    query: Query,
    lookout: Lookout,
    run_named: Callable[[str], RunView | None],
) -> list[int | None]:
    """How many alerts the tag has in each run; None as long as it was not looked at to its end."""
    asked: list[Question] = []
    begins = [0]
    polarities = {query.tag: query.polarity} if query.polarity else {}
    for view in views:
        training = training_beside(view, run_named)
        asked += questions(view, DEFAULTS, tags=[query.tag], polarities=polarities, training=training)
        begins.append(len(asked))
    replies = lookout.ask(asked, within_secs=0)
    of_runs = (replies[begin:end] for begin, end in itertools.pairwise(begins))
    return [
        sum(one.looked.count for one in some) if all(one.is_whole for one in some) else None
        for some in of_runs
    ]


def table_of(
    views: Sequence[RunView],
    query: Query,
    rows: Sequence[Row | None],
    *,
    alerts: Sequence[int | None],
    baseline: Row | None,
    width: float,
) -> Table:
    """Rows as the wire has them."""
    polarity = query.polarity or polarity_among(views, query.tag)
    every = [view.series.get(query.tag) for view in views]
    columns = {
        "run": np.array([view.name for view in views], object),
        **_known_at_once(every, alerts),
        **_known_in_time(rows, polarity),
    }
    columns = {name: columns[name] for name in COLUMNS}
    if baseline:
        others = _known_in_time([baseline], polarity)
        columns |= {f"{name}_difference": columns[name] - others[name] for name in ("last", "best")}
    head = {
        "tag": query.tag,
        "by": query.by,
        "width": width,
        "exact": all(series.exact for series in every if series),
        "polarity": polarity,
        "unit": unit_among(views, query.tag),
        "baseline": query.baseline,
        "is_complete": all(row for row, series in zip(rows, every, strict=True) if series),
    }
    return Table(head, {**columns, **_small_columns(rows)} if query.small else columns)


def _known_at_once(every: Sequence[Series | None], alerts: Sequence[int | None]) -> Columns:
    values = {
        "points": [series.point_count if series else 0 for series in every],
        "first_step": [int(series.step[0]) if series else NO_STEP for series in every],
        "last_step": [series.last_step if series else NO_STEP for series in every],
        "alerts": [NO_STEP if count is None else count for count in alerts],
    }
    return {name: np.array(column, np.int64) for name, column in values.items()}


def _known_in_time(rows: Sequence[Row | None], polarity: Polarity) -> Columns:
    standings = [row.standing if row else None for row in rows]
    endings = [row.ending if row else None for row in rows]
    known = {
        **{field.name: _column(standings, field.name) for field in fields(Standing)},
        **{field.name: _column(endings, field.name) for field in fields(Ending)},
    }
    best, worst = ("low", "high") if polarity == "lower_is_better" else ("high", "low")
    return {
        **known,
        "best": known[best],
        "best_step": known[f"{best}_step"],
        "worst": known[worst],
        "worst_step": known[f"{worst}_step"],
        "drawdown": np.abs(known["last"] - known[best]),
    }


def _column(rows: Sequence[Standing | Ending | None], name: str) -> Column:
    is_whole = name.endswith(("_step", "_since")) or name == "nonfinite"
    missing = NO_STEP if is_whole else np.nan
    values = [getattr(row, name) if row else missing for row in rows]
    return np.array(values, np.int64 if is_whole else np.float64)


def _small_columns(rows: Sequence[Row | None]) -> Columns:
    """A line for each row, filled up behind its last candle with what is missing."""
    small = [row.small if row else None for row in rows]
    longest = max((len(one) for one in small if one), default=0)
    widths = np.array([one.width if one else np.nan for one in small], np.float64)
    is_whole = all(one.x.dtype.kind == "i" for one in small if one)
    columns: Columns = {"candles.width": widths}
    for name in _PRICES:
        missing = NO_STEP if name == "x" and is_whole else np.nan
        lines = np.full((len(small), longest), missing, np.int64 if missing == NO_STEP else np.float64)
        for line, one in zip(lines, small, strict=True):
            if one:
                line[: len(one)] = getattr(one, name)
        columns[f"candles.{name}"] = lines
    return columns
