"""Control files of a run that is written to on somebody's demand: within the log directory, come what may.

A run's directory may be a link, and whoever may write to the log directory may put one there at any time,
between a look and a write, too. So the directories are opened one by one, none through a link, and files are
written relative to what was opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.control import small_file
from tensorboard_candles.control.files import DIRECTORY, LocalPlace, Place
from tensorboard_candles.errors import Forbidden

_NEEDED = {os.open, os.mkdir, os.unlink, os.rename}
_DIRECTORY = (
    os.O_RDONLY
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


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
                return small_file.read(name, below, dir_fd=parent)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise small_file.unreadable(below, error) from error

    def write(self, below: str, content: bytes) -> None:
        with self._parent(below, make=True) as (parent, name):
            small_file.write(name, content, dir_fd=parent)

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
