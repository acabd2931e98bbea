"""`GET indicators`: what can be drawn over candles and under them; and how `indicators=` names it."""

from __future__ import annotations

import math
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators import INDICATORS, Chosen, Indicator, Parameter

MOST_INDICATORS = 20


def indicators_route(request: Request) -> Response:
    etag = etag_of(request, metadata.VERSION)
    return not_modified(request, etag) or respond_json(request, indicators(), etag=etag)


def indicators() -> dict[str, Any]:
    """The registry, as the wire has it.

    >>> indicators()["indicators"][0]["parameters"]
    [{'name': 'period', 'type': 'whole', 'default': 20, 'least': 1, 'most': 500}]
    """
    return {"indicators": [_described(one) for one in INDICATORS.values()]}


def _described(one: Indicator) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "place": one.place,
        "unit": one.unit,
        "parameters": [
            {
                "name": parameter.name,
                "type": "whole" if parameter.is_whole else "number",
                "default": parameter.default,
                "least": parameter.least,
                "most": parameter.most,
            }
            for parameter in one.parameters
        ],
        "outputs": list(one.outputs),
        "columns": Chosen.of(one).columns,
        "explanation": one.explanation,
        "source": one.source,
    }


def chosen(text: str | None) -> tuple[Chosen, ...]:
    """Indicators as a query names them, each once; what is left out of their parameters is as by default.

    >>> [one.columns for one in chosen("ema:9,atr,rsi:21")]
    [['ema(9)'], ['atr(14)'], ['rsi(21)']]

    Raises BadRequest, which says what is allowed.
    """
    parts = text.split(",") if text else []
    if len(parts) > MOST_INDICATORS:
        raise BadRequest(f"at most {MOST_INDICATORS} indicators in one request, got {len(parts)}")
    return tuple(dict.fromkeys(map(_chosen, parts)))


def _chosen(text: str) -> Chosen:
    name, *given = text.strip().split(":")
    if name not in INDICATORS:
        raise BadRequest(f"there is no indicator {name[:64]!r}; there are {', '.join(INDICATORS)}")
    one = INDICATORS[name]
    if len(given) > len(one.parameters):
        wanted = ":".join([name, *(parameter.name for parameter in one.parameters)])
        raise BadRequest(f"an indicator is given as {wanted}, got {text[:64]!r}")
    return Chosen.of(one, *(_number(name, one.parameters[at], number) for at, number in enumerate(given)))


def _number(name: str, parameter: Parameter, text: str) -> float:
    number = params.finite(text)
    is_right = number is not None and parameter.least <= number <= parameter.most
    if number is None or not is_right or (parameter.is_whole and number != math.floor(number)):
        kind = "a whole number" if parameter.is_whole else "a number"
        raise BadRequest(
            f"{parameter.name} of {name} must be {kind} from {parameter.least:g} to {parameter.most:g}, "
            f"got {text[:64]!r}"
        )
    return int(number) if parameter.is_whole else float(number)
