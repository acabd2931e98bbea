"""Every error that tensorboard_candles raises on purpose.

CandlesError
├── BadPayload            a summary that holds something else than its kind says
├── BadControl            a file or a value of the control channel that can't be used
├── BadRequest            a parameter that can't be used (HTTP 400)
│   └── NoEpochs          candles by epoch were asked of a run that has none
├── BadDeclaration        a file of experiments that can't be used
├── Forbidden             who asks may not, or nobody may (HTTP 403)
├── NotAllowed            the request's method has no meaning here (HTTP 405)
├── NotFound              no such run, tag or file (HTTP 404)
├── Conflict              what is asked for does not go with how things are (HTTP 409)
├── TooLarge              an answer, or a body, larger than one request may have (HTTP 413)
├── TooMany               more changes than one client may ask for in so short a time (HTTP 429)
├── Cancelled             work that nobody waits for any more
├── WorkFailed            work that came to an end by a mistake of ours (HTTP 500)
├── CantKeep              what is started can't be written down, so nothing is (HTTP 507)
├── ExecutorFailed        what experiments run on did not do what it was asked
│   └── Unreachable       it can't be asked at present
├── Missing               an optional package that is not installed (HTTP 501)
├── NoCurvature           a model that can't be differentiated twice
└── WriterError           what was logged can't be written
    └── NotAScalar        a logged value that is not one real number (a TypeError too)
"""

from __future__ import annotations

import math
from http import HTTPStatus


class CandlesError(Exception):
    """Root of the tree; `status` is what an HTTP answer carries."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def headers(self) -> list[tuple[str, str]]:
        """Headers that an HTTP answer carries beside the message."""
        return []


class BadPayload(CandlesError):
    """A summary that holds something else than its kind says; told among an answer's problems."""


class BadControl(CandlesError):
    """What was said between a training and the dashboard can't be used; the message says where and why."""


class BadRequest(CandlesError):
    """A parameter that can't be used; the message says what was got and what to do."""

    status = HTTPStatus.BAD_REQUEST


class NoEpochs(BadRequest):
    """Candles by epoch were asked of a run whose epochs are not known."""


class BadDeclaration(CandlesError):
    """A file of experiments that can't be used; the message names the file and the key."""


class Forbidden(CandlesError):
    """Who asks may not do that, or nobody may; the message says what would have to be otherwise."""

    status = HTTPStatus.FORBIDDEN


class NotAllowed(CandlesError):
    """A method that the route does not answer."""

    status = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, method: str, *, allow: str = "GET, HEAD") -> None:
        super().__init__(f"{method[:64]} is not answered here; use {allow.split(', ', maxsplit=1)[0]}")
        self.allow = allow

    def headers(self) -> list[tuple[str, str]]:
        return [("Allow", self.allow)]


class NotFound(CandlesError):
    """No such run, tag or file."""

    status = HTTPStatus.NOT_FOUND


class Conflict(CandlesError):
    """What is asked for does not go with how things are, as a command to a run that has ended."""

    status = HTTPStatus.CONFLICT


class TooLarge(CandlesError):
    """An answer, or the body of a request, larger than one request may have."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooMany(CandlesError):
    """More changes than one client may ask for in so short a time; `retry_secs` later there is room again."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, retry_secs: float) -> None:
        super().__init__(message)
        self.retry_secs = retry_secs

    def headers(self) -> list[tuple[str, str]]:
        return [("Retry-After", str(math.ceil(self.retry_secs)))]


class Cancelled(CandlesError):
    """Nobody waits any more for what is being computed."""


class WorkFailed(CandlesError):
    """What was computed came to an end by a mistake of ours; the log has the rest."""


class CantKeep(CandlesError):
    """What is started can't be written down; so nothing is started, and nothing that runs is changed."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


class ExecutorFailed(CandlesError):
    """What experiments run on did not do what it was asked; the message says why."""


class Unreachable(ExecutorFailed):
    """What experiments run on can't be asked at present; it may be asked again."""


class Missing(CandlesError):
    """An optional package is not installed; the message says how to get it."""

    status = HTTPStatus.NOT_IMPLEMENTED


class NoCurvature(CandlesError):
    """A model that its framework can't differentiate twice; the message says where it ends."""


class WriterError(CandlesError):
    """What was logged can't be written."""


class NotAScalar(WriterError, TypeError):
    """A logged value that is not one real number."""
