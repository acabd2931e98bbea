"""`GET trajectory`: trainings as paths through the space of their metrics."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.aligned import lines_in
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.analysis.trajectory import (
    LEAST_LIMIT,
    MOST_AXES,
    MOST_WINDOW,
    Path,
    Trajectories,
    trajectories,
)
from tensorboard_candles.analysis.trajectory.local_fits import LEAST_WINDOW
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, check_format, respond_found
from tensorboard_candles.api.candles import steps_per_epoch
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.series import checked_size, experiment_of, saying_what_loads
from tensorboard_candles.errors import BadRequest, NotFound, TooLarge
from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc import epochs_of, has_epochs
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 25
MOST_TAGS = 64
MOST_POINTS = 20_000
Axes = typing.Literal["metrics", "components"]
VECTORS = ("smooth", "velocity", "acceleration", "momentum")
NAMES = ("x", "y", "z")
COLUMNS = ("step", "epoch", *NAMES, *(f"{name}.{axis}" for name in VECTORS for axis in NAMES), "curvature")


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters of `GET trajectory`, checked."""

    axes: Axes
    tags: tuple[str, ...]
    """Empty: all that the runs have in common."""
    window: int | None
    limit: int
    steps_per_epoch: int | None


def trajectory_route(request: Request, source: Source, jobs: Jobs) -> Response:
    args = request.args
    query, within_secs = parse(args), params.wait_secs(args, 1.0)
    fmt = params.choice(args, "format", params.FORMATS)
    views, tags = _asked(source, params.runs(args, most=MOST_RUNS), query)
    check_format(fmt, len(views))

    def work(progress: Progress) -> Trajectories:
        runs = [lines_in([view.series[tag] for tag in tags]) for view in views]
        return trajectories(
            runs,
            combine=query.axes == "components",
            window=query.window,
            limit=query.limit,
            progress=progress,
        )

    key = "trajectory", experiment_of(request), query, tags, tuple(view.name for view in views)
    found = jobs.ask(key, "\n".join(view.version for view in views), work, within_secs=within_secs)

    def tables(result: Trajectories) -> Sequence[Table]:
        paths = zip(views, result.paths, strict=True)
        return checked_size(_table(view, tags, query, path, result) for view, path in paths)

    return respond_found(request, "trajectory", found, tables, fmt=fmt)


def parse(args: params.Args) -> Query:
    axes = typing.cast(Axes, params.choice(args, "axes", typing.get_args(Axes)))
    tags = tuple(dict.fromkeys(args.getlist("tag")))
    if axes == "metrics" and not 2 <= len(tags) <= MOST_AXES:
        raise BadRequest(f"give two or three tags: what is along each axis; got {len(tags)}")
    if len(tags) > MOST_TAGS:
        raise BadRequest(f"at most {MOST_TAGS} tags are combined, got {len(tags)}")
    window = params.whole(args, "window", 0, least=0, most=MOST_WINDOW)
    if window and (window < LEAST_WINDOW or window % 2 == 0):
        raise BadRequest(f"window must be an odd number of points from {LEAST_WINDOW}, got {window}")
    return Query(
        axes=axes,
        tags=tags,
        window=window or None,
        limit=params.whole(args, "limit", 2000, least=LEAST_LIMIT, most=MOST_POINTS),
        steps_per_epoch=steps_per_epoch(args),
    )


def _asked(source: Source, names: Sequence[str], query: Query) -> tuple[list[RunView], tuple[str, ...]]:
    """The runs that have all of the tags, and these."""
    if not names:
        raise BadRequest("give run: whose path is asked for")
    with saying_what_loads(source):
        views = [source.run(name) for name in names]
        tags = query.tags or tuple(tag for tag in views[0].series if all(tag in one.series for one in views))
        if len(tags) > MOST_TAGS:
            raise TooLarge(
                f"at most {MOST_TAGS} tags are combined, the runs have {len(tags)} in common; name some"
            )
        having = [view for view in views if all(tag in view.series for tag in tags)]
        if not having or len(tags) < 2:
            wanted = " and ".join(map(repr, query.tags)) or "at least two tags in common"
            raise NotFound(f"no run asked for has {wanted}")
    return having, tags


def _table(view: RunView, tags: Sequence[str], query: Query, path: Path, found: Trajectories) -> Table:
    combined = found.components
    head = {
        "run": view.name,
        "axes": query.axes,
        "tags": list(tags),
        "steps": path.steps,
        "window": path.window,
        "exact": path.width is None and all(view.series[tag].exact for tag in tags),
        "is_complete": len(path.step) == path.steps,
        "extent": found.extent.tolist(),
        "explained": None if combined is None else combined.explained.tolist(),
        "weights": None if combined is None else combined.weights[:MOST_AXES].tolist(),
        "constant": [] if combined is None else _constant(tags, combined.scale),
    }
    knows_epochs = has_epochs(view) or query.steps_per_epoch is not None
    epochs = epochs_of(view, steps_per_epoch=query.steps_per_epoch) if knows_epochs else None
    columns = {
        "step": path.step,
        **({"epoch": epochs.fractional(path.step)} if epochs else {}),
        **dict(zip(NAMES, path.position, strict=False)),
        **{
            f"{name}.{axis}": column
            for name in VECTORS
            for axis, column in zip(NAMES, getattr(path, name), strict=False)
        },
        "curvature": path.curvature,
    }
    return Table(head, columns)


def _constant(tags: Sequence[str], scale: Float64Array) -> list[str]:
    return [tag for tag, one in zip(tags, scale, strict=True) if np.isnan(one)]
