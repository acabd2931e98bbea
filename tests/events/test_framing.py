from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.events.crc import masked_crc32c
from tensorboard_candles.events.framing import Scan, scan
from tests.support.records import record

PAYLOADS = [b"first", b"", b"third " * 20, b"x", b"last one"]
FILE = b"".join(record(payload) for payload in PAYLOADS)


def read(data: bytes) -> list[bytes]:
    return [data[start:end] for start, end in scan(data).payloads]


def begins(payloads: list[bytes]) -> list[int]:
    return [sum(16 + len(one) for one in payloads[:index]) for index in range(len(payloads))]


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
    length = struct.pack("<Q", 2**40)
    monster = length + struct.pack("<I", masked_crc32c(length))
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


junk = st.one_of(st.binary(max_size=40), st.binary(max_size=60).map(lambda data: record(data)[:-3]))


@given(st.lists(st.one_of(st.binary(max_size=30).map(record), junk), max_size=8))
def test_agrees_with_a_search_byte_by_byte(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    found: Scan = scan(data)
    expected = slow_scan(data)
    assert read(data) == expected[: len(found.payloads)]
    # What a torn record at the end may still swallow is left for later, never lost.
    assert slow_scan(data[found.consumed :]) == expected[len(found.payloads) :]
