"""`GET runs`: every run with its tags, how far loading is, and what could not be read."""

from __future__ import annotations

import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, finite_or_none, not_modified, respond_text
from tensorboard_candles.api.series import experiment_of, unit_of
from tensorboard_candles.api.told import Told, ToldByExperiment
from tensorboard_candles.ohlc import has_epochs, polarity_in, volume_tag_in
from tensorboard_candles.store import RunView, Series, Source

MOST_PROBLEMS = 1000
MOST_WATCHED = 200
MOST_TEXTS = 2000


def runs_route(request: Request, source: Source, *, told: ToldByExperiment, texts: RunTexts) -> Response:
    watching = params.runs(request.args, most=MOST_WATCHED, name="watching")
    source.watch(watching)
    version = source.version()
    # Of the data alone, whatever else was asked: who has an answer of this version needs no other.
    etag = etag_of(request, version, whatever_is_asked=True)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    since, experiment = request.args.get("since", ""), experiment_of(request)
    head, views = news(source, version, since=since, told=told.of(experiment))
    told_runs = ", ".join(texts.of(experiment, view) for view in views)
    body = f'{json.dumps(head, allow_nan=False)[:-1]}, "runs": [{told_runs}]}}'
    return respond_text(request, body, "application/json", etag=etag)


class RunTexts:
    """What is told of runs, as JSON: the same for all who look at them, made once for each change."""

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()

    def of(self, experiment: str, view: RunView) -> str:
        key = experiment, view.name
        with self._lock:
            version, text = self._kept.get(key, ("", ""))
        if version == view.version:
            return text
        text = json.dumps(run(view), allow_nan=False)
        with self._lock:
            self._kept[key] = view.version, text
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return text


def news(source: Source, version: str, *, since: str, told: Told) -> tuple[dict[str, Any], Sequence[RunView]]:
    """The answer of `GET runs` without the runs, and the runs that it tells of.

    At most the first 1000 problems are told one by one. Where it is known what was told under the
    version `since`, only the runs that differ.
    """
    views = source.runs()
    found = told.news({view.name: view.version for view in views}, since=since.rpartition("-")[2])
    changed = None if found.changed is None else frozenset(found.changed)
    problem_count = source.problem_count()
    head: dict[str, Any] = {
        "version": f"{version}-{found.mark}",
        "exact": all(view.exact for view in views),
        "loading": asdict(source.loading()),
        "problem_count": problem_count,
        "problems": [asdict(one) for one in source.problems(MOST_PROBLEMS)] if problem_count else [],
    }
    if changed is None:
        return head, views
    head |= {"since": since, "gone": list(found.gone)}
    return head, [view for view in views if view.name in changed]


def run(view: RunView) -> dict[str, Any]:
    """What is told of one run."""
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
