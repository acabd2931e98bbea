"""What event files held, kept on disk: a log directory that was read yesterday need not be read again.

One file of `cache_file`'s layout for each event file. It is used only where the event file is still the one
that was read: the same path, inode, size and time of change, and the same first bytes. Where the event file
has grown since, and the bytes before the place to read on from are the same, it is read on from there. In
every other case, and where a checksum of the cache does not match, the cache file is deleted and the event
file is read from its start: nothing is taken from a cache file before all of it has been verified.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import google_crc32c

from tensorboard_candles.events import LogPath
from tensorboard_candles.events.storage import OpenFile, RemotePath, storage_of
from tensorboard_candles.events.tail import Reached
from tensorboard_candles.store import cache_file
from tensorboard_candles.store.cache_form import packed, point_count, reached_of, unpacked
from tensorboard_candles.store.memory import ScratchFor, in_memory
from tensorboard_candles.store.run import Saved

logger = logging.getLogger(__name__)

FORMAT = 6
"""To be raised whenever another version of this code would understand what is written in another way."""
SUFFIX = ".candles"
_HEAD_BYTES = 4 << 10
_TAIL_BYTES = 64 << 10


class Stale(ValueError):
    """The event file is not the one that was read."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A directory of cache files; it is safe to delete, and other processes may use it at the same time.

    >>> cache = Cache(Path("/home/me/.cache/tensorboard_candles"))
    >>> cache.load(Path("runs/cnn/events.out.tfevents.1700000000.host")) is None
    True
    """

    directory: Path

    @property
    def of_this_format(self) -> Path:
        return self.directory / f"v{FORMAT}"

    def path_of(self, path: LogPath) -> Path:
        """Where what an event file holds is kept."""
        digest = hashlib.blake2b(os.fsencode(_location(path)), digest_size=16).hexdigest()
        return self.of_this_format / (digest + SUFFIX)

    def size_of(self, path: LogPath) -> int:
        """Bytes that what is kept of an event file takes; 0 where there is nothing."""
        try:
            return os.stat(self.path_of(path)).st_size
        except OSError:
            return 0

    def load(self, path: LogPath, scratch_for: ScratchFor = in_memory) -> Saved | None:
        """What is kept of an event file; None where it is to be read from its start.

        Columns lie in what `scratch_for` gives for so many points.
        """
        kept = self.path_of(path)
        try:
            with cache_file.opened(kept) as file:
                header = cache_file.read_header(file)
                _check(header.about, path)
                scratch = scratch_for(point_count(header))
                columns = dict(cache_file.read_columns(file, header, scratch))
            saved = replace(unpacked(header.about, columns), scratch=scratch)
        except OSError:
            return None
        except (ValueError, LookupError, TypeError) as error:
            # Damage, a stale file, or one that verifies and is not of our making.
            logger.info("The cache of %s is made anew: %s", path, error)
            with suppress(OSError):
                os.unlink(kept)
            return None
        with suppress(OSError):
            # That of its last use.
            os.utime(kept)
        return saved

    def save(self, path: LogPath, saved: Saved) -> bool:
        """Keep what was read of an event file; false where it is not to be kept. Raises OSError.

        That is where the event file has changed already, and where more than half of what the disk has left
        would go: a training may be about to write there.
        """
        fingerprint = _fingerprint(path, saved.reached)
        if not fingerprint:
            return False
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.of_this_format.mkdir(mode=0o700, exist_ok=True)
        about, columns = packed(saved)
        if sum(column.nbytes for column in columns.values()) > shutil.disk_usage(self.directory).free // 2:
            return False
        about |= {"path": _location(path), "fingerprint": fingerprint}
        cache_file.write(self.path_of(path), about, columns)
        return True


def _location(path: LogPath) -> str:
    return str(path) if isinstance(path, RemotePath) else os.path.abspath(path)


def _check(about: Mapping[str, Any], path: LogPath) -> None:
    """Raises Stale unless what was read of the event file still holds, as far as it goes; OSError."""
    if about["path"] != _location(path):
        raise Stale("it is of another file")
    reached = reached_of(about)
    seen = reached.seen
    if seen.file is None and seen.state and storage_of(path).identity(str(path)) == seen:
        # An object store's etag says all, and spares the request.
        return
    with storage_of(path).open(str(path), reached.offset) as file:
        now = file.identity
        if now != seen and not (now.file == seen.file and now.size > seen.size):
            raise Stale("the event file has changed")
        head, tail = about["fingerprint"]
        if _head(file, reached) != head:
            raise Stale("the event file begins with other bytes")
        if (now != seen or not seen.state) and _tail(file, reached) != tail:
            raise Stale("the event file was replaced")


def _fingerprint(path: LogPath, reached: Reached) -> tuple[int, int] | None:
    """Checksums of the first bytes that were read, and of the last; None where the file is another by now."""
    try:
        with storage_of(path).open(str(path), reached.offset) as file:
            if file.identity != reached.seen:
                return None
            fingerprint = _head(file, reached), _tail(file, reached)
        # Only now: an object may have been replaced since it was listed, and even while it was read from.
        return fingerprint if storage_of(path).identity_now(str(path)) == reached.seen else None
    except OSError:
        return None


def _head(file: OpenFile, reached: Reached) -> int:
    return _crc32c(file.read(0, min(_HEAD_BYTES, reached.offset)))


def _tail(file: OpenFile, reached: Reached) -> int:
    begin = max(0, reached.offset - _TAIL_BYTES)
    return _crc32c(file.read(begin, reached.offset - begin))


def _crc32c(data: bytes) -> int:
    crc: int = google_crc32c.value(data)
    return crc
