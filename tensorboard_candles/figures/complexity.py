"""The figure `model_complexity`: what models cost, on a radar and in a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorboard_candles import metadata
from tensorboard_candles.analysis.complexity import ModelCost, model_cost
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events import payload_of
from tensorboard_candles.figures.drawing import figure, graph_objects, legend_beneath, text
from tensorboard_candles.figures.theme import GRID, MARKERS, Theme
from tensorboard_candles.store import RunView
from tensorboard_candles.writer.complexity import complexity

if TYPE_CHECKING:
    import plotly.graph_objects as go

_EXAMPLES = 256
"""Of the data, that a model is measured with."""


@dataclass(frozen=True, slots=True)
class Measure:
    """An axis: its name, what it is of a model, its unit, and what tiny and huge models have."""

    title: str
    of: Callable[[ModelCost], float | None]
    unit: str
    tiny: float
    huge: float


def _whole(name: str, *, each: bool = False) -> Callable[[ModelCost], float | None]:
    def of(cost: ModelCost) -> float | None:
        value = cost.whole[name]
        return None if value is None else value / (cost.examples if each else 1)

    return of


def _latency(cost: ModelCost) -> float | None:
    return cost.latency_secs[1] if cost.latency_secs else None


MEASURES: dict[str, Measure] = {
    "layers": Measure("layers", _whole("layers"), "", 1, 1e3),
    "depth": Measure("depth", _whole("depth"), "", 1, 1e3),
    "parameters": Measure("parameters", _whole("parameters"), "", 1e1, 1e12),
    "trainable": Measure("trainable", _whole("trainable"), "", 1e1, 1e12),
    "parameter_bytes": Measure("memory", _whole("parameter_bytes"), "B", 1e2, 1e12),
    "flops": Measure("FLOPs an example", _whole("flops", each=True), "", 1e2, 1e15),
    "activation_bytes": Measure(
        "activations an example", _whole("activation_bytes", each=True), "B", 1e1, 1e10
    ),
    "latency": Measure("latency of the batch", _latency, "s", 1e-5, 1e2),
    "gradient_noise_scale": Measure("gradient noise", lambda cost: cost.gradient_noise_scale, "", 1, 1e6),
}
"""By the names that `tensorboard_candles.complexity` has for them."""


@dataclass(frozen=True, slots=True)
class CostsOf:
    """Models, and which measures are drawn."""

    names: tuple[str, ...]
    costs: tuple[ModelCost, ...]
    measures: tuple[str, ...]


def measured(
    models: Any, data: Any, labels: Any, *, loss: Any, complexity_metrics: Sequence[str] | None
) -> CostsOf:
    """Of a model, or of several by name, with the first 256 examples of the data."""
    _check(complexity_metrics)
    named = models if isinstance(models, Mapping) else {"": models}
    some, their = _first(data), _first(labels) if loss is not None else None
    found = [complexity(one, some, loss=loss, labels=their, name=name or None) for name, one in named.items()]
    return _costs_of([model_cost(one.to_bytes()) for one in found], complexity_metrics)


def logged(runs: Sequence[RunView], complexity_metrics: Sequence[str] | None) -> CostsOf:
    """What Trackers kept (`tracker.complexity`): the last of each tag of each run."""
    _check(complexity_metrics)
    last = [record for run in runs for record in run.latest(metadata.COMPLEXITY_KIND).values()]
    if not last:
        raise NotFound("no run has a model's complexity: log it (tracker.complexity), or give model and X")
    return _costs_of([model_cost(payload_of(record)) for record in last], complexity_metrics)


def _check(names: Sequence[str] | None) -> None:
    wrong = [name for name in names or () if name not in MEASURES]
    if wrong or names == []:
        raise BadRequest(f"complexity_metrics must be some of {', '.join(MEASURES)}; got {wrong or 'none'}")


def _first(data: Any) -> Any:
    return data[:_EXAMPLES] if hasattr(data, "__getitem__") and not isinstance(data, tuple | dict) else data


def _costs_of(costs: Sequence[ModelCost], names: Sequence[str] | None) -> CostsOf:
    """Without names those that are known of any model and say something of their own."""
    known = [
        name for name, measure in MEASURES.items()
        if name != "trainable" and any(measure.of(cost) is not None for cost in costs)
    ]  # fmt: skip
    titles = tuple(cost.texts["model"] or f"model {number + 1}" for number, cost in enumerate(costs))
    return CostsOf(titles, tuple(costs), tuple(names or known))


def draw_costs(of: CostsOf, theme: Theme) -> go.Figure:
    """Each axis is logarithmic. Of one model it goes from tiny to huge models, of several to the largest."""
    measures = [MEASURES[name] for name in of.measures]
    scales = [_scale(measure, [measure.of(cost) for cost in of.costs]) for measure in measures]
    labels = [_label(measure, *scale) for measure, scale in zip(measures, scales, strict=True)]
    webs = []
    for number, (name, cost) in enumerate(zip(of.names, of.costs, strict=True)):
        radii = [_radius(measure.of(cost), *scale) for measure, scale in zip(measures, scales, strict=True)]
        webs.append(_web(text(name, most=30), radii, labels, number, theme))
    made = figure(theme, *webs, *_table(of, measures, theme), aspect=1.9 if theme.is_wide else 0.82)
    beside = theme.is_wide
    round_ = {"x": [0.17, 0.49], "y": [0.12, 0.88]} if beside else {"x": [0.16, 0.84], "y": [0.52, 0.94]}
    rows = {"x": [0.65, 1.0], "y": [0.05, 0.95]} if beside else {"x": [0.08, 0.92], "y": [0.0, 0.38]}
    hidden = {"visible": False, "fixedrange": True}
    ring = {"range": [0, 1.1], "showticklabels": False, "ticks": "", "gridcolor": GRID, "showline": False}
    spokes = {"tickfont": {"size": theme.small_px}, "gridcolor": GRID, "direction": "clockwise"}
    made.update_layout(
        polar={
            "domain": round_, "bgcolor": "white", "angularaxis": spokes,
            "radialaxis": {**ring, "tickvals": [1 / 3, 2 / 3, 1]},
        },
        xaxis={**hidden, "domain": rows["x"], "range": [0, 1.4 + len(of.names)]},
        yaxis={**hidden, "domain": rows["y"], "range": [len(measures) + 0.5, -0.5]},
    )  # fmt: skip
    return legend_beneath(made, theme) if len(of.names) > 1 else made.update_layout(showlegend=False)


def _web(name: str, radii: Sequence[float], labels: Sequence[str], number: int, theme: Theme) -> Any:
    line = theme.line(number)
    marker = {"size": theme.font_px * 0.5, "symbol": MARKERS[number % len(MARKERS)], "color": line["color"]}
    return graph_objects().Scatterpolar(
        r=[*radii, radii[0]], theta=[*labels, labels[0]], mode="lines+markers", name=name, line=line,
        marker=marker, connectgaps=False, hoverinfo="skip",
    )  # fmt: skip


def _scale(measure: Measure, values: Sequence[float | None]) -> tuple[float, float]:
    """What lies in the middle and at the rim: of several models the largest, and a tenth of the smallest."""
    known = [value for value in values if value]
    if len(values) == 1 or not known:
        return measure.tiny, measure.huge
    return min(known) / 10, max(known)


def _radius(value: float | None, low: float, high: float) -> float:
    """
    >>> _radius(100.0, 1.0, 10_000.0), _radius(0.0, 1.0, 10.0), _radius(None, 1.0, 10.0)
    (0.5, 0.0, nan)
    """
    if value is None:
        return math.nan
    if value <= low:
        return 0.0
    return min(math.log(value / low) / math.log(high / low), 1.0)


def _label(measure: Measure, low: float, high: float) -> str:
    return f"{measure.title}<br>{said(low, measure.unit)} – {said(high, measure.unit)}"


def said(value: float | None, unit: str) -> str:
    """A number of three digits, by thousands.

    >>> said(79_510, ""), said(318_040.0, "B"), said(0.00213, "s"), said(12, ""), said(None, "B"), said(0, "")
    ('79.5 k', '318 kB', '2.13 ms', '12', '–', '0')
    """
    if value is None:
        return "–"
    power = 0 if not value else math.floor(math.log10(abs(value)) / 3 + 1e-9)
    power = max(min(power, 5), -3)
    if power < 0 and not unit:
        power = 0
    prefix = "nµm kMGTP"[power + 3].strip()
    return f"{float(f'{value / 1000.0**power:.3g}'):g} {prefix}{unit}".strip()


def _table(of: CostsOf, measures: Sequence[Measure], theme: Theme) -> list[Any]:
    """A row for each measure, a column for each model."""
    column_px = theme.width_px * (0.35 if theme.is_wide else 0.84) / (1.4 + len(of.names))
    most = max(int(column_px / (theme.small_px * 0.62)), 4)
    words = [f"<b>{text(name, most=most)}</b>" for name in of.names]
    places = list(range(len(measures) + 1))
    columns = [(0.0, "middle right", ["", *(measure.title for measure in measures)])]
    for number, (cost, head) in enumerate(zip(of.costs, words, strict=True)):
        rows = [said(measure.of(cost), measure.unit) for measure in measures]
        columns.append((2.4 + number, "middle left", [head, *rows]))
    return [
        graph_objects().Scatter(
            x=[at] * len(rows), y=places, text=rows, mode="text", textposition=side, showlegend=False,
            textfont={"size": theme.small_px}, hoverinfo="skip", cliponaxis=False,
        )
        for at, side, rows in columns
    ]  # fmt: skip
