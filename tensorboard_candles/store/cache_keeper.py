"""When what was read is kept on disk, and when it is deleted again."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from itertools import islice

from tensorboard_candles.store.cache import Cache
from tensorboard_candles.store.cache_sweep import MOST_BYTES, forget_gone, shrink
from tensorboard_candles.store.run import Run, RunFile, Saved

logger = logging.getLogger(__name__)

LEAST_FILE_BYTES = 256 << 10
"""Event files that are smaller are read as fast as a cache of them."""
QUIET_SECS = 10.0
_QUIETER = 60
"""So many times as long must a file be quiet that has not grown by much since it was kept last: what is to be
read on from there costs little, and writing all of it again does not."""
_MUCH = 1.25
_MOST_AT_ONCE = 256
_LARGE_BYTES = 256 << 20
_TRY_AGAIN_SECS = 300.0
"""A disk that was full may have room again."""


class CacheKeeper:
    """Gives files what is kept of them, and keeps what they hold once they have been quiet for a while.

    Writing has a thread of its own, and works on what the columns held when it began: reading never waits for
    it. Where the directory can't be written to, that is told once, and tried again some minutes later.
    """

    def __init__(self, cache: Cache, *, quiet_secs: float = QUIET_SECS, most_bytes: int = MOST_BYTES) -> None:
        self._cache = cache
        self._quiet_secs = quiet_secs
        self._most_bytes = most_bytes
        self._write_at = -math.inf
        """When to write again."""
        self._has_told = False
        self._has_looked_for_gone = False
        self._thread: threading.Thread | None = None
        self._one_at_a_time = threading.Lock()

    def recall(self, run: Run, file: RunFile) -> None:
        """To be called before a file is read: the first time, what is kept of it is taken over."""
        if not file.is_new:
            return
        file.is_new = False
        is_large = self._cache.size_of(file.path) > _LARGE_BYTES
        # One after the other, so that each finds memory as the one before has left it.
        with self._one_at_a_time if is_large else nullcontext():
            if saved := self._cache.load(file.path, run.scratch_for):
                run.resume(file, saved)

    def keep(self, files: Iterable[RunFile]) -> None:
        """To be called by the thread that reads, where it has read all there is; returns at once."""
        if not self._can_write() or (self._thread and self._thread.is_alive()):
            return
        due = islice(filter(self._is_due, files), _MOST_AT_ONCE)
        taken = [(file, saved) for file in due if (saved := file.saved())]
        if taken:
            self._thread = threading.Thread(
                target=self._write, args=(taken,), name="candles-cache", daemon=True
            )
            self._thread.start()

    def keep_at_last(self, files: Sequence[RunFile]) -> None:
        """The same, where nothing will be read any more: waits until the files have been quiet."""
        time.sleep(self._quiet_secs)
        self.wait()
        for file in files:
            if self._can_write() and self._is_due(file) and (saved := file.saved()):
                self._write([(file, saved)])

    def wait(self) -> None:
        """Until what is being written is written."""
        if self._thread:
            self._thread.join()

    def _can_write(self) -> bool:
        return time.monotonic() >= self._write_at

    def _is_due(self, file: RunFile) -> bool:
        seen = file.events.seen
        if seen is None or seen == file.kept or seen.size < LEAST_FILE_BYTES:
            return False
        has_grown_much = file.kept is None or seen.size >= _MUCH * file.kept.size
        return file.quiet_secs() >= self._quiet_secs * (1 if has_grown_much else _QUIETER)

    def _write(self, taken: Sequence[tuple[RunFile, Saved]]) -> None:
        try:
            for file, saved in taken:
                self._cache.save(file.path, saved)
                # Or could not be: it is not tried again before the file has changed.
                file.kept = saved.reached.seen
            self._sweep()
            self._has_told = False
        except FileNotFoundError:
            # Deleted while it was written to, as it may be at any time: it is made again.
            return
        except OSError as error:
            self._write_at = time.monotonic() + _TRY_AGAIN_SECS
            if not self._has_told:
                logger.warning("Nothing more is kept in %s for now: %s", self._cache.directory, error)
            self._has_told = True
        except Exception:
            # The thread's last line of defence: what can't be kept is read again the next time.
            self._write_at = math.inf
            logger.exception("Nothing more is kept in %s", self._cache.directory)

    def _sweep(self) -> None:
        shrink(self._cache.directory, self._most_bytes)
        if not self._has_looked_for_gone:
            self._has_looked_for_gone = True
            forget_gone(self._cache.of_this_format)
