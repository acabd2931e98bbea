"""From rows of numbers to the bytes of records, many at a time.

All records of one set of names have the same bytes but for the time, the step, the values and the checksum.
So those are written into the columns of a matrix of bytes, one row for each record: the very bytes that
protobuf makes of the same event (a test compares them), at a tenth of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

Row = tuple["Layout | LaterEvent", int, float, list[Any]]
"""What it is, its step, its wall time and, for a layout, the values in the order of its names."""

UInt8Array = npt.NDArray[np.uint8]

_STEP_LIMITS = np.array([1 << 7 * count for count in range(9)], np.int64)
_LONGEST_STEP = 10
_HEADER_BYTES = 12


class Layout:
    """What all records of one set of names have in common.

    >>> layout = Layout(("loss", "acc"))
    >>> event = layout.event(step=7, wall_time=1.5, values=[0.25, 0.5])
    >>> encode([(layout, 7, 1.5, [0.25, 0.5])]) == frame(event.SerializeToString())
    True
    """

    __slots__ = ("_holes", "_summary", "names", "size")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        content, holes = bytearray(), []
        for name in names:
            tag = name.encode()
            value = b"\x0a" + _varint(len(tag)) + tag + b"\x15" + bytes(4)
            content += b"\x0a" + _varint(len(value)) + value
            holes.append(len(content) - 4)
        self._summary = b"\x2a" + _varint(len(content)) + content
        begin = len(self._summary) - len(content)
        self._holes = (begin + np.array(holes)[:, None] + np.arange(4)).ravel()
        self.size = _HEADER_BYTES + 9 + 1 + _LONGEST_STEP + len(self._summary) + 4
        """How many bytes a record takes at most."""

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
    wall_time: float = 0.0
    """When it is to have been; 0 for when it is logged."""


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


def encode(rows: Sequence[Row]) -> bytes:
    """The records of all rows, in their order."""
    records: list[bytes] = [b""] * len(rows)
    for layout, places in _by_layout(rows).items():
        some = rows if len(places) == len(rows) else [rows[place] for place in places]
        made = _scalars(layout, some) if isinstance(layout, Layout) else [_made(layout, *some[0][1:3])]
        for place, record in zip(places, made, strict=True):
            records[place] = record
    return b"".join(records)


def _by_layout(rows: Sequence[Row]) -> dict[Layout | LaterEvent, Sequence[int]]:
    layouts = [row[0] for row in rows]
    if len(set(layouts)) == 1:
        return {layouts[0]: range(len(rows))}
    places: dict[Layout | LaterEvent, list[int]] = {}
    for place, layout in enumerate(layouts):
        places.setdefault(layout, []).append(place)
    return dict(places)


def _made(later: LaterEvent, step: int, wall_time: float) -> bytes:
    event = later.make()
    event.step, event.wall_time = step, wall_time
    return frame(event.SerializeToString())


def _scalars(layout: Layout, rows: Sequence[Row]) -> list[bytes]:
    _, steps, wall_times, values = zip(*rows, strict=True)
    step, wall_time = np.array(steps, np.int64), np.array(wall_times)
    width = len(layout.names)
    double = np.fromiter(chain.from_iterable(values), np.float64, len(rows) * width).reshape(-1, width)
    with np.errstate(over="ignore", invalid="ignore"):
        single = double.astype(np.float32)
    step_bytes = _step_bytes(step)
    records: list[bytes] = [b""] * len(rows)
    # no np.unique: it imports a module when it is first called, and a child forked meanwhile would hang there
    for count in sorted(set(step_bytes.tolist())):
        places = np.flatnonzero(step_bytes == count)
        made = layout.records(step[places], wall_time[places], single[places])
        for place, record in zip(places.tolist(), made, strict=True):
            records[place] = record
    # finite, but beyond float32: rare
    for place in np.flatnonzero((np.isinf(single) & np.isfinite(double)).any(axis=1)).tolist():
        records[place] = frame(layout.event(*rows[place][1:]).SerializeToString())
    return records


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


def _varint(number: int) -> bytes:
    """
    >>> _varint(300)
    b'\\xac\\x02'
    """
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
