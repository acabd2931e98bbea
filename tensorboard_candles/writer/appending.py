"""A file that whole records are appended to, through full disks and mounts that come and go."""

from __future__ import annotations

import errno
import itertools
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.writer.records import FOOTER_BYTES, HEADER, frame

_numbers = itertools.count()

_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EINTR, errno.EAGAIN}
"""What a file that is open gets over by itself: there is room again."""


class AppendOnly:
    """An event file under a name that no other process has, made by the first `write`.

    Where the disk cut a write short, the next one goes on at that byte, so that no record stays torn in the
    middle. A file that could not be written for any other reason than a full disk is opened again, cut back
    to what is known to be in it. Where it has gone, a new file begins with the next whole record; its
    directory is never made again: what has vanished may be a mount, or have been removed on purpose.

    Names are asked of `new_name`; a file says of itself that it was made at `begin_time`, by default now.
    """

    is_remote = False
    failure: OSError | None = None
    behind: str | None = None

    def __init__(
        self, directory: Path, new_name: Callable[[], str] | None = None, *, begin_time: float | None = None
    ) -> None:
        self._new_name = new_name or event_file_name
        self._begin_time = begin_time
        self.path = directory / self._new_name()
        self._chunk = bytearray()  # to be written; after a full disk it may begin inside a record
        self._torn = b""  # what the file has already of the record that the chunk begins in
        self._length = 0
        self._fd: int | None = None

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return self._length

    @property
    def pending(self) -> int:
        """Bytes added and not yet written."""
        return len(self._chunk)

    def add(self, records: bytes) -> None:
        """Have whole records written by the next `write`."""
        self._chunk += records

    def write(self) -> None:
        """Write what is pending, in one piece where the disk takes it; OSError when it doesn't."""
        if not self._chunk and self._fd is not None:
            return
        try:
            fd = self._ready()
            while self._chunk:
                self._remove(os.write(fd, self._chunk))
        except OSError as error:
            if error.errno not in _PASSING:
                self._let_go()
            raise

    begin = write

    def arrive(self, *, within_secs: float, is_last: bool = False) -> None:
        """See `Destination.arrive`: what was written is there."""

    def close(self) -> None:
        """Close the file; OSError where the disk tells only now that it is full."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def abandon(self) -> None:
        """Close it in a forked child, whose parent goes on with it."""
        self._let_go()

    def _ready(self) -> int:
        if self._fd is not None and os.fstat(self._fd).st_nlink == 0:
            self._let_go()  # it was removed: nobody would ever read what went on into it
        if self._fd is None:
            self._fd = self._reopened() if self._length else None
        if self._fd is None:
            self._fd = self._made()
        return self._fd

    def _reopened(self) -> int | None:
        try:
            fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        except FileNotFoundError:
            return None
        if os.fstat(fd).st_size < self._length:
            os.close(fd)
            return None
        os.ftruncate(fd, self._length)  # the write that failed may have left a part
        return fd

    def _made(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        path = self.path if not self._length else self.path.with_name(self._new_name())
        while True:
            try:
                fd = os.open(path, flags, 0o666)
                break
            except FileExistsError:  # another process of this number, in another container
                path = path.with_name(self._new_name())
        begin_time = time.time() if self._begin_time is None else self._begin_time
        header = Event(wall_time=begin_time, file_version="brain.Event:2")
        header.source_metadata.writer = "tensorboard_candles.writer"
        self._chunk[:0] = frame(header.SerializeToString()) + self._torn
        self.path, self._torn, self._length = path, b"", 0
        return fd

    def _remove(self, count: int) -> None:
        """So many bytes of the chunk are in the file."""
        self._length += count
        if count == len(self._chunk):
            self._torn = b""
            self._chunk.clear()
            return
        begun = self._torn + self._chunk[:count]
        whole = 0
        while whole + HEADER.size <= len(begun):
            length, _ = HEADER.unpack_from(begun, whole)
            if whole + length + HEADER.size + FOOTER_BYTES > len(begun):
                break
            whole += length + HEADER.size + 4
        self._torn = begun[whole:]
        del self._chunk[:count]

    def _let_go(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            with suppress(OSError):  # the reason was told already
                os.close(fd)


def event_file_name(suffix: str = "") -> str:
    """A name that no other file of this process has.

    >>> event_file_name(".rank3")       # doctest: +SKIP
    'events.out.tfevents.1795269787.host.4711.0.rank3'
    """
    return (
        f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
        f".{next(_numbers)}{suffix}"
    )
