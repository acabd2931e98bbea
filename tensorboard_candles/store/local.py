"""Runs in a log directory, read in a background thread."""

from __future__ import annotations

import itertools
import logging
import math
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from weakref import WeakKeyDictionary

from tensorboard_candles.errors import NotFound
from tensorboard_candles.events import LogRoot, discover
from tensorboard_candles.events.discovery import Discovered
from tensorboard_candles.events.storage import LogPath, is_within, parent_of
from tensorboard_candles.store.cache_keeper import CacheKeeper
from tensorboard_candles.store.content import MOST_LINES, MOST_RECORDS
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.readers import Readers
from tensorboard_candles.store.run import Run, RunFile
from tensorboard_candles.store.source import Loading, Problem, RunDirectory, RunView

logger = logging.getLogger(__name__)

_FIRST_LISTING_SECS = 2.0
_LONGEST_PAUSE_SECS = 10.0
_WATCHED_PAUSE = 1 / 5
"""Pause between two looks at what somebody watches, as part of that between two looks at all."""
_LEAST_WATCHED_PAUSE_SECS = 0.2
_LISTING_PAUSE = 20
"""A listing is followed by a pause of so many times as long as it took."""
_LONGEST_LISTING_PAUSE_SECS = 30.0
_WATCHED_SECS = 10.0
"""So long after it was asked for a run counts as looked at."""
_TOO_MANY = "{:,} summaries of more than numbers left out: there are more than {:,}"
_TOO_MANY_LINES = "{:,} lines of logs left out, the oldest: there are more than {:,}"
_TRY_AGAIN_SECS = 1.0
"""Pause after a look that failed, where one look was all that was asked for."""


class LocalSource:
    """Every run below the roots, kept up to date while the process lives.

    >>> from pathlib import Path
    >>> source = LocalSource([LogRoot(Path("runs"))])
    >>> source.refresh()  # or .start(), to do so in the background
    >>> [run.name for run in source.runs()]
    []

    `poll_secs` is the pause between two looks at the files; None looks once only. A `keeper` keeps what was
    read on disk for the next process, while the source runs in the background. `memory` bounds what points
    take; by default half of what this process may have.

    One thread looks for files, some others read them, and no request waits for any: what requests see is
    replaced as a whole, or guarded by its run. A change is made before the version tells of it, so that no
    version is of older data.
    """

    def __init__(
        self,
        roots: Sequence[LogRoot],
        *,
        poll_secs: float | None = 1.0,
        keeper: CacheKeeper | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._roots = roots
        self._poll_secs = poll_secs
        self._keeper = keeper
        self._memory = memory or Memory()
        self._readers = Readers(self._note_change, self._memory, keeper)
        self._start_lock = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._directories: WeakKeyDictionary[Run, tuple[object, Sequence[RunDirectory]]] = WeakKeyDictionary()
        """Where each run lies, beside the files from which that is known."""
        self._unreadable: tuple[tuple[str, str], ...] = ()
        self._listing_error: str | None = None
        self._is_pending = False
        self._is_known_by_walks = False
        self._list_at = -math.inf
        self._changes = 0
        self._changes_lock = threading.Lock()
        # Versions of an earlier process must never look like this one's.
        self._nonce = secrets.token_hex(4)
        self._thread: threading.Thread | None = None
        self._is_listed = threading.Event()

    def start(self) -> None:
        """Begin to read in the background, once; waits a moment so that the first answer knows the runs."""
        with self._start_lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_fresh, name="candles-ingest", daemon=True)
                self._thread.start()
        self._is_listed.wait(_FIRST_LISTING_SECS)

    def refresh(self) -> None:
        """Look for new runs and files, then read what is new in each; returns when all is read."""
        self._list()
        self._readers.want({file: run for run in self._runs.values() for file in run.files.values()})
        self._readers.wait()

    def version(self) -> str:
        return f"{self._nonce}.{self._changes}"

    def watch(self, names: Sequence[str]) -> None:
        now = time.monotonic()
        for name in names:
            if run := self._runs.get(name):
                run.asked_at = now

    def loading(self) -> Loading:
        is_listed = self._is_listed.is_set()
        files = self._files()
        if not is_listed or (self._is_pending and not files):
            return Loading(0, max(1, len(files)), 0, 0)
        return Loading(
            done=sum(file.is_loaded for file in files),
            total=len(files),
            bytes_read=sum(file.events.bytes_read for file in files),
            bytes_total=sum(max(file.size_bytes, file.events.bytes_read) for file in files),
        )

    def problems(self, most: int | None = None) -> Sequence[Problem]:
        return list(itertools.islice(self._problems(), most))

    def problem_count(self) -> int:
        in_files = sum(
            file.events.problem_count
            + bool(file.error)
            + bool(file.content.records_left_out)
            + bool(file.content.lines_left_out)
            for file in self._files()
        )
        of_all = bool(self._listing_error) + bool(self._memory.scratch.problem)
        return len(self._unreadable) + of_all + in_files

    def _files(self) -> list[RunFile]:
        return [file for run in self._runs.values() for file in run.files.values()]

    def _problems(self) -> Iterator[Problem]:
        for directory, what in self._unreadable:
            yield Problem("", directory, 0, what)
        if error := self._listing_error:
            yield Problem("", "", 0, error)
        if error := self._memory.scratch.problem:
            yield Problem("", "", 0, f"what is beyond --candles_memory stays in memory: {error}")
        for run in self._runs.values():
            for path, file in run.files.items():
                if error := file.error:
                    yield Problem(run.name, path.name, 0, error)
                if left_out := file.content.records_left_out:
                    yield Problem(run.name, path.name, 0, _TOO_MANY.format(left_out, MOST_RECORDS))
                if left_out := file.content.lines_left_out:
                    yield Problem(run.name, path.name, 0, _TOO_MANY_LINES.format(left_out, MOST_LINES))
                for damage in file.events.problems:
                    yield Problem(run.name, path.name, damage.offset, damage.what)

    def runs(self) -> Sequence[RunView]:
        # By name already, see `_follow`.
        views = [run.known_view or self._view(run) for run in self._runs.values()]
        return [view for view in views if view.holds_anything]

    def run(self, name: str) -> RunView:
        run = self._runs.get(name)
        if run is None:
            raise NotFound(f"no such run: {name!r}")
        run.asked_at = time.monotonic()
        if not all(file.is_loaded for file in run.files.values()):
            self._readers.hurry(run.files.values())
        return self._view(run)

    def run_names(self) -> Sequence[str]:
        return sorted(self._runs)

    def directories(self, name: str) -> Sequence[RunDirectory]:
        run = self._runs.get(name)
        if run is None:
            raise NotFound(f"no such run: {name!r}")
        files, known = run.files, self._directories.get(run)
        if known is None or known[0] is not files:
            paths = {str(above): above for above in map(parent_of, files)}
            found = [RunDirectory(path, root) for path in paths.values() if (root := self._root_of(path))]
            known = self._directories[run] = files, found
        return known[1]

    def _root_of(self, path: LogPath) -> LogPath | None:
        """The innermost, where one log directory lies in another."""
        roots = [root.path for root in self._roots if is_within(path, root.path)]
        return max(roots, key=lambda root: len(str(root)), default=None)

    def _view(self, run: Run) -> RunView:
        view = run.view()
        # To put a run of several files together takes memory, too.
        self._memory.make_room()
        return view

    def _keep_fresh(self) -> None:
        while True:
            began = time.monotonic()
            try:
                is_idle = self._look(began)
            except Exception:
                # The thread's last line of defence: what went wrong once may go well the next time.
                logger.exception("Reading the log directory failed; trying again")
                is_idle = False
            is_complete = is_idle and not self._listing_error and not self._is_pending
            if is_complete and self._poll_secs is None:
                if self._keeper:
                    self._keeper.keep_at_last(self._files())
                return
            took = time.monotonic() - began
            # Where there is much to look at, leave others their time, too.
            pause_secs = max((self._poll_secs or _TRY_AGAIN_SECS) - took, took / 4)
            self._rest(min(pause_secs, _LONGEST_PAUSE_SECS))

    def _rest(self, pause_secs: float) -> None:
        """Look at nothing but what somebody watches."""
        until = time.monotonic() + pause_secs
        every_secs = max(_LEAST_WATCHED_PAUSE_SECS, (self._poll_secs or math.inf) * _WATCHED_PAUSE)
        while (left := until - time.monotonic()) > every_secs:
            time.sleep(every_secs)
            began = time.monotonic()
            try:
                self._look_at_watched(began)
            except Exception:
                logger.exception("Reading what is watched failed; trying again")
            took = time.monotonic() - began
            every_secs = max(every_secs, 4 * took)
        time.sleep(max(0.0, left))

    def _look_at_watched(self, now: float) -> None:
        """Read on those files of runs that somebody watches which have changed, where asking is cheap."""
        watched = [run for run in self._runs.values() if now - run.asked_at < _WATCHED_SECS]
        grown = {file: run for run in watched for file in run.files.values() if file.has_changed()}
        if grown:
            self._readers.want(grown)
            self._readers.wait(_LEAST_WATCHED_PAUSE_SECS)

    def _look(self, now: float) -> bool:
        """One look at the log directory; True where all that is there has been read when it is over."""
        if now >= self._list_at:
            self._list()
            took = time.monotonic() - now
            if not self._is_known_by_walks:
                # Where there is very much to list, let other things come to pass, too.
                self._list_at = now + min(took * _LISTING_PAUSE, _LONGEST_LISTING_PAUSE_SECS)
        due = {
            file: run
            for run in self._runs.values()
            for file in run.files.values()
            if file.is_due(now, is_watched=now - run.asked_at < _WATCHED_SECS)
        }
        self._readers.want(due)
        is_idle = self._readers.wait(self._poll_secs)
        if is_idle and self._keeper:
            self._keeper.keep(self._files())
        return is_idle

    def _list(self) -> None:
        try:
            self._follow_directories()
        finally:
            self._is_listed.set()

    def _follow_directories(self) -> None:
        try:
            found = discover(self._roots)
        except Exception as failure:
            # A last line of defence: the files that are known are read on all the same.
            if not self._listing_error:
                logger.exception("The log directory could not be listed; trying again")
                self._note_listing_error(f"could not be listed: {_told(failure)}")
            return
        self._note_listing_error(None)
        self._follow(found)

    def _note_listing_error(self, error: str | None) -> None:
        is_new = error != self._listing_error
        self._listing_error = error
        if is_new:
            self._note_change()

    def _note_change(self) -> None:
        with self._changes_lock:
            self._changes += 1

    def _follow(self, found: Discovered) -> None:
        files = self._files_by_run(found)
        runs = {name: self._runs.get(name) or Run(name, self._memory) for name in sorted(files)}
        self._memory.follow(runs.values())
        changed = bool(self._runs.keys() - runs) or self._unreadable != found.unreadable
        for name, run in runs.items():
            changed |= run.keep_only(files[name])
        for run in runs.values():
            for file in run.files.values():
                if not file.is_loaded and not file.size_bytes:
                    file.measure()
        changed |= self._is_pending != found.is_pending and not runs
        self._unreadable = found.unreadable
        self._is_pending = found.is_pending
        self._is_known_by_walks = found.is_known_by_walks
        self._runs = runs
        if changed:
            self._note_change()

    def _files_by_run(self, found: Discovered) -> dict[str, tuple[LogPath, ...]]:
        """All that was found, and what is known below directories that could not be listed this time."""
        files = {listed.name: listed.files for listed in found.runs}
        is_hidden = _below([directory for directory, _ in found.unreadable])
        for name, run in self._runs.items() if found.unreadable else ():
            if hidden := [path for path in run.files if is_hidden(os.path.dirname(str(path)))]:
                both = dict.fromkeys([*files.get(name, ()), *hidden])
                files[name] = tuple(sorted(both, key=lambda path: path.name))
        return files


def _below(directories: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a directory is one of these, or lies below one.

    >>> is_below = _below(["./a"])
    >>> is_below("a/b"), is_below("ab")
    (True, False)
    """
    these = set(map(os.path.normpath, directories))

    @cache
    def is_below(directory: str) -> bool:
        above = os.path.dirname(directory)
        return os.path.normpath(directory) in these or (above != directory and is_below(above))

    return is_below


def _told(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"
