"""The figure `attention_evolution`: what heads look at, and how that changes over a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles import metadata
from tensorboard_candles.analysis.attention import Curves, Maps, curves, evenly, maps_in, smaller
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events import payload_in, payload_of
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.figures.drawing import (
    colour_bar,
    graph_objects,
    legend_beneath,
    mosaic,
    text,
)
from tensorboard_candles.figures.theme import SEQUENTIAL, Theme
from tensorboard_candles.store import RunView
from tensorboard_candles.writer.attention import attention_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_STEPS = 100
_MOST_CELLS = 64
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class AttentionOf:
    """Weights at some steps, and measures of all."""

    step: Int64Array
    maps: Sequence[Maps]
    measures: Curves


def attention_in(run: RunView, tag: str | None) -> AttentionOf:
    """What a run's Tracker kept (`tracker.attention`), of at most a hundred steps, evenly spread."""
    every = run.records.get(metadata.ATTENTION_KIND, ())
    tags = list(dict.fromkeys(record.tag for record in every))
    if not tags:
        raise NotFound(f"run {run.name!r} has no attention: log it (tracker.attention), or give attention=")
    tag = tags[0] if tag is None else tag
    if tag not in tags:
        raise NotFound(f"run {run.name!r} has no attention {tag!r}; there is {', '.join(map(repr, tags))}")
    records = [record for record in every if record.tag == tag]
    some = [records[row] for row in evenly(len(records), _MOST_STEPS).tolist()]
    return _of([record.step for record in some], [maps_in(payload_in(payload_of(one))) for one in some])


def attention_given(
    attention: Sequence[Any], *, steps: Sequence[int] | None, tokens: Sequence[str] | None
) -> AttentionOf:
    """Weights of each step, as `tracker.attention` takes them: layers × heads × queries × keys."""
    if not len(attention):
        raise BadRequest("attention must hold the weights of a step at least, got none")
    if steps is not None and len(steps) != len(attention):
        raise BadRequest(f"steps must be one for each of {len(attention)} weights, got {len(steps)}")
    kept = [attention_of(one, tokens=tokens).to_bytes() for one in attention]
    return _of(list(range(len(kept))) if steps is None else steps, [maps_in(payload_in(one)) for one in kept])


def _of(steps: Sequence[int], maps: Sequence[Maps]) -> AttentionOf:
    found = curves([one.measures for one in maps])
    rows = found.rows.tolist()
    return AttentionOf(np.array(steps, np.int64)[rows], [maps[row] for row in rows], found)


def draw_attention(of: AttentionOf, theme: Theme, *, layer: int, head: int | None) -> go.Figure:
    """Maps of one layer at a few steps; beneath them entropy and likeness of the heads of each layer."""
    layers, heads = of.maps[-1].measures.shape
    layer, head = _place("layer", layer, layers), None if head is None else _place("head", head, heads)
    rows = evenly(len(of.maps), 4 if theme.is_wide else 2).tolist()
    of_head = "mean of all heads" if head is None else f"head {head + 1}"
    titles = [f"step {of.step[row]}" for row in rows]
    titles[0] = f"layer {layer + 1}, {of_head}<br>{titles[0]}"
    made = mosaic(theme, titles, ["<b>entropy</b> (1: looks everywhere)", "<b>likeness of heads</b>"])
    weights = [_weights(of.maps[row], layer, head) for row in rows]
    for place, row in enumerate(rows):
        made.add_trace(_map(of.maps[row], weights[place], theme), 1, place + 1)
        x_axis = _words(of.maps[row].tokens, weights[place].shape[1])
        made.update_xaxes(x_axis, tickangle=-60 if "ticktext" in x_axis else 0, row=1, col=place + 1)
        made.update_yaxes(
            {**_words(of.maps[row].query_tokens, weights[place].shape[0]), "autorange": "reversed"},
            row=1, col=place + 1, showticklabels=place == 0,
        )  # fmt: skip
    bar = {**colour_bar(theme, "weight"), "len": 0.5, "y": 0.78}
    most = max(float(np.nanmax(one)) for one in weights)
    made.update_layout(coloraxis={"colorscale": SEQUENTIAL, "cmin": 0, "cmax": most, "colorbar": bar})
    _draw_curves(made, of, theme)
    return legend_beneath(made, theme)


def _place(name: str, given: int, count: int) -> int:
    """Counted from 0, or from the last backwards."""
    if not -count <= given < count:
        raise BadRequest(f"{name} must be from {-count} to {count - 1}, got {given!r}")
    return given % count


def _weights(maps: Maps, layer: int, head: int | None) -> Float64Array:
    """Rows are queries, columns keys; no more than there are dots for."""
    every, _, _ = smaller(maps, _MOST_CELLS)
    return np.asarray(every[layer].mean(axis=0) if head is None else every[layer, head])


def _map(maps: Maps, weights: Float64Array, theme: Theme) -> Any:
    return graph_objects().Heatmap(
        z=weights, coloraxis="coloraxis", hovertemplate="query %{y}, key %{x}: %{z:.3f}<extra></extra>"
    )


def _words(tokens: Sequence[str], count: int) -> dict[str, Any]:
    axis: dict[str, Any] = {"showgrid": False, "ticks": "", "showline": False}
    if len(tokens) < count or count > _MOST_WORDS:
        return {**axis, "nticks": 4}
    words = [text(token, most=10) for token in tokens[:count]]
    return {**axis, "tickvals": list(range(count)), "ticktext": words}


def _draw_curves(made: go.Figure, of: AttentionOf, theme: Theme) -> None:
    """A line for each layer: its heads' mean entropy, as share of the largest, and how alike they are."""
    scatter = graph_objects().Scatter
    columns = (1, 3) if theme.is_wide else (1, 2)
    measures = of.measures.entropy_share.mean(axis=2), of.measures.similarity
    for column, values in zip(columns, measures, strict=True):
        for layer in range(values.shape[1]):
            marker = {"size": theme.font_px * 0.35, "color": theme.line(layer)["color"]}
            trace = scatter(
                x=of.step, y=values[:, layer], mode="lines+markers" if len(of.step) < 30 else "lines",
                line=theme.line(layer), marker=marker,
                name=f"layer {layer + 1}", legendgroup=f"layer {layer + 1}", showlegend=column == 1,
            )  # fmt: skip
            made.add_trace(trace, 2, column)
        made.update_xaxes(title_text="step", row=2, col=column)
        made.update_yaxes(range=[-0.03, 1.03], row=2, col=column)
