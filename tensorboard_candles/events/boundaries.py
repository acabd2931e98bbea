"""Where records begin, found many at a time.

Two ways, in turns:

* *Search.* A header is a length of eight bytes and its checksum. Lengths below 256 leave seven zero bytes in
  a row, and whatever their place, four of those make a whole aligned word: so one comparison of the buffer
  with zero, word by word, finds nearly every header, and the checksum says which of the finds are headers.
  Each record must begin where the one before it ends; what the comparison missed is looked at singly.
* *Repeat.* Training logs repeat: the records of one logging step have the same lengths as those of the step
  before. So the lengths found are searched for a period, and the period is laid over what follows: two
  comparisons per record, of thousands of steps at once. Where it stops fitting (a number grew by a byte,
  something else was logged), the search goes on.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.crc import UInt32Array, masked_crc32c, masked_crc_of_length
from tensorboard_candles.events.framing import FRAME_BYTES, HEADER_BYTES, MAX_PAYLOAD_BYTES
from tensorboard_candles.events.points import Int64Array

_LONGEST_PERIOD = 512
_LEAST_FIT = 32
_MANY = 2048
"""Records found by their period that are worth having looked for one."""
_LEAST_SEARCHED_BYTES = 1 << 18
_MOST_SEARCHED_BYTES = 1 << 20
LENGTH_LIMIT = 1 << 16
"""Records that are longer are few, and each is found by itself."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Records whose headers verify, one behind the other: where each begins, and its payload's length."""

    start: Int64Array
    length: Int64Array

    def __len__(self) -> int:
        return len(self.start)

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

    Payload checksums are not looked at.
    """
    starts: list[Int64Array] = []
    lengths: list[Int64Array] = []
    searched_bytes = _LEAST_SEARCHED_BYTES
    while end - start >= FRAME_BYTES:
        ahead = min(end, start + searched_bytes)
        found, sizes = _search(buffer, start, ahead, end)
        if not len(found):
            break
        starts.append(found)
        lengths.append(sizes)
        start = int(found[-1] + sizes[-1]) + FRAME_BYTES
        if start < ahead:
            break
        period = _period(sizes)
        repeated = _repeat(buffer, start, end, sizes[-period:]) if period else sizes[:0]
        if len(repeated):
            starts.append(repeated)
            lengths.append(np.tile(sizes[-period:], len(repeated) // period))
            start = int(repeated[-1] + sizes[-1]) + FRAME_BYTES
        # What fits a period is soon found again; what fits none is searched in longer and longer stretches.
        pays = len(repeated) > _MANY
        searched_bytes = _LEAST_SEARCHED_BYTES if pays else min(4 * searched_bytes, _MOST_SEARCHED_BYTES)
    empty = np.empty(0, np.int64)
    return Boundaries(np.concatenate([empty, *starts]), np.concatenate([empty, *lengths]))


def _search(buffer: bytes, start: int, ahead: int, end: int) -> tuple[Int64Array, Int64Array]:
    """Start and length of the records that follow one another from `start` on and begin before `ahead`."""
    starts, lengths = _headers_between(buffer, start, ahead, end)
    following = starts + lengths + FRAME_BYTES
    # The chain goes on from each of these to the next but where one is missing, or false, or the last.
    links_end = np.append(np.flatnonzero(following[:-1] != starts[1:]), len(starts) - 1).tolist()
    pieces: list[tuple[Int64Array, Int64Array]] = []
    index = 0
    while start < ahead:
        index += int(np.searchsorted(starts[index:], start))
        if index < len(starts) and starts[index] == start:
            last = links_end[bisect_left(links_end, index)]
            pieces.append((starts[index : last + 1], lengths[index : last + 1]))
            index, start = last + 1, int(following[last])
            continue
        length = _length_at(buffer, start, end)
        if length is None:
            break
        pieces.append((np.array([start]), np.array([length])))
        start += length + FRAME_BYTES
    empty = np.empty(0, np.int64)
    return (
        np.concatenate([empty, *(piece for piece, _ in pieces)]),
        np.concatenate([empty, *(piece for _, piece in pieces)]),
    )


def _headers_between(buffer: bytes, low: int, high: int, end: int) -> tuple[Int64Array, Int64Array]:
    """Where headers of whole records stand between `low` and `high`, most of them; and their lengths."""
    words = np.frombuffer(buffer, "<u4", max(0, min(high + 8, end) // 4))[low // 4 :]
    is_zero = words == 0
    zero = np.flatnonzero(is_zero[1:] & ~is_zero[:-1])
    # The last byte before the zeros that is none itself: with it ends the length, of one byte or of two.
    top = 4 * (zero + low // 4)
    for bits in (8, 16, 24):
        top += words[zero] >= np.uint32(1 << bits)
    starts, length, is_header = _verified(buffer, top, low, high, end)
    longer, longer_length, is_longer = _verified(buffer, top[~is_header] - 1, low, high, end)
    starts = np.concatenate([starts[is_header], longer[is_longer]])
    length = np.concatenate([length[is_header], longer_length[is_longer]])
    if is_longer.any():
        starts, first = np.unique(starts, return_index=True)
        length = length[first]
    return starts, length


def _verified(
    buffer: bytes, starts: Int64Array, low: int, high: int, end: int
) -> tuple[Int64Array, Int64Array, BoolArray]:
    """The positions, the length that stands at each, and whether a header of a whole record does."""
    last = min(high, end - FRAME_BYTES + 1, len(buffer) - HEADER_BYTES + 1)
    inside = np.clip(starts, low, last - 1)
    length = _at_each(buffer, inside, "<u8").astype(np.int64)
    short = length & (LENGTH_LIMIT - 1)
    verifies = _crc_of_lengths()[short] == _at_each(buffer, inside + 8, "<u4")
    verifies &= (short == length) & (inside == starts) & (starts + short <= end - FRAME_BYTES)
    return starts, short, verifies


def _at_each(buffer: bytes, positions: Int64Array, element: str) -> npt.NDArray[np.unsignedinteger]:
    """The number that stands at each position."""
    size = np.dtype(element).itemsize
    every = np.ndarray((len(buffer) - size + 1,), element, buffer, 0, (1,))
    return every[positions]


def _length_at(buffer: bytes, start: int, end: int) -> int | None:
    """Length of the whole record at `start`; None where there is none."""
    if start > end - FRAME_BYTES:
        return None
    header = buffer[start : start + 8]
    length = int.from_bytes(header, "little")
    if length > MAX_PAYLOAD_BYTES or start + length > end - FRAME_BYTES:
        return None
    stored = int.from_bytes(buffer[start + 8 : start + HEADER_BYTES], "little")
    return length if masked_crc32c(header) == stored else None


@cache
def _crc_of_lengths() -> UInt32Array:
    """Masked checksum of each length below 2^16."""
    return masked_crc_of_length(np.arange(LENGTH_LIMIT, dtype=np.uint64))


def _period(lengths: Int64Array) -> int:
    """The shortest period that the last lengths keep to, twice at least; 0 for none."""
    # As bytes, which compare far faster than lists do. Nearly every length fits into two, and a period that
    # is none is soon found out.
    sizes = lengths[-2 * _LONGEST_PERIOD :].astype("<u2").tobytes()
    recent = sizes[-2 * min(_LEAST_FIT, len(lengths) // 2) :]
    earlier = len(sizes) - len(recent)
    while (earlier := sizes.rfind(recent, 0, earlier + len(recent) - 1)) >= 0:
        period = len(sizes) - len(recent) - earlier
        if period % 2 == 0 and sizes[-period:] == sizes[-2 * period : -period]:
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
