"""What figures share: their layout, axes and words, and lines of many points."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles.errors import Missing
from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.figures.theme import GRID, INK, MUTED, Theme
from tensorboard_candles.ohlc import line_of, thinned
from tensorboard_candles.store import Series

if TYPE_CHECKING:
    import plotly.graph_objects as go

_IN_SPACE = ("surface", "scatter3d", "mesh3d", "isosurface", "cone")
MOST_POINTS = 4000
"""Of a line: more than a page has dots for."""
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})


def graph_objects() -> Any:
    """`plotly.graph_objects`. Raises Missing where plotly is not installed."""
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        raise Missing("figures need plotly: pip install 'tensorboard_candles[figures]'") from error
    return go


def text(name: str, *, most: int = 60) -> str:
    """A name as text, not as markup or formula; cut in its middle where it is long.

    >>> text("a<b> & $x$"), text("encoder/layer_0/attention", most=12)
    ('a&lt;b&gt; &amp; &#36;x&#36;', 'encod…ention')
    """
    if len(name) > most:
        head = (most - 1) // 2
        name = f"{name[:head]}…{name[len(name) - (most - 1 - head) :]}"
    return name.translate(_MARKUP)


def figure(theme: Theme, *traces: Any, aspect: float = 1.6, **layout: Any) -> go.Figure:
    """Traces in a figure of the theme's width, white, with thin axes and text of one size."""
    go = graph_objects()
    made = go.Figure(traces)
    made.update_layout(template=_template(theme), width=theme.width_px, height=theme.height_px(aspect))
    made.update_layout(**layout)
    return made


def _template(theme: Theme) -> dict[str, Any]:
    """What holds wherever a figure says nothing else."""
    small = {"size": theme.small_px}
    axis = {
        "automargin": True, "showline": True, "linecolor": INK, "linewidth": theme.line_px / 2,
        "ticks": "outside", "ticklen": 3, "tickwidth": theme.line_px / 2, "tickfont": small,
        "gridcolor": GRID, "gridwidth": theme.line_px / 2, "zeroline": False,
        "title": {"standoff": theme.font_px * 0.7, "font": {"size": theme.font_px}},
    }  # fmt: skip
    scene_axis = {
        "backgroundcolor": "white", "gridcolor": GRID, "showbackground": True, "linecolor": MUTED,
        "tickfont": small, "zeroline": False, "title": {"font": {"size": theme.font_px}},
    }  # fmt: skip
    layout = {
        "font": {"family": theme.family, "size": theme.font_px, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "margin": {"l": 8, "r": 8, "t": round(theme.font_px * 2.4), "b": 8},
        "title": {"font": {"size": theme.font_px}, "x": 0.5, "xanchor": "center", "yref": "container"},
        "legend": {"font": small, "bgcolor": "rgba(255,255,255,0.85)", "bordercolor": GRID},
        "hoverlabel": {"font": {"family": theme.family}},
        "xaxis": axis,
        "yaxis": axis,
        "scene": {"xaxis": scene_axis, "yaxis": scene_axis, "zaxis": scene_axis},
    }
    return {"layout": layout}


def colour_bar(theme: Theme, title: str) -> dict[str, Any]:
    """A narrow one, whose title is read from below."""
    return {
        "title": {"text": title, "side": "right", "font": {"size": theme.small_px}},
        "thickness": theme.font_px,
        "outlinewidth": 0,
        "ticks": "outside",
        "ticklen": 3,
        "tickfont": {"size": theme.small_px},
    }


def faint(colour: str) -> str:
    """What a band is filled with.

    >>> faint("#004488")
    'rgba(0,68,136,0.2)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.2)"


def note(made: go.Figure, theme: Theme, words: str) -> go.Figure:
    """A line of small print above the figure's upper right corner."""
    made.add_annotation(
        text=words, xref="paper", yref="paper", x=1, y=1, xanchor="right", yanchor="bottom", yshift=3,
        showarrow=False, font={"size": theme.small_px, "color": MUTED},
    )  # fmt: skip
    return made


def legend_beneath(made: go.Figure, theme: Theme) -> go.Figure:
    """A legend in rows under the figure, which gets as much room there as those take."""
    names = [trace.name for trace in made.data if trace.name and trace.showlegend is not False]
    rows = math.ceil(sum(_legend_px(name, theme) for name in names) / (theme.width_px - 16))
    below = rows * theme.small_px * 1.9
    legend = {
        "orientation": "h", "x": 0.5, "xref": "container", "xanchor": "center", "y": 0, "yref": "container",
        "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)",
    }  # fmt: skip
    is_space = any(trace.type in _IN_SPACE for trace in made.data)
    axis = 0 if is_space else theme.font_px * 3.4  # its ticks and title
    return made.update_layout(legend=legend, margin_b=below + axis, showlegend=True)


def _legend_px(name: str, theme: Theme) -> float:
    """About how wide an entry is; plotly leaves 40 px for the line beside a name."""
    return len(name) * theme.small_px * 0.52 + 50


def line_columns(series: Series, *, most: int = MOST_POINTS) -> tuple[Float64Array, Float64Array]:
    """Steps and values of a line through a series, its extremes among them; NaN parts it where points were.

    >>> loss = Series("run", "loss", np.arange(4), np.arange(4.0), np.array([3.0, np.inf, 2.0, 1.0]))
    >>> line_columns(loss)
    (array([0., 1., 2., 3.]), array([ 3., nan,  2.,  1.]))
    """
    line = line_of(series)
    few = thinned(line.value, line.step[:], start=None, end=None, limit=most)
    step = line.step[few.rows].astype(np.float64)
    value = line.value[few.rows].astype(np.float64)
    value[~np.isfinite(value)] = np.nan
    # Points between two that stay, some of which are no numbers.
    parted = np.flatnonzero((few.nonfinite > np.isnan(value)) & (np.arange(len(value)) > 0))
    between = (step[parted - 1] + step[parted]) / 2
    return np.insert(step, parted, between), np.insert(value, parted, np.nan)


def scene(theme: Theme, x: Any, y: Any, z: Any, *, eye: tuple[float, float, float]) -> dict[str, Any]:
    """Three axes in space, by their titles or settings, seen from `eye`; they fill the figure."""
    axes = {}
    for name, given in (("xaxis", x), ("yaxis", y), ("zaxis", z)):
        said = {"title": given} if isinstance(given, str) else given
        title = {"text": said["title"], "font": {"size": theme.font_px}}
        axes[name] = {"nticks": 5, **said, "title": title}
    # Words take more of a narrow figure: it is seen from further off.
    distance = 0.8 + 11 * theme.font_px / theme.width_px
    camera_eye = {name: distance * place for name, place in zip("xyz", eye, strict=True)}
    camera = {"eye": camera_eye, "center": {"x": 0, "y": 0, "z": -0.18}}
    return {**axes, "camera": camera, "aspectmode": "manual", "aspectratio": {"x": 1, "y": 1, "z": 0.75}}


def panels(theme: Theme, titles: Sequence[str], *, columns: int, aspect: float, lines: int = 1) -> go.Figure:
    """An empty figure of several panels, row by row, each with a title of so many lines."""
    graph_objects()
    from plotly.subplots import make_subplots

    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    height = theme.height_px(columns * aspect / rows)
    above = theme.font_px * (1.4 * lines + 3.2)  # the title, and ticks of the panel above
    made = make_subplots(
        rows, columns, subplot_titles=list(titles), horizontal_spacing=5 * theme.font_px / theme.width_px,
        vertical_spacing=min(above / height, 0.9 / rows),
    )  # fmt: skip
    made.update_layout(template=_template(theme), width=theme.width_px, height=height)
    made.update_layout(margin_t=theme.font_px * (1.4 * lines + 0.8))
    return made.update_annotations(font_size=theme.small_px, yshift=2)


def wrapped(words: str, theme: Theme, *, width_px: float, most: int) -> str:
    """A sentence in lines of about that width, cut where it takes more than `most`."""
    each = max(int(width_px / (theme.small_px * 0.5)), 10)
    lines = textwrap.wrap(words, each, max_lines=most, placeholder=" …")
    return "<br>".join(text(line, most=each + 5) for line in lines)


def mosaic(theme: Theme, above: Sequence[str], beneath: Sequence[str]) -> go.Figure:
    """An empty figure of small square panels above two wide ones, each with its title."""
    graph_objects()
    from plotly.subplots import make_subplots

    columns = 4 if theme.is_wide else 2
    share = columns // len(beneath)
    wide: list[dict[str, int] | None] = []
    for _ in beneath:
        wide += [{"colspan": share}, *[None] * (share - 1)]
    first = [*above, *[""] * (columns - len(above))]
    height = theme.height_px(1.25 if theme.is_wide else 0.95)
    made = make_subplots(
        2, columns, specs=[[{} for _ in range(columns)], wide], subplot_titles=[*first, *beneath],
        row_heights=[0.5, 0.5], vertical_spacing=5.5 * theme.font_px / height,
        horizontal_spacing=2.5 * theme.font_px / theme.width_px,
    )  # fmt: skip
    made.update_layout(template=_template(theme), width=theme.width_px, height=height)
    made.update_layout(margin_t=3.4 * theme.font_px)
    return made.update_annotations(font_size=theme.small_px, yshift=2)
