"""`GET runs`: every run with its tags, how far loading is, and what could not be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, finite_or_none, not_modified, respond_json
from tensorboard_candles.api.series import experiment_of, unit_of
from tensorboard_candles.api.told import Told, ToldByExperiment
from tensorboard_candles.ohlc import has_epochs, polarity_in, volume_tag_in
from tensorboard_candles.store import RunView, Series, Source

MOST_PROBLEMS = 1000
MOST_WATCHED = 200


def runs_route(request: Request, source: Source, *, told: ToldByExperiment) -> Response:
    watching = params.runs(request.args, most=MOST_WATCHED, name="watching")
    source.watch(watching)
    version = source.version()
    # Of the data alone, whatever else was asked: who has an answer of this version needs no other.
    etag = etag_of(request, version, whatever_is_asked=True)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    since = request.args.get("since", "")
    answer = runs(source, version, since=since, told=told.of(experiment_of(request)))
    return respond_json(request, answer, etag=etag)


def runs(source: Source, version: str, *, since: str, told: Told) -> dict[str, Any]:
    """The answer of `GET runs`; at most the first 1000 problems are told one by one.

    Where it is known what was told under the version `since`, only the runs that differ.
    """
    views = source.runs()
    news = told.news({view.name: view.version for view in views}, since=since.rpartition("-")[2])
    changed = None if news.changed is None else frozenset(news.changed)
    problem_count = source.problem_count()
    answer = {
        "version": f"{version}-{news.mark}",
        "exact": all(view.exact for view in views),
        "loading": asdict(source.loading()),
        "problem_count": problem_count,
        "problems": [asdict(one) for one in source.problems(MOST_PROBLEMS)] if problem_count else [],
        "runs": [_run(view) for view in views if changed is None or view.name in changed],
    }
    return answer if changed is None else {**answer, "since": since, "gone": list(news.gone)}


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
