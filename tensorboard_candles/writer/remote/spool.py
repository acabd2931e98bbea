"""A remote event file: written on this machine first, and sent from there.

Nothing can be appended to in an object store, so that a file that grew is sent as a whole, now and then (see
`pace`), by a thread of its own: no slow network holds up encoding. A run that goes on for long has several
files, `….part00000`, `….part00001` and so on; each says that it begins when the first did, so that readers
take them for files that were written side by side, and never for restarts of the training.

While the storage fails, up to 1 GiB gathers on disk, then as much in memory as for any event file. What a
process that ends could not send stays on disk, and is told with how to send it.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeGuard

import platformdirs

from tensorboard_candles.remote_files import ANSWERS
from tensorboard_candles.writer.appending import AppendOnly, event_file_name
from tensorboard_candles.writer.destination import CLOSE_WITHIN_SECS
from tensorboard_candles.writer.remote.directory import RemoteDir
from tensorboard_candles.writer.remote.pace import Part
from tensorboard_candles.writer.remote.uploader import FLUSH_WITHIN_SECS, Uploader

SPOOL_BYTES = 1024 * 1024 * 1024
"""How much is kept on disk of what could not be sent."""
URL_FILE = "url"
"""Beside the event files that are to be sent: where to."""

_parents: list[Uploader] = []


class SpooledFile:
    """An event file, or several one after the other, in a remote directory; see `Destination`.

    >>> file = SpooledFile(RemoteDir("memory://spooled"))
    >>> file.begin()
    >>> [file.path.name] == RemoteDir("memory://spooled").connect().names()
    True
    >>> file.close()
    """

    is_remote = True

    def __init__(self, directory: RemoteDir, suffix: str = "") -> None:
        self._directory = directory
        self._new_name = partial(next, _part_names(suffix))
        self._begin_time = time.time()
        self._spool: Path | None = None
        self._chunk = bytearray()
        self._file: AppendOnly | None = None
        self._part: Part | None = None
        self._uploader = Uploader(directory)

    @property
    def path(self) -> RemoteDir:
        return self._directory / self._part.path.name if self._part else self._directory

    @property
    def pending(self) -> int:
        return len(self._chunk) + (self._file.pending if self._file else 0)

    @property
    def failure(self) -> OSError | None:
        return self._uploader.failure

    @property
    def behind(self) -> str | None:
        uploader = self._uploader
        told = [f"{uploader.lost} bytes were removed before they were sent"] if uploader.lost else []
        if uploader.behind:
            reason = uploader.failure or "the storage is slow"
            command = f"{sys.executable} -m tensorboard_candles.writer.remote.upload {self._spool}"
            told.append(f"{uploader.behind} bytes have not arrived: {reason}. Send them with: {command}")
        return "; ".join(told) or None

    def begin(self) -> None:
        """Send what a file begins with; OSError where it is refused, not where nobody answers."""
        self.write()
        self._uploader.arrive(within_secs=FLUSH_WITHIN_SECS, is_last=False)
        if _is_refusal(self.failure):
            self._uploader.end()
            self._end_part()
            self._clear()
            raise self.failure

    def add(self, records: bytes) -> None:
        self._chunk += records

    def write(self) -> None:
        """Write what is pending to disk; it is sent later."""
        while self._file is None or self.pending:
            file = self._ready()
            if not file.pending:
                file.add(bytes(self._chunk))
                self._chunk.clear()
            try:
                file.write()
            finally:
                self._note(file)

    def arrive(self, *, within_secs: float, is_last: bool = False) -> None:
        self._uploader.arrive(within_secs=within_secs, is_last=is_last)

    def close(self) -> None:
        """Send all that there is; where that fails, OSError says where it is kept."""
        self._end_part()
        self._uploader.arrive(within_secs=CLOSE_WITHIN_SECS, is_last=True)
        self._uploader.end()
        if behind := self.behind:
            raise OSError(behind)
        self._clear()

    def abandon(self) -> None:
        _parents.append(self._uploader)  # its client belongs to the parent, and must not be closed here
        if self._file:
            self._file.abandon()

    def _ready(self) -> AppendOnly:
        behind = self._uploader.behind
        if behind >= SPOOL_BYTES:
            raise OSError(f"{behind} bytes wait in {self._spool} to be sent; no more are kept")
        self._spool = self._spool or _new_spool(self._directory)
        if not self._spool.exists():  # caches are cleared by whoever needs room
            self._spool.mkdir(parents=True)
            _say_where_to(self._spool, self._directory)
        if self._file and not self._file.pending and self._part and self._part.is_full:
            self._end_part()
        self._file = self._file or AppendOnly(self._spool, self._new_name, begin_time=self._begin_time)
        return self._file

    def _note(self, file: AppendOnly) -> None:
        """Let the uploader know how much there is."""
        if not file.length:
            return
        if self._part is None or self._part.path != file.path:
            self._part = Part(file.path)
            self._uploader.parts.append(self._part)
        self._part.size = file.length
        if self._uploader.ident is None:
            try:
                self._uploader.start()
            except RuntimeError as error:  # the interpreter is ending, or the system has no more threads
                raise OSError(str(error)) from error

    def _end_part(self) -> None:
        file, self._file = self._file, None
        try:
            if file:
                file.close()
        finally:
            if self._part:
                self._part.is_ended = True

    def _clear(self) -> None:
        if self._spool:
            shutil.rmtree(self._spool, ignore_errors=True)


def _is_refusal(failure: OSError | None) -> TypeGuard[OSError]:
    """Whether it will be the same tomorrow: something that was given is wrong."""
    return isinstance(failure, ANSWERS) or isinstance(failure and failure.__cause__, TypeError | ValueError)


def _part_names(suffix: str) -> Iterator[str]:
    # In a bucket nothing keeps two containers, whose processes have the same number, from one name.
    name = f"{event_file_name()}.{secrets.token_hex(4)}"
    return (f"{name}.part{number:05d}{suffix}" for number in itertools.count())


def _new_spool(directory: RemoteDir) -> Path:
    """A directory of our own in the user's cache, or where temporary files lie."""
    try:
        spools = platformdirs.user_cache_path("tensorboard_candles", appauthor=False) / "spool"
        if not spools.is_absolute():
            raise FileNotFoundError(spools)
        spools.mkdir(parents=True, exist_ok=True)
        return _made(directory, spools, f"{directory.name}-")
    except (OSError, RuntimeError):  # RuntimeError where nobody knows the user's home, as in many containers
        return _made(directory, Path(tempfile.gettempdir()), "tensorboard_candles-")


def _made(directory: RemoteDir, parent: Path, prefix: str) -> Path:
    spool = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    try:
        _say_where_to(spool, directory)
    except OSError:  # it is tried again and again: leave nothing behind
        shutil.rmtree(spool, ignore_errors=True)
        raise
    return spool


def _say_where_to(spool: Path, directory: RemoteDir) -> None:
    (spool / URL_FILE).write_text(f"{directory}{os.linesep}")
