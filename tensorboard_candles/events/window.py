"""A window of a file's bytes → points and damage: in bulk where records are regular, one by one where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events.bulk import NOT_AN_EVENT, BulkDecoder
from tensorboard_candles.events.decode import Collector, PluginData
from tensorboard_candles.events.framing import HEADER_BYTES, Damage, Scan, Scanner
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


class WindowDecoder:
    """Decodes one file, window by window.

    Without a bulk decoder every record is parsed by itself: slow, and the reference for what is right.
    """

    def __init__(self, bulk: BulkDecoder | None, plugins: Mapping[str, PluginData] | None = None) -> None:
        self.plugins = dict(plugins or {})
        """Of each tag met so far; what an earlier decoder of the file knew is what this one begins with."""
        self._bulk = bulk

    def decode(self, buffer: bytes, available: int = 0) -> Decoded:
        """Points of all records from the start of the buffer on, and what damage lies between them.

        `available` is how many bytes the file has from there on, where that is more than the buffer holds.
        """
        collector = Collector(self.plugins)
        scanner = Scanner(buffer, available)
        damages: list[Damage] = []
        position = record = 0
        # How far the bulk decoder may look ahead: what it decodes behind a damaged record is thrown away. So
        # damage sets this to nothing, and what is read without any doubles it.
        reach = max(len(buffer), _LEAST_REACH_BYTES)
        while True:
            begin = position
            if self._bulk and reach >= _LEAST_REACH_BYTES:
                ahead = min(len(buffer), position + reach)
                position, count, not_events = self._bulk.decode(buffer, position, ahead, record, collector)
                record += count
                damages += not_events
            found = scanner.scan(position, most=_ONE_BY_ONE)
            damages += found.damages + _parse(buffer, found, record, collector)
            record += len(found.payloads)
            position = found.consumed
            reach = 0 if found.damages else 2 * reach + position - begin
            if len(found.payloads) < _ONE_BY_ONE:
                break
        damages.sort(key=lambda damage: damage.offset)
        return Decoded(
            collector.segments(),
            collector.first_wall_time,
            damages,
            found.suspect,
            position,
            found.unfinished,
        )


def _parse(buffer: bytes, found: Scan, first_record: int, collector: Collector) -> list[Damage]:
    """Give the collector each record that was found; returns those that are no events."""
    not_events = []
    for record, (low, high) in enumerate(found.payloads, first_record):
        try:
            collector.add_event(record, event_pb2.Event.FromString(buffer[low:high]))
        except DecodeError:
            not_events.append(Damage(low - HEADER_BYTES, NOT_AN_EVENT))
    return not_events
