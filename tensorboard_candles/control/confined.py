"""Control files of a run that is written to on somebody's demand: within the log directory, come what may.

A run's directory may be a link, and whoever may write to the log directory may put one there at any time,
between a look and a write, too. So the directories are opened one by one, none through a link, and files are
written relative to what was opened.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.control.files import DIRECTORY, LocalPlace, Place, unreadable
from tensorboard_candles.control.forms import MOST_BYTES
from tensorboard_candles.errors import BadControl, Forbidden

_NEEDED = {os.open, os.mkdir, os.unlink, os.rename}
_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _CAREFULLY


def confined_place(directory: Path, root: Path) -> Place:
    """Where the control files of the run in that directory are written.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> (root / "run").mkdir()
    >>> confined_place(root / "run", root).write("commands/a.json", b"{}")
    >>> [path.name for path in (root / "run").rglob("*.json")]
    ['a.json']

    Forbidden where the directory, with all links followed, is not within the root.
    """
    real_root, real = os.path.realpath(root), os.path.realpath(directory)
    below = os.path.relpath(real, real_root)
    if below.split(os.sep)[0] == os.pardir or os.path.isabs(below):
        raise Forbidden("the run's directory is a link that leads out of the log directory")
    if _NEEDED - os.supports_dir_fd:  # as on Windows
        return LocalPlace(Path(real) / DIRECTORY)
    parts = [] if below == os.curdir else below.split(os.sep)
    return ConfinedPlace(real_root, (*parts, DIRECTORY))


@dataclass(frozen=True, slots=True)
class ConfinedPlace:
    """Below a directory that is reached from another one step by step; see `control.files.Place`."""

    root: str
    steps: tuple[str, ...]

    def read(self, below: str) -> bytes | None:
        try:
            with self._parent(below) as (parent, name):
                descriptor = os.open(name, os.O_RDONLY | _CAREFULLY, dir_fd=parent)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unreadable(below, error) from error
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BadControl(f"{below} is no regular file")
            return file.read(MOST_BYTES + 1)

    def write(self, below: str, content: bytes) -> None:
        with self._parent(below, make=True) as (parent, name):
            aside = f".{name}.{secrets.token_hex(4)}"
            try:
                descriptor = os.open(
                    aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CAREFULLY, 0o666, dir_fd=parent
                )
                with os.fdopen(descriptor, "wb", buffering=0) as file:
                    file.write(content)
                os.rename(aside, name, src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                with suppress(OSError):
                    os.unlink(aside, dir_fd=parent)
                raise

    def delete(self, below: str) -> bool:
        try:
            with self._parent(below) as (parent, name):
                os.unlink(name, dir_fd=parent)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def names(self, below: str) -> list[str]:
        try:
            with self._parent(f"{below}/-") as (parent, _):
                return os.listdir(parent)
        except (FileNotFoundError, NotADirectoryError):
            return []

    @contextmanager
    def _parent(self, below: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The directory that holds a file, opened, and the file's name in it."""
        *directories, name = below.split("/")
        descriptor = os.open(self.root, _DIRECTORY)
        try:
            for step in (*self.steps, *directories):
                # The run's directory itself is never made: one that was deleted stays so.
                if make and (step == DIRECTORY or step in directories):
                    with suppress(FileExistsError):
                        os.mkdir(step, dir_fd=descriptor)
                above, descriptor = descriptor, os.open(step, _DIRECTORY, dir_fd=descriptor)
                os.close(above)
            yield descriptor, name
        finally:
            os.close(descriptor)
