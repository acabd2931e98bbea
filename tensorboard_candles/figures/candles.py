"""The figure `candles`: open, high, low and close of a metric, with volume beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.figures.drawing import figure, graph_objects, note, text
from tensorboard_candles.figures.history import series_of
from tensorboard_candles.figures.theme import BETTER, INK, WORSE, Theme
from tensorboard_candles.ohlc import (
    COUNT,
    By,
    Candles,
    Polarity,
    axis_of,
    candles,
    has_epochs,
    polarity_in,
    volume_of,
    volume_tag_in,
)
from tensorboard_candles.store import RunView

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BODY_PX = 9
"""With that much room bodies can be told from wicks on paper."""
_UNITS: dict[By, str] = {"epochs": "Epoch", "seconds": "Seconds since the first point", "steps": "Step"}


@dataclass(frozen=True, slots=True)
class CandlesOf:
    """Candles of a metric, as the tab has them."""

    metric: str
    found: Candles
    polarity: Polarity
    volume: Float64Array
    volume_tag: str


def candles_of(
    run: RunView,
    metric: str,
    *,
    by: By | None = None,
    width: float | None = None,
    steps_per_epoch: int | None = None,
    most: int = 60,
) -> CandlesOf:
    """Of each epoch where epochs are known, else of as many steps as give no more than `most` candles."""
    series = series_of(run, metric)
    if by is None:
        by = "epochs" if has_epochs(run) or steps_per_epoch else "steps"
    axis = axis_of(run, by, steps_per_epoch=steps_per_epoch)
    found = candles(series, axis, width=width, limit=most if width is None else 10_000)
    tag = volume_tag_in(run, metric)
    volume = volume_of(found, axis, None if tag == COUNT else run.series[tag])
    return CandlesOf(metric, found, polarity_in(run, metric), volume, tag)


def draw_candles(of: CandlesOf, theme: Theme) -> go.Figure:
    """Bodies are filled where it got worse, hollow where it did not: grey print tells them apart."""
    made = figure(theme, _candlesticks(of, theme), _volume(of), *_nonfinite(of, theme), aspect=1.6)
    volume = "Points" if of.volume_tag == COUNT else text(of.volume_tag, most=16)
    made.update_layout(
        xaxis={
            "title": {"text": _along(of.found)}, "rangeslider": {"visible": False}, "anchor": "y2",
            "showgrid": False,
        },
        yaxis={"domain": [0.27, 1], "title": {"text": text(of.metric)}},
        yaxis2={"domain": [0, 0.19], "title": {"text": volume}, "nticks": 3, "rangemode": "tozero"},
        showlegend=False,
    )  # fmt: skip
    return note(made, theme, _key(of.found))


def most_candles(theme: Theme) -> int:
    """How many a figure has room for.

    >>> most_candles(Theme(columns=1)), most_candles(Theme(columns=2))
    (35, 74)
    """
    return theme.width_px // _BODY_PX


def _key(found: Candles) -> str:
    body = "<span style='color:{}'>{}</span> {}"
    keys = [body.format(BETTER, "□", "better"), body.format(WORSE, "■", "worse")]
    return "   ".join([*keys, *["× NaN or infinite"] * bool(found.nonfinite.any())])


def _centres(found: Candles) -> Float64Array:
    """The middle of the places that each candle holds; an epoch's own number."""
    is_whole = found.by != "seconds"
    return np.asarray(found.x + (found.width - is_whole) / 2, np.float64)


def _candlesticks(of: CandlesOf, theme: Theme) -> Any:
    found = of.found
    falls_well = of.polarity == "lower_is_better"
    worse = {"line": {"color": WORSE, "width": theme.line_px * 0.7}, "fillcolor": WORSE}
    better = {"line": {"color": BETTER, "width": theme.line_px * 0.7}, "fillcolor": "white"}
    return graph_objects().Candlestick(
        x=_centres(found),
        open=found.open,
        high=found.high,
        low=found.low,
        close=found.close,
        increasing=worse if falls_well else better,
        decreasing=better if falls_well else worse,
        whiskerwidth=0,
        name=text(of.metric),
        showlegend=False,
    )


def _volume(of: CandlesOf) -> Any:
    return graph_objects().Bar(
        x=_centres(of.found), y=of.volume, yaxis="y2", marker={"color": "#8c8c8c", "line": {"width": 0}},
        name=text(of.volume_tag), showlegend=False, hovertemplate="%{y}<extra></extra>",
    )  # fmt: skip


def _nonfinite(of: CandlesOf, theme: Theme) -> list[Any]:
    """Crosses where points were no numbers, which no candle shows."""
    found = of.found
    rows = np.flatnonzero(found.nonfinite)
    lows = found.low[np.isfinite(found.low)]
    if not len(rows):
        return []
    height = np.full(len(rows), lows.min() if len(lows) else 0.0)
    cross = {"symbol": "x-thin", "size": theme.font_px * 0.7, "line": {"color": INK, "width": theme.line_px}}
    return [
        graph_objects().Scatter(
            x=_centres(found)[rows], y=height, customdata=found.nonfinite[rows], mode="markers", marker=cross,
            name="NaN or infinite", hovertemplate="%{customdata} NaN or infinite<extra></extra>",
        )
    ]  # fmt: skip


def _along(found: Candles) -> str:
    """What stands along the axis: `Step (candles of 500)`."""
    return _UNITS[found.by] if found.width == 1 else f"{_UNITS[found.by]} (candles of {found.width:g})"
