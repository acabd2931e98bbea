"""An event file that is only ever appended to, in whole records, by one process.

Appending puts the record into a buffer; a thread writes the buffer out every second, and as soon as 64 KiB
have gathered. Where the disk cut a write short, the next one goes on, so that a killed process leaves a file
that reads to its last write.
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.output import Output
from tensorboard_candles.writer.records import frame

KEEP_BYTES = 64 * 1024 * 1024
"""How much is kept while the disk is full or slow; what is logged beyond it is dropped and counted."""
WAIT_SECS = 10.0
"""How long `append` first waits, once so much is kept, for a disk that is slow and not full."""

_log = logging.getLogger("tensorboard_candles")
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

    _output: Output | None
    _waited: bool
    _dropped: int
    _said_failure: bool
    _said_loss: bool

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lock = threading.RLock()
        """Hold it to make several appends follow each other."""
        self._closed = False
        self._forget()
        output = Output(directory)
        try:
            output.open()
        except OSError as error:
            raise WriterError(f"can't make an event file in {str(directory)!r}: {error}") from error
        self._output = self._start(output)
        _files.add(self)
        self.flush()

    @property
    def path(self) -> Path:
        """The file; in a forked child that has not appended yet, its directory."""
        return self.directory if self._output is None else self._output.path

    def append(self, event: Event) -> None:
        """Buffer one event; WriterError when the file is closed."""
        record = frame(event.SerializeToString())
        with self.lock:
            if self._closed:
                raise WriterError(f"{self.path.name} is closed; log before close(), or make a new Tracker")
            if self._output is None:
                self._output = self._start(Output(self.directory))
            if self._has_room(self._output, len(record)):
                self._output.put(record)
            else:
                self._drop_one(self._output)
            self._say_failure(self._output)

    def flush(self) -> None:
        """Write out what is buffered; what the disk doesn't take is kept, logged once and tried again."""
        output = self._output
        if output is not None:
            output.write_out()
            self._say_failure(output)

    def close(self) -> None:
        """Write out what is buffered and close the file; a second call waits for that too.

        What the disk still doesn't take is lost then, and logged as an error: training that has come
        this far must not fail for it.
        """
        with self.lock:
            self._closed = True
        output = self._output
        if output is not None:
            output.close()
            self._say_what_is_lost(output)

    def forget_parent(self) -> None:
        """In a forked child: drop what is the parent's, its buffer, its file and its lock."""
        self.lock = threading.RLock()  # another thread of the parent may have held it
        if self._output is not None:
            self._output.abandon()
        self._forget()

    def _forget(self) -> None:
        self._output = None
        self._waited = False
        self._dropped = 0
        self._said_failure = False
        self._said_loss = False

    def _start(self, output: Output) -> Output:
        output.start()
        if parent_process() is not None:
            # a forked worker of multiprocessing ends without atexit
            Finalize(None, self.close, exitpriority=0)
        return output

    def _has_room(self, output: Output, size: int) -> bool:
        if _fits(output, size):
            self._waited = False
            return True
        if output.failure is None and not self._waited:
            # logging outran a disk that works: lose nothing. Once: one that hangs must not hold up each step
            self._waited = True
            output.write_out(within_secs=WAIT_SECS)
        return _fits(output, size)

    def _drop_one(self, output: Output) -> None:
        if not self._dropped:
            _log.warning(
                "%s: %d bytes wait for the disk; dropping records until it takes them",
                output.path, output.backlog,
            )  # fmt: skip
        self._dropped += 1

    def _say_failure(self, output: Output) -> None:
        # here and not where it happened: a signal handler that waits for that thread may have interrupted a
        # call of logging, whose locks that thread would wait for
        failure = output.failure
        if failure is not None and not self._said_failure:
            _log.warning("can't write %s: %s; trying again every second", output.path, failure)
        self._said_failure = failure is not None

    def _say_what_is_lost(self, output: Output) -> None:
        lost = output.unwritten
        if not output.ended or self._said_loss or not (lost or self._dropped or output.failure):
            return
        self._said_loss = True
        reason = output.failure or "the disk was full or slow for a while"
        _log.error(
            "%s is not complete: %d bytes unwritten, %d records dropped (%s)",
            output.path, lost, self._dropped, reason,
        )  # fmt: skip


def _fits(output: Output, size: int) -> bool:
    return not output.backlog or output.backlog + size <= KEEP_BYTES


def _forget_parents() -> None:
    for file in list(_files):
        file.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)
