"""A window of a file's bytes → points and damage: in bulk where records are regular, one by one where not."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events.bulk import NOT_AN_EVENT, BulkDecoder, Read, Stretch
from tensorboard_candles.events.decode import Collector, PluginData
from tensorboard_candles.events.framing import FRAME_BYTES, HEADER_BYTES, Damage, Scan, Scanner
from tensorboard_candles.events.points import Segment

_ONE_BY_ONE = 8
"""Records that are read singly where the bulk decoder stopped, before it is tried again."""
_LEAST_REACH_BYTES = 1 << 12
"""Fewer bytes are faster read singly."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a buffer held; positions count from its start. See `framing.Scan` for the last three."""

    segments: list[Segment]
    first_wall_time: float
    """Smallest wall time of any record that has one, see `Collector`; +inf where there is none."""
    damages: list[Damage]
    suspect: Damage | None
    consumed: int
    unfinished: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Undecoded:
    """Bytes of a file, to be decoded with those of others or by themselves."""

    buffer: bytes
    available: int
    """How many bytes the file has from the buffer's start on, where that is more than the buffer holds."""
    plugins: dict[str, PluginData]
    """Of each tag of the file met so far; decoding adds to it."""


class WindowDecoder:
    """Decodes one file, window by window.

    Without a bulk decoder every record is parsed by itself: slow, and the reference for what is right.
    """

    def __init__(self, bulk: BulkDecoder | None, plugins: Mapping[str, PluginData] | None = None) -> None:
        self.plugins = dict(plugins or {})
        """Of each tag met so far; what an earlier decoder of the file knew is what this one begins with."""
        self._bulk = bulk

    def window(self, buffer: bytes, available: int = 0) -> Undecoded:
        """The file's next window, still to be decoded; see `Undecoded`."""
        return Undecoded(buffer, available, self.plugins)

    def decode(self, buffer: bytes, available: int = 0) -> Decoded:
        """Points of all records from the start of the buffer on, and what damage lies between them."""
        [decoded] = decode_windows([self.window(buffer, available)], self._bulk)
        return decoded


def decode_windows(windows: Sequence[Undecoded], bulk: BulkDecoder | None) -> list[Decoded]:
    """Decode windows of several files together: many small ones then cost little more than one large one."""
    firsts = [0]
    for window in windows[:-1]:
        firsts.append(firsts[-1] + len(window.buffer) // FRAME_BYTES + 1)
    collector = Collector([window.plugins for window in windows], firsts)
    reads = _read_in_bulk(windows, firsts, collector, bulk)
    found = [
        _decode_rest(window, first, read, (collector, bulk))
        for window, first, read in zip(windows, firsts, reads, strict=True)
    ]
    return [
        Decoded(segments, first_wall_time, damages, scan.suspect, scan.consumed, scan.unfinished)
        for (damages, scan), segments, first_wall_time in zip(
            found, collector.segments(), collector.first_wall_times.tolist(), strict=True
        )
    ]


def _read_in_bulk(
    windows: Sequence[Undecoded], firsts: Sequence[int], collector: Collector, bulk: BulkDecoder | None
) -> list[Read]:
    """What the bulk decoder makes of the beginnings of all windows; positions count from each one's start."""
    if not bulk:
        return [Read(0, 0, [])] * len(windows)
    joined = b"".join(window.buffer for window in windows) if len(windows) > 1 else windows[0].buffer
    begins = list(itertools.accumulate((len(window.buffer) for window in windows), initial=0))
    stretches = [Stretch(*place) for place in zip(begins, begins[1:], firsts, strict=False)]
    return [
        read.moved(-begin)
        for read, begin in zip(bulk.decode(joined, stretches, collector), begins, strict=False)
    ]


def _decode_rest(
    window: Undecoded, first_record: int, read: Read, decoders: tuple[Collector, BulkDecoder | None]
) -> tuple[list[Damage], Scan]:
    """Go on behind what was read in bulk to the end of the buffer; returns all damage, and how it ends."""
    buffer, (collector, bulk) = window.buffer, decoders
    scanner = Scanner(buffer, window.available)
    damages: list[Damage] = []
    begin = 0
    record = first_record
    # How far the bulk decoder may look ahead: what it decodes behind a damaged record is thrown away. So
    # damage sets this to nothing, and what is read without any doubles it.
    reach = max(len(buffer), _LEAST_REACH_BYTES)
    while True:
        damages += read.not_events
        record += read.records
        found = scanner.scan(read.end, most=_ONE_BY_ONE)
        damages += found.damages + _parse(buffer, found, record, collector)
        record += len(found.payloads)
        if len(found.payloads) < _ONE_BY_ONE:
            break
        reach = 0 if found.damages else 2 * reach + found.consumed - begin
        begin = found.consumed
        read = Read(begin, 0, [])
        if bulk and reach >= _LEAST_REACH_BYTES:
            [read] = bulk.decode(buffer, [Stretch(begin, min(len(buffer), begin + reach), record)], collector)
    damages.sort(key=lambda damage: damage.offset)
    return damages, found


def _parse(buffer: bytes, found: Scan, first_record: int, collector: Collector) -> list[Damage]:
    """Give the collector each record that was found; returns those that are no events."""
    not_events = []
    for record, (low, high) in enumerate(found.payloads, first_record):
        try:
            collector.add_event(record, event_pb2.Event.FromString(buffer[low:high]))
        except DecodeError:
            not_events.append(Damage(low - HEADER_BYTES, NOT_AN_EVENT))
    return not_events
