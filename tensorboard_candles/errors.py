"""Every error that tensorboard_candles raises on purpose.

CandlesError
├── BadPayload            a summary that holds something else than its kind says
├── BadControl            a file or a value of the control channel that can't be used
├── BadRequest            a parameter that can't be used (HTTP 400)
│   └── NoEpochs          candles by epoch were asked of a run that has none
├── NotAllowed            the request's method has no meaning here (HTTP 405)
├── NotFound              no such run, tag or file (HTTP 404)
├── TooLarge              an answer larger than one request may have (HTTP 413)
├── Cancelled             work that nobody waits for any more
├── WorkFailed            work that came to an end by a mistake of ours (HTTP 500)
├── Missing               an optional package that is not installed (HTTP 501)
├── NoCurvature           a model that can't be differentiated twice
└── WriterError           what was logged can't be written
    └── NotAScalar        a logged value that is not one real number (a TypeError too)
"""

from __future__ import annotations

from http import HTTPStatus


class CandlesError(Exception):
    """Root of the tree; `status` is what an HTTP answer carries."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


class BadPayload(CandlesError):
    """A summary that holds something else than its kind says; told among an answer's problems."""


class BadControl(CandlesError):
    """What was said between a training and the dashboard can't be used; the message says where and why."""


class BadRequest(CandlesError):
    """A parameter that can't be used; the message says what was got and what to do."""

    status = HTTPStatus.BAD_REQUEST


class NoEpochs(BadRequest):
    """Candles by epoch were asked of a run whose epochs are not known."""


class NotAllowed(CandlesError):
    """A method that the route does not answer."""

    status = HTTPStatus.METHOD_NOT_ALLOWED


class NotFound(CandlesError):
    """No such run, tag or file."""

    status = HTTPStatus.NOT_FOUND


class TooLarge(CandlesError):
    """An answer larger than one request may have."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Cancelled(CandlesError):
    """Nobody waits any more for what is being computed."""


class WorkFailed(CandlesError):
    """What was computed came to an end by a mistake of ours; the log has the rest."""


class Missing(CandlesError):
    """An optional package is not installed; the message says how to get it."""

    status = HTTPStatus.NOT_IMPLEMENTED


class NoCurvature(CandlesError):
    """A model that its framework can't differentiate twice; the message says where it ends."""


class WriterError(CandlesError):
    """What was logged can't be written."""


class NotAScalar(WriterError, TypeError):
    """A logged value that is not one real number."""
