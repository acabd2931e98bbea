"""`GET runs`: every run with its tags, how far loading is, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.answer import etag_of, finite_or_none, not_modified, respond_json
from tensorboard_candles.api.series import unit_of
from tensorboard_candles.api.told import Told
from tensorboard_candles.ohlc import has_epochs, polarity_in, volume_tag_in
from tensorboard_candles.store import RunView, Series, Source

MOST_PROBLEMS = 1000


def runs_route(request: Request, source: Source, *, told: Told) -> Response:
    version = source.version()
    etag = etag_of(request, version)
    since = request.args.get("since", "")
    return not_modified(request, etag) or respond_json(
        request, runs(source, version, since=since, told=told), etag=etag
    )


def runs(source: Source, version: str, *, since: str = "", told: Told | None = None) -> dict[str, Any]:
    """The answer of `GET runs`; at most the first 1000 problems are told one by one.

    Where it is known what was told under the version `since`, only the runs that differ.
    """
    views = source.runs()
    known = told.at(since) if told else None
    versions = {view.name: view.version for view in views}
    if told:
        told.note(version, versions)
    if known is None:
        return _all(source, version, views)
    changed = [view for view in views if known.get(view.name) != view.version]
    gone = [name for name in known if name not in versions]
    return {**_all(source, version, views, changed), "since": since, "gone": gone}


def _all(
    source: Source, version: str, views: Sequence[RunView], told: Sequence[RunView] | None = None
) -> dict[str, Any]:
    return {
        "version": version,
        "exact": all(series.exact for view in views for series in view.series.values()),
        "loading": asdict(source.loading()),
        "problem_count": source.problem_count(),
        "problems": [asdict(problem) for problem in source.problems(MOST_PROBLEMS)],
        "runs": [_run(view) for view in (views if told is None else told)],
    }


def _run(view: RunView) -> dict[str, Any]:
    return {
        "name": view.name,
        "version": view.version,
        "tags": [_tag(view, series) for series in view.series.values()],
        "records": {
            kind: dict(Counter(record.tag for record in records))
            for kind, records in sorted(view.records.items())
        },
        "log_lines": len(view.logs),
        "volume_tag": volume_tag_in(view),
        "has_epochs": has_epochs(view),
        "start_time": finite_or_none(view.start_time),
        "end_time": finite_or_none(view.end_time),
    }


def _tag(view: RunView, series: Series) -> dict[str, Any]:
    return {
        "tag": series.tag,
        "points": series.point_count,
        "resolution": series.resolution,
        "first_step": int(series.step[0]),
        "last_step": series.last_step,
        "last_value": finite_or_none(float(series.value[-1])),
        "polarity": polarity_in(view, series.tag),
        "unit": unit_of(view, series.tag),
    }
