"""`GET detectors`: what looks for alerts; and how `detectors=` names it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators.alerts import DEFAULTS, REGISTRY, Detector

MOST_DETECTORS = 20
KINDS: tuple[str, ...] = tuple(dict.fromkeys(detector.kind for detector in REGISTRY.values()))


def detectors_route(request: Request) -> Response:
    etag = etag_of(request, metadata.VERSION)
    return not_modified(request, etag) or respond_json(request, detectors(), etag=etag)


def detectors() -> dict[str, Any]:
    """The registry, as the wire has it.

    >>> detectors()["detectors"][0]["parameters"][1]
    {'name': 'z', 'type': 'number', 'default': 8.0, 'least': 0.1, 'most': 1000}
    """
    return {"detectors": [_described(one) for one in REGISTRY.values()]}


def _described(one: Detector) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "severity": one.severity,
        "watches": one.watches,
        "is_default": one in DEFAULTS,
        "parameters": [
            {
                "name": it.name,
                "type": "whole" if isinstance(it.default, int) else "number",
                "default": it.default,
                "least": it.metadata["least"],
                "most": it.metadata["most"],
            }
            for it in fields(one)
        ],
        "explanation": one.explanation,
    }


def chosen(text: str | None) -> Sequence[Detector]:
    """Detectors as a query names them, each once; what is left out of their settings is as by default.

    >>> [str(one) for one in chosen("spike:z=10,megatron")]
    ['spike(window=200, z=10, warmup=30)', 'megatron(samples=100, factor=10)']
    >>> chosen(None) == DEFAULTS
    True

    Raises BadRequest, which says what is allowed.
    """
    parts = text.split(",") if text else []
    if len(parts) > MOST_DETECTORS:
        raise BadRequest(f"at most {MOST_DETECTORS} detectors in one request, got {len(parts)}")
    return tuple(dict.fromkeys(map(_chosen, parts))) or DEFAULTS


def _chosen(text: str) -> Detector:
    name, *given = text.strip().split(":")
    if name not in REGISTRY:
        raise BadRequest(f"there is no detector {name[:64]!r}; there are {', '.join(REGISTRY)}")
    one = REGISTRY[name]
    return replace(one, **dict(_setting(one, part) for part in given))


def _setting(one: Detector, text: str) -> tuple[str, float]:
    name, separator, written = text.partition("=")
    settings = {it.name: it for it in fields(one)}
    if not separator or name not in settings:
        raise BadRequest(
            f"a setting of {one.name} is one of {', '.join(f'{it}=…' for it in settings)}, got {text[:64]!r}"
        )
    number, (least, most) = params.finite(written), settings[name].metadata.values()
    is_whole = isinstance(settings[name].default, int)
    is_right = number is not None and least <= number <= most
    if number is None or not is_right or (is_whole and number != math.floor(number)):
        kind = "a whole number" if is_whole else "a number"
        raise BadRequest(
            f"{name} of {one.name} must be {kind} from {least:g} to {most:g}, got {written[:64]!r}"
        )
    return name, int(number) if is_whole else float(number)
