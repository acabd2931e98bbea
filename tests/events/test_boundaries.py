"""Where records begin must be what walking from header to header says, whatever lies between."""

from __future__ import annotations

import struct

from hypothesis import example, given
from hypothesis import strategies as st

from tensorboard_candles.events.boundaries import find_boundaries
from tensorboard_candles.events.crc import masked_crc32c


def record(payload: bytes) -> bytes:
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked_crc32c(length)) + payload + bytes(4)


def walked(buffer: bytes, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start + 16 <= end:
        length, crc = struct.unpack_from("<QI", buffer, start)
        if start + length + 16 > end or masked_crc32c(buffer[start : start + 8]) != crc:
            break
        found.append((start, length))
        start += length + 16
    return found


def assert_found(buffer: bytes, start: int, end: int) -> None:
    found = find_boundaries(buffer, start, end)
    assert list(zip(found.start.tolist(), found.length.tolist(), strict=True)) == walked(buffer, start, end)


lengths = st.one_of(
    st.integers(0, 300), st.sampled_from([0, 255, 256, 512, 3 << 8, 65_280, 65_535, 65_536, 70_000])
)
fillings = st.sampled_from([b"\0", b"\xff", b"\x01\0\0\0\0\0\0\0", record(b"abc"), record(b"")])


@given(st.lists(st.tuples(lengths, fillings), max_size=60), st.integers(0, 20), st.integers(0, 40))
@example([(24, b"\0")] * 50 + [(70_000, b"\0")] + [(24, b"\0")] * 50, 0, 0)
def test_boundaries_are_those_of_a_walk(parts: list[tuple[int, bytes]], before: int, cut: int) -> None:
    records = b"".join(record((fill * length)[:length]) for length, fill in parts)
    buffer = b"\x07" * before + records
    assert_found(buffer, before, max(before, len(buffer) - cut))


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_a_flipped_bit_in_a_header_ends_the_search_there(place: int, bit: int) -> None:
    buffer = bytearray(b"".join(record(bytes(20 + index % 3)) for index in range(200)))
    buffer[place % len(buffer)] ^= 1 << bit
    assert_found(bytes(buffer), 0, len(buffer))


def test_long_regular_stretches_are_found_whole() -> None:
    frame = b"".join(record(bytes([7]) * size) for size in (30, 300, 31, 512))
    assert_found(frame * 20_000 + record(b"odd") + frame * 5000, 0, 25_000 * len(frame))
