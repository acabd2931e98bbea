"""`GET complexity`: what models cost, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles import metadata
from tensorboard_candles.analysis.complexity import TEXTS, WHOLE, ModelCost, model_cost
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Json, Table, etag_of, not_modified, respond_tables
from tensorboard_candles.api.series import saying_what_loads
from tensorboard_candles.errors import BadPayload, NotFound
from tensorboard_candles.events import RecordAt, payload_of
from tensorboard_candles.ohlc import NO_STEP
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 5000
MOST_MODELS = 200
"""Read for one answer, each from a file of its own."""
MOST_BYTES = 64 << 20
"""Of all these; what a Tracker writes of a model are some kilobytes."""
_LATENCIES = ("latency_low", "latency", "latency_high")
COLUMNS = (
    *("run", "tag", *TEXTS, "step", "examples", *WHOLE),
    *("gradient_noise_scale", *_LATENCIES),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A model, and where it was logged."""

    run: str
    record: RecordAt
    cost: ModelCost


def complexity_route(request: Request, source: Source) -> Response:
    args = request.args
    names = params.runs(args, most=MOST_RUNS)
    step = params.number(args, "step")
    fmt = params.choice(args, "format", params.FORMATS)
    with saying_what_loads(source):
        views = [source.run(name) for name in names] or source.runs()
    etag = etag_of(request, *(f"{view.name} {view.version}" for view in views))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    return respond_tables(request, "complexity", [table_of(views, step)], fmt=fmt, etag=etag)


def table_of(views: Sequence[RunView], step: float | None) -> Table:
    """A row for each model: what was logged last under each tag of each run, up to a step."""
    until = math.inf if step is None else step
    latest = [
        (view.name, record)
        for view in views
        for record in view.latest(metadata.COMPLEXITY_KIND, until=until).values()
    ]
    told: list[Told] = []
    problems: list[Json] = []
    left = MOST_BYTES
    for run, record in latest[:MOST_MODELS]:
        left -= record.size
        try:
            if left < 0:
                raise BadPayload(f"left out: the summaries hold more than {MOST_BYTES:,} bytes")
            told.append(Told(run, record, model_cost(payload_of(record))))
        except (BadPayload, NotFound) as error:
            problems.append({"run": run, "tag": record.tag, "step": record.step, "what": str(error)})
    head = {
        "models": len(latest),
        "notes": [dict(one.cost.notes) for one in told],
        "problems": problems,
    }
    return Table(head, _columns(told))


def _columns(told: Sequence[Told]) -> dict[str, npt.NDArray[Any]]:
    texts = {
        "run": [one.run for one in told],
        "tag": [one.record.tag for one in told],
        **{name: [one.cost.texts[name] for one in told] for name in TEXTS},
    }
    whole = {
        "step": [one.record.step for one in told],
        "examples": [one.cost.examples for one in told],
        **{name: [_or(one.cost.whole[name], NO_STEP) for one in told] for name in WHOLE},
    }
    numbers = {
        "gradient_noise_scale": [_or(one.cost.gradient_noise_scale, np.nan) for one in told],
        **{
            name: [one.cost.latency_secs[place] if one.cost.latency_secs else np.nan for one in told]
            for place, name in enumerate(_LATENCIES)
        },
    }
    return {
        **{name: np.array(values, object) for name, values in texts.items()},
        **{name: np.array(values, np.int64) for name, values in whole.items()},
        **{name: np.array(values, np.float64) for name, values in numbers.items()},
    }


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
