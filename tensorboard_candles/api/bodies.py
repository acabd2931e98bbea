"""The body of a request that changes something: one JSON object, small and strict."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tensorboard_candles.errors import BadRequest, TooLarge

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Json = Any

MOST_BODY_BYTES = 65_536
MOST_DEPTH = 16
_MOST_DIGITS = 40
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_JSON_TYPE = re.compile(r"application/json(\s*;\s*charset=\"?utf-8\"?)?\s*", re.IGNORECASE | re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|\Z)', re.DOTALL)
"""To its end, or to that of the text: so it is found in one pass, whatever is escaped there."""


def json_body(environ: WSGIEnvironment) -> Mapping[str, Json]:
    """The object that a request carries.

    BadRequest where it is declared as something else (a form of another site's page can't say that it is JSON
    unless it is asked whether it may), or isn't one; TooLarge beyond 64 KiB, without reading it.
    """
    declared = environ.get("CONTENT_TYPE") or ""
    if not _JSON_TYPE.fullmatch(declared):
        raise BadRequest(f"Content-Type must be application/json, got {declared[:64]!r}")
    given = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ or not _LENGTH.fullmatch(given):
        raise BadRequest("the body must come whole, with its Content-Length")
    length = int(given)
    if length > MOST_BODY_BYTES:
        raise TooLarge(f"a body may have {MOST_BODY_BYTES} bytes at most, got {length}")
    body = environ["wsgi.input"].read(length)
    if len(body) != length:
        raise BadRequest(f"the body ended after {len(body)} of {length} bytes")
    return json_object(body)


def json_object(body: bytes) -> Mapping[str, Json]:
    """What the bytes say, in one way only.

    >>> json_object(b'{"run": "cnn", "value": 0.1}')
    {'run': 'cnn', 'value': 0.1}

    BadRequest where they are no JSON object, name something twice, or hold what JSON has no word for: NaN,
    infinity, half a surrogate pair, numbers of hundreds of digits.
    """
    try:
        text = body.decode("utf-8")
        _check_depth(text)
        content = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_short,
        )
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise BadRequest("the body is no text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadRequest(f"the body is no JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(content, dict):
        raise BadRequest(f"the body must be a JSON object, got {type(content).__name__}")
    return content


def _check_depth(text: str) -> None:
    depth = 0
    for character in _STRING.sub("", text):
        depth += (character in "[{") - (character in "]}")
        if depth > MOST_DEPTH:
            raise BadRequest(f"the body is nested more than {MOST_DEPTH} deep")


def _once_each(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise BadRequest("the body names something twice")
    return content


def _no_number(constant: str) -> Json:
    raise BadRequest(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadRequest(f"a number must be finite, got {text[:64]}")
    return value


def _short(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise BadRequest(f"a number may have {_MOST_DIGITS} digits at most, got {len(text)}")
    return int(text)
