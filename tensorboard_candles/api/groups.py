"""`GET groups`: candles of several runs as one, say of the seeds of a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, etag_of, not_modified, respond_tables
from tensorboard_candles.api.candles import MOST_CANDLES, Query, parse
from tensorboard_candles.api.series import checked_size, common_width, unit_among, with_tag
from tensorboard_candles.errors import BadRequest, TooLarge
from tensorboard_candles.ohlc import Candles, axis_of, candles, candles_over_runs, polarity_among
from tensorboard_candles.store import RunView, Source

MOST_IN_ALL = 1_000_000
"""Candles that are put together for one answer, at the most."""
COLUMNS = (
    "x first_step last_step open high low close mean std_over_runs runs count nonfinite "
    "high_step low_step high_run low_run"
).split()

Groups = Mapping[str, Sequence[RunView]]


def groups_route(request: Request, source: Source) -> Response:
    args = request.args
    tag, query, fmt = params.tag(args), parse(args), params.choice(args, "format", params.FORMATS)
    groups = _asked(args, source, tag)
    views = [view for members in groups.values() for view in members]
    etag = etag_of(request, *(view.version for view in views))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    return respond_tables(request, "groups", tables(groups, tag, query), fmt=fmt, etag=etag)


def _asked(args: params.Args, source: Source, tag: str) -> Groups:
    """Groups and their runs; of those without a name every run that has the tag is one."""
    names, runs = args.getlist("group"), args.getlist("run")
    if names and len(names) != len(runs):
        raise BadRequest(f"group and run come in pairs, got {len(names)} groups and {len(runs)} runs")
    if len(runs) > params.MOST_PAIRS:
        raise BadRequest(f"at most {params.MOST_PAIRS} runs in one request, got {len(runs)}")
    every = with_tag(source, tag, list(dict.fromkeys(runs)), most=params.MOST_PAIRS)
    if not names:
        return {"": every}
    by_name = {view.name: view for view in every}
    pairs = dict.fromkeys(zip(names, runs, strict=True))
    return {name: [by_name[run] for one, run in pairs if one == name] for name in dict.fromkeys(names)}


def tables(groups: Groups, tag: str, query: Query) -> list[Table]:
    """A table for each group, all of one width."""
    members = {name: [view for view in views if tag in view.series] for name, views in groups.items()}
    every = [view for views in members.values() for view in views]
    if len(every) * query.limit > MOST_IN_ALL:
        raise TooLarge(
            f"{len(every)} runs of up to {query.limit} candles are more than {MOST_IN_ALL} candles in all; "
            "ask for fewer runs at once, or give a smaller limit"
        )
    width = query.width or common_width(
        every,
        tag,
        by=query.by,
        steps_per_epoch=query.steps_per_epoch,
        limit=query.limit,
        window=query.window,
    )
    return checked_size(_table(name, views, tag, query, width) for name, views in members.items() if views)


def _table(name: str, views: Sequence[RunView], tag: str, query: Query, width: float) -> Table:
    found = [_candles(view, tag, query, width) for view in views]
    # Counted before each run takes a cell for every bucket of all the others.
    count = len(np.unique(np.concatenate([one.bucket for one in found])))
    if count > query.limit:
        raise BadRequest(
            f"width {width:g} gives {count} candles of group {name!r}, more than the limit of "
            f"{query.limit}; give a larger width, a narrower start and end, or a larger limit "
            f"(at most {MOST_CANDLES})"
        )
    over_runs = candles_over_runs(found)
    series = [view.series[tag] for view in views]
    extents = [one.extent for one in found]
    head = {
        "group": name,
        "runs": [view.name for view in views],
        "tag": tag,
        "by": query.by,
        "width": over_runs.width,
        "exact": all(one.exact for one in series),
        "points": sum(one.point_count for one in series),
        "polarity": query.polarity or polarity_among(views, tag),
        "unit": unit_among(views, tag),
        "extent": [min(begin for begin, _ in extents), max(end for _, end in extents)],
    }
    return Table(head, {column: getattr(over_runs, column) for column in COLUMNS})


def _candles(view: RunView, tag: str, query: Query, width: float) -> Candles:
    axis = axis_of(view, query.by, steps_per_epoch=query.steps_per_epoch)
    window = query.window
    return candles(view.series[tag], axis, width=width, start=window.start, end=window.end, limit=query.limit)
