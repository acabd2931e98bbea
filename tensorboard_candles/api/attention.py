"""`GET attention`: measures of all heads over the steps; `GET attention/maps`: their weights at one step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.analysis.attention import Curves, Maps, Measures, curves, evenly, maps_in, smaller
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import (
    Table,
    etag_of,
    finite_or_none,
    not_modified,
    respond_found,
    respond_tables,
)
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.series import MOST_NUMBERS, experiment_of, saying_what_loads
from tensorboard_candles.errors import BadPayload, BadRequest, NotFound, TooLarge
from tensorboard_candles.events import RecordAt, payload_in, payload_of
from tensorboard_candles.store import Source

MOST_STEPS = 300
MOST_ASKED_STEPS = 5000
MOST_SIZE = 4096
_MOST_KEPT_NUMBERS = 20_000_000
_MOST_PROBLEMS = 20


class Measured:
    """Measures of steps that were looked at already: of each, one record of megabytes was read."""

    def __init__(self, most_numbers: int = _MOST_KEPT_NUMBERS) -> None:
        self._left = most_numbers
        self._lock = threading.Lock()
        self._kept: OrderedDict[RecordAt, Measures | str] = OrderedDict()

    def of(self, record: RecordAt) -> Measures | str:
        """Or in words why there are none."""
        with self._lock:
            known = self._kept.get(record)
        if known is None:
            try:
                known = maps_in(payload_in(payload_of(record))).measures
            except BadPayload as error:
                known = f"step {record.step}: {error}"
            except NotFound as error:
                return str(error)  # it may be there again
            self._keep(record, known)
        return known

    def _keep(self, record: RecordAt, known: Measures | str) -> None:
        with self._lock:
            if record in self._kept:  # another thread was quicker
                return
            self._kept[record] = known
            self._left -= _weight(known)
            while self._left < 0:
                _, dropped = self._kept.popitem(last=False)
                self._left += _weight(dropped)


def _weight(known: Measures | str) -> int:
    """In numbers, of which even a text counts as some."""
    return 100 + (0 if isinstance(known, str) else _numbers_in(known))


def _numbers_in(measures: Measures) -> int:
    return measures.entropy.size + measures.distance.size + measures.similarity.size


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    records: Sequence[RecordAt]
    curves: Curves
    problems: Sequence[str]


def attention_route(request: Request, source: Source, jobs: Jobs, measured: Measured) -> Response:
    args = request.args
    run, tag = _asked(args)
    limit = params.whole(args, "limit", MOST_STEPS, least=1, most=MOST_ASKED_STEPS)
    within_secs = params.wait_secs(args, 1.0)
    fmt = params.choice(args, "format", params.FORMATS[:2])
    every = _records(source, run, tag)
    records = [every[row] for row in evenly(len(every), limit).tolist()]

    def work(progress: Progress) -> _Found:
        return _measured(records, measured, progress)

    key = "attention", experiment_of(request), run, tag, limit
    found = jobs.ask(key, _version(every), work, within_secs=within_secs)
    head = {"run": run, "tag": tag, "steps": len(every)}
    return respond_found(request, "attention", found, lambda result: [_curves_table(head, result)], fmt=fmt)


def _asked(args: params.Args) -> tuple[str, str]:
    named = params.pairs(args)
    if len(named) != 1:
        raise BadRequest(f"give one run and tag, got {len(named)}")
    return named[0]


def _records(source: Source, run: str, tag: str) -> list[RecordAt]:
    with saying_what_loads(source):
        every = source.run(run).records.get(metadata.ATTENTION_KIND, ())
        records = [record for record in every if record.tag == tag]
        if not records:
            raise NotFound(f"run {run!r} has no attention {tag!r}")
    return records


def _version(records: Sequence[RecordAt]) -> str:
    """Another one whenever other records are looked at."""
    return str(hash(tuple(records)))


def _measured(records: Sequence[RecordAt], measured: Measured, progress: Progress) -> _Found:
    good, found, problems, numbers = [], [], [], 0
    for number, record in enumerate(records):
        progress(number, len(records), "steps")
        one = measured.of(record)
        if isinstance(one, str):
            problems.append(one)
            continue
        good.append(record)
        found.append(one)
        numbers += _numbers_in(one)
        if numbers > MOST_NUMBERS:
            raise TooLarge(
                f"{len(found)} of {len(records)} steps hold more than {MOST_NUMBERS} numbers; "
                "give a smaller limit"
            )
    made = curves(found)
    if len(made.rows) < len(found):
        layers, heads = found[-1].shape
        problems.append(
            f"{len(found) - len(made.rows)} steps left out: not of {layers} layers of {heads} heads"
        )
    return _Found([good[row] for row in made.rows.tolist()], made, problems)


def _curves_table(head: dict[str, object], found: _Found) -> Table:
    _, layers, heads = found.curves.entropy.shape
    said = {"layers": layers, "heads": heads, "problem_count": len(found.problems)}
    columns = {
        "step": np.array([record.step for record in found.records], np.int64),
        "wall_time": np.array([record.wall_time for record in found.records], np.float64),
        "entropy": found.curves.entropy,
        "entropy_share": found.curves.entropy_share,
        "distance": found.curves.distance,
        "similarity": found.curves.similarity,
    }
    return Table({**head, **said, "problems": found.problems[:_MOST_PROBLEMS]}, columns)


def maps_route(request: Request, source: Source) -> Response:
    args = request.args
    run, tag = _asked(args)
    step = params.number(args, "step")
    size = params.whole(args, "size", MOST_SIZE, least=1, most=MOST_SIZE)
    head = _head_asked(args)
    fmt = params.choice(args, "format", params.FORMATS[:2])
    record = _record_at(_records(source, run, tag), step)
    etag = etag_of(request, _version([record]))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    about = {"run": run, "tag": tag, "step": record.step, "wall_time": finite_or_none(record.wall_time)}
    try:
        table = _maps_table(about, maps_in(payload_in(payload_of(record))), size, head)
    except BadPayload as error:
        table = Table({**about, "problems": [f"step {record.step}: {error}"]}, {})
    return respond_tables(request, "maps", [table], fmt=fmt, etag=etag)


def _head_asked(args: params.Args) -> tuple[int, int] | None:
    """Layer and head, where one alone is asked for."""
    given = ["layer" in args, "head" in args]
    if any(given) and not all(given):
        raise BadRequest("give layer and head, or neither")
    if not any(given):
        return None
    layer, head = (params.whole(args, name, 0, least=0, most=1_000_000) for name in ("layer", "head"))
    return layer, head


def _record_at(records: Sequence[RecordAt], step: float | None) -> RecordAt:
    """Of a step, the last; without one, that of the last step."""
    found = [record for record in records if step is None or record.step == step]
    if not found:
        raise NotFound(f"{records[0].tag!r} was not logged at step {step}; its steps are in GET attention")
    return found[-1]


def _maps_table(about: dict[str, object], found: Maps, size: int, head: tuple[int, int] | None) -> Table:
    layers, heads = found.measures.shape
    if head and not (head[0] < layers and head[1] < heads):
        raise BadRequest(f"layer and head must be below {layers} and {heads}, got {head[0]} and {head[1]}")
    shown = slice(None) if head is None else slice(head[0] * heads + head[1], head[0] * heads + head[1] + 1)
    weights, pool_queries, pool_keys = smaller(found, size)
    rows, columns = weights.shape[2:]
    weights = weights.reshape(-1, rows, columns)[shown]
    if weights.size > MOST_NUMBERS:
        raise TooLarge(f"an answer holds at most {MOST_NUMBERS} numbers; give a smaller size, or one head")
    said = {
        "layers": layers,
        "heads": heads,
        "queries": found.measures.queries,
        "keys": found.measures.keys,
        "pool_queries": pool_queries,
        "pool_keys": pool_keys,
        "odd_rows": found.odd_rows,
        "examples": found.examples,
        "tokens": list(found.tokens),
        "query_tokens": list(found.query_tokens),
        "problems": [],
    }
    layer, number = np.divmod(np.arange(layers * heads), heads)
    of_heads = {"entropy": found.measures.entropy, "entropy_share": found.measures.entropy_share}
    of_heads |= {"distance": found.measures.distance, "similarity": found.similarity}
    measures = {name: column.reshape(-1)[shown] for name, column in of_heads.items()}
    table = {"layer": layer[shown], "head": number[shown], **measures, "weights": weights}
    return Table({**about, **said}, table)
