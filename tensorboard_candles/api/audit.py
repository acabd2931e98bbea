"""Who asked for which change, and what came of it: a line of JSON each, in a file beside the logs."""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

FILE_NAME = "candles-audit.jsonl"
MOST_BYTES = 8_000_000
"""Of one file; then it becomes `candles-audit.1.jsonl`, and what had that name is gone."""
_MOST_TEXT = 200
_MOST_ASKED = 2000


@dataclass(slots=True)
class Audit:
    """Lines are only ever added, in the first of the directories where that can be done.

    They hold what requests said, cut to a length and in ASCII. A link, or anything else than a plain file of
    our own, is left alone. Where no directory can be written the lines go to TensorBoard's log.
    """

    directories: tuple[Path, ...]
    of_user: Path | None = None
    """The last one, which is made when it comes to that."""
    most_bytes: int = MOST_BYTES
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _warned: set[str] = field(default_factory=set)

    def note(self, *, hidden: Sequence[str] = (), **said: Any) -> None:
        """Add a line, in which none of the texts that are `hidden` stands, whatever a request says."""
        line = audit_line({"time": round(time.time(), 3), **said}, hidden)
        with self._lock:
            for directory in (*self.directories, *([self.of_user] if self.of_user else [])):
                try:
                    if directory == self.of_user:
                        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                    _append(directory / FILE_NAME, line, self.most_bytes)
                    return
                except OSError as error:
                    self._warn(directory, error)
        logger.warning("Candles: a change was asked for: %s", line.decode().rstrip())

    def _warn(self, directory: Path, error: OSError) -> None:
        if str(directory) not in self._warned:
            self._warned.add(str(directory))
            logger.warning("Candles: no audit log in %s: %s", directory, error)


def audit_line(said: Mapping[str, Any], hidden: Sequence[str] = ()) -> bytes:
    r"""One line, however long what was said is and whatever stands in it.

    >>> audit_line({"run": "a\n{}", "asked": {"name": "my token"}}, ("token",))
    b'{"run": "a\\n{}", "asked": {"name": "my \\u2026"}}\n'
    """
    return (json.dumps({name: _cut(_without(value, hidden)) for name, value in said.items()}) + "\n").encode()


def _without(value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, str):
        for text in hidden:
            value = value.replace(text, "…")
        return value
    if isinstance(value, Mapping):
        return {_without(name, hidden): _without(item, hidden) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, hidden) for item in value]
    return value


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MOST_TEXT else value[:_MOST_TEXT] + "…"
    text = json.dumps(value)
    return value if len(text) <= _MOST_ASKED else text[:_MOST_ASKED] + "…"


def _append(path: Path, line: bytes, most_bytes: int) -> None:
    """Add a line at the end of a plain file of our own; OSError where it is none."""
    with _opened(path) as descriptor:
        if os.fstat(descriptor).st_size < most_bytes:
            _write(descriptor, line)
            return
        _rotate(path, descriptor, most_bytes)
    with _opened(path) as descriptor:
        _write(descriptor, line)


def _write(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    # Neither a link is followed nor a pipe waited for: whoever may write here is not to lead us elsewhere.
    careful = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | careful, 0o600)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1 or not _is_ours(about):
            raise OSError(f"{path.name} is no plain file of ours")
        yield descriptor
    finally:
        os.close(descriptor)


def _is_ours(about: os.stat_result) -> bool:
    """Another's could be read, changed and locked by them."""
    return not hasattr(os, "geteuid") or about.st_uid == os.geteuid()


def _rotate(path: Path, descriptor: int, most_bytes: int) -> None:
    """Another process of the same log directory may be about to do it, too: the second one finds it done."""
    with suppress(ImportError):  # a system without locks has one process write here, mostly
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    about, now = os.fstat(descriptor), os.lstat(path)
    if (about.st_dev, about.st_ino) == (now.st_dev, now.st_ino) and now.st_size >= most_bytes:
        os.replace(path, path.with_name(path.stem + ".1.jsonl"))
