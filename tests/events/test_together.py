"""Files that are read together hold what each of them holds by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles.events import BulkDecoder, EventFile, Stopped, Window, read_together, together
from tensorboard_candles.events.window import WindowDecoder, decode_windows
from tests.support.any_log import any_piece
from tests.support.reading import plain, points_of, read_windows_together
from tests.support.records import event_of, many_scalars, scalar_record, start_record, tensor_value

contents = st.lists(
    st.lists(any_piece, max_size=6).map(b"".join),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents, st.data())
def test_windows_decoded_together_are_what_each_is_alone(files: list[bytes], data: st.DataObject) -> None:
    files = [content[: data.draw(st.integers(0, len(content)))] for content in files]
    alone = [WindowDecoder(None).decode(content) for content in files]
    bulk = BulkDecoder()
    for _ in range(2):  # with shapes still to be learned, and known ones
        found = decode_windows([WindowDecoder(bulk).window(content) for content in files], bulk)
        for one, expected in zip(found, alone, strict=True):
            assert points_of(one) == points_of(expected)
            assert (one.damages, one.suspect, one.consumed) == (
                expected.damages,
                expected.suspect,
                expected.consumed,
            )


def test_numbers_without_a_shape_behind_damage_stay_in_their_file() -> None:
    whole = TensorProto(dtype=types_pb2.DT_INT64, int64_val=[7])
    damaged = bytearray(event_of(tensor_value("tokens", whole), step=1) * 2)
    damaged[0] ^= 1
    files = [bytes(damaged), event_of(tensor_value("tokens", whole), step=5)]
    assert read_windows_together(files, in_bulk=True) == read_windows_together(files, in_bulk=False)


def points_by_file(files: list[EventFile]) -> dict[str, list[Any]]:
    """Points of tag "loss" by file, in the order read; and what stopped a file."""
    told: dict[str, list[Any]] = {file.path.name: [] for file in files}
    for file, found in read_together(files, BulkDecoder()):
        if isinstance(found, Window):
            for segment in found.segments:
                told[file.path.name] += [plain(points) for points in segment.scalars.values()]
        elif isinstance(found, Stopped):
            told[file.path.name].append(type(found.failure))
        else:
            told[file.path.name].append("end")
    return told


def read_alone(path: Path) -> list[Any]:
    windows = EventFile(path).read()
    segments = [segment for window in windows for segment in window.segments]
    return [plain(points) for segment in segments for points in segment.scalars.values()]


def test_small_and_large_files_come_whole_and_in_their_order(tmp_path: Path) -> None:
    sizes = {"tiny": 1, "small": 500, "large": 200_000, "other": 700, "empty": 0}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(many_scalars("loss", [float(len(name))] * size))
    files = [EventFile(tmp_path / name) for name in sizes]
    told = points_by_file(files)
    for name in sizes:
        assert told[name] == [*read_alone(tmp_path / name), "end"]
    assert points_by_file(files) == {name: ["end"] for name in sizes}


def test_a_session_start_in_one_file_leaves_the_others_uncut(tmp_path: Path) -> None:
    restarted = scalar_record("loss", step=1, value=1) + start_record(1, wall_time=5.0)
    (tmp_path / "a").write_bytes(restarted + scalar_record("loss", step=1, value=2))
    (tmp_path / "b").write_bytes(many_scalars("loss", [1.0, 2.0, 3.0]))
    told = points_by_file([EventFile(tmp_path / "a"), EventFile(tmp_path / "b")])
    assert [len(one[0]) for one in told["a"][:-1]] == [1, 1]
    assert [len(one[0]) for one in told["b"][:-1]] == [3]


def test_a_file_that_is_gone_stops_itself_only(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(many_scalars("loss", [1.0]))
    told = points_by_file([EventFile(tmp_path / "gone"), EventFile(tmp_path / "here")])
    assert told["gone"] == [FileNotFoundError]
    assert told["here"] == [*read_alone(tmp_path / "here"), "end"]


def test_no_more_files_are_open_at_a_time_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "_MOST_OPEN_FILES", 3)
    for number in range(10):
        (tmp_path / str(number)).write_bytes(many_scalars("loss", [1.0]))
    open_files: list[int] = []
    decode = decode_windows

    def counted(windows: Any, bulk: BulkDecoder) -> Any:
        open_files.append(sum(1 for link in Path("/proc/self/fd").iterdir() if _is_in(link, tmp_path)))
        return decode(windows, bulk)

    monkeypatch.setattr(together, "decode_windows", counted)
    points_by_file([EventFile(path) for path in sorted(tmp_path.iterdir())])
    assert open_files == [3, 3, 3, 1]


def _is_in(link: Path, directory: Path) -> bool:
    try:
        return link.readlink().parent == directory
    except OSError:  # closed since it was listed
        return False
