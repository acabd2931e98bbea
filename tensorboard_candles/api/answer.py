"""Columns on the wire: JSON, safetensors or CSV, with an ETag, compressed where the client can."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from tensorboard.backend import http_util
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.jobs import Found
from tensorboard_candles.errors import BadRequest, CandlesError
from tensorboard_candles.ohlc import NO_STEP

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

T = TypeVar("T")
Json = Any
Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """What is said of one series, and its columns."""

    head: Mapping[str, Json]
    columns: Columns
    """Of float64 or int64, whose rows may be lists of equal length; or of objects, which are texts."""


def respond_json(request: Request, content: Json, *, etag: str) -> Response:
    body = json.dumps(content, allow_nan=False)
    return respond_text(request, body, "application/json", etag)


def respond_found(
    request: Request, name: str, found: Found[T], tables: Callable[[T], Sequence[Table]], *, fmt: str
) -> Response:
    """What work has found, as tables with `progress` beside them; 202 as long as there is nothing yet.

    CSV has no place for the progress: it is of the last result.
    """
    progress = found.progress and asdict(found.progress)
    etag = etag_of(request, found.version, json.dumps(progress))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    made = [] if found.result is None else tables(found.result)
    if fmt == "csv" and made:
        response = respond_tables(request, name, made, fmt=fmt, etag=etag)
    elif fmt == "safetensors":
        body = to_safetensors(name, made, progress=progress)
        response = respond_text(request, body, "application/octet-stream", etag)
    else:
        response = respond_json(request, {name: _as_json(made), "progress": progress}, etag=etag)
    if found.result is None:
        response.status_code = HTTPStatus.ACCEPTED
    return response


def respond_tables(request: Request, name: str, tables: Sequence[Table], *, fmt: str, etag: str) -> Response:
    """Tables of several series as `{name: [...]}`, or as arrays, or one of them as CSV."""
    if fmt == "safetensors":
        return respond_text(request, to_safetensors(name, tables), "application/octet-stream", etag)
    if fmt == "csv":
        check_format(fmt, len(tables))
        # Half a surrogate pair, as JSON may hold one, is no text in UTF-8.
        return respond_text(request, to_csv(tables[0]).encode(errors="replace"), "text/csv", etag)
    return respond_json(request, {name: _as_json(tables)}, etag=etag)


def check_format(fmt: str, tables: int) -> None:
    """BadRequest where so many tables can't be told in that form; for before they are made."""
    if fmt == "csv" and tables != 1:
        raise BadRequest(f"format=csv is for one series, got {tables}")


def _as_json(tables: Sequence[Table]) -> Json:
    return [{**table.head, "columns": {k: to_list(v) for k, v in table.columns.items()}} for table in tables]


def respond_error(request: Request, error: CandlesError) -> Response:
    response: Response = http_util.Respond(
        request, {"error": str(error)}, "application/json", code=int(error.status), headers=error.headers()
    )
    return response


def respond_unkept(request: Request, content: Json, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """An answer that nobody may keep."""
    body = json.dumps(content, allow_nan=False)
    response: Response = http_util.Respond(request, body, "application/json", code=int(status))
    response.headers["Cache-Control"] = "no-store"
    return response


class _NotModified(Response):
    """304 that keeps its type: werkzeug takes it away, and TensorBoard then warns of every poll."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Content-Type"] = "application/json"
        headers["X-Content-Type-Options"] = "nosniff"
        return headers


def not_modified(request: Request, etag: str) -> Response | None:
    """304 where the client has this very version already."""
    if request.if_none_match.contains_weak(etag):
        return _NotModified(status=HTTPStatus.NOT_MODIFIED, headers=etag_headers(etag))
    return None


def etag_of(request: Request, *versions: str, whatever_is_asked: bool = False) -> str:
    """Names an answer: the same query over the same versions gives the same answer."""
    digest = hashlib.blake2b(b"" if whatever_is_asked else request.query_string, digest_size=12)
    for version in versions:
        digest.update(b"\0" + version.encode())
    return digest.hexdigest()


def finite_or_none(value: float) -> float | None:
    """A number for JSON, which holds neither NaN nor infinity.

    >>> finite_or_none(0.5), finite_or_none(math.nan)
    (0.5, None)
    """
    return value if math.isfinite(value) else None


def to_list(column: npt.NDArray[Any]) -> list[Json]:
    """A column for JSON: what is missing, or no finite number, is None.

    >>> to_list(np.array([1.0, np.nan])), to_list(np.array([7, NO_STEP]))
    ([1.0, None], [7, None])
    >>> to_list(np.array([[1.0, 2.0], [3.0, np.nan]]))
    [[1.0, 2.0], [3.0, None]]
    """
    missing = _missing(column)
    if not missing.any():
        return list(column.tolist())
    as_objects = column.astype(object)
    as_objects[missing] = None
    return list(as_objects.tolist())


def to_csv(table: Table) -> str:
    """A header, then a row per candle or point; what is missing is an empty field.

    Columns whose rows are lists don't fit in, and are left out.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = {name: column for name, column in table.columns.items() if column.ndim == 1}
    writer.writerow(columns)
    writer.writerows(zip(*(to_list(column) for column in columns.values()), strict=True))
    return text.getvalue()


def to_safetensors(name: str, tables: Sequence[Table], **beside: Json) -> bytes:
    """Columns as arrays (`open`; `0/open`, `1/open`… for several series), the rest as metadata.

    Columns of texts, which no array holds, are `texts` there, by their names. What stands `beside` the tables
    is metadata, too.
    """
    prefixes = [""] if len(tables) == 1 else [f"{index}/" for index in range(len(tables))]
    arrays = {
        prefix + column: np.ascontiguousarray(values)
        for prefix, table in zip(prefixes, tables, strict=True)
        for column, values in table.columns.items()
        if not _is_text(values)
    }
    heads = [_head_with_texts(table) for table in tables]
    said = {key: json.dumps(value, allow_nan=False) for key, value in {name: heads, **beside}.items()}
    return safetensors.numpy.save(arrays, metadata=said)


def _head_with_texts(table: Table) -> dict[str, Json]:
    texts = {name: column.tolist() for name, column in table.columns.items() if _is_text(column)}
    columns = [name for name in table.columns if name not in texts]
    return {**table.head, "columns": columns, **({"texts": texts} if texts else {})}


def _is_text(column: npt.NDArray[Any]) -> bool:
    return column.dtype.kind == "O"


def _missing(column: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if _is_text(column):
        return np.zeros(column.shape, np.bool_)
    return np.asarray(~np.isfinite(column) if column.dtype.kind == "f" else column == NO_STEP)


def respond_text(request: Request, body: str | bytes, content_type: str, etag: str) -> Response:
    """A whole answer, compressed where the client can."""
    encoding = None
    if request.accept_encodings.quality("gzip") > 0:
        # TensorBoard would compress text only, and at a level that takes three times as long for 3 % less.
        whole = body.encode() if isinstance(body, str) else body
        body, encoding = gzip.compress(whole, compresslevel=1, mtime=0), "gzip"
    response: Response = http_util.Respond(
        request, body, content_type, content_encoding=encoding, headers=etag_headers(etag)
    )
    return response


INERT = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
)
"""Headers of what anybody may have written, and is never to be run as a page."""


def attachment(name: str) -> tuple[str, str]:
    """The header that has an answer saved as a file of this name, or one much like it.

    >>> attachment("lr=0.1/ä-logs.txt")
    ('Content-Disposition', 'attachment; filename="lr_0.1_-logs.txt"')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name)[-100:].lstrip("._")
    return "Content-Disposition", f'attachment; filename="{plain}"'


def etag_headers(etag: str) -> list[tuple[str, str]]:
    """Headers of an answer that this ETag names."""
    # Weak: the same answer may come compressed or not.
    return [("ETag", f'W/"{etag}"'), ("Vary", "Accept-Encoding")]
