"""An event file that is only ever appended to, in whole records, by one process.

Appending puts the record into a buffer; a thread writes the buffer out every second, and `append` itself
does when 64 KiB have gathered. Each write begins and ends between two records, so that a killed process
leaves a file that reads to its last flush.
"""

from __future__ import annotations

import itertools
import logging
import os
import socket
import threading
import time
import weakref
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.records import frame

FLUSH_SECS = 1.0
FLUSH_BYTES = 64 * 1024
KEEP_BYTES = 64 * 1024 * 1024
"""How much is kept while the disk takes nothing; what is logged beyond it is dropped and counted."""

_log = logging.getLogger("tensorboard_candles")
_numbers = itertools.count()
_files: weakref.WeakSet[EventFile] = weakref.WeakSet()


class EventFile:
    """A new event file in a directory.

    >>> import tempfile
    >>> from tensorboard.compat.proto.event_pb2 import Event
    >>> file = EventFile(Path(tempfile.mkdtemp()))
    >>> file.append(Event(wall_time=1.0, step=0))
    >>> file.close()
    >>> file.path.name.startswith("events.out.tfevents.")
    True

    After a fork the child drops what its parent had buffered (the parent writes it) and goes on in a file
    of its own, made when it first appends.
    """

    path: Path
    _fd: int | None
    _buffer: bytearray
    _failure: OSError | None
    _dropped: int
    _stop: threading.Event
    _thread: threading.Thread | None

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = threading.RLock()
        """Hold it to make several appends follow each other."""
        self._closed = False
        self._begin()
        self._open()
        _files.add(self)

    def append(self, event: Event) -> None:
        """Buffer one event; WriterError when the file is closed."""
        record = frame(event.SerializeToString())
        with self.lock:
            if self._closed:
                raise WriterError(f"{self.path.name} is closed; log before close(), or make a new Tracker")
            if self._fd is None:
                self._open()
            if self._failure is not None and len(self._buffer) + len(record) > KEEP_BYTES:
                self._dropped += 1
                return
            self._buffer += record
            if len(self._buffer) >= FLUSH_BYTES and self._failure is None:
                self._try_to_write()

    def flush(self) -> None:
        """Write out what is buffered; what the disk doesn't take is kept, logged once and tried again."""
        with self.lock:
            if not self._closed:
                self._try_to_write()

    def close(self) -> None:
        """Write out what is buffered and close the file; a second call does nothing.

        What the disk still doesn't take is lost then, and logged as an error: training that has come
        this far must not fail for it.
        """
        with self.lock:
            if self._closed:
                return
            self._try_to_write()
            self._closed = True
            self._stop.set()
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None
            if self._failure is not None or self._dropped:
                _log.error(
                    "%s is not complete: %d bytes unwritten, %d records dropped (%s)",
                    self.path,
                    len(self._buffer),
                    self._dropped,
                    self._failure or "the disk was full for a while",
                )
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def forget_parent(self) -> None:
        """In a forked child: drop what is the parent's, its buffer, its file and its lock."""
        self.lock = threading.RLock()  # another thread of the parent may have held it
        if self._fd is not None:
            os.close(self._fd)
        self._begin()

    def _begin(self) -> None:
        self._fd = None
        self._buffer = bytearray()
        self._failure = None
        self._dropped = 0
        self._stop = threading.Event()
        self._thread = None

    def _open(self) -> None:
        while self._fd is None:
            self.path = self.directory / _new_name()
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
                self._fd = os.open(self.path, flags, 0o666)
            except FileExistsError:
                continue  # another process of this number, in another container
            except OSError as error:
                raise WriterError(f"can't make an event file in {str(self.directory)!r}: {error}") from error
        header = Event(wall_time=time.time(), file_version="brain.Event:2")
        header.source_metadata.writer = "tensorboard_candles.writer"
        self._buffer += frame(header.SerializeToString())
        self._try_to_write()
        self._thread = threading.Thread(target=self._flush_now_and_then, name="candles-flush", daemon=True)
        self._thread.start()
        if parent_process() is not None:
            # a forked worker of multiprocessing ends without atexit
            Finalize(None, self.close, exitpriority=0)

    def _flush_now_and_then(self) -> None:
        stop = self._stop
        while not stop.wait(FLUSH_SECS):
            with self.lock:
                if not self._closed:
                    self._try_to_write()

    def _try_to_write(self) -> None:
        fd = self._fd
        if fd is None:
            return
        try:
            while self._buffer:
                # a full disk takes a part: what is left begins where that ended, so no record stays torn
                del self._buffer[: os.write(fd, self._buffer)]
        except OSError as error:
            if self._failure is None:
                _log.warning("can't write %s: %s; trying again every second", self.path, error)
            self._failure = error
        else:
            self._failure = None


def _new_name() -> str:
    return (
        f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
    )


def _forget_parents() -> None:
    for file in list(_files):
        file.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)
