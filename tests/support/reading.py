"""Reading bytes both ways, in bulk and event by event, and seeing that they agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.events import Lines, Points, window
from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.candle import are_candles
from tensorboard_candles.events.window import Decoded, WindowDecoder, decode_windows


def plain(points: Points) -> list[Any]:
    """Columns as they can be compared; NaN by its bits."""
    value = points.value if are_candles(points.value) else points.value.astype(np.float64)
    bits = np.ascontiguousarray(value).view(np.int64).tolist()
    return [points.step.tolist(), points.wall_time.view(np.int64).tolist(), bits]


def points_of(found: Decoded) -> list[Any]:
    """What was read of records, in a form that can be compared."""
    return [
        found.first_wall_time,
        *(
            (
                segment.start,
                {tag: plain(points) for tag, points in sorted(segment.scalars.items())},
                plain(segment.epoch_marks),
                segment.said,
                segment.arguments,
                [repr(record) for record in segment.records],
                plain_lines(segment.lines),
            )
            for segment in found.segments
        ),
    ]


def plain_lines(lines: Lines) -> list[Any]:
    """What can be compared: the levels by name."""
    levels = [lines.levels[level] for level in lines.rows["level"].tolist()]
    places = [lines.rows[name].tolist() for name in ("step", "offset", "size", "index")]
    wall_times = np.ascontiguousarray(lines.rows["wall_time"]).view(np.int64).tolist()
    return [*zip(levels, wall_times, *places, strict=True)]


def told(found: Decoded) -> list[Any]:
    """All that decoding says."""
    return [points_of(found), found.damages, found.suspect, found.consumed, found.unfinished]


def read(content: bytes, *, in_bulk: bool, cuts: tuple[int, ...] = ()) -> list[Any]:
    """Everything that is read of the content, window by window as it grows."""
    decoder = WindowDecoder(BulkDecoder() if in_bulk else None)
    read: list[Any] = []
    begin = 0
    for end in (*cuts, len(content)):
        found = decoder.decode(content[begin:end])
        read += told(found)
        begin += found.consumed
    return read


def read_windows_together(contents: Sequence[bytes], *, in_bulk: bool) -> list[Any]:
    """Everything that is read of several files: decoded together in bulk, or else each by itself."""
    if not in_bulk:
        return [told(WindowDecoder(None).decode(content)) for content in contents]
    windows = [WindowDecoder(None).window(content) for content in contents]
    return [told(found) for found in decode_windows(windows, BulkDecoder())]


def assert_same(content: bytes, cuts: tuple[int, ...] = ()) -> None:
    expected = read(content, in_bulk=False, cuts=cuts)
    assert read(content, in_bulk=True, cuts=cuts) == expected
    with in_bulk_everywhere():
        assert read(content, in_bulk=True, cuts=cuts) == expected


@contextmanager
def in_bulk_everywhere() -> Iterator[None]:
    """In bulk behind damage and for few bytes, too, where it does not pay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "_LEAST_REACH_BYTES", 0)
        yield
