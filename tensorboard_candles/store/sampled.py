"""TensorBoard's own data, sampled by it, for where no event file can be read."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tensorboard_candles.errors import NotFound
from tensorboard_candles.events import Points
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store.source import Loading, Problem, RunDirectory, RunView, Series

_SCALARS_PLUGIN = "scalars"
_MOST_POINTS = 1_000_000
"""More than any server keeps: what it has sampled is not to be sampled again."""
_MOST_EXPERIMENTS = 8
"""More than one only where TensorBoard serves a data server that knows several."""


class SampledSources:
    """Sampled data by experiment, read again where they are older than `poll_secs`, whoever asks.

    `provider` is a `tensorboard.data.provider.DataProvider`. Where many ask at once, one reads and the others
    wait for it.
    """

    def __init__(self, provider: Any, *, poll_secs: float) -> None:
        self._provider = provider
        self._poll_secs = poll_secs
        self._lock = threading.Lock()
        self._experiments: OrderedDict[str, _Experiment] = OrderedDict()

    def source(self, context: Any, experiment_id: str) -> SampledSource:
        """What the experiment holds, of late; `context` is the request's."""
        with self._lock:
            experiment = self._experiments.setdefault(experiment_id, _Experiment())
            self._experiments.move_to_end(experiment_id)
            while len(self._experiments) > _MOST_EXPERIMENTS:
                self._experiments.popitem(last=False)
        with experiment.lock:
            if experiment.source is None or time.monotonic() >= experiment.stale_at:
                experiment.source = SampledSource(self._provider, context, experiment_id)
                experiment.stale_at = time.monotonic() + self._poll_secs
            return experiment.source


class _Experiment:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.source: SampledSource | None = None
        self.stale_at = -math.inf


class SampledSource:
    """What one experiment of a TensorBoard data provider held at one moment.

    `provider` is a `tensorboard.data.provider.DataProvider`, `context` the request's context.
    """

    def __init__(self, provider: Any, context: Any, experiment_id: str) -> None:
        self._runs = _read_runs(provider, context, experiment_id)

    def version(self) -> str:
        return hashlib.blake2b(
            repr([run.version for run in self._runs.values()]).encode(), digest_size=8
        ).hexdigest()

    def watch(self, names: Sequence[str]) -> None:
        """All that the provider has is asked for each time."""

    def loading(self) -> Loading:
        return Loading(1, 1, 0, 0)

    def problems(self, most: int | None = None) -> Sequence[Problem]:
        return ()

    def problem_count(self) -> int:
        return 0

    def runs(self) -> Sequence[RunView]:
        return list(self._runs.values())

    def run(self, name: str) -> RunView:
        if name not in self._runs:
            raise NotFound(f"no such run: {name!r}")
        return self._runs[name]

    def run_names(self) -> Sequence[str]:
        return list(self._runs)

    def directories(self, name: str) -> Sequence[RunDirectory]:
        self.run(name)
        return ()


def _read_runs(provider: Any, context: Any, experiment_id: str) -> dict[str, RunView]:
    read = provider.read_scalars(
        context, experiment_id=experiment_id, plugin_name=_SCALARS_PLUGIN, downsample=_MOST_POINTS
    )
    runs = {}
    for name in sorted(read):
        series = {tag: _series(name, tag, data) for tag, data in sorted(read[name].items()) if data}
        if series:
            runs[name] = _run_view(name, series)
    return runs


def _series(run: str, tag: str, data: Sequence[Any]) -> Series:
    points = Points(
        np.array([datum.step for datum in data], np.int64),
        np.array([datum.wall_time for datum in data], np.float64),
        np.array([datum.value for datum in data], np.float64),
    )
    order = np.argsort(points.step, kind="stable")
    return Series.of(
        run, tag, Points(points.step[order], points.wall_time[order], points.value[order]), exact=False
    )


def _run_view(name: str, series: Mapping[str, Series]) -> RunView:
    digest = hashlib.blake2b(repr(name).encode(), digest_size=8)
    for tag, one in series.items():
        digest.update(repr(tag).encode())
        digest.update(one.step[:].tobytes())
        digest.update(one.wall_time.tobytes())
        digest.update(one.value.tobytes())
    return RunView.of(name, digest.hexdigest(), dict(series), no_points())
