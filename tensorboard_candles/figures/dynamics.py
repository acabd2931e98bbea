"""The figure `training_dynamics_3d`: a training as a path through the space of its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles.analysis.aligned import lines_in
from tensorboard_candles.analysis.trajectory import MOST_AXES, MOST_WINDOW, Path, trajectories
from tensorboard_candles.analysis.trajectory.local_fits import LEAST_WINDOW
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.figures.drawing import (
    colour_bar,
    figure,
    graph_objects,
    legend_beneath,
    note,
    scene,
    text,
)
from tensorboard_candles.figures.theme import INK, LINES, MARKERS, SEQUENTIAL, WORSE, Theme
from tensorboard_candles.store import Series

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ARROWS = 14
_ARROW_SHARE = 0.1
"""Of the space: as long is an arrow."""
_TURNS = 3
_CORNERS = ((1.4, 1.4, 0.7), (1.4, -1.4, 0.7), (-1.4, -1.4, 0.7), (-1.4, 1.4, 0.7))


@dataclass(frozen=True, slots=True)
class PathsOf:
    """Paths of runs, as the tab has them, and what the axes are."""

    runs: tuple[str, ...]
    paths: tuple[Path, ...]
    axes: tuple[str, ...]
    unit: str

    def places(self, path: Path) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Where the path goes; below three metrics steps are an axis, too, and velocity beside one."""
        step = path.step.astype(np.float64)
        if len(path.position) == 1:
            return step, path.position[0], path.velocity[0]
        if len(path.position) == 2:
            return step, path.position[0], path.position[1]
        return path.position[0], path.position[1], path.position[2]

    def momentum(self, path: Path) -> tuple[Float64Array, Float64Array, Float64Array]:
        """By step, along the same axes."""
        ones = np.ones(len(path.step))
        if len(path.momentum) == 1:
            return ones, path.momentum[0], path.acceleration[0]
        if len(path.momentum) == 2:
            return ones, path.momentum[0], path.momentum[1]
        return path.momentum[0], path.momentum[1], path.momentum[2]


def paths_of(runs: Sequence[tuple[str, Sequence[Series]]], *, window_size: int, unit: str) -> PathsOf:
    """Of runs, each by its name and the same metrics, which are combined where they are more than three."""
    [metrics] = {tuple(one.tag for one in some) for _, some in runs}
    if not metrics:
        raise BadRequest("the dynamics need a metric, got none")
    if not LEAST_WINDOW <= window_size <= MOST_WINDOW:
        raise BadRequest(f"window_size must be from {LEAST_WINDOW} to {MOST_WINDOW}, got {window_size!r}")
    combine = len(metrics) > MOST_AXES
    found = trajectories([lines_in(some) for _, some in runs], combine=combine, window=window_size | 1)
    axes = tuple(text(metric, most=24) for metric in metrics)
    if found.components:
        shares = found.components.explained[:MOST_AXES]
        axes = tuple(f"component {number + 1} ({share:.0%})" for number, share in enumerate(shares))
    elif len(metrics) == 1:
        axes = (unit, *axes, f"{axes[0]} per {unit}")
    elif len(metrics) == 2:
        axes = (unit, *axes)
    return PathsOf(tuple(name for name, _ in runs), tuple(found.paths), axes, unit)


def draw_paths(of: PathsOf, theme: Theme) -> go.Figure:
    """One path coloured by step, or each run in a colour and with a marker of its own."""
    is_alone = len(of.paths) == 1
    traces = []
    for number, (name, path) in enumerate(zip(of.runs, of.paths, strict=True)):
        traces.append(_line(of, number, name, theme, shows_steps=is_alone))
        traces += _arrows(of, path, theme, name_it=number == 0)
        traces += _ends(of, path, number, theme, name_it=is_alone)
    if is_alone:
        traces += _turns(of, of.paths[0], theme)
    made = figure(theme, *traces, aspect=1.35)
    made.update_layout(scene=scene(theme, *of.axes, eye=_eye(of)))
    windows = sorted({path.window for path in of.paths})
    told = f"direction of momentum and turns over {windows[0]} points"
    return note(legend_beneath(made, theme), theme, told)


def _eye(of: PathsOf) -> tuple[float, float, float]:
    """From the corner where the paths spread most across what is seen."""
    places = np.concatenate([np.stack(of.places(path)) for path in of.paths], axis=1)
    places = places[:, np.isfinite(places).all(axis=0)]
    if not places.size:
        return _CORNERS[0]
    extent = np.ptp(places, axis=1, keepdims=True)
    unit = (places - places.mean(axis=1, keepdims=True)) / np.where(extent > 0, extent, 1.0)

    def spread(eye: tuple[float, float, float]) -> float:
        sight = np.array(eye) / np.linalg.norm(eye)
        return float(np.linalg.norm(unit - np.outer(sight, sight @ unit)))

    # Time goes from left to right.
    corners = _CORNERS if len(of.paths[0].position) > 2 else [one for one in _CORNERS if one[1] < 0]
    return max(corners, key=spread)


def _line(of: PathsOf, number: int, name: str, theme: Theme, *, shows_steps: bool) -> Any:
    path = of.paths[number]
    x, y, z = of.places(path)
    colour: dict[str, Any] = {"color": LINES[number % len(LINES)]}
    if shows_steps:
        bar = {**colour_bar(theme, of.unit), "len": 0.75}
        colour = {
            "color": path.step, "colorscale": SEQUENTIAL, "showscale": theme.is_wide, "colorbar": bar,
        }  # fmt: skip
    return graph_objects().Scatter3d(
        x=x, y=y, z=z, mode="lines", line={"width": 2.5 * theme.line_px, **colour}, name=text(name, most=32),
        showlegend=not shows_steps, customdata=np.column_stack([path.step, path.curvature]),
        hovertemplate=f"{of.unit} %{{customdata[0]}}<br>curvature %{{customdata[1]:.3g}}<extra></extra>",
    )  # fmt: skip


def _arrows(of: PathsOf, path: Path, theme: Theme, *, name_it: bool) -> list[Any]:
    """Where momentum leads from some points, all equally far: the path itself tells how fast it is."""
    places, momentum = np.stack(of.places(path)), np.stack(of.momentum(path))
    is_known = np.isfinite(places).all(axis=0) & np.isfinite(momentum).all(axis=0)
    rows = np.flatnonzero(is_known)
    if not len(rows):
        return []
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, _ARROWS).round().astype(np.int64))]
    begin, moves = places[:, rows], momentum[:, rows]
    low, high = places[:, is_known].min(axis=1), places[:, is_known].max(axis=1)
    extent = np.where(high > low, high - low, 1.0)[:, None]
    length = np.linalg.norm(moves / extent, axis=0)
    begin, moves, length = begin[:, length > 0], moves[:, length > 0], length[length > 0]
    share = _ARROW_SHARE / length
    x, y, z = np.stack([begin, begin + moves * share, np.full_like(begin, np.nan)], axis=2).reshape(3, -1)
    line = {"width": 2 * theme.line_px, "color": WORSE}
    shafts = graph_objects().Scatter3d(
        x=x, y=y, z=z, mode="lines", line=line, name="momentum", showlegend=name_it, hoverinfo="skip"
    )
    return [shafts]


def _ends(of: PathsOf, path: Path, number: int, theme: Theme, *, name_it: bool) -> list[Any]:
    """The first point and the last."""
    places = np.stack(of.places(path))
    rows = np.flatnonzero(np.isfinite(places).all(axis=0))
    symbol = "circle" if name_it else MARKERS[number % len(MARKERS)]
    found = []
    for name, row, fill in (("start", rows[:1], "white"), ("end", rows[-1:], LINES[number % len(LINES)])):
        marker = {
            "symbol": symbol, "size": theme.font_px * 0.45, "color": fill,
            "line": {"color": LINES[number % len(LINES)], "width": 2},
        }  # fmt: skip
        x, y, z = places[:, row]
        found.append(
            graph_objects().Scatter3d(
                x=x, y=y, z=z, mode="markers", marker=marker, name=name, showlegend=name_it,
                customdata=path.step[row],
                hovertemplate=f"{name}: {of.unit} %{{customdata}}<extra></extra>",
            )
        )  # fmt: skip
    return found


def _turns(of: PathsOf, path: Path, theme: Theme) -> list[Any]:
    """Where the path turns most sharply."""
    known = np.flatnonzero(np.isfinite(path.curvature) & np.isfinite(np.stack(of.places(path))).all(axis=0))
    if len(known) <= 2 * _TURNS:
        return []
    rows = known[np.argsort(-path.curvature[known], kind="stable")[:_TURNS]]
    x, y, z = (one[rows] for one in of.places(path))
    marker = {"symbol": "circle", "size": theme.font_px * 0.3, "color": INK}
    return [
        graph_objects().Scatter3d(
            x=x, y=y, z=z, mode="markers", marker=marker, name="sharpest turns", customdata=path.step[rows],
            hovertemplate=f"turn at {of.unit} %{{customdata}}<extra></extra>",
        )
    ]  # fmt: skip
