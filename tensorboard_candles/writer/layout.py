"""From rows of numbers to the bytes of records, many at a time.

All records of one set of names have the same bytes but for the time, the step, the values and the checksum.
So those are written into the columns of a matrix of bytes, one row for each record: the very bytes that
protobuf makes of the same event (a test compares them), at a tenth of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.records import frame, header, mask
from tensorboard_candles.writer.summaries import is_unicode

Items = list[Any]
"""Rows one after the other: a Layout, its step, its wall time and the values in the order of its names; or a
LaterEvent, its step and its wall time. Flat, because a container kept for each row would be one more object
for Python's garbage collector to look at, and it stops the training for that.
"""

Starts = Sequence[int]
"""Where rows begin; a range where all are of one layout."""

UInt8Array = npt.NDArray[np.uint8]

_STEP_LIMITS = np.array([1 << 7 * count for count in range(9)], np.int64)
_LONGEST_STEP = 10
_FIRST_VALUE = 3
_HEADER_BYTES = 12


class Layout:
    """What all records of one set of names have in common.

    >>> layout = Layout(("loss", "acc"))
    >>> event = layout.event(step=7, wall_time=1.5, values=[0.25, 0.5])
    >>> encode([layout, 7, 1.5, 0.25, 0.5]) == frame(event.SerializeToString())
    True
    """

    __slots__ = ("_holes", "_summary", "names", "size", "width")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        content, holes = bytearray(), []
        for name in names:
            tag = name.encode()
            value = b"\x0a" + varint(len(tag)) + tag + b"\x15" + bytes(4)
            content += b"\x0a" + varint(len(value)) + value
            holes.append(len(content) - 4)
        self._summary = b"\x2a" + varint(len(content)) + content
        begin = len(self._summary) - len(content)
        self._holes = (begin + np.array(holes)[:, None] + np.arange(4)).ravel()
        self.size = _HEADER_BYTES + 9 + 1 + _LONGEST_STEP + len(self._summary) + 4
        """How many bytes a record takes at most."""
        self.width = _FIRST_VALUE + len(names)
        """How many items a row takes."""

    def event(self, step: int, wall_time: float, values: Sequence[float]) -> Event:
        """The same as protobuf makes it; what float32 can't hold is a float64 there."""
        named = zip(self.names, values, strict=True)
        summary = Summary(value=[summaries.scalar(name, value) for name, value in named])
        return Event(wall_time=wall_time, step=step, summary=summary)

    def records(
        self, step: npt.NDArray[np.int64], wall_time: npt.NDArray[np.float64], values: npt.NDArray[np.float32]
    ) -> list[bytes]:
        """Records of steps that take equally many bytes; `values` has a row for each, a column a name."""
        count, step_bytes = len(step), int(_step_bytes(step[:1])[0])
        payload = b"\x09" + bytes(8) + b"\x10" * bool(step_bytes) + bytes(step_bytes) + self._summary
        record = header(len(payload)) + payload + bytes(4)
        matrix = np.tile(np.frombuffer(record, np.uint8), (count, 1))
        matrix[:, 13:21] = wall_time.astype("<f8").view(np.uint8).reshape(count, 8)
        rest = step.view(np.uint64)
        for place in range(step_bytes):
            more = np.uint64(0 if place == step_bytes - 1 else 128)
            matrix[:, 22 + place] = rest >> np.uint64(7 * place) & np.uint64(127) | more
        begin = len(record) - 4 - len(self._summary)
        matrix[:, begin + self._holes] = values.astype("<f4").view(np.uint8).reshape(count, -1)
        matrix[:, -4:] = _checksums(matrix)
        return _rows(matrix, 0, len(record))


@dataclass(frozen=True, eq=False, slots=True)
class LaterEvent:
    """An event that the output thread makes when it comes to it; step and wall time are its row's."""

    size: int
    """About how many bytes it takes."""
    make: Callable[[], Event]
    wall_time: float | None = None
    """When it is to have been; None for when it is logged."""
    begins_epoch: bool = False
    width: int = _FIRST_VALUE


@lru_cache(maxsize=4096)
def layout_of(names: tuple[str, ...]) -> Layout | None:
    """The layout of these names, None where there are none; WriterError when one can't be a metric's name.

    >>> layout_of(("loss", "acc")) is layout_of(("loss", "acc"))
    True
    """
    for name in names:
        if not isinstance(name, str) or not name or name in metadata.OWN_TAGS or not is_unicode(name):
            raise WriterError(
                f"a metric's name must be a string of Unicode, not empty and none of"
                f" {sorted(metadata.OWN_TAGS)}, got {name!r}"
            )
    return Layout(names) if names else None


def starts_of(items: Items) -> Starts:
    """Where each row begins.

    >>> layout = Layout(("loss",))
    >>> starts_of([layout, 0, 1.5, 0.25, layout, 1, 1.6, 0.5])
    range(0, 8, 4)
    """
    if not items:
        return range(0)
    what, width = items[0], items[0].width
    if isinstance(what, Layout) and items[::width].count(what) * width == len(items):
        return range(0, len(items), width)
    starts, at = [], 0
    while at < len(items):
        starts.append(at)
        at += items[at].width
    return starts


def encode(items: Items, starts: Starts | None = None) -> bytes:
    """The records of all rows, or of those that begin there, in their order."""
    starts = starts_of(items) if starts is None else starts
    if isinstance(starts, range):
        return b"".join(_scalars(items[starts[0]], items, starts)) if starts else b""
    records: list[bytes] = [b""] * len(starts)
    for what, places in by_kind(items, starts).items():
        some = [starts[place] for place in places]
        made = _scalars(what, items, some) if isinstance(what, Layout) else [_made(items, at) for at in some]
        for place, record in zip(places, made, strict=True):
            records[place] = record
    return b"".join(records)


def by_kind(items: Items, starts: Starts) -> Mapping[Layout | LaterEvent, Sequence[int]]:
    """Which of the rows are of each layout; an event is a kind of its own."""
    if isinstance(starts, range) and starts:
        return {items[starts[0]]: range(len(starts))}
    kinds: dict[Layout | LaterEvent, list[int]] = {}
    for place, at in enumerate(starts):
        kinds.setdefault(items[at], []).append(place)
    return kinds


def without_gaps(items: Items) -> Items:
    """The same without values that are None; no row is left of one that had no other.

    >>> layout = Layout(("loss", "acc"))
    >>> items = without_gaps([layout, 0, 1.5, None, 0.5, layout, 1, 1.6, None, None])
    >>> items[0].names, items[1:]
    (('acc',), [0, 1.5, 0.5])
    """
    left: Items = []
    for at in starts_of(items):
        row = items[at : at + items[at].width]
        what, values = row[0], row[_FIRST_VALUE:]
        if None in values:
            named = {name: value for name, value in zip(what.names, values, strict=True) if value is not None}
            row = [layout_of(tuple(named)), *row[1:_FIRST_VALUE], *named.values()] if named else []
        left += row
    return left


def _made(items: Items, at: int) -> bytes:
    event = items[at].make()
    event.step, event.wall_time = items[at + 1 : at + _FIRST_VALUE]
    return frame(event.SerializeToString())


def _scalars(layout: Layout, items: Items, starts: Starts) -> list[bytes]:
    step, wall_time, double = numbers_of(layout, items, starts)
    with np.errstate(over="ignore", invalid="ignore"):
        single = double.astype(np.float32)
    records: list[bytes] = [b""] * len(starts)
    step_bytes = _step_bytes(step)
    # no np.unique: it imports a module when it is first called, and a child forked meanwhile would hang there
    for count in sorted(set(step_bytes.tolist())):
        places = np.flatnonzero(step_bytes == count)
        made = layout.records(step[places], wall_time[places], single[places])
        for place, record in zip(places.tolist(), made, strict=True):
            records[place] = record
    # finite, but beyond float32: rare
    for place in np.flatnonzero((np.isinf(single) & np.isfinite(double)).any(axis=1)).tolist():
        event = layout.event(int(step[place]), float(wall_time[place]), double[place].tolist())
        records[place] = frame(event.SerializeToString())
    return records


def numbers_of(
    layout: Layout, items: Items, starts: Starts
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Steps, wall times and values (a row each, a column for each name) of rows that are of one layout.

    >>> layout = Layout(("loss", "acc"))
    >>> numbers_of(layout, [layout, 7, 1.5, 0.25, 0.5], [0])
    (array([7]), array([1.5]), array([[0.25, 0.5 ]]))
    """
    step = np.array(_column(items, starts, 1), np.int64)
    wall_time = np.array(_column(items, starts, 2), np.float64)
    names = len(layout.names)
    if names > len(starts):  # in as few pieces as there are
        rows = chain.from_iterable(items[at + _FIRST_VALUE : at + layout.width] for at in starts)
        return step, wall_time, np.fromiter(rows, np.float64, len(starts) * names).reshape(-1, names)
    values = chain.from_iterable(_column(items, starts, _FIRST_VALUE + place) for place in range(names))
    return step, wall_time, np.fromiter(values, np.float64, len(starts) * names).reshape(names, -1).T


def _column(items: Items, starts: Starts, place: int) -> Items:
    """What stands so many items after the begin of each row."""
    if isinstance(starts, range):
        return items[starts.start + place : starts.stop : starts.step]
    return [items[at + place] for at in starts]


def _step_bytes(step: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many bytes protobuf takes for each step: none for 0, ten where it is negative."""
    count = np.searchsorted(_STEP_LIMITS, step, side="right")
    return np.where(step < 0, _LONGEST_STEP, count)


def _checksums(matrix: UInt8Array) -> UInt8Array:
    payloads = _rows(matrix, _HEADER_BYTES, matrix.shape[1] - 4)
    crcs = np.array([google_crc32c.value(payload) for payload in payloads], np.uint32)
    return mask(crcs).astype("<u4").view(np.uint8).reshape(-1, 4)


def _rows(matrix: UInt8Array, begin: int, end: int) -> list[bytes]:
    count, width = matrix.shape
    data = matrix.tobytes()
    return [data[at + begin : at + end] for at in range(0, count * width, width)]


def varint(number: int) -> bytes:
    """A number as protobuf writes it, seven bits a byte.

    >>> varint(300)
    b'\\xac\\x02'
    """
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
