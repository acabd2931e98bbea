"""One small file of this machine: read with a bound, written whole, and never through a link.

`name` is a path or, with `dir_fd`, a name in the directory that this descriptor stands for.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from tensorboard_candles.control.forms import MOST_BYTES
from tensorboard_candles.errors import BadControl

_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""No link is followed, and a named pipe holds nobody up."""


def read(name: str | Path, called: str, *, dir_fd: int | None = None) -> bytes:
    """At most MOST_BYTES + 1 of it.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "status.json"
    >>> write(path, b"{}")
    >>> read(path, "status.json")
    b'{}'

    BadControl where it is no regular file, OSError where it can't be opened; see `unreadable`.
    """
    descriptor = os.open(name, os.O_RDONLY | _CAREFULLY, dir_fd=dir_fd)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadControl(f"{called} is no regular file")
        return file.read(MOST_BYTES + 1)


def unreadable(called: str, error: OSError) -> Exception:
    """BadControl where it is the file's own fault, so that it keeps nobody from reading others.

    >>> unreadable("status.json", PermissionError(errno.EACCES, "Permission denied"))
    BadControl("status.json can't be read: Permission denied")
    """
    is_its_own = error.errno in (errno.EACCES, errno.EPERM, errno.ELOOP)
    return BadControl(f"{called} can't be read: {error.strerror}") if is_its_own else error


def write(name: str | Path, content: bytes, *, dir_fd: int | None = None) -> None:
    """Put it in the place of what there may be, at once: nobody reads a part of it. Raises OSError."""
    path = Path(name)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFULLY
        with os.fdopen(os.open(aside, flags, 0o666, dir_fd=dir_fd), "wb") as file:
            file.write(content)  # buffered: all of it, or an error; a full disk takes a part at first
        os.replace(aside, path, src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
    except OSError:
        with suppress(OSError):
            os.unlink(aside, dir_fd=dir_fd)
        raise
