"""A window of a file's bytes → points and damage: in bulk where records are regular, one by one where not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events.bulk import NOT_AN_EVENT, BulkDecoder, Read, Stretch
from tensorboard_candles.events.decode import Collector
from tensorboard_candles.events.framing import FRAME_BYTES, HEADER_BYTES, Damage, Scan, Scanner
from tensorboard_candles.events.own import PluginData
from tensorboard_candles.events.points import Segment

_ONE_BY_ONE = 8
"""Records that are read singly where the bulk decoder stopped, before it is tried again."""
_LEAST_REACH_BYTES = 1 << 12
"""Fewer bytes are faster read singly."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a buffer held; positions count from its start. See `framing.Scan` for the last four."""

    segments: list[Segment]
    first_wall_time: float
    """Smallest wall time of any record that has one, see `Collector`; +inf where there is none."""
    damages: list[Damage]
    suspect: Damage | None
    consumed: int
    unfinished: tuple[int, int] | None
    awaited: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Undecoded:
    """Bytes of a file, to be decoded with those of others or by themselves."""

    buffer: bytes
    available: int
    """How many bytes the file has from the buffer's start on, where that is more than the buffer holds."""
    plugins: dict[str, PluginData]
    """Of each tag of the file met so far; decoding adds to it."""
    verifies_far: Callable[[int, int], bool] | None = None
    """See `framing.Scanner`."""


class WindowDecoder:
    """Decodes one file, window by window.

    Without a bulk decoder every record is parsed by itself: slow, and the reference for what is right.
    """

    def __init__(self, bulk: BulkDecoder | None) -> None:
        self.plugins: dict[str, PluginData] = {}
        """Of each tag met so far."""
        self._bulk = bulk

    def window(
        self, buffer: bytes, available: int = 0, verifies_far: Callable[[int, int], bool] | None = None
    ) -> Undecoded:
        """The file's next window, still to be decoded; see `Undecoded`."""
        return Undecoded(buffer, available, self.plugins, verifies_far)

    def decode(self, buffer: bytes, available: int = 0) -> Decoded:
        """Points of all records from the start of the buffer on, and what damage lies between them."""
        [decoded] = decode_windows([self.window(buffer, available)], self._bulk)
        return decoded


def decode_windows(windows: Sequence[Undecoded], bulk: BulkDecoder | None) -> list[Decoded]:
    """Decode windows of several files together: many small ones then cost little more than one large one."""
    return _Decoding(windows, bulk).decoded()


class _Decoding:
    """What is decoded together: in bulk from the beginning of each window, then on from there."""

    def __init__(self, windows: Sequence[Undecoded], bulk: BulkDecoder | None) -> None:
        # Numbers enough for the records of each window.
        most = (len(window.buffer) // FRAME_BYTES + 1 for window in windows)
        self._firsts = list(itertools.accumulate(most, initial=0))[:-1]
        self._windows = windows
        self._bulk = bulk
        self._collector = Collector([window.plugins for window in windows], self._firsts)

    def decoded(self) -> list[Decoded]:
        found = [
            self._rest(window, first, read)
            for window, first, read in zip(self._windows, self._firsts, self._in_bulk(), strict=True)
        ]
        segments, first_wall_times = self._collector.segments(), self._collector.first_wall_times.tolist()
        return [
            Decoded(
                segments,
                first_wall_time,
                _with_problems(damages, problems),
                scan.suspect,
                scan.consumed,
                scan.unfinished,
                scan.awaited,
            )
            for (damages, scan), segments, first_wall_time, problems in zip(
                found, segments, first_wall_times, self._collector.problems, strict=True
            )
        ]

    def _in_bulk(self) -> list[Read]:
        """How far the beginnings of all windows are regular; positions count from each one's start."""
        if not self._bulk:
            return [Read(0, 0, [])] * len(self._windows)
        buffers = [window.buffer for window in self._windows]
        joined = b"".join(buffers) if len(buffers) > 1 else buffers[0]
        begins = list(itertools.accumulate(map(len, buffers), initial=0))
        stretches = [
            Stretch(*place, origin=place[0]) for place in zip(begins, begins[1:], self._firsts, strict=False)
        ]
        reads = self._bulk.decode(joined, stretches, self._collector)
        return [read.moved(-begin) for read, begin in zip(reads, begins, strict=False)]

    def _rest(self, window: Undecoded, record: int, read: Read) -> tuple[list[Damage], Scan]:
        """Go on behind what was read to the end of a window; returns all damage, and how it ends."""
        buffer = window.buffer
        scanner = Scanner(buffer, window.available, window.verifies_far)
        damages: list[Damage] = []
        begin = 0
        # How far the bulk decoder may look ahead: what it decodes behind a damaged record is thrown away. So
        # damage sets this to nothing, and what is read without any doubles it.
        reach = max(len(buffer), _LEAST_REACH_BYTES)
        while True:
            record += read.records
            found = scanner.scan(read.end, most=_ONE_BY_ONE)
            damages += read.not_events + found.damages + self._parse(buffer, found, record)
            record += len(found.payloads)
            if len(found.payloads) < _ONE_BY_ONE:
                break
            reach = 0 if found.damages else 2 * reach + found.consumed - begin
            begin = found.consumed
            read = Read(begin, 0, [])
            if self._bulk and reach >= _LEAST_REACH_BYTES:
                stretch = Stretch(begin, min(len(buffer), begin + reach), record)
                [read] = self._bulk.decode(buffer, [stretch], self._collector)
        damages.sort(key=lambda damage: damage.offset)
        return damages, found

    def _parse(self, buffer: bytes, found: Scan, first_record: int) -> list[Damage]:
        """Give the collector each record that was found; returns those that are no events."""
        not_events = []
        for record, (low, high) in enumerate(found.payloads, first_record):
            try:
                event = event_pb2.Event.FromString(buffer[low:high])
            except DecodeError:
                not_events.append(Damage(low - HEADER_BYTES, NOT_AN_EVENT))
                continue
            self._collector.add_event(record, event, low - HEADER_BYTES, high - low + FRAME_BYTES)
        return not_events


def _with_problems(damages: list[Damage], problems: Sequence[tuple[int, str]]) -> list[Damage]:
    """Damage, and what stands in sound records and can't be used, by place."""
    if not problems:
        return damages
    unusable = [Damage(offset, what) for offset, what in problems]
    return sorted([*damages, *unusable], key=lambda damage: damage.offset)
