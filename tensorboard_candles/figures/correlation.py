"""The figure `metric_correlation`: which metrics move together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tensorboard_candles.analysis.aligned import Of, lines_in
from tensorboard_candles.analysis.correlation import METHODS, Correlations, Method, correlations
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.figures.drawing import colour_bar, figure, graph_objects, note, text
from tensorboard_candles.figures.theme import DIVERGING, Theme
from tensorboard_candles.store import Series

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LETTER = {"pearson": "Pearson’s r", "spearman": "Spearman’s ρ", "kendall": "Kendall’s τ"}
_OF: dict[Of, str] = {
    "raw": "of the values themselves",
    "differences": "of changes from step to step",
    "returns": "of relative changes from candle to candle",
}
_SURE = 0.05
_LEAST_CELL_PX = 22
"""A narrower cell has no room for a number."""


@dataclass(frozen=True, slots=True)
class CorrelationsOf:
    """Correlations of metrics, as the tab has them."""

    metrics: tuple[str, ...]
    found: Correlations
    method: Method
    of: Of


def correlations_of(some: Sequence[Series], *, method: str, of: Of, max_lag: int) -> CorrelationsOf:
    """Raises BadRequest where there are not two metrics, or no such method."""
    if len(some) < 2:
        raise BadRequest(f"a correlation needs two metrics, got {len(some)}")
    known: Method | None = next((one for one in METHODS if one == method), None)
    if known is None:
        raise BadRequest(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if of not in _OF:
        raise BadRequest(f"of must be one of {', '.join(_OF)}, got {of!r}")
    found = correlations(lines_in(some), method=known, of=of, max_lag=max_lag)
    return CorrelationsOf(tuple(one.tag for one in some), found, known, of)


def draw_correlations(of: CorrelationsOf, theme: Theme) -> go.Figure:
    """A heat map whose rows and columns stand in the clustered order, the first row on top."""
    order = of.found.order
    names = [text(of.metrics[row], most=28) for row in order]
    value, p = (matrix[np.ix_(order, order)] for matrix in (of.found.value, of.found.p_holm))
    cells = [[_cell(*one) for one in zip(*row, strict=True)] for row in zip(value, p, strict=True)]
    places = list(range(len(names)))
    drawn = graph_objects().Heatmap(
        x=places, y=places, z=value, zmin=-1, zmax=1, colorscale=DIVERGING, xgap=1, ygap=1, text=cells,
        customdata=np.dstack([p, of.found.points[np.ix_(order, order)], of.found.lag[np.ix_(order, order)]]),
        texttemplate="%{text}" if theme.width_px / len(names) * 0.7 >= _LEAST_CELL_PX else "",
        textfont={"size": theme.small_px}, colorbar=colour_bar(theme, _LETTER[of.method]),
        hovertemplate=(
            "%{y}, %{x}: %{z:.3f}<br>p = %{customdata[0]:.2g} of %{customdata[1]} points"
            "<br>lag %{customdata[2]}<extra></extra>"
        ),
    )  # fmt: skip
    made = figure(theme, drawn, aspect=1.5)
    ticks = {"tickvals": places, "ticktext": names, "showgrid": False, "ticks": "", "showline": False}
    made.update_layout(
        xaxis={**ticks, "tickangle": -35 if max(map(len, names)) > 8 else 0},
        yaxis={**ticks, "autorange": "reversed"},
    )
    return note(made, theme, f"{_LETTER[of.method]} {_OF[of.of]}; in brackets: p > {_SURE} (Holm)")


def _cell(value: float, p: float) -> str:
    """
    >>> _cell(-0.256, 0.01), _cell(0.1, 0.8), _cell(float("nan"), 1.0), _cell(-0.001, 0.9)
    ('−0.26', '(0.10)', '–', '(0.00)')
    """
    if np.isnan(value):
        return "–"
    said = f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
    return f"({said})" if p > _SURE else said
