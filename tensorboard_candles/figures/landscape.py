"""The figure `loss_landscape_3d`: the loss around a model's weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles import metadata
from tensorboard_candles.analysis.landscape.payload import Landscape
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events import payload_of
from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.figures.drawing import (
    colour_bar,
    figure,
    graph_objects,
    legend_beneath,
    note,
    scene,
)
from tensorboard_candles.figures.theme import INK, SEQUENTIAL, WORSE, Theme
from tensorboard_candles.store import RunView

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LOG_FROM = 10.0
"""How many times the smallest the largest loss is where its logarithm is drawn."""
_LEVELS = 12
_EYE = (-1.3, -1.3, 0.85)
_AXES = {"pca": "PC", "hessian": "eigenvector"}
_SAID = {
    "random": "random directions",
    "pca": "principal components",
    "hessian": "eigenvectors of the Hessian",
    "given": "given directions",
}


def computed(
    model: Any, data: Any, labels: Any, *, directions: Any, n_points: int, loss: Any = None, **options: Any
) -> Landscape:
    """The landscape of a model (`tensorboard_candles.landscape`), with the model itself in the middle."""
    from tensorboard_candles.integrations.landscape import landscape

    if n_points < 3:
        raise BadRequest(f"n_points must be 3 or more, got {n_points!r}")
    both = data if labels is None else (data, labels)
    around = "random" if directions is None else directions
    return landscape(model, loss, both, directions=around, points=n_points | 1, **options)


def logged(run: RunView, tag: str | None) -> Landscape:
    """The last one that was written into a run (`tensorboard_candles.landscape(…, tracker=)`)."""
    latest = run.latest(metadata.LANDSCAPE_KIND)
    some = [record for record in latest.values() if tag in (None, record.tag)]
    if not some:
        known = ", ".join(map(repr, latest)) or "none"
        asked = "" if tag is None else f" {tag!r}"
        raise NotFound(f"run {run.name!r} has no landscape{asked}; there is {known}")
    return Landscape.from_bytes(payload_of(max(some, key=lambda record: record.step)))


def draw_landscape(of: Landscape, theme: Theme) -> go.Figure:
    """A line along one direction, a surface over two, shells of equal loss within three."""
    draw = {1: _line, 2: _surface, 3: _shells}[len(of.axes)]
    return note(draw(of, theme), theme, told(of))


def told(of: Landscape) -> str:
    """What is said of it in numbers.

    >>> from tensorboard_candles.analysis.landscape.payload import About
    >>> axis = np.array([-1.0, 0.0, 1.0])
    >>> told(Landscape((axis,), axis**2, About(directions="pca", normalize="none", sharpness=2.0)))
    'principal components, λ₁ = 2'
    """
    about = of.about
    said = [_SAID.get(about.directions, "directions")]
    if about.normalize != "none":
        said.append(f"{about.normalize}-normalised")
    if math.isfinite(about.sharpness):
        said.append(f"λ₁ = {about.sharpness:.3g}")
    if math.isfinite(about.epsilon_sharpness):
        said.append(f"ε-sharpness {about.epsilon_sharpness:.3g} %")
    return ", ".join(said)


def _is_log(loss: Float64Array) -> bool:
    known = loss[np.isfinite(loss)]
    return len(known) > 0 and bool(known.min() > 0 and known.max() >= _LOG_FROM * known.min())


def _names(of: Landscape) -> list[str]:
    """Of the axes: with the share of the checkpoints' variance, where that is known."""
    word = _AXES.get(of.about.directions, "direction")
    shares = of.explained_variance
    return [
        f"{word} {number + 1}" + (f" ({shares[number]:.0%})" if shares is not None else "")
        for number in range(len(of.axes))
    ]


def _loss_axis(of: Landscape) -> dict[str, Any]:
    return {"title": "loss", "type": "log", "nticks": 5} if _is_log(of.loss) else {"title": "loss"}


def _surface(of: Landscape, theme: Theme) -> go.Figure:
    loss = np.where(np.isfinite(of.loss), of.loss, np.nan).T
    colour = _height(loss)
    drawn = graph_objects().Surface(
        x=of.axes[0], y=of.axes[1], z=loss, surfacecolor=colour, colorscale=SEQUENTIAL, name="loss",
        showscale=theme.is_wide, colorbar=_bar(colour, theme, is_log=_is_log(of.loss)),
        contours={"z": _contours(loss)}, hovertemplate="%{x:.3g}, %{y:.3g}: %{z:.4g}<extra></extra>",
        lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
    )  # fmt: skip
    made = figure(theme, drawn, *_marks(of, theme), aspect=1.35)
    x, y = _names(of)
    made.update_layout(scene=scene(theme, x, y, _loss_axis(of), eye=_EYE))
    return legend_beneath(made, theme)


def _height(loss: Float64Array) -> Float64Array:
    """What is coloured: its logarithm, where that is drawn."""
    return np.asarray(np.log10(loss) if _is_log(loss) else loss)


def _bar(height: Float64Array, theme: Theme, *, is_log: bool) -> dict[str, Any]:
    """Where colours are of logarithms, its ticks say of what."""
    bar = {**colour_bar(theme, "loss"), "len": 0.75}
    if not is_log:
        return bar
    ticks = np.linspace(float(np.nanmin(height)), float(np.nanmax(height)), 5)
    return {**bar, "tickvals": ticks.tolist(), "ticktext": [f"{10**tick:.2g}" for tick in ticks]}


def _contours(loss: Float64Array) -> dict[str, Any]:
    """Levels on the surface and on the floor."""
    low, high = float(np.nanmin(loss)), float(np.nanmax(loss))
    size = (high - low) / _LEVELS or 1.0
    return {
        "show": True, "start": low + size / 2, "end": high, "size": size, "color": "rgba(255,255,255,0.5)",
        "width": 1, "project": {"z": True}, "usecolormap": True,
    }  # fmt: skip


def _marks(of: Landscape, theme: Theme) -> list[Any]:
    """The training's way, the model itself and the lowest point of the grid."""
    point, size, about, found = graph_objects().Scatter3d, theme.font_px * 0.45, of.about, []
    if way := of.trajectory:
        found.append(
            point(
                x=way.at[:, 0], y=way.at[:, 1], z=way.loss, mode="lines+markers", name="training",
                line={"color": INK, "width": 2.5 * theme.line_px}, marker={"size": size / 2, "color": INK},
                customdata=way.step, hovertemplate="step %{customdata}: %{z:.4g}<extra></extra>",
            )
        )  # fmt: skip
    places = [
        ("lowest of the grid", about.minimum_at, about.minimum),
        ("the model", (0.0, 0.0), about.centre_loss),
    ]
    markers = [
        {"size": size, "color": WORSE, "symbol": "diamond"},
        {"size": size, "color": "white", "symbol": "circle", "line": {"color": INK, "width": 2}},
    ]
    for (name, at, loss), marker in zip(places, markers, strict=True):
        if len(at) == 2 and math.isfinite(loss):
            found.append(point(x=[at[0]], y=[at[1]], z=[loss], mode="markers", name=name, marker=marker))
    return found


def _line(of: Landscape, theme: Theme) -> go.Figure:
    go = graph_objects()
    [alpha] = of.axes
    line = go.Scatter(x=alpha, y=of.loss, mode="lines", line=theme.line(0), name="loss", showlegend=False)
    marker = {"size": theme.font_px * 0.7, "color": "white", "line": {"color": INK, "width": theme.line_px}}
    model = go.Scatter(x=[0.0], y=[of.about.centre_loss], mode="markers", marker=marker, name="the model")
    made = figure(theme, line, model, aspect=1.6)
    axis = _loss_axis(of)
    made.update_layout(
        xaxis={"title": {"text": _names(of)[0]}}, yaxis={**axis, "title": {"text": axis["title"]}}
    )
    return legend_beneath(made, theme)


def _shells(of: Landscape, theme: Theme) -> go.Figure:
    loss = np.where(np.isfinite(of.loss), of.loss, np.nan)
    height = _height(loss)
    x, y, z = (axis.ravel() for axis in np.meshgrid(*of.axes, indexing="ij"))
    low, high = np.nanpercentile(height, [5, 60])
    drawn = graph_objects().Isosurface(
        x=x, y=y, z=z, value=height.ravel(), isomin=low, isomax=high, surface={"count": 4}, opacity=0.35,
        colorscale=SEQUENTIAL, showscale=theme.is_wide, caps={f"{axis}_show": False for axis in "xyz"},
        colorbar=_bar(np.array([low, high]), theme, is_log=_is_log(loss)), name="equal loss",
    )  # fmt: skip
    made = figure(theme, drawn, aspect=1.35)
    first, second, third = _names(of)
    return made.update_layout(scene=scene(theme, first, second, third, eye=_EYE), showlegend=False)
