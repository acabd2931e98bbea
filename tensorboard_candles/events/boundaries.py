"""Where records begin, found many at a time.

Training logs repeat: the records of one logging step have the same lengths as those of the step before. So a
few records are walked one by one, their lengths are searched for a period, and the period is laid over what
follows: two strided comparisons per record of the period test thousands of headers at once. Where it stops
fitting (a number grew by a byte, something else was logged), walking begins again.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.crc import masked_crc32c, masked_crc_of_length
from tensorboard_candles.events.framing import FRAME_BYTES, HEADER_BYTES
from tensorboard_candles.events.points import Int64Array

_MOST_WALKED = 4096
_LONGEST_PERIOD = 512
_LEAST_FIT = 32


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Records whose headers verify, one behind the other: where each begins, and its payload's length."""

    start: Int64Array
    length: Int64Array

    @property
    def end(self) -> int:
        """Where the next record would begin."""
        return int(self.start[-1] + self.length[-1]) + FRAME_BYTES


def find_boundaries(buffer: bytes, start: int, end: int) -> Boundaries:
    """Every whole record between `start` and `end`, up to the first header that does not verify.

    >>> from tensorboard_candles.events.crc import masked_crc32c
    >>> length = (5).to_bytes(8, "little")
    >>> record = length + masked_crc32c(length).to_bytes(4, "little") + b"hello" + bytes(4)
    >>> find_boundaries(record * 3, 0, 63).start
    array([ 0, 21, 42])

    Payload checksums are not looked at. Records of 64 KiB and more end the search too: they are few, and
    better read one by one.
    """
    starts: list[Int64Array] = []
    lengths: list[Int64Array] = []
    count = 64
    while True:
        walked, sizes, is_broken = _walk(buffer, start, end, count)
        if len(walked):
            starts.append(walked)
            lengths.append(sizes)
            start = int(walked[-1] + sizes[-1]) + FRAME_BYTES
        if is_broken:
            break
        period = _period(sizes)
        repeated = _repeat(buffer, start, end, sizes[-period:]) if period else sizes[:0]
        if len(repeated):
            starts.append(repeated)
            lengths.append(np.tile(sizes[-period:], len(repeated) // period))
            start = int(repeated[-1] + sizes[-1]) + FRAME_BYTES
        # What fits a period is soon found again; what fits none is walked in longer and longer stretches.
        count = max(64, 3 * period) if len(repeated) > count else min(2 * count, _MOST_WALKED)
    empty = np.empty(0, np.int64)
    return Boundaries(np.concatenate([empty, *starts]), np.concatenate([empty, *lengths]))


def _walk(buffer: bytes, start: int, end: int, count: int) -> tuple[Int64Array, Int64Array, bool]:
    """Up to `count` records, one by one; and whether something stopped the walk before."""
    found: list[int] = []
    last = end - FRAME_BYTES
    while len(found) < count and start <= last:
        found.append(start)
        start += buffer[start] + (buffer[start + 1] << 8) + FRAME_BYTES
    starts = np.array(found, np.int64)
    headers = _headers(buffer, starts)
    length = headers[:, :8].copy().view("<u8")[:, 0]
    fits = (length < 1 << 16) & (starts + length.astype(np.int64) <= last)
    fits[fits] &= masked_crc_of_length(length[fits]) == headers[fits, 8:].copy().view("<u4")[:, 0]
    good = len(fits) if fits.all() else int(np.argmin(fits))
    return starts[:good], length[:good].astype(np.int64), good < count


def _headers(buffer: bytes, starts: Int64Array) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    if not len(starts):
        return np.empty((0, HEADER_BYTES), np.uint8)
    data = np.frombuffer(buffer, np.uint8)
    return np.lib.stride_tricks.sliding_window_view(data, HEADER_BYTES)[starts]


def _period(lengths: Int64Array) -> int:
    """The shortest period that the last lengths keep to, twice at least; 0 for none."""
    # As bytes, which compare far faster than lists do; a length fits into two.
    sizes = lengths[-2 * _LONGEST_PERIOD :].astype("<u2").tobytes()
    least = 2 * min(_LEAST_FIT, len(lengths))
    for period in range(2, len(sizes) // 2 + 2, 2):
        if sizes[-2:] == sizes[-period - 2 : -period]:
            tail = sizes[-max(2 * period, least) :]
            if tail[period:] == tail[:-period]:
                return period // 2
    return 0


def _repeat(buffer: bytes, start: int, end: int, lengths: Int64Array) -> Int64Array:
    """Where records begin that repeat these lengths over and over from `start` on."""
    frame_bytes = int(lengths.sum()) + FRAME_BYTES * len(lengths)
    offsets = list(itertools.accumulate((lengths + FRAME_BYTES).tolist(), initial=0))[:-1]
    headers = [(int(n), masked_crc32c(int(n).to_bytes(8, "little"))) for n in lengths]
    most = (end - start) // frame_bytes
    rows, tried = 0, min(256, most)
    while tried > 0:
        low = start + rows * frame_bytes
        fits = np.ones(tried, np.bool_)
        for offset, (length, crc) in zip(offsets, headers, strict=True):
            at = low + offset
            fits &= np.ndarray((tried,), "<u8", buffer, at, (frame_bytes,)) == np.uint64(length)
            fits &= np.ndarray((tried,), "<u4", buffer, at + 8, (frame_bytes,)) == np.uint32(crc)
        good = tried if fits.all() else int(np.argmin(fits))
        rows += good
        tried = min(8 * tried, most - rows) if good == tried else 0
    first = start + frame_bytes * np.arange(rows, dtype=np.int64)
    return (first[:, None] + np.array(offsets, np.int64)).ravel()
