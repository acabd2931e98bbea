"""From a model to its landscape: directions, the grid along them, what was computed before, sharpness."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from tensorboard_candles import metadata
from tensorboard_candles.analysis.landscape import grid
from tensorboard_candles.analysis.landscape.cache import Begun, Cache, key_of
from tensorboard_candles.analysis.landscape.directions import projected
from tensorboard_candles.analysis.landscape.evaluate import Executor, here
from tensorboard_candles.analysis.landscape.frame import Frame, Source
from tensorboard_candles.analysis.landscape.network import Network
from tensorboard_candles.analysis.landscape.payload import (
    About,
    Float64Array,
    Int64Array,
    Landscape,
    Trajectory,
)
from tensorboard_candles.analysis.landscape.plan import Plan
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.errors import BadRequest

Checkpoints = Sequence[object] | Mapping[int, object]

_MOST_CHECKPOINT_BYTES = 8 << 30


def survey(
    network: Network,
    plan: Plan,
    *,
    given: Sequence[object] = (),
    checkpoints: Checkpoints = (),
    progress: Progress = untold,
    executor: Executor = here,
    cache: Path | None = None,
) -> Landscape:
    """The loss on the plan's grid around the model's weights.

    Args:
        network: the model, its loss and the data.
        plan: directions and grid.
        given: the directions themselves, where the plan's kind is `given`: vectors, or what the network
            takes for a checkpoint.
        checkpoints: of the model's training, in order of time or by their steps; projected on the plane.
        progress: told of each part of the work; may raise Cancelled.
        executor: who computes the losses.
        cache: directory of what was computed before; None keeps nothing.

    Raises BadRequest for what doesn't fit together, and NoCurvature where directions need a Hessian and the
    model has none.
    """
    began = time.monotonic()
    some = _taken(network, checkpoints)
    size = len(some.origin)
    own = tuple(_vector(network, one, size) for one in given)
    centre_loss = network.loss_of(None)
    kept = None
    if cache is not None:
        steps_and_plan = {"plan": asdict(plan), "network": network.fingerprint}
        kept = Cache(cache, key_of(steps_and_plan, some.origin, some.steps, some.vectors, *own), centre_loss)
        before = kept.finished()
        if before is not None:
            return before
    frame = Source(network, plan, some.origin, centre_loss, some.vectors, own, progress).frame()
    trajectory = _trajectory(network, some, frame)
    axes = _axes(plan, trajectory)
    plane = _Plane(network, some.origin, frame.directions, axes, kept, progress, executor)
    losses = plane.evaluated().losses.reshape([len(axis) for axis in axes])
    found = Landscape(
        axes=axes,
        loss=np.where(np.isfinite(losses), losses, np.nan),
        about=_about(network, plan, frame, centre_loss, time.monotonic() - began),
        trajectory=trajectory,
        explained_variance=frame.explained_variance,
        eigenvalues=None if frame.eigen is None else frame.eigen.values,
        eigenvalue_residuals=None if frame.eigen is None else frame.eigen.residuals,
    )
    found = _with_figures(found, plan)
    if kept is not None:
        kept.finish(found)
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _Taken:
    """The model's weights, and the checkpoints in order of time."""

    origin: Float64Array
    steps: Int64Array
    checkpoints: tuple[object, ...]
    vectors: Float64Array


@dataclass(frozen=True, eq=False, slots=True)
class _Plane:
    network: Network
    origin: Float64Array
    directions: tuple[Float64Array, ...]
    axes: tuple[Float64Array, ...]
    kept: Cache | None
    progress: Progress
    executor: Executor

    def evaluated(self) -> Begun:
        """Every loss of the grid; those that a run before this one computed are taken over."""
        points = grid.points_of(self.axes)
        count = len(points)
        key = key_of(self.origin, *self.directions, *self.axes)
        begun = Begun(np.full(count, np.nan), np.zeros(count, np.bool_))
        if self.kept is not None:
            begun = self.kept.begun(key, count)
        todo = np.flatnonzero(~begun.is_known)
        what = f"{' × '.join(str(len(axis)) for axis in self.axes)} points"
        self.progress(count - len(todo), count, what)
        rest = self.executor(self.network, self.origin, self.directions, points[todo])
        try:
            with closing(rest):
                for rows, losses in rest:
                    begun.losses[todo[rows]] = losses
                    begun.is_known[todo[rows]] = True
                    if self.kept is not None:
                        self.kept.keep(key, begun)
                    self.progress(int(begun.is_known.sum()), count, what)
        finally:
            if self.kept is not None and len(todo):
                self.kept.keep(key, begun, at_once=True)
        return begun


def _taken(network: Network, checkpoints: Checkpoints) -> _Taken:
    """Without steps the checkpoints are counted."""
    origin = network.vector()
    if isinstance(checkpoints, Mapping):
        steps = sorted(checkpoints)
        ordered = tuple(checkpoints[step] for step in steps)
    else:
        ordered = tuple(checkpoints)
        steps = list(range(len(ordered)))
    size, count = len(origin), len(ordered)
    if count > metadata.MOST_CHECKPOINTS or 8 * size * count > _MOST_CHECKPOINT_BYTES:
        raise BadRequest(f"{count} checkpoints of {size:,} weights are too many: take every n-th of them")
    vectors = np.empty((count, size))
    for row, checkpoint in enumerate(ordered):
        vectors[row] = _vector(network, checkpoint, size)
    return _Taken(origin, np.array(steps, np.int64), ordered, vectors)


def _vector(network: Network, given: object, size: int) -> Float64Array:
    vector = given if isinstance(given, np.ndarray) and given.ndim == 1 else network.vector_of(given)
    if vector.shape != (size,):
        raise BadRequest(f"a vector must have a number for each of {size:,} weights, got {vector.shape}")
    if not np.isfinite(vector).all():
        raise BadRequest("a checkpoint or direction holds numbers that are not finite")
    return vector.astype(np.float64)


def _trajectory(network: Network, some: _Taken, frame: Frame) -> Trajectory | None:
    if not some.checkpoints:
        return None
    at, distance = projected(some.vectors - some.origin, frame.directions)
    losses = np.array([network.loss_of(one) for one in some.checkpoints], np.float64)
    return Trajectory(at, some.steps, losses, distance)


def _axes(plan: Plan, trajectory: Trajectory | None) -> tuple[Float64Array, ...]:
    if plan.span is None and plan.kind == "pca" and trajectory is not None:
        return grid.around(trajectory.at, plan.points)
    return grid.axes_of(1.0 if plan.span is None else plan.span, plan.points)


def _about(network: Network, plan: Plan, frame: Frame, centre_loss: float, seconds: float) -> About:
    return About(
        directions=plan.kind,
        normalize=plan.normalization,
        seed=plan.seed,
        model=network.name,
        framework=network.framework,
        dtype=network.dtype,
        parameters=sum(weight.size for weight in network.weights),
        samples=network.samples,
        batch_norm=network.batch_norm,
        centre_loss=centre_loss,
        sharpness=math.nan if frame.eigen is None else float(frame.eigen.values[0]),
        seconds=seconds,
        warnings=frame.warnings,
    )


def _with_figures(found: Landscape, plan: Plan) -> Landscape:
    """With what the surface says in single numbers."""
    epsilon = grid.default_epsilon(found.axes) if plan.epsilon is None else plan.epsilon
    minimum, minimum_at = grid.lowest(found.axes, found.loss)
    lost = int(np.isnan(found.loss).sum())
    warnings = [*found.about.warnings]
    if lost:
        warnings.append(f"The loss is not finite at {lost:,} of {found.loss.size:,} points.")
    if found.about.centre_loss <= -1:
        warnings.append("There is no ε-sharpness: it is a share of 1 + the model's loss, which is 0 or less.")
    about = replace(
        found.about,
        minimum=minimum,
        minimum_at=minimum_at,
        epsilon=epsilon,
        epsilon_sharpness=grid.epsilon_sharpness(found.axes, found.loss, found.about.centre_loss, epsilon),
        warnings=tuple(warnings),
    )
    return replace(found, about=about)
