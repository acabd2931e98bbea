"""`GET config`: what this dashboard is and may do."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.remote_files import shown


def config_route(request: Request, logdir: str) -> Response:
    etag = etag_of(request, metadata.VERSION, shown(logdir))
    return not_modified(request, etag) or respond_json(request, config(logdir), etag=etag)


def config(logdir: str) -> dict[str, Any]:
    """Version, rights and place of this dashboard.

    >>> config("runs")["logdir"]
    'runs'
    """
    return {"version": metadata.VERSION, "control": False, "launch": False, "logdir": shown(logdir)}
