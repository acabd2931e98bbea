from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import framing
from tensorboard_candles.events.crc import UInt32Array, masked, masked_crc32c
from tensorboard_candles.events.framing import Scan, Scanner
from tensorboard_candles.events.points import Int64Array
from tests.support.records import record

PAYLOADS = [b"first", b"", b"third " * 20, b"x", b"last one"]
FILE = b"".join(record(payload) for payload in PAYLOADS)


def scan(data: bytes) -> Scan:
    return Scanner(data).scan()


def read(data: bytes) -> list[bytes]:
    return [data[start:end] for start, end in scan(data).payloads]


def begins(payloads: list[bytes]) -> list[int]:
    return [sum(16 + len(one) for one in payloads[:index]) for index in range(len(payloads))]


def header(length: int) -> bytes:
    """What a record of that length begins with."""
    encoded = struct.pack("<Q", length)
    return encoded + struct.pack("<I", masked_crc32c(encoded))


def slow_scan(data: bytes) -> list[bytes]:
    """Byte by byte: a record counts where it frames and verifies; else look one byte further."""
    found, position = [], 0
    while position + 16 <= len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        whole = data[position : position + 16 + length]
        if len(whole) == 16 + length and record(whole[12:-4]) == whole:
            found.append(whole[12:-4])
            position += len(whole)
        else:
            position += 1
    return found


def test_every_record_is_found() -> None:
    assert read(FILE) == PAYLOADS


def test_a_file_cut_anywhere_gives_the_whole_records_before_the_cut_and_no_damage() -> None:
    for cut in range(len(FILE)):
        found = scan(FILE[:cut])
        expected = [
            one for one, begin in zip(PAYLOADS, begins(PAYLOADS), strict=True) if begin + 16 + len(one) <= cut
        ]
        assert read(FILE[:cut]) == expected
        assert (found.damages, found.suspect) == ([], None)
        assert found.consumed == sum(16 + len(one) for one in expected)


def test_every_flipped_bit_costs_exactly_its_record_and_is_reported() -> None:
    starts = begins(PAYLOADS)
    for bit in range(8 * len(FILE)):
        damaged = bytearray(FILE)
        damaged[bit // 8] ^= 1 << (bit % 8)
        hit = max(index for index, start in enumerate(starts) if start <= bit // 8)
        found = scan(bytes(damaged))
        assert read(bytes(damaged)) == [one for index, one in enumerate(PAYLOADS) if index != hit]
        reported = [*found.damages, *([found.suspect] if found.suspect else [])]
        assert [damage.offset for damage in reported] == [starts[hit]]


def test_records_behind_one_whose_bytes_were_cut_short_are_not_lost() -> None:
    # A writer died inside a record, and another one went on behind it.
    torn = record(b"torn" * 40)[:50]
    data = record(b"before") + torn + FILE
    assert read(data) == [b"before", *PAYLOADS]
    assert [damage.offset for damage in scan(data).damages] == [22]


def test_a_length_that_no_event_can_have_is_damage_not_a_wait() -> None:
    monster = header(2**40)
    found = scan(monster + FILE)
    assert found.damages[0].offset == 0
    assert read(monster + FILE) == PAYLOADS


def test_damage_at_the_end_is_a_suspect_until_something_good_follows() -> None:
    broken = bytearray(record(b"broken"))
    broken[13] ^= 1
    found = scan(FILE + bytes(broken))
    assert found.suspect is not None
    assert found.suspect.offset == found.consumed == len(FILE)
    healed = scan(FILE + bytes(broken) + record(b"good"))
    assert healed.suspect is None
    assert len(healed.damages) == 1


def test_a_length_beyond_the_file_hides_no_record_behind_it() -> None:
    damaged = b"\xff" * 20 + header(10**9) + b"garbage"
    assert read(record(b"before") + damaged + FILE) == [b"before", *PAYLOADS]
    assert read(header(10**9) + FILE) == PAYLOADS
    assert scan(header(10**9) + FILE).damages == [framing.Damage(0, "record cut short")]


def test_records_that_end_where_a_cut_one_claims_to_are_not_lost() -> None:
    inner = record(b"inner")
    assert read(header(3 * len(inner) - 4) + 6 * inner) == [b"inner"] * 6


def test_a_torn_record_behind_damage_is_left_for_later() -> None:
    torn = record(b"still being written" * 9)[:-1]
    found = scan(b"\xff" * 20 + torn)
    assert found.suspect is not None
    assert found.unfinished == (20, 20 + len(torn) + 1)


def test_a_record_that_the_file_has_room_for_is_read_before_anything_is_called_damage() -> None:
    whole = record(b"a payload that holds a record: " + record(b"inner") + b" and goes on")
    window = whole[:-5]
    found = Scanner(window, available=len(whole)).scan()
    assert (found.payloads, found.damages, found.awaited) == ([], [], (0, len(whole)))


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(header(30_000), id="headers that claim all that follows"),
        pytest.param(header(30_000) + record(b"good"), id="the same with a good record between each two"),
        pytest.param(b"\xa5" + record(b""), id="a byte of garbage between records"),
    ],
)
def test_forged_headers_cost_work_in_proportion_to_the_bytes(
    piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    summed = searched = 0

    def counted_crc(data: bytes) -> int:
        nonlocal summed
        summed += len(data)
        return masked_crc32c(data)

    def counted_search(buffer: bytes, low: int, count: int) -> Int64Array:
        nonlocal searched
        searched += min(count, len(buffer) - low)
        return headers_in(buffer, low, count)

    headers_in = framing._headers_in
    monkeypatch.setattr(framing, "masked_crc32c", counted_crc)
    monkeypatch.setattr(framing, "_headers_in", counted_search)
    data = piece * (60_000 // len(piece)) + FILE
    found = read(data)
    assert found[-len(PAYLOADS) :] == PAYLOADS
    assert len(found) == sum(data.count(record(payload)) for payload in {*PAYLOADS, b"good"})
    assert summed < 6 * len(data)
    assert searched < 3 * len(data)


junk = st.one_of(
    st.binary(max_size=40),
    st.binary(max_size=60).map(lambda data: record(data)[:-3]),
    st.integers(0, 300).map(header),
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.one_of(st.binary(max_size=30).map(record), junk), max_size=8), st.booleans())
def test_agrees_with_a_search_byte_by_byte(pieces: list[bytes], all_together: bool) -> None:
    data = b"".join(pieces)
    scanner = Scanner(data)
    if all_together:  # as it looks at what was forged to be slow
        scanner._failed_bytes = len(data) + 1
    found = scanner.scan()
    assert [data[start:end] for start, end in found.payloads] == slow_scan(data)


def test_zeros_are_passed_over_before_any_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    checksums = 0

    def counted(crc: UInt32Array) -> UInt32Array:
        nonlocal checksums
        checksums += len(crc)
        return masked(crc)

    monkeypatch.setattr(framing, "masked", counted)
    assert read(bytes(1 << 16) + record(b"") + bytes(1 << 16) + FILE) == [b"", *PAYLOADS]
    assert checksums < 100
