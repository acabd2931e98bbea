"""One run: its files as they are read, and the series that follow from them."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.events import BulkDecoder, EventFile, Points, Segment, SessionStart, Window
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.restarts import FilePart, surviving
from tensorboard_candles.store.source import Lineage, RunView, Series

_EPOCH_MARKS = None
"""Key of the epoch marks beside the tags: no tag can be equal to it."""


class RunFile:
    """What has been read of one file of a run."""

    def __init__(self, path: Path, bulk: BulkDecoder) -> None:
        self.path = path
        self._bulk = bulk
        self.events = EventFile(path, bulk)
        self.size_bytes = 0
        self.is_loaded = False
        """True once it has been read to its end, as it was at some time."""
        self.error: str | None = None
        self._forget()

    def _forget(self) -> None:
        self.columns: dict[str | None, PointColumns] = {}
        self.starts: list[SessionStart] = []
        self.first_wall_time = math.inf

    def add(self, window: Window) -> None:
        try:
            self._add(window)
        except Exception:
            # Half a window must never count as all of it: the file is read again from its start.
            self.events = EventFile(self.path, self._bulk)
            self._forget()
            raise

    def _add(self, window: Window) -> None:
        if window.replaced:
            self._forget()
        self.first_wall_time = min(self.first_wall_time, window.first_wall_time)
        for segment in window.segments:
            self._add_segment(segment)

    def _add_segment(self, segment: Segment) -> None:
        if segment.start:
            self.starts.append(segment.start)
            self._void_from(segment.start.step)
        for key, points in (*segment.scalars.items(), (_EPOCH_MARKS, segment.epoch_marks)):
            if key in self.columns:
                self.columns[key].extend(points)
            elif len(points):
                self.columns[key] = PointColumns(points)

    def _void_from(self, step: int) -> None:
        """What this file said before a session that starts at `step` and goes beyond it is void."""
        for key, columns in self.columns.items():
            points = columns.points()
            is_void = points.step >= step
            if is_void.any():
                self.columns[key] = PointColumns(points.where(~is_void))

    def signature(self, key: str | None) -> object:
        """Changes whenever `part` does."""
        columns = self.columns.get(key)
        return (columns and (columns.lineage, len(columns)), self.first_wall_time, tuple(self.starts))

    def part(self, key: str | None) -> FilePart:
        columns = self.columns.get(key)
        points, is_sorted = (columns.points(), columns.is_sorted) if columns else (no_points(), True)
        return FilePart(points, is_sorted, self.first_wall_time, tuple(self.starts))


class Run:
    """All files of one run. Not safe for threads by itself: its owner holds a lock."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[Path, RunFile] = {}
        self._changes = 0
        # Another run of this name, of an earlier process or after deletion, must not share a version.
        self._nonce = secrets.token_hex(4)
        self._view: RunView | None = None
        self._merged: dict[str | None, _Merged] = {}

    def keep_only(self, paths: tuple[Path, ...], bulk: BulkDecoder) -> bool:
        """Follow the directory: files that went are forgotten, new ones wait to be read. True if changed."""
        if tuple(self.files) == paths:
            return False
        self.files = {path: self.files.get(path) or RunFile(path, bulk) for path in paths}
        self.touch()
        return True

    def touch(self) -> None:
        """Note that something in the run changed."""
        self._changes += 1
        self._view = None

    def view(self) -> RunView:
        """The run as it is now; the same object as long as nothing changes."""
        if self._view is None:
            self._view = self._build_view()
        return self._view

    def _build_view(self) -> RunView:
        keys = {key for file in self.files.values() for key in file.columns}
        merged = {key: self._merge(key) for key in sorted(keys, key=lambda key: key or "")}
        self._merged = merged
        series = {
            tag: Series.of(self.name, tag, found.points, lineage=found.lineage)
            for tag, found in merged.items()
            if tag is not None and len(found.points)
        }
        marks = merged[_EPOCH_MARKS].points if _EPOCH_MARKS in merged else no_points()
        return RunView.of(self.name, f"{self._nonce}.{self._changes}", series, marks)

    def _merge(self, key: str | None) -> _Merged:
        """Points of all files that count; what was merged before, where none of them has changed since."""
        files = list(self.files.values())
        signature = tuple(file.signature(key) for file in files)
        before = self._merged.get(key)
        if before and before.signature == signature:
            return before
        parts = [file.part(key) for file in files]
        points = surviving(parts)
        # Points that came through as they stand in their file grow as that grows; others are made anew.
        untouched = (
            file.columns[key].lineage
            for file, part in zip(files, parts, strict=True)
            if part.points is points and key in file.columns
        )
        return _Merged(signature, points, next(untouched, Lineage()))


@dataclass(frozen=True, slots=True)
class _Merged:
    signature: tuple[object, ...]
    points: Points
    lineage: Lineage
