"""One run: its files as they are read, and the series that follow from them."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tensorboard_candles.events import Arguments, EventFile, LogPath, Window
from tensorboard_candles.events.arguments import overruled_arguments
from tensorboard_candles.events.points import Float64Array, no_points
from tensorboard_candles.events.said import Said, overruled
from tensorboard_candles.events.storage import Identity, storage_of
from tensorboard_candles.events.tail import Reached
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.content import EPOCH_MARKS, ContentState, FileContent
from tensorboard_candles.store.holdings import Holdings
from tensorboard_candles.store.logs import FileLines, RunLogs, no_logs
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.merged import Merged
from tensorboard_candles.store.records import FileRecords, Records, records_of
from tensorboard_candles.store.scratch import Scratch
from tensorboard_candles.store.source import RunView

_PAUSE = 1 / 20
"""Pause between two looks at a file, as part of the time for which it has been quiet."""
_LONGEST_PAUSE_SECS = 60.0


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read of a file, and what it takes to read on: all that is to be kept of it on disk."""

    reached: Reached
    content: ContentState
    scratch: Scratch | None = None
    """Where on disk the content is to grow; None where memory had room for it when it was loaded."""


class RunFile:
    """What has been read of one file of a run.

    Where another file takes the place of this one (a log directory that rsync keeps, say), that one is read
    beside `content`, which stays what the earlier file held until the new one has been read to its end: half
    of a file is never shown as if it were the whole. In the meantime `is_loaded` is false. So it is where a
    window could not be taken in, and all is read again.
    """

    def __init__(self, path: LogPath) -> None:
        self.path = path
        self.events = EventFile(path)
        self.content = FileContent()
        self._next_content: FileContent | None = None
        self.size_bytes = 0
        self.is_loaded = False
        """True once it has been read to its end, as it was at some time."""
        self.error: str | None = None
        self.is_new = True
        """Until a first look at it."""
        self.changed_at = time.monotonic()
        """When something new was last read of it, in seconds of the monotonic clock."""
        self._looked_at = -math.inf
        self.kept: Identity | None = None
        """The file as it was when what it held was last to be kept on disk."""

    def is_due(self, now: float, *, is_watched: bool) -> bool:
        """Whether to look at the file again: the longer it has been quiet, the less often."""
        pause_secs = (
            0.0 if is_watched or not self.is_loaded else min(_PAUSE * self.quiet_secs(), _LONGEST_PAUSE_SECS)
        )
        if now - self._looked_at < pause_secs:
            return False
        self._looked_at = now
        return True

    def has_changed(self) -> bool:
        """Whether there is something to read, as far as asking costs next to nothing."""
        storage = storage_of(self.path)
        if self.error or not self.is_loaded:
            return False  # which the next look at all files sees to
        try:
            return not storage.is_known_by_walks and storage.identity(str(self.path)) != self.events.seen
        except OSError:
            return False

    def quiet_secs(self) -> float:
        """For how long nothing new has come."""
        quiet_secs = time.monotonic() - self.changed_at
        seen = self.events.seen
        if seen and isinstance(seen.state, int):
            # The time of the last change: it may have been quiet long before this process began.
            quiet_secs = max(quiet_secs, time.time() - seen.state / 1e9)
        return quiet_secs

    def resume(self, saved: Saved) -> None:
        """Read on behind what was kept on disk of this file: of all of it, or else from its start."""
        content = FileContent.of(saved.content)
        if saved.scratch:
            for columns in content.columns.values():
                columns.move_to(saved.scratch)
        self.events, self.content = EventFile(self.path, reached=saved.reached), content
        self.kept = saved.reached.seen

    def saved(self) -> Saved | None:
        """What is to be kept on disk; None where it has not been read to its end."""
        reached = self.events.reached
        if not reached or not self.is_loaded or self.error:
            return None
        return Saved(reached, self.content.state())

    def add(self, window: Window) -> None:
        self.changed_at = time.monotonic()
        if window.replaced:
            self._next_content = FileContent()
            self.kept = None
            self.measure()
        if self._next_content:
            self.is_loaded = False
        try:
            (self._next_content or self.content).add(window)
        except Exception:
            self._begin_again()
            raise

    def records(self) -> FileRecords:
        """Where its summaries of more than numbers stand."""
        content = self.content
        return FileRecords(self.path, content.records, content.first_wall_time, content.starts)

    def lines(self) -> FileLines:
        """Where the lines of its logs stand."""
        content = self.content
        return FileLines(self.path, content.lines, content.lines_left_out, content.lineage)

    def columns(self) -> list[PointColumns]:
        """All that it holds."""
        contents = [self.content, *([self._next_content] if self._next_content else [])]
        return [columns for content in contents for columns in content.columns.values()]

    def _begin_again(self) -> None:
        """Half a window must never count as all of it: the file is read again from its start."""
        self.events = EventFile(self.path)
        self._next_content = FileContent()

    def finish(self, error: str | None) -> None:
        """This look at the file is over: at its end, or where an error stopped it."""
        if self._next_content and not error:
            self.content, self._next_content = self._next_content, None
        self.error = error
        self.is_loaded = True

    def measure(self) -> None:
        """Look how large the file is."""
        try:
            self.size_bytes = storage_of(self.path).identity(str(self.path)).size
        except OSError:
            self.size_bytes = 0


class Run:
    """All files of one run. One thread adds what it reads, others look: each sees it whole."""

    def __init__(self, name: str, memory: Memory) -> None:
        self.name = name
        self._memory = memory
        self.files: dict[LogPath, RunFile] = {}
        """Replaced as a whole where it changes."""
        self.asked_at = -math.inf
        """When somebody last looked at it, in seconds of the monotonic clock."""
        # A lock for each run: while one that is large is put together, the others are read on.
        self._lock = threading.Lock()
        self._changes = 0
        # Another run of this name, of an earlier process or after deletion, must not share a version.
        self._nonce = secrets.token_hex(4)
        self._view: RunView | None = None
        self._merged: dict[str | None, Merged] = {}
        self._found_records: tuple[Sequence[FileRecords], Records, str] = (), {}, ""
        """What followed from which files, and its version."""
        self._logs = no_logs()
        self._in_files = Holdings()
        self._in_merged = Holdings()
        """But for what lies in files as well."""

    def keep_only(self, paths: tuple[LogPath, ...]) -> bool:
        """Follow the directory: files that went are forgotten, new ones wait to be read. True if changed."""
        # A directory may be named twice.
        if list(self.files) == list(dict.fromkeys(paths)):
            return False
        with self._lock:
            before = self.files
            self.files = {path: before.get(path) or RunFile(path) for path in paths}
            self._touch()
            for path in before.keys() - self.files.keys():
                self._note(before[path])
        return True

    def scratch_for(self, points: int) -> Scratch | None:
        """Where on disk so many more points belong; None where memory has room for them."""
        return self._memory.scratch_for(points)

    def resume(self, file: RunFile, saved: Saved) -> None:
        """Take over what is kept on disk of one of the files."""
        with self._lock:
            self._touch()
            file.resume(saved)
            self._note(file)

    def add(self, file: RunFile, window: Window) -> None:
        """Take in what was read of one of the files."""
        with self._lock:
            self._touch()
            file.add(window)
            self._note(file)

    def finish(self, file: RunFile, error: str | None) -> None:
        """A look at one of the files, that brought something new, is over."""
        with self._lock:
            self._touch()
            file.finish(error)
            self._note(file)

    def _touch(self) -> None:
        self._changes += 1
        self._view = None

    @property
    def changes(self) -> int:
        """Rises with every change."""
        return self._changes

    def move_to(self, scratch: Scratch) -> None:
        """Points that are in memory go to disk; what looks at them already is not concerned."""
        self._rearrange(lambda columns: columns.move_to(scratch))

    def trim(self) -> None:
        """Give back memory that nothing has grown into."""
        self._rearrange(PointColumns.trim)

    def _rearrange(self, change: Callable[[PointColumns], None]) -> None:
        with self._lock:
            every = self._columns()
        for columns in every:
            # One at a time: who wants to look at the run need not wait for all.
            with self._lock:
                change(columns)
                self._view = None
        with self._lock:
            for file in self.files.values():
                self._note(file)
            for key in self._merged:
                self._note_merged(key)

    def _columns(self) -> list[PointColumns]:
        """All that the run holds, each once."""
        held = [columns for file in self.files.values() for columns in file.columns()]
        held += [merged.columns for merged in self._merged.values()]
        return list({id(columns): columns for columns in held}.values())

    def _note(self, file: RunFile) -> None:
        """Count what a file holds now."""
        # One that went may still be read.
        is_ours = self.files.get(file.path) is file
        if self._in_files.note(file, file.columns() if is_ours else []):
            # Of what it held before, these would be all that is left; they are to be made anew.
            self._merged = {
                key: merged
                for key, merged in self._merged.items()
                if merged.columns in self._in_files or merged.columns in self._in_merged
            }
        self._count()

    def _note_merged(self, key: str | None) -> None:
        """Count what a tag's points of all files take now, beside those of the files."""
        merged = self._merged.get(key)
        is_own = merged and merged.columns not in self._in_files
        before = self._in_merged.movable_bytes
        self._in_merged.note(key, [merged.columns] if merged and is_own else [])
        if self._in_merged.movable_bytes != before:
            self._count()

    def _count(self) -> None:
        self._memory.count(self, self._in_files.movable_bytes + self._in_merged.movable_bytes)

    @property
    def known_view(self) -> RunView | None:
        """What `view` would give, where it is there already."""
        return self._view

    def view(self) -> RunView:
        """The run as it is now; the same object as long as nothing changes."""
        with self._lock:
            if self._view is None:
                self._view = self._build_view()
            return self._view

    def _build_view(self) -> RunView:
        self._merge()
        tags = sorted(tag for tag, merged in self._merged.items() if tag is not None and len(merged.columns))
        series = {tag: self._merged[tag].columns.series(self.name, tag) for tag in tags}
        marks = self._merged.get(EPOCH_MARKS)
        shown = [self._merged[tag].columns for tag in series]
        first = min((columns.first_wall_time for columns in shown), default=math.inf)
        last = max((columns.last_wall_time for columns in shown), default=-math.inf)
        records, records_version = self._records()
        return RunView(
            self.name,
            version=f"{self._nonce}.{self._changes}",
            series=series,
            epoch_marks=marks.columns.points() if marks else no_points(),
            start_time=first if math.isfinite(first) else math.nan,
            end_time=last if math.isfinite(last) else math.nan,
            said=self._said(),
            arguments=self._arguments(),
            records=records,
            records_version=records_version,
            logs=self._logs_now(),
            began=self._began(),
        )

    def _logs_now(self) -> RunLogs:
        """Another object only where another line is known."""
        files = [found for file in self.files.values() if len((found := file.lines()).lines)]
        before = self._logs.files
        if len(files) != len(before) or not all(map(FileLines.is_as, files, before)):
            self._logs = RunLogs(files, f"{self._nonce}.{self._changes}")
        return self._logs

    def _began(self) -> Float64Array:
        contents = [file.content for file in self.files.values()]
        starts = [content.starts.wall_time for content in contents]
        times = np.concatenate([np.array([content.first_wall_time for content in contents]), *starts])
        return np.unique(times[np.isfinite(times)])

    def _said(self) -> Said:
        nothing: Said = {}
        return reduce(overruled, (file.content.said for file in self.files.values()), nothing)

    def _arguments(self) -> Arguments:
        none: Arguments = {}
        return reduce(overruled_arguments, (file.content.arguments for file in self.files.values()), none)

    def _records(self) -> tuple[Records, str]:
        """Made anew, with another version, only where something of them has changed."""
        files = [file.records() for file in self.files.values()]
        before, found, version = self._found_records
        is_same = len(files) == len(before) and all(map(FileRecords.is_as, files, before))
        if not is_same:
            found, version = records_of(files), f"{self._nonce}.{self._changes}"
            self._found_records = files, found, version
        return found, version

    def _merge(self) -> None:
        """Bring up to date what all files together say of each tag."""
        contents = [file.content for file in self.files.values()]
        keys = {key for content in contents for key in content.columns}
        for key in self._merged.keys() - keys:
            del self._merged[key]
            self._note_merged(key)
        for key in keys:
            parts = [content.part(key) for content in contents if content.concerns(key)]
            merged = self._merged.get(key) or Merged(parts, self._memory.scratch_for)
            merged.update(parts)
            self._merged[key] = merged
            # One by one: each finds memory as those before have left it.
            self._note_merged(key)
