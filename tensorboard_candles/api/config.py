"""`GET config`: what this dashboard is and may do, and the token for doing it."""

from __future__ import annotations

import secrets
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.api.guard import Guard
from tensorboard_candles.remote_files import shown

_PROCESS = secrets.token_hex(8)
"""An answer of an earlier process is never this one's: its token is another."""


def config_route(request: Request, logdir: str, guard: Guard) -> Response:
    why = guard.why_not(request.environ)
    etag = etag_of(request, metadata.VERSION, shown(logdir), _PROCESS, why)
    response = not_modified(request, etag) or respond_json(request, config(logdir, guard, why), etag=etag)
    response.headers["Cache-Control"] = "no-store"
    return response


def config(logdir: str, guard: Guard, why_not: str = "") -> dict[str, Any]:
    """Version, rights and place of this dashboard, as told to someone who may change nothing for a reason.

    >>> config("runs", Guard())  # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    {'version': ..., 'control': False, 'launch': False, 'logdir': 'runs',
     'token': None, 'token_needed': False,
     'why': 'this TensorBoard was started without --candles_control and --candles_experiments'}
    """
    is_on = guard.control or guard.launch
    may = is_on and not why_not
    is_given = guard.given_token is not None
    return {
        "version": metadata.VERSION,
        "control": guard.control and may,
        "launch": guard.launch and may,
        "logdir": shown(logdir),
        "token": guard.token.reveal() if may and not is_given else None,
        "token_needed": may and is_given,
        "why": why_not
        if is_on
        else "this TensorBoard was started without --candles_control and --candles_experiments",
    }
