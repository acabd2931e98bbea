"""One event file that grows: new bytes only are read, in windows of bounded size."""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.framing import CUT_SHORT, Damage
from tensorboard_candles.events.points import Segment
from tensorboard_candles.events.window import Decoded, WindowDecoder

WINDOW_BYTES = 4 << 20
_GIVE_UP_BYTES = 4 * WINDOW_BYTES
"""A stretch longer than this without a good record is passed over, so as not to keep it all."""
_MOST_PROBLEMS = 1000
"""Problems that are kept; beyond that they are counted."""
_HEAD_BYTES = 64
"""Enough of a file's beginning to tell it from another: its first record holds the time it was made."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one bounded read brought."""

    segments: list[Segment]
    first_wall_time: float
    """Smallest wall time of any record that has one, see `Collector`; +inf where there is none."""
    replaced: bool
    """The file is another than before: what was read from it earlier is void."""


@dataclass(frozen=True, slots=True)
class _Identity:
    device: int
    inode: int
    size: int
    mtime_ns: int

    @staticmethod
    def of(status: os.stat_result) -> _Identity:
        return _Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class _Passed:
    """A stretch without a good record, looked through up to where reading goes on, and not kept."""

    damage: Damage
    """What to report of it once something good follows, and before that unless it is torn."""
    is_torn: bool
    """It begins with a record that claims more bytes than the file has yet."""
    back_to: int = 0
    """Where its first record begins that the file was too short for; to be gone back to when the file"""
    at_size: float = math.inf
    """has this many bytes."""


class EventFile:
    """Reads on from where the last read stopped.

    >>> file = EventFile(Path("runs/cnn/events.out.tfevents.1700000000.host"))  # doctest: +SKIP
    >>> for window in file.read():                                              # doctest: +SKIP
    ...     for segment in window.segments:
    ...         print({tag: len(points) for tag, points in segment.scalars.items()})
    {'loss': 1000}

    A torn tail is left for the next read. Damage is passed over, listed in `problems` and counted in
    `problem_count`.
    """

    def __init__(self, path: Path, bulk: BulkDecoder | None = None) -> None:
        self.path = path
        # Shared by the files of a log directory, which are alike: a shape met in one is known in all.
        self._bulk = bulk or BulkDecoder()
        self._seen: _Identity | None = None
        self._is_read = False
        self._begin()

    def _begin(self) -> None:
        self.bytes_read = 0
        """Bytes looked at so far, torn tail included."""
        self._offset = 0
        self._head = b""
        self._decoder = WindowDecoder(self._bulk)
        self._damages: list[Damage] = []
        self._damage_count = 0
        self._suspect: Damage | None = None
        self._passed: _Passed | None = None

    @property
    def problems(self) -> list[Damage]:
        """The first damage met so far, by offset in the file; no more than a thousand."""
        return [*self._damages, *([self._suspect] if self._suspect else [])][:_MOST_PROBLEMS]

    @property
    def problem_count(self) -> int:
        """How much damage was met so far, listed or not."""
        return self._damage_count + (self._suspect is not None)

    def read(self) -> Iterator[Window]:
        """What is new since the last read, window by window; nothing where the file has not changed.

        Raises OSError where the file can't be read.
        """
        if self._is_read and _Identity.of(os.stat(self.path)) == self._seen:
            return
        with _open_regular(self.path) as file:
            now, head = _Identity.of(os.fstat(file.fileno())), _head_of(file)
            is_other = self._is_other_file(now, head)
            # From here on, what is known of the file moves only together with what is given of it: where
            # reading fails halfway, the next read goes on behind the last window, or sees another file.
            if is_other:
                self._begin()
            self._seen, self._head, self._is_read = now, head, False
            if is_other:
                yield Window([], math.inf, replaced=True)
            yield from self._read_windows(file, now.size)
        self._is_read = True
        self.bytes_read = max(self.bytes_read, now.size)

    def _is_other_file(self, now: _Identity, head: bytes) -> bool:
        if self._seen is None:
            return False
        same_inode = (now.device, now.inode) == (self._seen.device, self._seen.inode)
        if not same_inode or now.size < self.bytes_read:
            return True
        return head[: len(self._head)] != self._head

    def _read_windows(self, file: BinaryIO, size: int) -> Iterator[Window]:
        if self._passed and self._passed.at_size <= size:
            self._go_back(self._passed)
        file.seek(self._offset)
        buffer = b""
        wanted = 0
        # No further than the file went at first, however fast it grows: others wait to be read too.
        while (left := size - self._offset - len(buffer)) > 0:
            # Where nothing settles, all is looked at again: so twice as much each time.
            chunk = file.read(min(left, max(WINDOW_BYTES, wanted - len(buffer), len(buffer))))
            if not chunk:
                return
            buffer += chunk
            available = size - self._offset
            found = self._decoder.decode(buffer, available)
            # A record is only as long as it says if the file is, too: never ask for memory on its word.
            ends = found.unfinished[1] if found.unfinished else 0
            wanted = ends - found.consumed if ends <= available else 0
            self._settle(found)
            buffer = buffer[found.consumed :]
            if len(buffer) > _GIVE_UP_BYTES and not wanted:
                buffer = self._pass_over(buffer, found)
            self.bytes_read = self._offset + len(buffer)
            yield Window(found.segments, found.first_wall_time, replaced=False)

    def _settle(self, found: Decoded) -> None:
        """Move on past what was found, and note the damage in it."""
        damages = [Damage(self._offset + damage.offset, damage.what) for damage in found.damages]
        suspect = found.suspect and Damage(self._offset + found.suspect.offset, found.suspect.what)
        if self._passed and found.consumed:
            # What was passed over goes on to here: one stretch, and one report.
            damages = [self._passed.damage, *(one for one in damages if one.offset > self._offset)]
            self._passed = None
        elif self._passed:
            suspect = None if self._passed.is_torn else self._passed.damage
        self._damages += damages[: _MOST_PROBLEMS - len(self._damages)]
        self._damage_count += len(damages)
        self._suspect = suspect
        self._offset += found.consumed

    def _pass_over(self, buffer: bytes, found: Decoded) -> bytes:
        """Keep the end only of a buffer that begins with a long stretch without a good record."""
        damage = self._suspect or Damage(self._offset, CUT_SHORT)
        passed = self._passed or _Passed(damage, is_torn=found.suspect is None)
        kept = buffer[-WINDOW_BYTES:]
        if found.unfinished:
            begin, end = (self._offset - found.consumed + place for place in found.unfinished)
            back_to = passed.back_to if passed.at_size < math.inf else begin
            passed = replace(passed, back_to=back_to, at_size=min(passed.at_size, end))
        self._passed = passed
        self._offset += len(buffer) - len(kept)
        return kept

    def _go_back(self, passed: _Passed) -> None:
        """The file has grown so much that a record which was passed over may be whole."""
        self._offset = min(self._offset, passed.back_to)
        is_begin = passed.back_to == passed.damage.offset
        self._passed = None if is_begin else replace(passed, at_size=math.inf)


def _open_regular(path: Path) -> BinaryIO:
    # Not blocking: whoever put a named pipe here must not be able to hang the reader.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path.name} is not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


def _head_of(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(_HEAD_BYTES)
