"""What the layers to the right see: runs and their series, wherever they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tensorboard_candles import metadata
from tensorboard_candles.events.arguments import Arguments
from tensorboard_candles.events.candle import CandleArray, are_candles
from tensorboard_candles.events.own import RecordAt
from tensorboard_candles.events.points import Float64Array, FloatArray, Int64Array, Points
from tensorboard_candles.events.said import Said
from tensorboard_candles.events.storage import LogPath
from tensorboard_candles.store.lineage import Lineage
from tensorboard_candles.store.logs import RunLogs, no_logs
from tensorboard_candles.store.steps import StepColumn
from tensorboard_candles.store.totals import Totals


@dataclass(frozen=True, slots=True)
class Candles:
    """What the points of a series sum up, where some of them are candles that the writer made of many."""

    rows: CandleArray
    """Of `CANDLE`; a point that was logged as such is one, too."""
    totals: Totals


@dataclass(frozen=True, slots=True)
class Series:
    """All points of one tag of one run: sorted by step, ties in the order of arrival.

    Where some are candles, each has the place of its first point, and its value is its close.
    """

    run: str
    tag: str
    step: StepColumn
    wall_time: Float64Array
    """Seconds since the Unix epoch."""
    value: FloatArray
    exact: bool = True
    """False where this is only TensorBoard's own sample of the points."""
    lineage: Lineage = field(default_factory=Lineage, compare=False, repr=False)
    candles: Candles | None = None

    @staticmethod
    def of(run: str, tag: str, points: Points, *, exact: bool = True) -> Series:
        if not are_candles(points.value):
            return Series(run, tag, points.step, points.wall_time, points.value, exact)
        close, made = points.value["close"], Candles(points.value, Totals().plus(points))
        return Series(run, tag, points.step, points.wall_time, close, exact, candles=made)

    def __len__(self) -> int:
        return len(self.step)

    def rows(self, rows: slice | Int64Array | npt.NDArray[np.bool_]) -> Series:
        """Some of the points."""
        made = None
        if self.candles:
            some = Points(self.step[rows], self.wall_time[rows], self.candles.rows[rows])
            made = Candles(some.value, Totals().plus(some) if len(some) else Totals())
        return replace(
            self,
            step=self.step[rows],
            wall_time=self.wall_time[rows],
            value=self.value[rows],
            lineage=Lineage(),
            candles=made,
        )

    @property
    def point_count(self) -> int:
        """How many points there are, those that went into candles too."""
        return self.candles.totals.points if self.candles else len(self)

    @property
    def nonfinite_count(self) -> int:
        """How many of them are no finite numbers."""
        if self.candles:
            return self.candles.totals.nonfinite
        return int(np.count_nonzero(~np.isfinite(self.value)))

    @property
    def last_step(self) -> int:
        """Largest step of any point; there must be one."""
        return self.candles.totals.last_step if self.candles else int(self.step[-1])

    @property
    def resolution(self) -> int | None:
        """Steps that the longest candle spans; None where every point was logged by itself."""
        return self.candles.totals.longest_steps if self.candles and self.candles.totals.rows else None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run at one moment."""

    name: str
    version: str
    """Changes whenever anything in the run does."""
    series: dict[str, Series]
    """By tag; none of them empty."""
    epoch_marks: Points
    start_time: float
    """Wall time of the run's first point, in seconds since the Unix epoch; NaN where no point has one."""
    end_time: float
    said: Said = field(default_factory=dict)
    """What its writer says of its tags; of some that it never logged, maybe."""
    arguments: Arguments = field(default_factory=dict)
    """What it was started with."""
    records: Mapping[str, tuple[RecordAt, ...]] = field(default_factory=dict)
    """Summaries that hold more than numbers, by kind of `metadata.RECORD_KINDS`: where those that count
    stand, by step, ties in the order of arrival. No kind without any; `events.payload_of` reads one. Beside
    them images of any writer, of kind `metadata.IMAGES_KIND`; `events.images_of` reads some."""
    records_version: str = ""
    """Changes whenever other records count."""
    logs: RunLogs = field(default_factory=no_logs)
    """Lines of its logs; unlike all the rest they stay where a restart voids what came before."""
    began: Float64Array = field(default_factory=lambda: np.empty(0))
    """Wall times at which files and sessions of the run began, ascending."""
    exact: bool = True
    """Of all series: false where they are only TensorBoard's own samples."""

    @property
    def holds_anything(self) -> bool:
        """Anything to be shown, beside images of which there may be whole runs."""
        return bool(self.series or self.records.keys() - {metadata.IMAGES_KIND} or len(self.logs))

    def latest(self, kind: str, *, until: float = math.inf) -> dict[str, RecordAt]:
        """The last record of each tag, up to a step; in the order in which tags first came."""
        return {one.tag: one for one in self.records.get(kind, ()) if one.step <= until}

    @staticmethod
    def of(name: str, version: str, series: dict[str, Series], epoch_marks: Points) -> RunView:
        times = [one.wall_time[np.isfinite(one.wall_time)] for one in series.values()]
        return RunView(
            name,
            version,
            series,
            epoch_marks,
            start_time=min((float(time.min()) for time in times if len(time)), default=math.nan),
            end_time=max((float(time.max()) for time in times if len(time)), default=math.nan),
            exact=all(one.exact for one in series.values()),
        )


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the first read of all files is."""

    done: int
    total: int
    bytes_read: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read: in which run and file, from which byte on, and why."""

    run: str
    file: str
    offset: int
    what: str


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Where event files of a run lie, and the log directory in which it was found."""

    path: LogPath
    root: LogPath


class Source(Protocol):
    """Where series come from. All methods answer at once, with what is there."""

    def version(self) -> str:
        """Changes whenever any answer of this source would."""
        ...

    def watch(self, names: Sequence[str]) -> None:
        """Somebody looks at these runs: what is new in them is to be known soon."""
        ...

    def loading(self) -> Loading: ...

    def problems(self, most: int | None = None) -> Sequence[Problem]:
        """What could not be read; the first `most`, and no more than a thousand of a file."""
        ...

    def problem_count(self) -> int:
        """How many problems there are, listed or not."""
        ...

    def runs(self) -> Sequence[RunView]:
        """Every run that holds a series, summaries of more than numbers, or lines of logs; by name."""
        ...

    def run(self, name: str) -> RunView:
        """Raises NotFound where there is no such run."""
        ...

    def run_names(self) -> Sequence[str]:
        """Of every run that has event files, though nothing was read of them yet."""
        ...

    def directories(self, name: str) -> Sequence[RunDirectory]:
        """Of a run, more than one where several log directories have one of that name; none where there are
        no files to be seen. Raises NotFound where there is no such run."""
        ...
