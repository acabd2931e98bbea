"""Threads that read files: many at a time, first those that someone waits for."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tensorboard_candles.events import BulkDecoder, EventFile, Stopped, Window, read_together
from tensorboard_candles.events.together import MOST_BYTES
from tensorboard_candles.store.cache_keeper import CacheKeeper
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.run import Run, RunFile

logger = logging.getLogger(__name__)

MOST_THREADS = 4
_MOST_FILES = 64
"""Files that one thread takes at a time; fewer where they hold more than is decoded in one go."""


class Readers:
    """Reads the files that are wanted, each by one thread at a time.

    The threads end when there is nothing left to read. `changed` is called after each change of what a run
    holds, by any of them.
    """

    def __init__(
        self, changed: Callable[[], None], memory: Memory, keeper: CacheKeeper | None = None
    ) -> None:
        self._changed = changed
        self._memory = memory
        self._keeper = keeper
        self._state = threading.Condition()
        self._waiting: dict[RunFile, Run] = {}
        self._hurried: dict[RunFile, None] = {}
        self._busy: dict[RunFile, Run] = {}
        self._threads = 0
        # What a thread learned of the shapes of records serves the next one.
        self._decoders: list[BulkDecoder] = []

    def want(self, files: Mapping[RunFile, Run]) -> None:
        """Have them read; those that wait already, or are being read, only once."""
        with self._state:
            self._waiting |= {file: run for file, run in files.items() if file not in self._busy}
            missing = min(_useful_threads(self._waiting), len(self._waiting)) - self._threads
            for _ in range(missing):
                threading.Thread(target=self._work, name="candles-reader", daemon=True).start()
                self._threads += 1

    def hurry(self, files: Iterable[RunFile]) -> None:
        """Someone waits for these: those of them that are wanted come first."""
        with self._state:
            self._hurried |= dict.fromkeys(file for file in files if file in self._waiting)

    def wait(self, timeout_secs: float | None = None) -> bool:
        """Until there is nothing left to read; False where that took too long."""
        with self._state:
            return self._state.wait_for(lambda: not (self._waiting or self._busy), timeout_secs)

    def _work(self) -> None:
        bulk: BulkDecoder | None = None
        while files := self._take():
            try:
                bulk = bulk or self._decoder()
                self._read(files, bulk)
            except Exception:
                # The thread's last line of defence: what is still wanted is wanted again with the next look.
                logger.exception("Reading went wrong; trying again")
            finally:
                with self._state:
                    for file in files:
                        del self._busy[file]
                    self._state.notify_all()
        if bulk:
            self._decoders.append(bulk)

    def _decoder(self) -> BulkDecoder:
        with self._state:
            return self._decoders.pop() if self._decoders else BulkDecoder()

    def _take(self) -> dict[RunFile, Run]:
        """What one thread reads next; nothing where nothing is left, and the thread is to end."""
        taken: dict[RunFile, Run] = {}
        new_bytes = 0
        with self._state:
            while self._waiting and len(taken) < _MOST_FILES and new_bytes < MOST_BYTES:
                file = self._next()
                taken[file] = self._waiting.pop(file)
                new_bytes += max(0, file.size_bytes - file.events.bytes_read)
            self._busy |= taken
            self._threads -= not taken
        return taken

    def _next(self) -> RunFile:
        while self._hurried:
            file = next(iter(self._hurried))
            del self._hurried[file]
            if file in self._waiting:
                return file
        return next(iter(self._waiting))

    def _read(self, files: Mapping[RunFile, Run], bulk: BulkDecoder) -> None:
        looks: dict[EventFile, _Look] = {}
        for events, found in read_together(self._begin(files, looks), bulk):
            looks[events].take(found)
            self._memory.make_room()

    def _begin(self, files: Mapping[RunFile, Run], looks: dict[EventFile, _Look]) -> Iterator[EventFile]:
        for file, run in files.items():
            try:
                if self._keeper:
                    self._keeper.recall(run, file)
                    self._memory.make_room()
            except Exception as failure:  # noqa: BLE001, told as the file's own
                _Look(run, file, self._changed).take(Stopped(failure))
                continue
            looks[file.events] = _Look(run, file, self._changed)
            yield file.events


def _useful_threads(files: Iterable[RunFile]) -> int:
    """Reading what lies on this machine takes a processor; what lies elsewhere is mostly waited for."""
    is_near = all(isinstance(file.path, Path) for file in files)
    return min(MOST_THREADS, os.cpu_count() or 1) if is_near else MOST_THREADS


class _Look:
    """One look at a file, and what came of it."""

    def __init__(self, run: Run, file: RunFile, changed: Callable[[], None]) -> None:
        self._run = run
        self._file = file
        self._changed = changed
        self._problems_before = file.events.problem_count
        self._error: str | None = None

    def take(self, found: Window | Stopped | None) -> None:
        """A window, or the end of the look: None where nothing is left, or what stopped it."""
        if isinstance(found, Window):
            self._add(found)
            return
        if isinstance(found, Stopped):
            self._note(found.failure)
        file = self._file
        if (
            self._error != file.error
            or not file.is_loaded
            or file.events.problem_count != self._problems_before
        ):
            self._run.finish(file, self._error)
            self._changed()

    def _add(self, window: Window) -> None:
        if self._error:
            # After a window that could not be taken in, the file begins again with the next look.
            return
        try:
            self._run.add(self._file, window)
        except Exception as failure:  # noqa: BLE001, told as the file's own
            self._note(failure)
        self._changed()

    def _note(self, failure: Exception) -> None:
        if isinstance(failure, OSError):
            self._error = failure.strerror or str(failure)
            return
        # A last line of defence: one odd file must not keep the others from being read.
        self._error = f"could not be read: {type(failure).__name__}: {failure}"
        if self._file.error is None:
            logger.error("%s could not be read", self._file.path, exc_info=failure)
