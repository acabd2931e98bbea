from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events import EventFile, Window, storage
from tensorboard_candles.events import tail as tail_module
from tensorboard_candles.events.crc import masked_crc32c
from tests.support.records import event_record, scalar_record, version_record

IMAGE = {"tag": "image", "image": {"encoded_image_string": bytes(1000)}}
RECORDS = [version_record(), *(scalar_record("loss", step=step, value=step / 8) for step in range(20))]
CONTENT = b"".join(RECORDS)
LONG = event_record(
    event_pb2.Event(step=999, summary={"value": [{"tag": "loss", "simple_value": 1.0}, IMAGE]})
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.out.tfevents.1700000000.localhost"


def header(length: int) -> bytes:
    """What a record of that length begins with."""
    encoded = length.to_bytes(8, "little")
    return encoded + masked_crc32c(encoded).to_bytes(4, "little")


def new_steps(file: EventFile) -> list[int]:
    return steps_of(file.read())


def steps_of(windows: Iterable[Window]) -> list[int]:
    segments = [segment for window in windows for segment in window.segments]
    return [
        s for segment in segments if "loss" in segment.scalars for s in segment.scalars["loss"].step.tolist()
    ]


def offsets(file: EventFile) -> list[int]:
    return [damage.offset for damage in file.problems]


def test_a_file_that_grows_byte_by_byte_gives_each_point_once_and_no_problem(path: Path) -> None:
    file = EventFile(path)
    found: list[int] = []
    with path.open("wb", buffering=0) as writing:
        for byte in CONTENT:
            writing.write(bytes([byte]))
            found += new_steps(file)
            assert file.problems == []
    assert found == list(range(20))


def test_a_read_without_news_gives_nothing(path: Path) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    assert list(file.read()) == []


def test_windows_are_bounded_and_records_that_cross_them_are_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", 37)
    path.write_bytes(CONTENT)
    file = EventFile(path)
    windows = list(file.read())
    assert len(windows) > 10
    assert steps_of(windows) == list(range(20))


@pytest.mark.parametrize("window_bytes", [37, 1 << 20])
def test_damage_costs_its_record_whatever_the_window(
    path: Path, monkeypatch: pytest.MonkeyPatch, window_bytes: int
) -> None:
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", window_bytes)
    offset = sum(map(len, RECORDS[:8]))
    for within in (0, 9, 14, len(RECORDS[8]) - 1):
        damaged = bytearray(CONTENT)
        damaged[offset + within] ^= 0x10
        path.write_bytes(damaged)
        file = EventFile(path)
        assert new_steps(file) == [step for step in range(20) if step != 7]
        assert offsets(file) == [offset]
        path.unlink()


def test_a_long_stretch_of_garbage_is_given_up_on_and_reported_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", 64)
    monkeypatch.setattr(tail_module, "_GIVE_UP_BYTES", 256)
    path.write_bytes(CONTENT + b"\xa5" * 5000)
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    assert offsets(file) == [len(CONTENT)]
    with path.open("ab") as writing:
        writing.write(b"\x5a" * 700 + scalar_record("loss", step=20, value=1.0))
    assert new_steps(file) == [20]
    assert offsets(file) == [len(CONTENT)]


def test_a_thousand_problems_are_listed_and_all_are_counted(path: Path) -> None:
    path.write_bytes(b"".join(b"\xa5" + RECORDS[1 + index % 20] for index in range(2500)) + b"\xa5" * 20)
    file = EventFile(path)
    assert len(new_steps(file)) == 2500
    assert (len(file.problems), file.problem_count) == (1000, 2501)
    assert file.problems[0].offset == 0


def test_a_page_that_shows_late_heals_what_looked_damaged(path: Path) -> None:
    last = scalar_record("loss", step=20, value=1.0)
    path.write_bytes(CONTENT + bytes(len(last)))
    file = EventFile(path)
    new_steps(file)
    assert offsets(file) == [len(CONTENT)]
    with path.open("r+b") as writing:
        writing.seek(len(CONTENT))
        writing.write(last + scalar_record("loss", step=21, value=1.0))
    assert new_steps(file) == [20, 21]
    assert (file.problems, file.problem_count) == ([], 0)


@pytest.mark.parametrize("keeps_inode", [True, False])
def test_a_replaced_file_is_read_anew(path: Path, keeps_inode: bool) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    new_steps(file)
    if not keeps_inode:
        path.unlink()
    path.write_bytes(version_record(1.8e9) + CONTENT * 2)
    windows = list(file.read())
    assert windows[0].replaced
    assert sum(len(g.scalars.get("loss", ())) for w in windows for g in w.segments) == 40


def test_a_truncated_file_is_read_anew(path: Path) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    new_steps(file)
    path.write_bytes(b"".join(RECORDS[:5]))
    assert new_steps(file) == [0, 1, 2, 3]


def test_a_record_that_claims_gigabytes_is_waited_for_without_reading_on(path: Path) -> None:
    path.write_bytes(CONTENT + header(2**31 - 1) + b"partly there")
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    assert file.problems == []


class Failing(io.FileIO):
    """A file that can be read up to a place only."""

    good_until = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self.good_until:
            raise OSError("I/O error")
        return super().read(size) or b""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Failing]]:
    def open_failing(path: str) -> Failing:
        return Failing(path)

    monkeypatch.setattr(tail_module, "WINDOW_BYTES", 100)
    monkeypatch.setattr(storage, "_open_regular", open_failing)
    yield Failing
    Failing.good_until = 0


@pytest.mark.parametrize("good_until", [0, 1, 300, 600])
def test_a_read_that_fails_halfway_loses_and_doubles_no_point(
    path: Path, failing: type[Failing], good_until: int
) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    failing.good_until = good_until
    found = steps_until_failure(file)
    assert len(found) < 20
    failing.good_until = 1 << 20
    assert found + new_steps(file) == list(range(20))
    assert new_steps(file) == []


def test_a_file_replaced_after_a_read_that_failed_halfway_is_read_anew(
    path: Path, failing: type[Failing]
) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    failing.good_until = 300
    assert steps_until_failure(file) != []
    path.unlink()
    path.write_bytes(version_record(1.8e9) + b"".join(RECORDS[1:]))
    failing.good_until = 1 << 20
    windows = list(file.read())
    assert windows[0].replaced
    assert steps_of(windows) == list(range(20))


def test_a_replacement_is_told_even_when_its_first_read_fails(path: Path, failing: type[Failing]) -> None:
    path.write_bytes(CONTENT)
    file = EventFile(path)
    failing.good_until = 1 << 20
    new_steps(file)
    path.unlink()
    path.write_bytes(version_record(1.8e9) + CONTENT)
    failing.good_until = 0
    with pytest.raises(OSError, match="I/O error"):
        next(file.read())
    failing.good_until = 1 << 20
    assert next(file.read()).replaced


def steps_until_failure(file: EventFile) -> list[int]:
    windows: list[Window] = []
    with pytest.raises(OSError, match="I/O error"):
        windows.extend(file.read())
    return steps_of(windows)


WINDOWS = [(37, 150), (64, 1 << 20), (1 << 20, 1 << 22)]


@pytest.fixture(params=WINDOWS, ids=["small windows", "long stretches kept", "one window"])
def _windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    window_bytes, give_up_bytes = request.param
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", window_bytes)
    monkeypatch.setattr(tail_module, "_GIVE_UP_BYTES", give_up_bytes)


@pytest.mark.usefixtures("_windows")
@pytest.mark.parametrize("garbage", [b"", b"\xff" * 20])
def test_a_length_beyond_the_file_hides_no_record_behind_it(path: Path, garbage: bytes) -> None:
    path.write_bytes(RECORDS[1] + garbage + header(10**9) + b"garbage" + b"".join(RECORDS[2:]))
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    assert offsets(file) == [len(RECORDS[1])]
    assert new_steps(file) == []


@pytest.mark.usefixtures("_windows")
def test_a_record_whose_writer_died_is_damage_once_another_one_has_gone_on(path: Path) -> None:
    path.write_bytes(CONTENT + LONG[:-50])
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    assert file.problems == []
    with path.open("ab") as writing:
        writing.write(b"".join(scalar_record("loss", step=step, value=1.0) for step in (20, 21)))
    assert new_steps(file) == [20, 21]
    assert offsets(file) == [len(CONTENT)]


@pytest.mark.usefixtures("_windows")
def test_a_long_record_that_comes_in_pieces_is_read_when_it_is_whole(path: Path) -> None:
    file = EventFile(path)
    whole = CONTENT + LONG + scalar_record("loss", step=20, value=1.0)
    found: list[int] = []
    for begin in range(0, len(whole), 100):
        with path.open("ab") as writing:
            writing.write(whole[begin : begin + 100])
        found += new_steps(file)
        assert file.problems == []
    assert found == [*range(20), 999, 20]


@pytest.mark.usefixtures("_windows")
def test_a_long_record_behind_long_garbage_is_read_when_it_is_whole(path: Path) -> None:
    path.write_bytes(CONTENT + b"\xa5" * 500 + LONG[:-10])
    file = EventFile(path)
    assert new_steps(file) == list(range(20))
    with path.open("ab") as writing:
        writing.write(LONG[-10:])
    assert new_steps(file) == [999]
    assert offsets(file) == [len(CONTENT)]


@pytest.mark.usefixtures("_windows")
def test_nothing_is_lost_between_records_that_claim_too_much(path: Path) -> None:
    good = [scalar_record("loss", step=step, value=1.0) for step in range(40)]
    forged = header(10**9) + b"\xa5" * 400
    file = EventFile(path)
    found: list[int] = []
    for first in range(0, 40, 4):
        with path.open("ab") as writing:
            writing.write(forged + good[first] + good[first + 1] + good[first + 2][:20])
        found += new_steps(file)
        with path.open("ab") as writing:
            writing.write(good[first + 2][20:] + good[first + 3])
        found += new_steps(file)
    assert found == list(range(40))
    assert len(file.problems) == 10


def test_a_named_pipe_does_not_hang_the_reader(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        list(EventFile(path).read())
