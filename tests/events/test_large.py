from __future__ import annotations

import struct
import tempfile
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2

from tensorboard_candles import summary
from tensorboard_candles.events import EventFile, framing, large
from tensorboard_candles.events import tail as tail_module
from tensorboard_candles.events.points import Points
from tensorboard_candles.events.window import Decoded, Undecoded, WindowDecoder, decode_windows
from tensorboard_candles.store.columns import joined
from tests.support.any_log import any_event, flipped
from tests.support.reading import plain
from tests.support.records import (
    FILE_NAME,
    event_record,
    masked_crc,
    record,
    scalar_record,
    version_record,
)

MEBIBYTE = 1 << 20


def header(length: int) -> bytes:
    encoded = struct.pack("<Q", length)
    return encoded + masked_crc(encoded)


def event_with_image(step: int, image_bytes: int) -> event_pb2.Event:
    event = event_pb2.Event(step=step, wall_time=1.7e9 + step)
    event.summary.value.add(tag="before", simple_value=step)
    event.summary.value.add(tag="image", image={"encoded_image_string": bytes(image_bytes)})
    event.summary.value.add(tag="loss", tensor={"dtype": types_pb2.DT_DOUBLE, "double_val": [step / 8]})
    event.summary.value[2].metadata.plugin_data.plugin_name = "scalars"
    return event


def read_all(path: Path) -> tuple[dict[str, list[Any]], EventFile]:
    """Points of each tag, of all windows, and the file."""
    file = EventFile(path)
    found: dict[str, list[Points]] = {}
    for window in file.read():
        for segment in window.segments:
            for tag, points in segment.scalars.items():
                found.setdefault(tag, []).append(points)
    return {tag: plain(joined(pieces)) for tag, pieces in found.items()}, file


def steps_of(path: Path, tag: str) -> list[int]:
    found: list[int] = read_all(path)[0][tag][0]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)


def make_small(patch: pytest.MonkeyPatch, *, bulky_bytes: int = 200) -> None:
    """As if a few hundred bytes were many megabytes."""
    for module in (framing, tail_module):
        patch.setattr(module, "MOST_WHOLE_BYTES", 300)
    patch.setattr(tail_module, "WINDOW_BYTES", 100)
    patch.setattr(tail_module, "_GIVE_UP_BYTES", 400)
    patch.setattr(large, "_BULKY_BYTES", bulky_bytes)
    patch.setattr(large, "_READ_BYTES", 50)
    patch.setattr(large, "_PIECE_BYTES", 70)


def test_a_long_record_costs_no_memory_by_its_length_whether_it_verifies_or_not(path: Path) -> None:
    claimed = 120 * MEBIBYTE
    with path.open("wb") as file:
        file.write(version_record() + event_record(event_with_image(7, 40 * MEBIBYTE)))
        file.write(scalar_record("loss", step=8, value=1.0) + header(claimed))
        file.truncate(file.tell() + claimed + 4)
    tracemalloc.start()
    found, read = read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found["loss"][0] == [7, 8]
    assert [damage.what for damage in read.problems] == ["checksum mismatch"]
    assert peak < 110 * MEBIBYTE


@pytest.mark.usefixtures("_small")
def test_numbers_beside_something_bulky_are_read_as_if_it_were_not_there(path: Path) -> None:
    long = [event_record(event_with_image(step, 1000 * step)) for step in range(5)]
    path.write_bytes(version_record() + b"".join(long) + scalar_record("loss", step=5, value=1.0))
    found, file = read_all(path)
    assert found["before"][0] == [*range(5)]
    assert found["loss"][0] == [*range(6)]
    assert file.problems == []
    assert file.bytes_read == path.stat().st_size


@pytest.mark.usefixtures("_small")
def test_a_long_record_that_does_not_verify_hides_none_in_it_or_behind_it(path: Path) -> None:
    inner = b"\xa5" * 900 + scalar_record("loss", step=1, value=1.0) + b"\xa5" * 900
    before, behind = scalar_record("loss", step=0, value=1.0), scalar_record("loss", step=2, value=1.0)
    path.write_bytes(before + header(len(inner)) + inner + b"\xa5" * 4 + behind)
    found, file = read_all(path)
    assert found["loss"][0] == [0, 1, 2]
    assert [damage.offset for damage in file.problems] == [len(before), len(before) + 12 + 900 + len(behind)]
    assert file.problems[0].what == "checksum mismatch"


@pytest.mark.usefixtures("_small")
def test_a_long_record_behind_damage_is_read(path: Path) -> None:
    path.write_bytes(b"\xa5" * 1000 + event_record(event_with_image(3, 2000)) + b"\xa5" * 20)
    assert steps_of(path, "loss") == [3]


@pytest.mark.usefixtures("_small")
def test_a_long_record_that_comes_in_pieces_is_read_when_it_is_whole(path: Path) -> None:
    whole = version_record() + event_record(event_with_image(3, 2000))
    file = EventFile(path)
    found = []
    for end in (200, 800, len(whole) - 1, len(whole)):
        path.write_bytes(whole[:end])
        found += [tag for window in file.read() for segment in window.segments for tag in segment.scalars]
        assert file.problems == []
    assert found == ["before", "loss"]


@pytest.mark.usefixtures("_small")
def test_what_is_too_much_even_without_anything_bulky_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "_MOST_THIN_BYTES", 500)
    event = event_pb2.Event(step=1, wall_time=1.0)
    for number in range(100):
        event.summary.value.add(tag=f"tag {number}", simple_value=1.0)
    long = event_record(event)
    path.write_bytes(version_record() + long + scalar_record("loss", step=2, value=1.0))
    found, file = read_all(path)
    assert list(found) == ["loss"]
    assert [damage.what for damage in file.problems] == [f"record of {len(long)} bytes passed over"]
    assert file.problems[0].offset == len(version_record())


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("payload", [b"\xff" * 1000, b"\x0b" * 1000, b"\x0a\xff\xff\xff\x07" + bytes(900)])
def test_a_long_record_that_is_no_event_costs_itself(path: Path, payload: bytes) -> None:
    path.write_bytes(record(payload) + scalar_record("loss", step=2, value=1.0))
    found, file = read_all(path)
    assert found["loss"][0] == [2]
    assert len(file.problems) == 1


@pytest.mark.usefixtures("_small")
def test_forged_long_records_are_summed_in_proportion_to_the_bytes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summed = 0

    def counted(file: Any, begin: int, end: int) -> bool:
        nonlocal summed
        summed += end - begin
        return verifies(file, begin, end)

    verifies = large._verifies
    monkeypatch.setattr(large, "_verifies", counted)
    path.write_bytes(header(30_000) * 4000 + scalar_record("loss", step=2, value=1.0))
    assert steps_of(path, "loss") == [2]
    assert summed < 3 * path.stat().st_size


@pytest.mark.usefixtures("_small")
def test_records_that_are_waited_for_one_after_another_do_not_add_up_in_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 0

    def watched(windows: Sequence[Undecoded], bulk: Any) -> list[Decoded]:
        nonlocal longest
        longest = max(longest, *(len(window.buffer) for window in windows))
        return decode_windows(windows, bulk)

    monkeypatch.setattr(tail_module, "decode_windows", watched)
    forged = header(280) + b"\xa5" * 100
    path.write_bytes(b"\xa5" + forged * 300 + scalar_record("loss", step=2, value=1.0))
    found, file = read_all(path)
    assert found["loss"][0] == [2]
    assert longest < 1500
    assert [damage.offset for damage in file.problems] == [0]


images = st.builds(
    lambda size: summary_pb2.Summary.Value(tag="image", image={"encoded_image_string": bytes(size)}),
    st.sampled_from([0, 250, 2000]),
)
pieces = st.one_of(any_event(), st.lists(images, max_size=3))


def bytes_of(piece: bytes | list[summary_pb2.Summary.Value]) -> bytes:
    """An event of its own, or what the one before it is to hold too."""
    return piece if isinstance(piece, bytes) else event_record(event_pb2.Event(summary={"value": piece}))


def joined_events(found: Sequence[bytes | list[summary_pb2.Summary.Value]]) -> Iterator[bytes]:
    """Every two neighbours as one event."""
    contents = [bytes_of(piece)[12:-4] for piece in found]
    for first, second in zip(contents, [*contents[1:], b""], strict=True):
        yield record(first + second)


@given(st.lists(pieces, min_size=1, max_size=8), st.one_of(st.none(), st.floats(0, 0.999)))
def test_long_events_are_read_like_short_ones(
    found: list[bytes | list[summary_pb2.Summary.Value]], damage: float | None
) -> None:
    content = b"".join(joined_events(found)) + scalar_record("end", step=1, value=1.0)
    content = content if damage is None else flipped(content, damage, 4)
    decoded = WindowDecoder(None).decode(content)
    expected: dict[str, list[Any]] = {}
    for segment in decoded.segments:
        for tag, points in segment.scalars.items():
            expected[tag] = plain(points)
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        path = Path(directory, FILE_NAME)
        path.write_bytes(content)
        got, file = read_all(path)
    assert got == expected
    told = [*decoded.damages, *([decoded.suspect] if decoded.suspect else [])]
    # Summaries of more than numbers are passed by in records that are not read whole, and that is told.
    of_long = "a record of more than 16 MiB"
    others = [
        [one.offset for one in some if not one.what.endswith(of_long)] for some in (file.problems, told)
    ]
    assert others[0] == others[1]
    passed_by = [{one.offset for one in some if one.what.endswith(of_long)} for some in (file.problems, told)]
    assert passed_by[0] >= passed_by[1]


def test_candles_in_a_long_record_are_read(path: Path) -> None:
    rows = summary.candle_rows(np.arange(20_000), np.arange(20_000.0), width=1)
    value = summary.candles_pb("loss", rows).value[0]
    image = summary_pb2.Summary.Value(tag="image", image={"encoded_image_string": bytes(20 * MEBIBYTE)})
    event = event_pb2.Event(step=1, wall_time=5.0, summary={"value": [image, value]})
    path.write_bytes(version_record() + event_record(event))
    found, file = read_all(path)
    assert len(found["loss"][0]) == 20_000
    assert not file.problems
