"""The table of routes, and what all of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.alerts import alerts_route, counts_route
from tensorboard_candles.api.answer import respond_error
from tensorboard_candles.api.arguments import arguments_route
from tensorboard_candles.api.attention import attention_route, maps_route
from tensorboard_candles.api.backend import Backend
from tensorboard_candles.api.candles import candles_route
from tensorboard_candles.api.changing import changing, reading_or_changing
from tensorboard_candles.api.comparison import comparison_route
from tensorboard_candles.api.complexity import complexity_route
from tensorboard_candles.api.config import config_route
from tensorboard_candles.api.control import command, control_route
from tensorboard_candles.api.convergence import convergence_route
from tensorboard_candles.api.correlation import correlation_route
from tensorboard_candles.api.correlation import points_route as correlation_points_route
from tensorboard_candles.api.detectors import detectors_route
from tensorboard_candles.api.experiments import change_route as experiments_change_route
from tensorboard_candles.api.experiments import experiments_route
from tensorboard_candles.api.experiments import output_route as experiments_output_route
from tensorboard_candles.api.groups import groups_route
from tensorboard_candles.api.hyperparameters import hyperparameters_route
from tensorboard_candles.api.indicators import indicators_route
from tensorboard_candles.api.landscape import landscape_route, surface_route
from tensorboard_candles.api.logs import logs_route
from tensorboard_candles.api.logs import text_route as logs_text_route
from tensorboard_candles.api.outputs import image_route, outputs_route
from tensorboard_candles.api.patterns import patterns_route
from tensorboard_candles.api.points import points_route
from tensorboard_candles.api.runs import runs_route
from tensorboard_candles.api.static import static_route
from tensorboard_candles.api.stats import stats_route
from tensorboard_candles.api.trajectory import trajectory_route
from tensorboard_candles.errors import CandlesError, NotAllowed
from tensorboard_candles.indicators.alerts.runs import RunLookout
from tensorboard_candles.store import Source

WsgiApp = Callable[..., Any]
SourceRoute = Callable[[Request, Source], Response]


def routes(backend: Backend) -> Mapping[str, WsgiApp]:
    """WSGI applications by route, as `TBPlugin.get_plugin_apps` gives them."""

    def of_source(answer: SourceRoute) -> WsgiApp:
        return _reading(lambda request: answer(request, backend.source(request)))

    def at_once(answer: SourceRoute) -> WsgiApp:
        """What somebody waits for to be drawn: it goes before the search for alerts."""

        def undisturbed(request: Request, source: Source) -> Response:
            with backend.lookout.paused():
                return answer(request, source)

        return of_source(undisturbed)

    alerts = RunLookout(backend.lookout)
    return {
        "/static/*": _reading(static_route),
        "/config": _reading(lambda request: config_route(request, backend.logdir, backend.guard)),
        "/control": reading_or_changing(
            of_source(partial(control_route, desk=backend.desk)),
            changing(
                lambda request, body: command(request, body, backend.source(request), desk=backend.desk),
                backend.guard,
                needs="control",
            ),
        ),
        "/runs": of_source(partial(runs_route, told=backend.told, texts=backend.run_texts)),
        "/attention": of_source(
            partial(attention_route, jobs=backend.jobs, measured=backend.attention_measured)
        ),
        "/attention/maps": at_once(maps_route),
        "/candles": at_once(partial(candles_route, shared=backend.shared)),
        "/points": at_once(partial(points_route, shared=backend.shared)),
        "/arguments": of_source(arguments_route),
        "/experiments": reading_or_changing(
            _reading(partial(experiments_route, launcher=backend.launcher)),
            changing(
                partial(experiments_change_route, launcher=backend.launcher), backend.guard, needs="launch"
            ),
        ),
        "/experiments/output": _reading(partial(experiments_output_route, launcher=backend.launcher)),
        "/groups": at_once(groups_route),
        "/landscape": of_source(landscape_route),
        "/landscape/surface": of_source(surface_route),
        "/logs": of_source(partial(logs_route, jobs=backend.jobs, reading=backend.log_reading)),
        "/logs/text": of_source(logs_text_route),
        "/outputs": of_source(outputs_route),
        "/outputs/image": of_source(image_route),
        "/stats": of_source(stats_route),
        "/trajectory": of_source(partial(trajectory_route, jobs=backend.jobs)),
        "/comparison": of_source(partial(comparison_route, lookout=backend.lookout, rows=backend.compared)),
        "/convergence": of_source(partial(convergence_route, jobs=backend.jobs)),
        "/complexity": of_source(complexity_route),
        "/correlation": of_source(partial(correlation_route, jobs=backend.jobs)),
        "/correlation/points": of_source(correlation_points_route),
        "/hyperparameters": of_source(partial(hyperparameters_route, jobs=backend.jobs)),
        "/indicators": _reading(indicators_route),
        "/patterns": _reading(patterns_route),
        "/alerts": of_source(partial(alerts_route, lookout=alerts)),
        "/alerts/counts": of_source(partial(counts_route, lookout=alerts)),
        "/detectors": _reading(detectors_route),
    }


def _reading(answer: Callable[[Request], Response]) -> WsgiApp:
    """A route that only reads; the project's own errors become answers."""

    @Request.application
    def app(request: Request) -> Response:
        try:
            if request.method not in ("GET", "HEAD"):
                raise NotAllowed(request.method)
            return answer(request)
        except CandlesError as error:
            return respond_error(request, error)

    return app
