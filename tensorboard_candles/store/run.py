"""One run: its files as they are read, and the series that follow from them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.events import BulkDecoder, EventFile, Window
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.content import EPOCH_MARKS, NO_COLUMNS, FileContent
from tensorboard_candles.store.restarts import FilePart, surviving
from tensorboard_candles.store.source import RunView, Series


class RunFile:
    """What has been read of one file of a run.

    Where another file takes the place of this one (a log directory that rsync keeps, say), that one is read
    beside `content`, which stays what the earlier file held until the new one has been read to its end: half
    of a file is never shown as if it were the whole. In the meantime `is_loaded` is false.
    """

    def __init__(self, path: Path, bulk: BulkDecoder) -> None:
        self.path = path
        self._bulk = bulk
        self.events = EventFile(path, bulk)
        self.content = FileContent()
        self._next_content: FileContent | None = None
        self.size_bytes = 0
        self.is_loaded = False
        """True once it has been read to its end, as it was at some time."""
        self.error: str | None = None

    def add(self, window: Window) -> None:
        if window.replaced:
            self._next_content = FileContent()
            self.is_loaded = False
            self.measure()
        try:
            (self._next_content or self.content).add(window)
        except Exception:
            self._begin_again()
            raise

    def _begin_again(self) -> None:
        """Half a window must never count as all of it: the file is read again from its start."""
        self.events = EventFile(self.path, self._bulk)
        if self._next_content:
            self._next_content = FileContent()
        else:
            self.content = FileContent()

    def finish(self, error: str | None) -> None:
        """This look at the file is over: at its end, or where an error stopped it."""
        if self._next_content and not error:
            self.content, self._next_content = self._next_content, None
        self.error = error
        self.is_loaded = True

    def measure(self) -> None:
        """Look how large the file is."""
        try:
            self.size_bytes = os.stat(self.path).st_size
        except OSError:
            self.size_bytes = 0

    def part(self, key: str | None) -> FilePart:
        content = self.content
        columns = content.columns.get(key, NO_COLUMNS)
        return FilePart(columns, content.first_wall_time, content.starts)


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
        keys = {key for file in self.files.values() for key in file.content.columns}
        merged = {key: self._merge(key) for key in sorted(keys, key=lambda key: key or "")}
        self._merged = merged
        series = {
            tag: Series.of(self.name, tag, found.columns.points(), lineage=found.columns.lineage)
            for tag, found in merged.items()
            if tag is not None and len(found.columns)
        }
        marks = merged[EPOCH_MARKS].columns.points() if EPOCH_MARKS in merged else no_points()
        return RunView.of(self.name, f"{self._nonce}.{self._changes}", series, marks)

    def _merge(self, key: str | None) -> _Merged:
        """Points of all files that count; what was merged before, where none of them has changed since."""
        parts = [file.part(key) for file in self.files.values()]
        lengths = [len(part.columns) for part in parts]
        before = self._merged.get(key)
        if before and before.parts == parts and before.lengths == lengths:
            return before
        return _Merged(parts, lengths, surviving(parts))


@dataclass(frozen=True, slots=True)
class _Merged:
    parts: list[FilePart]
    lengths: list[int]
    columns: PointColumns
