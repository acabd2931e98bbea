"""Which of a run's summaries that hold more than numbers count: by the rules for points, see `restarts`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tensorboard_candles.events import LogPath, OwnRecord, Points, RecordAt
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.restarts import FilePart, surviving
from tensorboard_candles.store.starts import Starts

Records: TypeAlias = Mapping[str, tuple[RecordAt, ...]]
"""By kind."""


@dataclass(frozen=True, slots=True, eq=False)
class FileRecords:
    """Those of one file, and what the file says of sessions."""

    path: LogPath
    records: tuple[OwnRecord, ...]
    first_wall_time: float
    starts: Starts

    def is_as(self, other: FileRecords) -> bool:
        """Whether both say the same: what has not changed is the same object."""
        return (
            self.path == other.path
            and self.records is other.records
            and self.starts is other.starts
            and self.first_wall_time == other.first_wall_time
        )


def records_of(files: Sequence[FileRecords]) -> Records:
    """Those of all files of a run that count, by step, ties in the order of arrival.

    >>> from pathlib import Path
    >>> def file(name, time, *steps):
    ...     records = [OwnRecord("attention", "a", step, time, 99, 20, 0) for step in steps]
    ...     return FileRecords(Path(name), tuple(records), time, Starts.none())
    >>> found = records_of([file("1", 10.0, 0, 100, 200), file("2", 20.0, 100)])
    >>> [(record.step, record.path.name) for record in found["attention"]]
    [(0, '1'), (100, '2')]
    """
    every = [(number, record) for number, file in enumerate(files) for record in file.records]
    by_series: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, (_, record) in enumerate(every):
        by_series[record.kind, record.tag].append(row)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for (kind, _), rows in by_series.items():
        by_kind[kind] += _surviving_rows(files, every, rows)
    found = {}
    for kind, rows in by_kind.items():
        # Rows are in the order of arrival.
        rows.sort(key=lambda row: (every[row][1].step, row))
        kept = (every[row] for row in rows)
        found[kind] = tuple(_at(record, files[number].path) for number, record in kept)
    return found


def _surviving_rows(
    files: Sequence[FileRecords], every: Sequence[tuple[int, OwnRecord]], rows: Sequence[int]
) -> list[int]:
    """Of the rows of one kind and tag those that count: told as points are, whose values are the rows."""
    by_file: list[list[int]] = [[] for _ in files]
    for row in rows:
        by_file[every[row][0]].append(row)
    parts = [
        FilePart(_columns([every[row][1] for row in of_file], of_file), file.first_wall_time, file.starts)
        for file, of_file in zip(files, by_file, strict=True)
    ]
    kept: list[int] = surviving(parts).points().value.astype(np.int64).tolist()
    return kept


def _columns(records: Sequence[OwnRecord], rows: Sequence[int]) -> PointColumns:
    step = np.array([record.step for record in records], np.int64)
    wall_time = np.array([record.wall_time for record in records], np.float64)
    return PointColumns(Points(step, wall_time, np.array(rows, np.float64)))


def _at(record: OwnRecord, path: LogPath) -> RecordAt:
    place = record.offset, record.size, record.index
    return RecordAt(record.kind, record.tag, record.step, record.wall_time, *place, path)
