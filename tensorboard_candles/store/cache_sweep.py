"""What is deleted from a directory of cache files, so that it never grows beyond bounds."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.store import cache_file
from tensorboard_candles.store.cache import SUFFIX

MOST_BYTES = 20 << 30
"""Columns of some 80 GB of event files."""
_OURS = re.compile(rf"[0-9a-f]{{32}}({re.escape(SUFFIX)}|\w+{re.escape(cache_file.TEMPORARY)})")
"""Names of cache files, whole or begun: whatever else lies in the directory that was given is not ours."""
_ABANDONED_SECS = 3600.0
"""A file that was begun and then not written to for so long has no writer any more."""


@dataclass(frozen=True, slots=True, order=True)
class _Kept:
    used_at: float
    size: int
    path: Path


def shrink(directory: Path, most_bytes: int = MOST_BYTES) -> None:
    """Delete what was not used for longest, of whatever format, until there are no more than `most_bytes`.

    Nor do the files take more than half of what the disk would have free without them.
    """
    files = sorted(_files(directory), reverse=True)
    used = sum(file.size for file in files)
    left = min(most_bytes, (used + shutil.disk_usage(directory).free) // 2)
    for file in files:
        left -= file.size
        is_begun = file.path.suffix != SUFFIX
        if left < 0 or (is_begun and file.used_at < time.time() - _ABANDONED_SECS):
            _delete(file.path)


def forget_gone(directory: Path) -> None:
    """Delete the cache files, all in this directory, of event files of this machine that are no more."""
    for file in _files(directory.parent):
        if file.path.parent == directory and file.path.suffix == SUFFIX and _is_gone(file.path):
            _delete(file.path)


def _files(directory: Path) -> Iterator[_Kept]:
    for path in directory.glob("v[0-9]*/*"):
        # Another process may be deleting, too.
        with suppress(OSError):
            if _OURS.fullmatch(path.name):
                status = path.stat()
                yield _Kept(status.st_mtime, status.st_size, path)


def _is_gone(kept: Path) -> bool:
    try:
        with cache_file.opened(kept) as file:
            path = cache_file.read_header(file).about["path"]
        return os.path.isabs(path) and not os.path.lexists(path)
    except (OSError, ValueError, LookupError, TypeError):
        # Looked at more closely when its event file is read.
        return False


def _delete(path: Path) -> None:
    with suppress(OSError):
        os.unlink(path)
