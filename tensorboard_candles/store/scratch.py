"""Arrays in files without a name: on disk, and yet read like any other.

A file is deleted as soon as it is made, so that nothing of it stays behind, however the process ends. Pages
that are looked at come into memory by themselves, and go again when the machine needs it for something else.
What is written is written to the file, never to the mapping: where the disk is full, that is an error rather
than a signal that ends the process.
"""

from __future__ import annotations

import errno
import logging
import math
import mmap
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import platformdirs

logger = logging.getLogger(__name__)

_FIRST_FILE_BYTES = 1 << 20
_MOST_FILE_BYTES = 256 << 20
"""Many arrays share a file, as each takes two descriptors; the first are small, lest a little take much."""
_ALIGNMENT = 64
_TRY_AGAIN_SECS = 30.0
"""Where there was no room, there may be some later."""
_CHUNK_BYTES = 64 << 20
_CAN_NOT_RESERVE = {errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

DType = TypeVar("DType", bound=np.generic)


class Scratch:
    """Room on disk for arrays, for as long as someone looks at them.

    >>> extent = Scratch(Path(tempfile.gettempdir())).extent(1000, np.dtype(np.int64))
    >>> extent.write(10, np.array([7, 8, 9]))
    >>> extent.array[9:13]
    array([0, 7, 8, 9])

    Files lie in `directory`; by default in the user's cache directory, or where temporary files do.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._file: _File | None = None
        self._next_file_bytes = _FIRST_FILE_BYTES
        self._try_again_at = -math.inf
        self.problem: str | None = None
        """Why what should be here is in memory."""

    @property
    def is_full(self) -> bool:
        """Whether there was no room a moment ago."""
        return time.monotonic() < self._try_again_at

    def note(self, failure: OSError) -> None:
        """Something that should be here could not be written, and stays in memory."""
        if self.is_full:
            return
        if self.problem is None:
            logger.warning("What is beyond the memory budget stays in memory: %s", failure)
        self.problem = failure.strerror or str(failure)
        self._try_again_at = time.monotonic() + _TRY_AGAIN_SECS

    def extent(self, length: int, dtype: np.dtype[DType]) -> Extent[DType]:
        """Room for so many elements. Raises OSError where there is none."""
        size = -(-max(length, 1) * dtype.itemsize // _ALIGNMENT) * _ALIGNMENT
        if self.is_full:
            raise OSError(errno.ENOSPC, self.problem)
        with self._lock:
            extent = Extent(self._file_for(size), size, length, dtype)
        self.problem = None
        return extent

    def _file_for(self, size: int) -> _File:
        if size >= _MOST_FILE_BYTES:
            return _File(self._made_directory(), size)
        if self._file is None or self._file.left < size:
            self._file = _File(self._made_directory(), max(size, self._next_file_bytes))
            self._next_file_bytes = min(2 * self._next_file_bytes, _MOST_FILE_BYTES)
        return self._file

    def _made_directory(self) -> Path:
        if self._directory is None:
            self._directory = _default_directory()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._directory


class Extent(Generic[DType]):
    """An array in a file; `array` shows what is written, and can't be written to itself."""

    __slots__ = ("_file", "_offset", "array")

    def __init__(self, file: _File, size: int, length: int, dtype: np.dtype[DType]) -> None:
        self._file = file
        self._offset = file.take(size)
        self.array: npt.NDArray[DType] = file.bytes[self._offset :][: length * dtype.itemsize].view(dtype)

    def write(self, at: int, values: npt.NDArray[Any]) -> None:
        """Put values, of any type that the array's holds, behind the first `at` elements. Raises OSError."""
        data = np.ascontiguousarray(values, self.array.dtype).view(np.uint8)
        self._file.write(self._offset + at * self.array.itemsize, data)

    def forget(self) -> None:
        """Nothing of it need stay in memory; who looks at it reads it again."""
        self._file.forget(self._offset, self.array.nbytes)


class _File:
    """Gone when no array of it is left."""

    def __init__(self, directory: Path, size: int) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115
        try:
            _reserve(self._file.fileno(), size)
            self._mapping = mmap.mmap(self._file.fileno(), size, access=mmap.ACCESS_READ)
        except BaseException:
            self._file.close()
            raise
        self.bytes = np.frombuffer(self._mapping, np.uint8)
        self.left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> int:
        """Where so many bytes begin that no one else has."""
        begin = len(self.bytes) - self.left
        self.left -= size
        return begin

    def write(self, offset: int, data: npt.NDArray[np.uint8]) -> None:
        left = data.data
        with self._lock:
            self._file.seek(offset)
            while left:
                left = left[self._file.write(left[:_CHUNK_BYTES]) :]

    def forget(self, offset: int, size: int) -> None:
        if hasattr(mmap, "MADV_DONTNEED"):
            # Whole pages only; the array beside it may be read again, too.
            begin = offset // mmap.PAGESIZE * mmap.PAGESIZE
            self._mapping.madvise(mmap.MADV_DONTNEED, begin, offset + size - begin)


def _reserve(descriptor: int, size: int) -> None:
    """Have the disk keep so much room, where it can: what does not fit is told now."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as failure:
            if failure.errno not in _CAN_NOT_RESERVE:
                raise
    os.ftruncate(descriptor, size)


def _default_directory() -> Path:
    try:
        directory = platformdirs.user_cache_path("tensorboard_candles", appauthor=False) / "scratch"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError where nobody knows the user's home, as in many containers
        return Path(tempfile.gettempdir())
    return directory if os.access(directory, os.W_OK) else Path(tempfile.gettempdir())
