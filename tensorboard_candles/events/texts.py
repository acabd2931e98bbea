"""The words of lines of logs, read from their file when they are asked for: many at a time, in few reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.errors import NotFound
from tensorboard_candles.events.lines import LineArray
from tensorboard_candles.events.payloads import event_in
from tensorboard_candles.events.storage import LogPath, OpenFile, storage_of

_MOST_GAP_BYTES = 64 << 10
"""Between two records that are read at once: as much costs less than another read."""
_MOST_READ_BYTES = 4 << 20
"""At once; more only where a record is as long."""


def texts_of(path: LogPath, rows: LineArray) -> list[str | None]:
    """What each of some lines of a file says, in their order; None where the file holds it no more.

    >>> texts_of(path, lines.rows[-2:])                          # doctest: +SKIP
    ['epoch 3 begins', 'checkpoint saved to last.pt']

    Raises NotFound where the file can't be read.
    """
    if not len(rows):
        return []
    order = np.argsort(rows["offset"], kind="stable")
    found: list[str | None] = [None] * len(rows)
    end = int((rows["offset"] + rows["size"]).max())
    try:
        with storage_of(path).open(str(path), end) as file:
            for part in _parts(rows[order]):
                here = order[part]
                for row, text in zip(here.tolist(), _texts_in(file, rows[here]), strict=True):
                    found[row] = text
    except OSError as error:
        raise NotFound(f"{path.name} can't be read: {error.strerror or error}") from error
    return found


def _parts(rows: LineArray) -> Iterator[slice]:
    """Rows that are in order, cut into what is read at once."""
    begins, ends = rows["offset"].tolist(), (rows["offset"] + rows["size"]).tolist()
    first = 0
    for row in range(1, len(rows)):
        is_far = begins[row] - ends[row - 1] > _MOST_GAP_BYTES
        if is_far or ends[row] - begins[first] > _MOST_READ_BYTES:
            yield slice(first, row)
            first = row
    yield slice(first, len(rows))


def _texts_in(file: OpenFile, rows: LineArray) -> Iterator[str | None]:
    begin = int(rows["offset"][0])
    content = file.read(begin, int(rows["offset"][-1] + rows["size"][-1]) - begin)
    at, event = -1, None
    for offset, size, index, step in zip(
        *(rows[name].tolist() for name in ("offset", "size", "index", "step")), strict=True
    ):
        if offset != at:  # an event may hold many lines
            at, event = offset, event_in(content[offset - begin : offset - begin + size])
        yield _text_in(event, index, step)


def _text_in(event: event_pb2.Event | None, index: int, step: int) -> str | None:
    if event is None or event.step != step or index >= len(event.summary.value):
        return None
    words: Sequence[bytes] = event.summary.value[index].tensor.string_val
    return b"\n".join(words).decode(errors="replace")
