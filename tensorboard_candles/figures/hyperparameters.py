"""The figure `hyperparameter_surface`: what runs were given against how well they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorboard_candles.analysis.hyperparameters import (
    Parameter,
    Study,
    Surface,
    Trials,
    study_of,
    trials_of_grid_search,
)
from tensorboard_candles.analysis.hyperparameters.givers import Family
from tensorboard_candles.analysis.hyperparameters.measured import measured_in
from tensorboard_candles.analysis.hyperparameters.study import Fit
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events.arguments import Value
from tensorboard_candles.figures.drawing import (
    colour_bar,
    figure,
    graph_objects,
    legend_beneath,
    note,
    scene,
    text,
)
from tensorboard_candles.figures.theme import INK, LINES, SEQUENTIAL, WORSE, Theme
from tensorboard_candles.ohlc import Polarity, polarity_among, polarity_of
from tensorboard_candles.store import RunView

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ABSENT = "not given"


@dataclass(frozen=True, slots=True)
class SurfaceOf:
    """A search, as the tab has it, and the parameters along the axes."""

    study: Study
    target: str
    fit: Fit
    surface: Surface
    x: Parameter
    y: Parameter | None


def surface_of_search(
    param_grid: Mapping[str, Sequence[Any]], results: Any, *, target: str, x: str | None, y: str | None
) -> SurfaceOf:
    """Of results that are no runs."""
    trials = trials_of_grid_search(param_grid, results, target_metric=target)
    return surface_of(trials, polarity_of(target), target=target, x=x, y=y)


def surface_of_runs(runs: Sequence[RunView], *, target: str, x: str | None, y: str | None) -> SurfaceOf:
    """Of runs of a log, by the best value that each had, as the tab measures them by default."""
    having = [run for run in runs if target in run.series]
    if not having:
        raise NotFound(f"no run has {target!r}; name target_metric, or give param_grid and results")
    polarity = polarity_among(having, target)
    given = Family({run.name: run for run in runs}.get, lambda: runs).trials(having, target)
    return surface_of(measured_in(given, target, "best", polarity).trials, polarity, target=target, x=x, y=y)


def surface_of(trials: Trials, polarity: Polarity, *, target: str, x: str | None, y: str | None) -> SurfaceOf:
    """A surface over the two parameters that matter most, where none are named.

    Raises BadRequest where there is none: of fewer than four runs, or where nothing varies.
    """
    study = study_of(trials, minimise=polarity == "lower_is_better")
    if study.fit is None:
        raise BadRequest(f"no surface can be fitted to {len(trials.runs)} runs: {study.verdict}")
    surface = study.fit.surface(x=x, y=y)
    axes = {one.name: one for one in study.fit.axes.parameters}
    return SurfaceOf(
        study, target, study.fit, surface, axes[surface.x], axes[surface.y] if surface.y else None
    )


def draw_surface(of: SurfaceOf, theme: Theme) -> go.Figure:
    """In space over two parameters, or a line over one; every run a point, the best and the next told."""
    return _line(of, theme) if of.y is None else _space(of, theme)


def _space(of: SurfaceOf, theme: Theme) -> go.Figure:
    assert of.y
    middle, low, high = of.fit.scale.around(of.surface.mean, of.surface.std)
    z_axis: dict[str, Any] = {"title": text(of.target)} | ({"type": "log"} if of.fit.scale.is_log else {})
    drawn = graph_objects().Surface(
        x=_places(of.x, of.surface.x_values), y=_places(of.y, of.surface.y_values), z=middle,
        customdata=np.dstack([low, high]), colorscale=SEQUENTIAL, showscale=theme.is_wide,
        opacity=0.9, name="expected",
        colorbar={**colour_bar(theme, text(of.target)), "len": 0.75},
        contours={"z": {"show": True, "color": "rgba(255,255,255,0.6)", "width": 1, "usecolormap": False}},
        hovertemplate="%{z:.4g} (%{customdata[0]:.4g} to %{customdata[1]:.4g})<extra>expected</extra>",
    )  # fmt: skip
    made = figure(theme, drawn, *_runs_in_space(of, theme), aspect=1.35)
    axes = (_axis(of.x), _axis(of.y), z_axis)
    made.update_layout(scene=scene(theme, *axes, eye=(-1.25, -1.35, 0.7)))
    return note(legend_beneath(made, theme), theme, _told(of))


def _runs_in_space(of: SurfaceOf, theme: Theme) -> list[Any]:
    """Points for runs, for the best of them, and for where to look next."""
    assert of.y
    markers = []
    for name, configs, target, marker in _points(of, theme):
        x, y = (_places(axis, [one.get(axis.name) for one in configs]) for axis in (of.x, of.y))
        markers.append(
            graph_objects().Scatter3d(
                x=x, y=y, z=target, mode="markers", name=name, marker=marker,
                text=[text(str(config)) for config in configs],
                hovertemplate="%{text}<br>%{z:.4g}<extra></extra>",
            )
        )  # fmt: skip
    return markers


def _line(of: SurfaceOf, theme: Theme) -> go.Figure:
    go = graph_objects()
    middle, low, high = (side[0] for side in of.fit.scale.around(of.surface.mean, of.surface.std))
    x = _places(of.x, of.surface.x_values)
    band = go.Scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        fillcolor="rgba(0,68,136,0.15)", line={"width": 0}, name="± 1 standard deviation", hoverinfo="skip",
    )  # fmt: skip
    line = go.Scatter(x=x, y=middle, mode="lines", line=theme.line(0), name="expected")
    runs = [
        go.Scatter(
            x=_places(of.x, [one.get(of.x.name) for one in configs]), y=target, mode="markers", name=name,
            marker=marker,
        )
        for name, configs, target, marker in _points(of, theme)
    ]  # fmt: skip
    made = figure(theme, band, line, *runs, aspect=1.6)
    scale = {"type": "log", "dtick": 1, "exponentformat": "power"} if of.fit.scale.is_log else {}
    made.update_layout(xaxis=_flat(_axis(of.x)), yaxis={"title": {"text": text(of.target)}, **scale})
    return note(legend_beneath(made, theme), theme, _told(of))


def _points(of: SurfaceOf, theme: Theme) -> list[tuple[str, list[Mapping[str, Value]], Any, dict[str, Any]]]:
    """Name, what was given, target and marker: of the runs that have a target, the best, the suggestions."""
    trials, best, size = of.study.trials, of.study.best, theme.font_px * 0.36
    rows = [row for row in np.flatnonzero(trials.is_fitted).tolist() if row != best]
    next_ones = of.fit.suggestions
    means = of.fit.scale.to_target(np.array([one.mean for one in next_ones]))
    edge = {"color": "white", "width": 1}
    found: list[tuple[str, list[Mapping[str, Value]], Any, dict[str, Any]]] = [
        (
            "run", [trials.configs[row] for row in rows], trials.target[rows],
            {"size": size, "color": INK, "line": edge},
        ),
        (
            "next", [one.config for one in next_ones], means,
            {
                "size": size * 1.3, "color": "white", "symbol": "square",
                "line": {"color": LINES[0], "width": 2},
            },
        ),
    ]  # fmt: skip
    if best is not None:
        marker = {"size": size * 1.7, "color": WORSE, "symbol": "diamond", "line": edge}
        found.insert(1, ("best run", [trials.configs[best]], trials.target[[best]], marker))
    return [one for one in found if len(one[1])]


def _axis(parameter: Parameter) -> dict[str, Any]:
    """Numbers as they are, by their logarithms where they were searched so; choices by name."""
    title = text(parameter.name, most=28)
    if parameter.kind == "choice":
        places = list(range(len(parameter.choices)))
        return {"title": title, "tickvals": places, "ticktext": [_word(one) for one in parameter.choices]}
    if parameter.is_log:
        return {"title": title, "type": "log", "dtick": 1, "exponentformat": "power"}
    return {"title": title}


def _flat(axis: Mapping[str, Any]) -> dict[str, Any]:
    return {**axis, "title": {"text": axis["title"]}}


def _word(choice: Value) -> str:
    return _ABSENT if choice is None else text(str(choice), most=16)


def _places(parameter: Parameter, values: Sequence[Value]) -> Any:
    """Where values lie along the axis; NaN for what was not given."""
    if parameter.kind == "choice":
        return np.array([parameter.position(value) for value in values], np.float64)
    return np.array([np.nan if value is None else float(value) for value in values], np.float64)


def _told(of: SurfaceOf) -> str:
    explained = max(of.fit.explained, 0.0)
    others = len(of.fit.axes.parameters) - (1 if of.y is None else 2)
    beside = f"; {others} more parameters as in the best run" if others else ""
    runs = int(of.study.trials.is_fitted.sum())
    return f"Gaussian process over {runs} runs, foretells {explained:.0%} of their differences{beside}"
