"""Routes that change something: one gate before them, one line in the audit log for each request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.answer import respond_error, respond_unkept
from tensorboard_candles.api.bodies import json_body
from tensorboard_candles.api.guard import Guard, Needs
from tensorboard_candles.api.limits import client_of
from tensorboard_candles.errors import CandlesError, NotAllowed

Json = Any
WsgiApp = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the answer's JSON, which the audit log holds, too."""

    content: Mapping[str, Json]
    status: HTTPStatus = HTTPStatus.OK


ChangeAnswer = Callable[[Request, Mapping[str, Json]], Changed]


def changing(answer: ChangeAnswer, guard: Guard, *, needs: Needs) -> WsgiApp:
    """A route for `POST` alone, whose body is a JSON object and which only those may ask whom `guard` admits.

    `answer` gets the request and its body; what it raises of the project's own errors is the answer.
    """

    @Request.application
    def app(request: Request) -> Response:
        body: Mapping[str, Json] | None = None
        try:
            if request.method != "POST":
                raise NotAllowed(request.method, allow="POST")
            guard.admit(request.environ, needs)
            body = json_body(request.environ)
            changed = answer(request, body)
        except CandlesError as error:
            _note_refusal(request, guard, body, outcome="refused", status=int(error.status), why=str(error))
            return respond_error(request, error)
        except Exception as error:
            # Nobody knows how far it came: TensorBoard is to answer, and the audit log to tell.
            why = f"{type(error).__name__}: {error}"
            _note_refusal(request, guard, body, outcome="failed", status=500, why=why)
            raise
        _note(request, guard, body, outcome="done", status=int(changed.status), answer=changed.content)
        return respond_unkept(request, changed.content, status=changed.status)

    return app


def reading_or_changing(reading: WsgiApp, change: WsgiApp) -> WsgiApp:
    """A route of both: `GET` reads, `POST` changes."""

    def app(environ: Any, start_response: Any) -> Any:
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return change(environ, start_response)
        if method in ("GET", "HEAD"):
            return reading(environ, start_response)
        request = Request(environ)
        refused = respond_error(request, NotAllowed(method, allow="GET, HEAD, POST"))
        return refused(environ, start_response)

    return app


def _note_refusal(
    request: Request, guard: Guard, body: Mapping[str, Json] | None, **came_of_it: Json
) -> None:
    is_inside = body is not None
    # Whoever may ask for nothing could fill the log with it.
    if is_inside or not guard.limits.refused_lines.take(""):
        _note(request, guard, body, **came_of_it)


def _note(request: Request, guard: Guard, body: Mapping[str, Json] | None, **came_of_it: Json) -> None:
    environ = request.environ
    guard.note(
        client=client_of(environ.get("REMOTE_ADDR") or ""),
        host=environ.get("HTTP_HOST"),
        origin=environ.get("HTTP_ORIGIN"),
        route=request.path,
        asked=body,
        **came_of_it,
    )
