"""`GET alerts` and `GET alerts/counts`: what went wrong in the runs, and how often."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, finite_or_none, not_modified, respond_json
from tensorboard_candles.api.detectors import KINDS, chosen
from tensorboard_candles.api.series import runs_by_name
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.indicators.alerts import Alert, Detector
from tensorboard_candles.indicators.alerts.runs import AskedRun, Inquiry, RunAlerts, RunLookout
from tensorboard_candles.indicators.alerts.series import in_order, training_beside
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.store import RunView, Source

PROGRESS_HEADER = "Candles-Progress"
_GRAVITY = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; what is empty leaves nothing out."""

    runs: frozenset[str]
    tags: frozenset[str]
    kinds: frozenset[str]
    steps: params.Window

    def keeps(self, alert: Alert) -> bool:
        start, end = self.steps.start, self.steps.end
        in_window = (start is None or alert.last_step >= start) and (end is None or alert.first_step < end)
        return in_window and (not self.kinds or alert.kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known by now."""

    views: Sequence[RunView]
    runs: Sequence[RunAlerts]
    files_done: int
    files_total: int

    def alerts(self, filters: Filters) -> Iterator[Alert]:
        return (alert for run in self.runs for alert in run.alerts if filters.keeps(alert))

    def progress(self) -> dict[str, Any]:
        """How far it is; what there is beyond are files that wait to be read, and series to be looked at."""
        series = sum(it.series for it in self.runs)
        unfinished = sum(it.unfinished for it in self.runs)
        return {
            "is_complete": not unfinished and self.files_done == self.files_total,
            "series_done": series - unfinished,
            "series_total": series,
            "points_done": sum(it.points_done for it in self.runs),
            "points_total": sum(it.points_total for it in self.runs),
            "files_done": self.files_done,
            "files_total": self.files_total,
            "failed": sum(it.failed for it in self.runs),
            "not_kept": sum(it.not_kept for it in self.runs),
        }


def alerts_route(request: Request, source: Source, lookout: RunLookout) -> Response:
    limit = params.whole(request.args, "limit", 10_000, least=1, most=100_000)
    filters, found = _asked(request, source, lookout)
    every = in_order(found.alerts(filters))
    content = [on_wire(alert) for alert in gravest(every, limit)]
    progress = {**found.progress(), "alerts": len(every)}
    response = _respond(request, content, progress)
    response.headers[PROGRESS_HEADER] = json.dumps(progress)
    return response


def counts_route(request: Request, source: Source, lookout: RunLookout) -> Response:
    filters, found = _asked(request, source, lookout)
    progress = found.progress()
    content = {"progress": progress, "runs": counts(found.views, found.alerts(filters))}
    return _respond(request, content, progress)


def counts(views: Sequence[RunView], alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """How many alerts each run has, by kind and by severity."""
    kinds: Counter[tuple[str, str]] = Counter()
    severities: Counter[tuple[str, str]] = Counter()
    for alert in alerts:
        kinds[alert.run, alert.kind] += 1
        severities[alert.run, alert.severity] += 1
    return [
        {
            "run": view.name,
            "count": sum(severities[view.name, severity] for severity in _GRAVITY),
            "kinds": {kind: kinds[view.name, kind] for kind in KINDS if kinds[view.name, kind]},
            "severities": {severity: severities[view.name, severity] for severity in _GRAVITY},
        }
        for view in views
    ]


def gravest(alerts: Sequence[Alert], limit: int) -> Sequence[Alert]:
    """The gravest of them, in their order."""
    if len(alerts) <= limit:
        return alerts
    order = sorted(range(len(alerts)), key=lambda at: _GRAVITY.index(alerts[at].severity))
    return [alerts[at] for at in sorted(order[:limit])]


def found_in(
    source: Source,
    views: Sequence[RunView],
    filters: Filters,
    detectors: Sequence[Detector],
    lookout: RunLookout,
    *,
    within_secs: float,
    polarities: Mapping[str, Polarity] | None = None,
) -> Found:
    """Alerts of all series that the filters leave, as far as they are known within that time.

    Tags among `polarities` are judged by those, whatever is known of them.
    """
    some = tuple(one for one in detectors if not filters.kinds or one.kind in filters.kinds)
    inquiry = Inquiry(some, filters.tags or None, frozenset((polarities or {}).items()))
    run_named = runs_by_name(source, views)
    asked = [AskedRun(view, training_beside(view, run_named)) for view in views]
    loading = source.loading()
    return Found(views, lookout.ask(inquiry, asked, within_secs=within_secs), loading.done, loading.total)


def _asked(request: Request, source: Source, lookout: RunLookout) -> tuple[Filters, Found]:
    args = request.args
    filters = Filters(
        frozenset(args.getlist("run")),
        frozenset(args.getlist("tag")),
        frozenset(args.getlist("kind")),
        params.window(args),
    )
    detectors = chosen(args.get("detectors"))
    within_secs = params.wait_secs(args, 0.5)
    polarities = params.polarities(args)
    if wrong := filters.kinds.difference(KINDS):
        raise BadRequest(f"there is no kind {min(wrong)[:64]!r}; there are {', '.join(KINDS)}")
    views = _views(source, filters)
    found = found_in(
        source, views, filters, detectors, lookout, within_secs=within_secs, polarities=polarities
    )
    return filters, found


def _views(source: Source, filters: Filters) -> Sequence[RunView]:
    """Raises NotFound where a run or a tag is asked for that is nowhere."""
    views = [source.run(name) for name in sorted(filters.runs)] if filters.runs else source.runs()
    if unknown := filters.tags.difference(*(view.series for view in views)):
        raise NotFound(f"no run asked for has a tag {min(unknown)!r}")
    return views


def on_wire(alert: Alert) -> dict[str, Any]:
    """An alert as JSON holds it."""
    return {"run": alert.run, **asdict(alert), "value": finite_or_none(alert.value)}


def _respond(request: Request, content: Any, progress: dict[str, Any]) -> Response:
    # Named by what it says: a training that goes on, and goes well, gives the same answer all the time.
    etag = etag_of(request, json.dumps(content), str(progress["is_complete"]))
    return not_modified(request, etag) or respond_json(request, content, etag=etag)
