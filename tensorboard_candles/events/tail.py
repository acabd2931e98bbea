"""One event file that grows: new bytes only are read, in windows of bounded size."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace

from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.framing import CUT_SHORT, MOST_WHOLE_BYTES, Damage
from tensorboard_candles.events.large import PASSED_OVER, FarRecords, thin_record
from tensorboard_candles.events.lines import no_lines
from tensorboard_candles.events.own import PluginData
from tensorboard_candles.events.points import Segment
from tensorboard_candles.events.storage import Identity, LogPath, OpenFile, storage_of
from tensorboard_candles.events.window import Decoded, Undecoded, decode_windows
from tensorboard_candles.metadata import IMAGES_KIND

WINDOW_BYTES = 4 << 20
_GIVE_UP_BYTES = 4 * WINDOW_BYTES
"""A stretch longer than this without a good record is passed over, so as not to keep it all."""
_READ_AGAIN_BYTES = 1 << 16
_MOST_PROBLEMS = 1000
"""Problems that are kept; beyond that they are counted."""
_TOO_LONG = "summaries passed by: they stand in a record of more than 16 MiB"
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
    share: float = 1.0
    """Part of the file that has been read with this window, of as much as there was when it was opened."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A stretch without a good record, looked through up to where reading goes on, and not kept."""

    damage: Damage
    """What to report of it once something good follows, and before that unless it is torn."""
    is_torn: bool
    """It begins with a record that claims more bytes than the file has yet."""
    back_to: int = 0
    """Where its first record begins that the file was too short for; to be gone back to when the file"""
    at_size: float = math.inf
    """has this many bytes."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a file was read, and what it takes to read on from there, in this process or in another one."""

    seen: Identity
    """The file as it was then."""
    head: bytes
    offset: int
    bytes_read: int
    plugins: Mapping[str, PluginData]
    damages: tuple[Damage, ...]
    damage_count: int
    suspect: Damage | None
    passed: Passed | None


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

    def __init__(self, path: LogPath, *, reached: Reached | None = None) -> None:
        self.path = path
        self._storage = storage_of(path)
        self._seen: Identity | None = None
        self._is_read = False
        self._begin()
        if reached:
            self._resume(reached)

    def _begin(self) -> None:
        self.bytes_read = 0
        """Bytes looked at so far, torn tail included."""
        self._offset = 0
        self._head = b""
        self._plugins: dict[str, PluginData] = {}
        self._damages: list[Damage] = []
        self._damage_count = 0
        self._suspect: Damage | None = None
        self._passed: Passed | None = None

    def _resume(self, reached: Reached) -> None:
        self._seen, self._is_read = reached.seen, True
        self.bytes_read, self._offset, self._head = reached.bytes_read, reached.offset, reached.head
        self._plugins = dict(reached.plugins)
        self._damages, self._damage_count = list(reached.damages), reached.damage_count
        self._suspect, self._passed = reached.suspect, reached.passed

    @property
    def seen(self) -> Identity | None:
        """The file as it was when it was read to its end; None while a read is under way, or failed."""
        return self._seen if self._is_read else None

    @property
    def reached(self) -> Reached | None:
        """Where the next read goes on; None where `seen` is."""
        if not self.seen:
            return None
        return Reached(
            self.seen,
            self._head,
            self._offset,
            self.bytes_read,
            dict(self._plugins),
            tuple(self._damages),
            self._damage_count,
            self._suspect,
            self._passed,
        )

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
        reading, bulk = self.reading(), BulkDecoder()
        answer: Decoded | None = None
        while True:
            try:
                step = reading.send(answer)
            except StopIteration:
                return
            answer = None
            if isinstance(step, Window):
                yield step
            else:
                [answer] = decode_windows([step], bulk)

    def reading(self) -> Generator[Window | Undecoded, Decoded | None, None]:
        """The same for whoever decodes for many files: bytes are given, to be sent back decoded."""
        if self._is_read and self._storage.identity(str(self.path)) == self._seen:
            return
        with self._storage.open(str(self.path), self._offset) as file:
            now, head = file.identity, file.read(0, _HEAD_BYTES)
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

    def _is_other_file(self, now: Identity, head: bytes) -> bool:
        if self._seen is None:
            return False
        if now.file != self._seen.file or now.size < self.bytes_read:
            return True
        return head[: len(self._head)] != self._head

    def _read_windows(self, file: OpenFile, size: int) -> Generator[Window | Undecoded, Decoded | None, None]:
        if self._passed and self._passed.at_size <= size:
            self._go_back(self._passed)
        far = FarRecords(file, size)
        buffer = b""
        wanted_to = 0
        is_read_again = False
        # No further than the file went at first, however fast it grows: others wait to be read too.
        while (left := size - self._offset - len(buffer)) > 0:
            if is_read_again:
                # Cheaper than to put the next window behind these few, which copies both.
                left, buffer = left + len(buffer), b""
            # Where nothing settles, all is looked at again: so twice as much each time.
            more = max(WINDOW_BYTES, wanted_to - self._offset - len(buffer), len(buffer))
            chunk = file.read(self._offset + len(buffer), min(left, more))
            if not chunk:
                return
            buffer += chunk
            available = size - self._offset
            found = yield Undecoded(buffer, available, self._plugins, far.seen_from(self._offset))
            assert found is not None  # whoever was given bytes sends them back decoded
            # A record is only as long as it says if the file is, too: never ask for memory on its word.
            begin, end = (at - found.consumed for at in found.awaited or (found.consumed, found.consumed))
            self._settle(found)
            buffer = buffer[found.consumed :]
            yield self._window(found, len(buffer), size)
            if end - begin > MOST_WHOLE_BYTES:
                yield from self._read_long(file, end, size)
                buffer, begin, end = b"", 0, 0
            wanted_to = self._offset + end
            # Not where nothing settled: the file may have become shorter, and give the same over and over.
            is_read_again = file.is_near and found.consumed > 0 and len(buffer) < _READ_AGAIN_BYTES
            if len(buffer) > _GIVE_UP_BYTES and (begin > 0 or not end):
                buffer = self._pass_over(buffer, found, begin)

    def _read_long(
        self, file: OpenFile, size_of_it: int, size: int
    ) -> Generator[Window | Undecoded, Decoded | None, None]:
        """The next record, which verifies and is not to be kept as a whole."""
        thin = thin_record(file, self._offset, self._offset + size_of_it)
        if thin:
            found = yield Undecoded(thin, len(thin), self._plugins)
            assert found is not None
            found = replace(_without_records(found), consumed=size_of_it)
        else:
            passed_over = Damage(0, PASSED_OVER.format(size_of_it))
            found = Decoded([], math.inf, [passed_over], None, size_of_it, None)
        self._settle(found)
        yield self._window(found, 0, size)

    def _window(self, found: Decoded, left: int, size: int) -> Window:
        # `_settle` has moved on past what was found.
        segments = [_in_file(segment, self._offset - found.consumed) for segment in found.segments]
        self.bytes_read = self._offset + left
        share = self.bytes_read / max(size, 1)
        return Window(segments, found.first_wall_time, replaced=False, share=share)

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

    def _pass_over(self, buffer: bytes, found: Decoded, awaited: int) -> bytes:
        """Keep the end only of a buffer that begins with a long stretch without a good record."""
        damage = self._suspect or Damage(self._offset, CUT_SHORT)
        passed = self._passed or Passed(damage, is_torn=found.suspect is None)
        kept = buffer[min(awaited or len(buffer), len(buffer) - WINDOW_BYTES) :]
        if found.unfinished:
            begin, end = (self._offset - found.consumed + place for place in found.unfinished)
            back_to = passed.back_to if passed.at_size < math.inf else begin
            passed = replace(passed, back_to=back_to, at_size=min(passed.at_size, end))
        self._passed = passed
        self._offset += len(buffer) - len(kept)
        return kept

    def _go_back(self, passed: Passed) -> None:
        """The file has grown so much that a record which was passed over may be whole."""
        self._offset = min(self._offset, passed.back_to)
        is_begin = passed.back_to == passed.damage.offset
        self._passed = None if is_begin else replace(passed, at_size=math.inf)


def _without_records(found: Decoded) -> Decoded:
    """Of a record that is too long to be read as a whole: neither is a summary that stands in it."""
    if not any(segment.records or len(segment.lines) for segment in found.segments):
        return found
    segments = [replace(segment, records=(), lines=no_lines()) for segment in found.segments]
    # Images may well be as long, and are TensorBoard's own to show.
    is_told = any(
        len(segment.lines) or any(one.kind != IMAGES_KIND for one in segment.records)
        for segment in found.segments
    )
    damages = [*found.damages, *([Damage(0, _TOO_LONG)] if is_told else [])]
    return replace(found, segments=segments, damages=damages)


def _in_file(segment: Segment, begin: int) -> Segment:
    """The same with places of records in the file, of which the window begins there."""
    if not segment.records and not len(segment.lines):
        return segment
    records = tuple(replace(one, offset=begin + one.offset) for one in segment.records)
    return replace(segment, records=records, lines=segment.lines.moved(begin))
