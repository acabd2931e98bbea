from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles.store.cache_file import Damaged, read_columns, read_header, write

COLUMNS: dict[str, Any] = {
    "value": np.array([1.5, np.nan, -0.0], np.float32),
    "step": np.array([[0, 2], [5, -5], [1, 1 << 62]]),
    "wall_time": np.arange(6.0)[::2],
    "nothing": np.empty(0),
}
ABOUT = {"tags": ["loss", None, "naïve/\ud800", '"'], "first": float("inf"), "last": 0.1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.candles"


def read(path: Path) -> tuple[Any, dict[str, Any]]:
    with open(path, "rb", buffering=0) as file:
        header = read_header(file)
        return header.about, dict(read_columns(file, header))


def test_what_was_written_is_read(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    about, columns = read(path)
    assert about == ABOUT
    assert columns.keys() == COLUMNS.keys()
    for name, column in COLUMNS.items():
        assert columns[name].dtype == column.dtype
        assert columns[name].shape == column.shape
        assert columns[name].tobytes() == column.tobytes()


def test_safetensors_opens_it(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    columns = safetensors.numpy.load_file(path)
    assert all(columns[name].tobytes() == column.tobytes() for name, column in COLUMNS.items())


def test_every_column_lies_where_it_could_be_mapped(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    said = json.loads(content[8 : 8 + length])
    assert (8 + length) % 64 == 0
    for name, column in COLUMNS.items():
        assert said[name]["data_offsets"][0] % column.itemsize == 0


def test_each_flipped_bit_is_noticed(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(Damaged):
            read(path)


def test_each_length_that_is_not_the_files_is_noticed(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(Damaged):
            read(path)
    for more in (b"\0", content[-4:], content):
        path.write_bytes(content + more)
        with pytest.raises(Damaged):
            read(path)


@pytest.mark.parametrize("content", [b"\xff" * 4096, bytes(4096), b"{}" * 100])
def test_garbage_is_noticed(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Damaged):
        read(path)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_where_writing_fails_halfway_the_earlier_file_stays_and_nothing_else(path: Path) -> None:
    write(path, ABOUT, COLUMNS)
    before = path.read_bytes()
    with no_file_larger_than(1 << 16), pytest.raises(OSError, match="large"):
        write(path, {}, {"value": np.zeros(1 << 20)})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
