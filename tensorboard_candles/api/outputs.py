"""`GET outputs`: what models predicted, beside labels; `GET outputs/image`: one of the images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import (
    INERT,
    Table,
    etag_headers,
    etag_of,
    finite_or_none,
    not_modified,
    respond_tables,
    to_list,
)
from tensorboard_candles.api.series import saying_what_loads
from tensorboard_candles.errors import BadPayload, BadRequest, NotFound
from tensorboard_candles.events import Payload, RecordAt, images_of, payload_in, payload_of
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 50
MOST_ROWS = 4096
MOST_STEPS = 5000
"""Of a tag; the latest are told."""
MOST_NUMBERS = 1_000_000
"""Told of one step."""
MOST_CLASSES = 10_000
LONGEST_CLASS = 200
COLUMNS = ("row", "predicted", "label", "scores")
_KINDS = (metadata.OUTPUTS_KIND, metadata.IMAGES_KIND)
_OUTPUTS, _IMAGES = "/outputs", "/images"
"""How the Tracker names what it logs of one tag."""
_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""By how they begin."""


def outputs_route(request: Request, source: Source) -> Response:
    args = request.args
    runs = params.needed_runs(args, most=MOST_RUNS)
    tag = params.tag(args) if "tag" in args else None
    step, limit = params.number(args, "step"), params.whole(args, "limit", 64, least=1, most=MOST_ROWS)
    with saying_what_loads(source):
        views = [source.run(name) for name in runs]
    etag = etag_of(request, *(view.records_version for view in views))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    tables = [outputs(view, tag, step, limit) for view in views]
    return respond_tables(request, "outputs", tables, fmt="json", etag=etag)


def outputs(view: RunView, tag: str | None, step: float | None, limit: int) -> Table:
    """Which outputs and images a run has, and of the tag asked for those at a step."""
    by_tag: dict[str, list[RecordAt]] = defaultdict(list)
    for record in _records(view):
        by_tag[record.tag].append(record)
    head: dict[str, Any] = {"run": view.name, "tags": [_tag(by_tag, name) for name in sorted(by_tag)]}
    if tag is None:
        return Table(head, {})
    if tag not in by_tag:
        return Table({**head, "tag": tag, "problems": [f"run {view.name!r} has no outputs {tag!r}"]}, {})
    record = _last_until(by_tag[tag], step)
    about = {"tag": tag, "step": record.step, "wall_time": finite_or_none(record.wall_time)}
    try:
        told, columns = _told(record, limit)
        images = _images_beside(by_tag, record)
        return Table({**head, **about, **told, "images": images, "problems": []}, columns)
    except (BadPayload, NotFound) as error:
        return Table({**head, **about, "problems": [f"step {record.step}: {error}"]}, {})


def _records(view: RunView) -> Iterator[RecordAt]:
    for kind in _KINDS:
        yield from view.records.get(kind, ())


def _tag(by_tag: dict[str, list[RecordAt]], tag: str) -> dict[str, Any]:
    records = by_tag[tag]
    steps = list(dict.fromkeys(record.step for record in records))
    images = _images_tag(by_tag, tag)
    return {
        "tag": tag,
        "kind": records[0].kind,
        "images": images,
        "step_count": len(steps),
        "steps": steps[-MOST_STEPS:],
    }


def _images_tag(by_tag: dict[str, list[RecordAt]], tag: str) -> str | None:
    """The tag of the images that go with a tag's outputs, if there are any: of images, their own."""
    if by_tag[tag][0].kind == metadata.IMAGES_KIND:
        return tag
    beside = tag.removesuffix(_OUTPUTS) + _IMAGES
    is_there = beside in by_tag and by_tag[beside][0].kind == metadata.IMAGES_KIND
    return beside if is_there else None


def _last_until(records: Sequence[RecordAt], step: float | None) -> RecordAt:
    """The last one at or before a step, else the first; without a step the last of all."""
    before = [record for record in records if step is None or record.step <= step]
    return before[-1] if before else records[0]


def _images_beside(by_tag: dict[str, list[RecordAt]], record: RecordAt) -> dict[str, Any] | None:
    tag = _images_tag(by_tag, record.tag)
    found = [one for one in by_tag.get(tag or "", ()) if one.step == record.step]
    if tag is None or not found:
        return None
    return {"tag": tag, "step": record.step, "count": len(images_of(found[-1]))}


def _told(record: RecordAt, limit: int) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    if record.kind == metadata.IMAGES_KIND:
        return {"kind": record.kind}, {}
    found = payload_in(payload_of(record))
    predicted, label = _beside(found)
    rows = min(len(predicted), limit)
    columns = {"row": np.arange(rows), "predicted": predicted[:rows], "label": label[:rows]}
    if "scores" in found.arrays:
        columns["scores"] = found.array("scores", "f", len(predicted), None)[:rows].astype(np.float64)
    confusion = found.array("confusion", "i", None, 3) if "confusion" in found.arrays else None
    numbers = sum(column.size for column in columns.values()) + (0 if confusion is None else confusion.size)
    if numbers > MOST_NUMBERS:
        raise BadPayload(
            f"it holds {numbers} numbers, and at most {MOST_NUMBERS} are told; give a smaller limit"
        )
    classes = [name[:LONGEST_CLASS] for name in found.words("classes")[:MOST_CLASSES]]
    head = {
        "kind": record.kind,
        "total": found.whole_number("total", least=len(predicted)),
        "kept": len(predicted),
        "classes": classes,
        **_counted(confusion),
        "off_by": _off_by(predicted, label) if predicted.dtype.kind == "f" else None,
    }
    return head, {name: _flat(column) for name, column in columns.items()}


def _beside(found: Payload) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    shape = found.arrays["predicted"].shape if "predicted" in found.arrays else ()
    if not shape or not all(shape):
        raise BadPayload("it has no rows of 'predicted'")
    predicted = found.array("predicted", "if", *shape)
    return predicted, found.array("label", predicted.dtype.kind, *shape)


def _flat(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """As a column goes on the wire: a number a row, or a list."""
    return column if column.ndim < 2 else column.reshape(len(column), -1)


def _counted(confusion: npt.NDArray[Any] | None) -> dict[str, Any]:
    if confusion is None:
        return {"right": None, "confusion": None}
    label, predicted, count = (confusion[:, column] for column in range(3))
    pairs = {"label": to_list(label), "predicted": to_list(predicted), "count": to_list(count)}
    return {"right": sum(count[label == predicted].tolist()), "confusion": pairs}


def _off_by(predicted: npt.NDArray[Any], label: npt.NDArray[Any]) -> float | None:
    """Mean absolute difference over the rows that are kept."""
    with np.errstate(over="ignore", invalid="ignore"):
        return finite_or_none(float(np.abs(predicted - label).mean()))


def image_route(request: Request, source: Source) -> Response:
    args = request.args
    [run], tag = params.needed_runs(args, most=1), params.tag(args)
    step, index = params.number(args, "step"), params.whole(args, "index", 0, least=0, most=1_000_000)
    with saying_what_loads(source):
        every = source.run(run).records.get(metadata.IMAGES_KIND, ())
        found = [one for one in every if one.tag == tag and step in (None, one.step)]
        if not found:
            at = "" if step is None else f" at step {step}"
            raise NotFound(f"run {run!r} has no images {tag!r}{at}; GET outputs lists them")
    etag = etag_of(request, str(hash(found[-1])))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    images = images_of(found[-1])
    if index >= len(images):
        raise BadRequest(f"index must be below {len(images)}, got {index}")
    content_type = type_of(images[index])
    if content_type is None:
        raise NotFound("this image is no PNG, JPEG or GIF")
    return Response(images[index], headers=[*etag_headers(etag), *INERT], content_type=content_type)


def type_of(image: bytes) -> str | None:
    """By how it begins; None for what is none of those that are shown.

    >>> type_of(b"\\x89PNG\\r\\n\\x1a\\n"), type_of(b"<svg onload='x()'>") is None
    ('image/png', True)
    """
    return next((name for begin, name in _TYPES.items() if image.startswith(begin)), None)
