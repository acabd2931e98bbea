"""The figure `convergence_analysis`: where metrics are going."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles.analysis.convergence import Convergence, Drawn
from tensorboard_candles.analysis.convergence.told import Query, RunNamed, pair_of, told_of
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.figures.drawing import faint, graph_objects, legend_beneath, panels, text, wrapped
from tensorboard_candles.figures.history import some_of
from tensorboard_candles.figures.theme import BETTER, INK, WORSE, Theme
from tensorboard_candles.ohlc.polarity import named_polarity
from tensorboard_candles.store import RunView

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_PANELS = 4
"""Where nobody named metrics."""
_ROOM = 0.5
"""Of the height of values and curve, above and below: what a band may take of a panel, however wide it is."""
_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class ConvergenceOf:
    """Where a metric is going, as the tab has it, and that in sentences."""

    metric: str
    found: Convergence
    sentences: tuple[str, ...]


def convergences_of(
    run: RunView,
    metrics: Sequence[str] | None,
    *,
    run_named: RunNamed,
    horizon: int | None,
    patience: int,
    level: float,
) -> list[ConvergenceOf]:
    """Of each metric; of losses and scores, the first four, where none are named.

    `run_named` finds the run of training data beside one of validation data.
    """
    if patience < 1:
        raise BadRequest(f"patience must be 1 or more, got {patience!r}")
    if not 0 < level < 1:
        raise BadRequest(f"level must lie between 0 and 1, got {level!r}")
    some = some_of(run, metrics)
    if metrics is None:
        some = [one for one in some if named_polarity(one.tag)][:_MOST_PANELS] or some[:_MOST_PANELS]
    if not some:
        raise BadRequest("convergence needs a metric, got none")
    query = Query(horizon=horizon, patience=patience, level=level)
    told = [told_of(run, one, pair_of(run, one, run_named), query) for one in some]
    return [
        ConvergenceOf(one.tag, found.convergence, tuple(found.sentences))
        for one, found in zip(some, told, strict=True)
    ]


def draw_convergences(some: Sequence[ConvergenceOf], theme: Theme, *, unit: str) -> go.Figure:
    """A panel for each metric; all that there is to say of them is in `layout.meta`."""
    columns = 2 if theme.is_wide and len(some) > 1 else 1
    width_px = theme.width_px / columns * 0.85
    titles = [
        f"<b>{text(one.metric, most=40)}</b><br>{wrapped(one.sentences[0], theme, width_px=width_px, most=2)}"
        for one in some
    ]
    made = panels(theme, titles, columns=columns, aspect=1.25, lines=3)
    for place, one in enumerate(some):
        row, column = divmod(place, columns)
        for trace in _traces(one, theme, name_it=place == 0):
            made.add_trace(trace, row + 1, column + 1)
        if place + columns >= len(some):
            made.update_xaxes(title_text=unit, row=row + 1, col=column + 1)
        if seen := height_of(one.found.drawn):
            made.update_yaxes(range=seen, row=row + 1, col=column + 1)
        _mark_convergence(made, one.found, theme, row + 1, column + 1)
    made.update_layout(meta={"sentences": {one.metric: list(one.sentences) for one in some}})
    return legend_beneath(made, theme)


def height_of(drawn: Drawn) -> tuple[float, float] | None:
    """What values and the curve take of an axis, and the band as far as there is room; None of no numbers."""
    held = np.concatenate([drawn.lowest, drawn.highest, drawn.value, drawn.curve])
    held = held[np.isfinite(held)]
    if not len(held):
        return None
    low, high = float(held.min()), float(held.max())
    room = _ROOM * (high / 2 - low / 2) * 2 or 0.5 * abs(high) or 1.0
    band = np.concatenate([[low, high], drawn.low, drawn.high])
    band = np.clip(band[np.isfinite(band)], low - room, high + room)
    margin = _MARGIN * room / _ROOM
    return float(band.min()) - margin, float(band.max()) + margin


def _traces(of: ConvergenceOf, theme: Theme, *, name_it: bool) -> list[Any]:
    drawn = of.found.drawn
    step, is_seen = drawn.step, np.isfinite(drawn.value)
    mean, curve = theme.line(0), {"color": WORSE, "dash": "dash", "width": 1.4 * theme.line_px}
    extremes = _band(step[is_seen], drawn.lowest[is_seen], drawn.highest[is_seen], BETTER)
    traces = [
        {"name": "lowest to highest", **extremes},
        {"name": "mean", "x": step[is_seen], "y": drawn.value[is_seen], "mode": "lines", "line": mean},
    ]
    if np.isfinite(drawn.curve).any():
        traces += [
            {"name": "where the curve may lie", **_band(step, drawn.low, drawn.high, WORSE)},
            {"name": "fitted curve", "x": step, "y": drawn.curve, "mode": "lines", "line": curve},
        ]
    if best := of.found.best:
        edge = {"color": INK, "width": theme.line_px}
        marker = {"symbol": "diamond", "size": theme.font_px * 0.7, "color": "white", "line": edge}
        traces.append(
            {"name": "best", "x": [best.step], "y": [best.value], "mode": "markers", "marker": marker}
        )
    scatter = graph_objects().Scatter
    return [scatter(**trace, showlegend=name_it, legendgroup=trace["name"]) for trace in traces]


def _band(step: Any, low: Any, high: Any, colour: str) -> dict[str, Any]:
    known = np.isfinite(low) & np.isfinite(high)
    x, low, high = step[known], low[known], high[known]
    return {
        "x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]]), "mode": "lines",
        "line": {"width": 0, "color": colour}, "fill": "toself",
        "fillcolor": faint(colour), "hoverinfo": "skip",
    }  # fmt: skip


def _mark_convergence(made: go.Figure, found: Convergence, theme: Theme, row: int, column: int) -> None:
    """Lines at the plateau and where it was reached; one that is far off would only flatten all else."""
    told = found.outlook
    if told is None or found.verdict != "converged":
        return
    line = {"color": INK, "dash": "dot", "width": 0.7 * theme.line_px}
    made.add_hline(told.asymptote.value, line=line, row=row, col=column)
    made.add_vline(told.converged_step.value, line=line, row=row, col=column)
