"""The figure `system_architecture`: how a number gets from a training loop into a figure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from tensorboard_candles.figures.drawing import figure, graph_objects, note
from tensorboard_candles.figures.theme import BETTER, INK, Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

Process = Literal["training process", "on disk", "TensorBoard", "reader"]

_FILLS: dict[Process, str] = {
    "training process": BETTER,
    "on disk": "#a8a8a8",
    "TensorBoard": "#cfdcf0",
    "reader": "#ffffff",
}
"""So far apart in lightness that grey print keeps them apart."""
_HALF_WIDTH, _HALF_HEIGHT = 0.4, 0.31


@dataclass(frozen=True, slots=True)
class Box:
    """A part, in a column and a row of the figure, counted from the upper left."""

    name: str
    does: str
    process: Process
    column: int
    row: int


BOXES = (
    Box("training loop", "Keras, torch, …", "training process", 0, 0),
    Box("writer", "numbers → records", "training process", 1, 0),
    Box("event files", "every point", "on disk", 2, 0),
    Box("events", "bytes → points", "TensorBoard", 3, 0),
    Box("store", "points → series", "TensorBoard", 3, 1),
    Box("ohlc", "series → candles", "TensorBoard", 2, 1),
    Box("indicators", "overlays, alerts", "TensorBoard", 1, 1),
    Box("analysis", "what it all says", "TensorBoard", 0, 1),
    Box("figures", "notebook, paper", "reader", 0, 2),
    Box("api", "columns as sent", "TensorBoard", 1, 2),
    Box("tab", "widgets, live", "reader", 2, 2),
)
FLOW = (
    "training loop > writer > event files > events > store > ohlc > indicators > analysis",
    "analysis > figures",
    "analysis > api > tab",
)
"""Who hands on to whom: each knows those before it and none behind."""


def draw_architecture(theme: Theme) -> go.Figure:
    """Boxes in the order of the flow, there and back; filled by the process that they are part of."""
    drawn = graph_objects().Scatter(
        x=[box.column for box in BOXES], y=[-box.row for box in BOXES], mode="text",
        text=[_words(box, theme) for box in BOXES], hoverinfo="skip",
        textfont={"color": [_ink(box) for box in BOXES], "size": theme.small_px},
    )  # fmt: skip
    made = figure(theme, drawn, aspect=2.1, showlegend=False)
    hidden = {"visible": False, "fixedrange": True}
    made.update_layout(
        xaxis={**hidden, "range": [-0.42, 3.42]},
        yaxis={**hidden, "range": [-2.36, 0.36]},
        shapes=[_rectangle(box, theme) for box in BOXES],
        annotations=[_arrow(before, behind, theme) for before, behind in hand_ons()],
    )
    keys = (f"<span style='color:{fill}'>■</span> {process}" for process, fill in _FILLS.items())
    return note(made, theme, "   ".join(keys).replace(f"{_FILLS['reader']}'>■", f"{INK}'>□"))


def hand_ons() -> list[tuple[Box, Box]]:
    """Pairs of a part and the one that it hands on to."""
    named = {box.name: box for box in BOXES}
    rows = [[named[name] for name in row.split(" > ")] for row in FLOW]
    return [pair for row in rows for pair in pairwise(row)]


def _words(box: Box, theme: Theme) -> str:
    return f"<b>{box.name}</b><br><span style='font-size:{theme.small_px * 0.85:.1f}px'>{box.does}</span>"


def _ink(box: Box) -> str:
    return "white" if box.process == "training process" else INK


def _rectangle(box: Box, theme: Theme) -> dict[str, Any]:
    return {
        "type": "rect", "layer": "below", "fillcolor": _FILLS[box.process],
        "x0": box.column - _HALF_WIDTH, "x1": box.column + _HALF_WIDTH,
        "y0": -box.row - _HALF_HEIGHT, "y1": -box.row + _HALF_HEIGHT,
        "line": {"color": INK, "width": theme.line_px / 2},
    }  # fmt: skip


def _arrow(before: Box, behind: Box, theme: Theme) -> dict[str, Any]:
    """From edge to edge; a slanted one from the lower edge of the first to the upper edge of the second."""
    right, down = _sign(behind.column - before.column), _sign(behind.row - before.row)
    along = 0 if down else right
    aside = right * _HALF_WIDTH / 2 if down else along * _HALF_WIDTH
    return {
        "x": behind.column - aside, "y": -behind.row + down * _HALF_HEIGHT,
        "ax": before.column + aside, "ay": -before.row - down * _HALF_HEIGHT,
        "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "", "showarrow": True,
        "arrowhead": 2, "arrowsize": 1, "arrowwidth": theme.line_px, "arrowcolor": INK,
    }  # fmt: skip


def _sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)
