"""Loss landscapes over Ray's workers: several processes, devices or machines, the same losses.

    from tensorboard_candles.integrations.landscape.over_ray import RayExecutor

    landscape(model, loss, data, executor=RayExecutor(workers=8, gpus_per_worker=1))

`executor="ray"` is `RayExecutor()`: a worker for each CPU of the cluster that RAY_ADDRESS names, or of this
machine.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tensorboard_candles.analysis.landscape import Network
from tensorboard_candles.analysis.landscape.payload import Float64Array, Int64Array
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.integrations import missing

try:
    import ray
except ImportError as error:
    raise missing("ray") from error

_CARRIED_ENVIRONMENT = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL", "JAX_ENABLE_X64")
_CHUNKS_AHEAD = 2
"""So that a worker has the next chunk in hand while the answer to its last one travels."""


@dataclass(frozen=True, slots=True)
class RayExecutor:
    """Computes a landscape's losses in Ray's workers, each with a copy of the model.

    Args:
        workers: how many; by default as many as the cluster's free CPUs, or GPUs, have room for.
        cpus_per_worker, gpus_per_worker: what Ray sets aside for each.
        restarts: how often a worker that died (killed, out of memory, its machine gone) is started anew;
            what it was at is computed again.
        init: more arguments of `ray.init`, as `{"address": "auto"}`; of no use where Ray runs already.

    Points go to the workers in the chunks that one process would take, so that the losses are the same. Where
    Ray doesn't run yet it is started on this machine, and then stopped again. It listens on all interfaces,
    as Ray does, unless RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER is 0 before it is imported.
    """

    workers: int | None = None
    cpus_per_worker: float = 1
    gpus_per_worker: float = 0
    restarts: int = 3
    init: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise BadRequest(f"workers must be >= 1, got {self.workers}")
        if self.restarts < 0:
            raise BadRequest(f"restarts must be >= 0, got {self.restarts}")

    def __call__(
        self, network: Network, origin: Float64Array, directions: Sequence[Float64Array], points: Float64Array
    ) -> Generator[tuple[Int64Array, Float64Array], None, None]:
        """As `Executor` says; RayActorError when a worker died more often than `restarts`."""
        if not len(points):
            return
        with _running(self.init):
            shared = [ray.put(one) for one in (network, origin, list(directions))]
            with self._crew(len(points), shared) as crew:
                yield from _losses(crew, points)

    @contextmanager
    def _crew(self, most: int, shared: Sequence[Any]) -> Iterator[list[Any]]:
        hired = ray.remote(_Worker).options(
            num_cpus=self.cpus_per_worker,
            num_gpus=self.gpus_per_worker,
            max_restarts=self.restarts,
            max_task_retries=self.restarts,
            runtime_env={"env_vars": _environment()} if _environment() else None,
        )
        crew = [hired.remote(shared) for _ in range(min(self._count(), most))]
        try:
            yield crew
        finally:
            for worker in crew:
                ray.kill(worker)

    def _count(self) -> int:
        """As many workers as can run at once; one more would wait for ever."""
        if self.workers is not None:
            return self.workers
        free = ray.available_resources()
        rooms = [free.get("CPU", 0) // self.cpus_per_worker] if self.cpus_per_worker else []
        if self.gpus_per_worker:
            rooms.append(free.get("GPU", 0) // self.gpus_per_worker)
        return max(int(min(rooms, default=1)), 1)


def executor() -> RayExecutor:
    """What `executor="ray"` is."""
    return RayExecutor()


class _Worker:
    """A process of Ray's with a model of its own, on the plane from its first breath to its last."""

    def __init__(self, shared: Sequence[Any]) -> None:
        network, origin, directions = ray.get(list(shared))
        # what comes out of Ray's store can't be written to, and frameworks ask for memory that can
        origin, directions = np.array(origin), [np.array(direction) for direction in directions]
        self._entered = ExitStack()  # kept, or else the plane would be left at once
        self._plane = self._entered.enter_context(network.plane(origin, directions))

    def chunk(self) -> int:
        return int(self._plane.chunk)

    def losses(self, points: Float64Array) -> Float64Array:
        return np.asarray(self._plane.losses(np.array(points)))


def _losses(crew: Sequence[Any], points: Float64Array) -> Iterator[tuple[Int64Array, Float64Array]]:
    """Each worker gets its next chunk when it is done with one: they may be differently fast."""
    chunk = min(ray.get([worker.chunk.remote() for worker in crew]))
    chunks = iter(range(0, len(points), chunk))
    under_way: dict[Any, tuple[Any, Int64Array]] = {}

    def give(worker: Any) -> None:
        first = next(chunks, None)
        if first is not None:
            rows = np.arange(first, min(first + chunk, len(points)))
            under_way[worker.losses.remote(points[rows])] = worker, rows

    for worker in [*crew] * _CHUNKS_AHEAD:
        give(worker)
    while under_way:
        done, _ = ray.wait(list(under_way))
        for answer in done:
            worker, rows = under_way.pop(answer)
            losses = np.array(ray.get(answer))
            give(worker)
            yield rows, losses


@contextmanager
def _running(init: Mapping[str, Any]) -> Iterator[None]:
    """Ray, and where it was not running, not any more afterwards."""
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if "address" not in init and "RAY_ADDRESS" not in os.environ:
        options["include_dashboard"] = False
    ray.init(**options | dict(init))
    try:
        yield
    finally:
        ray.shutdown()


def _environment() -> dict[str, str]:
    """What changes the numbers that come out, for workers of machines where it is not set."""
    return {name: os.environ[name] for name in _CARRIED_ENVIRONMENT if name in os.environ}
