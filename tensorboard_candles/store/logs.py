"""Lines of a run's logs, those of all its files as one, by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.lines import LineArray, Lines
from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.events.storage import LogPath
from tensorboard_candles.store.lineage import Lineage


@dataclass(frozen=True, slots=True, eq=False)
class FileLines:
    """Those of one file."""

    path: LogPath
    lines: Lines
    first: int
    """Number of the first that is known, of all that the file ever held."""
    lineage: Lineage

    def is_as(self, other: FileLines) -> bool:
        """Whether both say the same: what has not changed is the same object."""
        return self.lines is other.lines and self.lineage is other.lineage and self.path == other.path


class RunLogs:
    """All lines of a run; put together when somebody first looks at them.

    >>> from pathlib import Path
    >>> def file(name, *times):
    ...     lines = Lines.of([(time, 0, 0, 90, 0, "info") for time in times])
    ...     return FileLines(Path(name), lines, 0, Lineage())
    >>> logs = RunLogs([file("1", 10.0, 30.0), file("2", 20.0)], "v1")
    >>> logs.rows["wall_time"].tolist(), logs.file.tolist(), logs.levels
    ([10.0, 20.0, 30.0], [0, 1, 0], ('info',))
    """

    def __init__(self, files: Sequence[FileLines], version: str) -> None:
        self.files = files
        self.version = version
        """Changes whenever the lines do, and only then."""

    def __len__(self) -> int:
        return sum(len(file.lines) for file in self.files)

    @property
    def rows(self) -> LineArray:
        """Of `LINE`, by wall time, ties in the order of arrival; offsets are in each one's file."""
        return self._merged[0].rows

    @property
    def levels(self) -> tuple[str, ...]:
        """What `level` of the rows numbers."""
        return self._merged[0].levels

    @property
    def file(self) -> Int64Array:
        """Which of the files each row is of."""
        return self._merged[1]

    @property
    def row_in_file(self) -> Int64Array:
        """Which of its file's lines each row is."""
        return self._merged[2]

    @property
    def number(self) -> Int64Array:
        """Which of its file's lines each row is, of all that the file ever held."""
        firsts = np.array([file.first for file in self.files], np.int64)
        return self.row_in_file + firsts[self.file]

    @cached_property
    def _merged(self) -> tuple[Lines, Int64Array, Int64Array]:
        lines = Lines.of([])
        for file in self.files:
            lines = lines.plus(file.lines)
        sizes = [len(file.lines) for file in self.files]
        number = np.repeat(np.arange(len(sizes)), sizes)
        row = np.arange(len(lines)) - np.repeat(np.cumsum([0, *sizes])[:-1], sizes)
        time = sort_times(lines.rows["wall_time"])
        if (time[1:] >= time[:-1]).all():
            return lines, number, row
        order = np.argsort(time, kind="stable")
        return Lines(lines.rows[order], lines.levels), number[order], row[order]


def sort_times(wall_time: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """As lines are sorted by: those without a time come first.

    >>> sort_times(np.array([np.nan, 2.0]))
    array([-inf,   2.])
    """
    return np.where(np.isfinite(wall_time), wall_time, -np.inf)


def no_logs() -> RunLogs:
    return _NONE


_NONE = RunLogs((), "")
