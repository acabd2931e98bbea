"""`GET patterns`: candlestick patterns and what they say; and how `patterns=` names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators.patterns import PATTERNS, Marked, Pattern

ALL = "all"


def patterns_route(request: Request) -> Response:
    etag = etag_of(request, metadata.VERSION)
    return not_modified(request, etag) or respond_json(request, patterns(), etag=etag)


def patterns() -> dict[str, Any]:
    """The registry, as the wire has it.

    >>> first = patterns()["patterns"][0]
    >>> first["name"], first["candles"], first["meaning"]
    ('engulfing', 2, 'reversal')
    """
    return {
        "patterns": [
            {
                "name": one.name,
                "title": one.title,
                "candles": one.candles,
                "meaning": one.meaning,
                "explanation": one.explanation,
                "source": one.source,
            }
            for one in PATTERNS.values()
        ]
    }


def chosen(text: str | None) -> tuple[Pattern, ...] | None:
    """Patterns as a query names them, each once; None where it asks for none.

    >>> [one.name for one in chosen("doji,hammer,doji")], len(chosen("all")) == len(PATTERNS)
    (['doji', 'hammer'], True)

    Raises BadRequest, which says what there is.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")] if text else []
    for name in names:
        if name != ALL and name not in PATTERNS:
            raise BadRequest(f"there is no pattern {name[:64]!r}; there are {', '.join(PATTERNS)}, or {ALL}")
    if ALL in names:
        return tuple(PATTERNS.values())
    return tuple(PATTERNS[name] for name in dict.fromkeys(names))


def on_wire(found: Sequence[Marked]) -> list[dict[str, Any]]:
    """Patterns of a series as JSON holds them."""
    return [
        {
            "name": one.pattern.name,
            "title": one.pattern.title,
            "direction": one.direction,
            "x": one.x,
            "first_x": one.first_x,
            "first_step": one.first_step,
            "last_step": one.last_step,
        }
        for one in found
    ]
