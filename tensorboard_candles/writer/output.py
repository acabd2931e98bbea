"""The thread that writes one event file.

Nothing but this thread writes: Python runs signal handlers in the main thread alone, so that no Ctrl-C comes
between a write and the count of what it wrote, and no slow disk holds up the training. What others call here
holds no lock, so that a signal handler may call it in the middle of such a call.
"""

from __future__ import annotations

import itertools
import math
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.writer.records import frame

FLUSH_SECS = 1.0
FLUSH_BYTES = 64 * 1024

_numbers = itertools.count()


class Output(threading.Thread):
    """Writes the records put into it every second, and as soon as 64 KiB have gathered.

    `failure` is why the last write failed, None while all is well. The file is made when there is something
    to write, unless `open` made it before; what can't be made or written is tried again every second.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(name="candles-output", daemon=True)
        self.path = directory / _new_name()
        self.failure: OSError | None = None
        self._records: deque[bytes] = deque()
        self._chunk = bytearray()  # what is being written; after a full disk it may begin inside a record
        self._put_bytes = 0
        self._written_bytes = 0
        self._bytes_since_wake = 0
        # a SimpleQueue may be put to while the same thread is putting to it: signal handlers do that
        self._asks: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._fd: int | None = None
        self._closing = False
        self.ended = False

    def open(self) -> int:
        """Make the file, under a name that is new, and begin it; OSError when that can't be done."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        while True:
            try:
                fd = os.open(self.path, flags, 0o666)
                break
            except FileExistsError:  # another process of this number, in another container
                self.path = self.path.with_name(_new_name())
        header = Event(wall_time=time.time(), file_version="brain.Event:2")
        header.source_metadata.writer = "tensorboard_candles.writer"
        self._chunk += frame(header.SerializeToString())
        self._written_bytes -= len(self._chunk)  # not `_put_bytes`, to which another thread may be adding
        self._fd = fd
        return fd

    def put(self, record: bytes) -> None:
        """Have one record written soon; one caller at a time."""
        self._records.append(record)
        self._put_bytes += len(record)
        self._bytes_since_wake += len(record)
        if self._bytes_since_wake >= FLUSH_BYTES and self.failure is None:
            self._bytes_since_wake = 0
            self._asks.put(_nothing)

    @property
    def backlog(self) -> int:
        """Bytes put and not yet written; a signal in the middle of `put` may leave it one record short."""
        return self._put_bytes - self._written_bytes

    @property
    def unwritten(self) -> int:
        """Bytes that are left when the thread has ended."""
        return len(self._chunk) + sum(map(len, self._records))

    def write_out(self, *, within_secs: float = math.inf) -> None:
        """Return when a write of all that was put before was tried, or the time is over."""
        done = threading.Lock()
        done.acquire()
        self._asks.put(done.release)
        if isinstance(threading.current_thread(), Output):
            return  # a dropped tracker was collected here: this thread would wait for itself
        deadline = time.monotonic() + within_secs
        while not self.ended and time.monotonic() < deadline and not done.acquire(timeout=0.1):
            pass  # in short waits, because a thread that failed answers nobody

    def close(self) -> None:
        """Write out what was put, close the file and end the thread; again, to wait for that again."""
        self._closing = True
        self.write_out()

    def abandon(self) -> None:
        """In a forked child, which has no such thread: close the file that the parent goes on writing."""
        self.ended = True
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def run(self) -> None:
        try:
            closing = False
            while not closing:
                asks = self._wait()
                closing = self._closing  # before the write: what is put before close() is written
                self._try_to_write()
                if closing:
                    self._close_file()
                for answer in asks:
                    answer()
        finally:
            self.ended = True

    def _wait(self) -> list[Callable[[], object]]:
        asks = []
        try:
            asks.append(self._asks.get(timeout=FLUSH_SECS))
            while True:
                asks.append(self._asks.get_nowait())
        except Empty:
            return asks

    def _try_to_write(self) -> None:
        records = len(
            self._records
        )  # no more than these: flush() must not wait for what others log meanwhile
        try:
            while records or self._chunk:
                fd = self.open() if self._fd is None else self._fd
                while records and len(self._chunk) < FLUSH_BYTES:
                    self._chunk += self._records.popleft()
                    records -= 1
                # a full disk takes a part: what is left begins where that ended, so no record stays torn
                count = os.write(fd, self._chunk)
                del self._chunk[:count]
                self._written_bytes += count
        except OSError as error:
            self.failure = error
        else:
            self.failure = None

    def _close_file(self) -> None:
        fd, self._fd = self._fd, None
        if fd is None:
            return
        try:
            os.close(fd)
        except OSError as error:  # some network disks tell only now that they are full
            self.failure = error


def _nothing() -> None:
    """The answer to whoever only wants the thread to wake."""


def _new_name() -> str:
    return (
        f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
    )
