"""Columns on disk, with a checksum for each and one for what is said of them.

The layout is that of safetensors, so that its library opens such a file, too: a length of 8 bytes, a header
in JSON of that length, the columns. The last column is the checksum of the header and of the length before
it; the header holds those of the other columns, and whatever else there is to say. Columns of 8-byte numbers
come before those of fewer, and the header is padded, so that each lies where it could be mapped.

They are read rather than mapped, though mapping costs less memory: what is verified can't change afterwards,
a file that is truncated, or taken away by another machine of a network file system, can't kill the process
(SIGBUS), and a thousand files need no thousand descriptors. It takes 0.15 s a gigabyte.
"""

from __future__ import annotations

import json
import math
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, TypeAlias

import google_crc32c
import numpy as np
import numpy.typing as npt

from tensorboard_candles.store.column import Column
from tensorboard_candles.store.scratch import Scratch

Array: TypeAlias = npt.NDArray[Any]

TEMPORARY = ".tmp"
"""How the name of a file ends that is still being written."""
_LENGTH_BYTES = 8
_CRC_BYTES = 4
_ALIGNMENT = 64
_CHUNK_BYTES = 1 << 18
"""Read and verified at a time, so that it is still in the processor's cache when it is verified."""
_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
    "F32": np.dtype("<f4"),
    "U32": np.dtype("<u4"),
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_HEADER_CRC = "header_crc32c"


class Damaged(ValueError):
    """The file is not what was written."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its columns; verified."""

    about: Mapping[str, Any]
    columns: Mapping[str, tuple[np.dtype[Any], tuple[int, ...], int]]
    """Element type, shape and checksum of each, in the order of the file."""

    def sizes(self) -> Iterator[int]:
        """Bytes of each column."""
        return (dtype.itemsize * math.prod(shape) for dtype, shape, _ in self.columns.values())


def write(path: Path, about: Mapping[str, Any], columns: Mapping[str, Array]) -> None:
    """All or nothing: who reads the path meanwhile gets the file that was there before, or none.

    `about` is anything that JSON can hold. Raises OSError.
    """
    by_size = dict(sorted(columns.items(), key=lambda item: -item[1].dtype.itemsize))
    header = _header_bytes(about, by_size)
    descriptor, temporary = tempfile.mkstemp(TEMPORARY, path.stem, path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(header)
            for column in by_size.values():
                file.write(_bytes_of(column).data)
            file.write(google_crc32c.value(header).to_bytes(_CRC_BYTES, "little"))
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _header_bytes(about: Mapping[str, Any], columns: Mapping[str, Array]) -> bytes:
    said: dict[str, Any] = {}
    offset = 0
    crc = np.zeros(1, np.uint32)
    for name, column in {**columns, _HEADER_CRC: crc}.items():
        ends = offset + column.nbytes
        said[name] = {
            "dtype": _NAMES[column.dtype], "shape": column.shape, "data_offsets": [offset, ends]
        }  # fmt: skip
        offset = ends
    crcs = {name: _crc32c(_bytes_of(column)) for name, column in columns.items()}
    # Of strings only, as safetensors has it.
    said["__metadata__"] = {"about": json.dumps(about), "crc32c": json.dumps(crcs)}
    encoded = json.dumps(said, separators=(",", ":")).encode()
    encoded += b" " * (-(_LENGTH_BYTES + len(encoded)) % _ALIGNMENT)
    return len(encoded).to_bytes(_LENGTH_BYTES, "little") + encoded


def _bytes_of(column: Array) -> Array:
    """A column's bytes, without a copy where they lie one behind the other."""
    return np.ascontiguousarray(column).reshape(-1).view(np.uint8)


def opened(path: Path) -> FileIO:
    """The file, to be read; not blocking, should there be a named pipe in its place. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = FileIO(os.open(path, flags))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(f"{path.name} is not a regular file")
    return file


def read_header(file: FileIO) -> Header:
    """Leaves the file where its columns begin. Raises Damaged, OSError."""
    size = os.fstat(file.fileno()).st_size
    length = file.read(_LENGTH_BYTES)
    begins = _LENGTH_BYTES + int.from_bytes(length, "little")
    if len(length) < _LENGTH_BYTES or begins + _CRC_BYTES > size:
        raise Damaged("shorter than its header")
    encoded = file.read(begins - _LENGTH_BYTES)
    file.seek(size - _CRC_BYTES)
    stored = int.from_bytes(file.read(_CRC_BYTES), "little")
    if google_crc32c.extend(google_crc32c.value(length), encoded) != stored:
        raise Damaged("the checksum of the header does not match")
    file.seek(begins)
    header = _parsed(json.loads(encoded))
    if begins + sum(header.sizes()) + _CRC_BYTES != size:
        raise Damaged("its length is not that of its columns")
    return header


def _parsed(said: dict[str, Any]) -> Header:
    metadata = said.pop("__metadata__")
    crcs = json.loads(metadata["crc32c"])
    columns = {
        name: (_DTYPES[one["dtype"]], tuple(one["shape"]), crcs[name])
        for name, one in said.items()
        if name != _HEADER_CRC
    }
    return Header(json.loads(metadata["about"]), columns)


def read_columns(file: FileIO, header: Header, scratch: Scratch | None = None) -> Iterator[tuple[str, Array]]:
    """Every column, verified; the file stands where `read_header` left it. Raises Damaged, OSError.

    Those of one dimension are put where `scratch` says, if it is given, rather than into memory.
    """
    for name, (dtype, shape, stored) in header.columns.items():
        is_long = scratch and len(shape) == 1 and shape[0] * dtype.itemsize > _CHUNK_BYTES
        if scratch and is_long:
            column, crc = _read_to(scratch, file, dtype, shape[0])
        else:
            column = np.empty(shape, dtype)
            crc = _read_into(file, column)
        if crc != stored:
            raise Damaged(f"the checksum of column {name} does not match")
        yield name, column


def _read_to(scratch: Scratch, file: FileIO, dtype: np.dtype[Any], length: int) -> tuple[Array, int]:
    """A column on disk, or in memory should there be no room, and its checksum."""
    column: Column[Any] = Column(np.empty(0, dtype))
    column.move_to(scratch)
    column.reserve(length)
    chunk = np.empty(_CHUNK_BYTES // dtype.itemsize, dtype)
    crc = 0
    for begin in range(0, length, len(chunk)):
        part = chunk[: length - begin]
        crc = _read_into(file, part, crc)
        column.extend(part)
    return column.view(), crc


def _read_into(file: FileIO, column: Array, crc: int = 0) -> int:
    """Fill the column; returns what the checksum of what came before becomes with it."""
    data = _bytes_of(column)
    for begin in range(0, len(data), _CHUNK_BYTES):
        chunk = data[begin : begin + _CHUNK_BYTES]
        if file.readinto(chunk.data) != len(chunk):
            raise Damaged("it ends before its columns do")
        crc = google_crc32c.extend(crc, chunk)
    return crc


def _crc32c(data: Array) -> int:
    crc = 0
    # In pieces: while one is worked on, no other thread gets a turn.
    for begin in range(0, len(data), _CHUNK_BYTES):
        crc = google_crc32c.extend(crc, data[begin : begin + _CHUNK_BYTES])
    return crc
