"""Where event files lie: the one seam between reading them and whatever holds them.

`LocalStorage` is this machine's file systems; `storage_remote` is everything that fsspec reaches. Files and
directories are told by a `Path` here and by a `RemotePath` there, and no code but a `Storage` asks which.
"""

from __future__ import annotations

import os
import stat
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol, TypeAlias

from tensorboard_candles.remote_files import join_url

_MOST_VISITS = 16
"""Paths by which one directory is listed; links may well show a run under two or three names."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Tells a file, as it is now, from others and from itself as it was."""

    file: tuple[int, int] | None
    """Device and inode: another pair is another file. None where a name is all that stays: an object store
    puts a whole new object in the place of one that grows."""
    size: int
    state: str | int
    """Another one whenever the content may be another: the time of the last change, an etag."""


class OpenFile(Protocol):
    """One file, as it was when it was opened."""

    @property
    def identity(self) -> Identity: ...

    @property
    def is_near(self) -> bool:
        """Whether reading the same bytes again costs next to nothing."""
        ...

    def read(self, offset: int, size: int) -> bytes:
        """So many bytes from there on; fewer, or none, where the file ends or the system gives no more."""
        ...


class Storage(Protocol):
    """What reading needs of a place that holds files; where that is at fault, OSError is raised."""

    @property
    def is_known_by_walks(self) -> bool:
        """A walk tells what each file is like, and until the next one nothing else is asked."""
        ...

    @property
    def is_pending(self) -> bool:
        """The last walk could not wait for all that is there; one a little later may tell more."""
        ...

    def walk(self, root: str, unreadable: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
        """Directories that hold event files, relative to the root, and the names of those; the least deep
        first, then by name. What can't be listed is added to `unreadable`, with the reason."""
        ...

    def identity(self, path: str) -> Identity:
        """The file as it is now; or as it was at the last walk, see `is_known_by_walks`."""
        ...

    def identity_now(self, path: str) -> Identity:
        """The file as it is now, though that cost a request."""
        ...

    def open(self, path: str, offset: int) -> AbstractContextManager[OpenFile]:
        """The file to be read on from the offset, its first bytes apart."""
        ...


@dataclass(frozen=True, slots=True)
class RemotePath:
    """What `Path` is to local files: `RemotePath("s3://bucket/logs", storage) / "run"`."""

    url: str
    """As `shown`: the storage alone knows what it was given."""
    storage: Storage = field(repr=False)

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, below: str) -> RemotePath:
        return self if below == "." else RemotePath(join_url(self.url, below), self.storage)


LogPath: TypeAlias = "Path | RemotePath"


def parent_of(path: LogPath) -> LogPath:
    """
    >>> parent_of(Path("runs/cnn/events.out.tfevents.1"))
    PosixPath('runs/cnn')
    """
    return (
        RemotePath(path.url.rpartition("/")[0], path.storage) if isinstance(path, RemotePath) else path.parent
    )


def is_within(path: LogPath, directory: LogPath) -> bool:
    """Whether it lies there, or is it, as the two are written.

    >>> is_within(Path("runs/cnn"), Path("runs")), is_within(Path("runs2"), Path("runs"))
    (True, False)
    """
    if isinstance(path, RemotePath) or isinstance(directory, RemotePath):
        is_of_one = isinstance(path, RemotePath) and isinstance(directory, RemotePath)
        return is_of_one and f"{path}/".startswith(f"{str(directory).rstrip('/')}/")
    return path.is_relative_to(directory)


def storage_of(path: LogPath) -> Storage:
    """What holds the file or directory.

    >>> storage_of(Path("runs"))
    LocalStorage()
    """
    return path.storage if isinstance(path, RemotePath) else LocalStorage()


def is_event_file_name(name: str) -> bool:
    """By TensorBoard's rule.

    >>> is_event_file_name("events.out.tfevents.1700000000.host"), is_event_file_name("model.ckpt")
    (True, False)
    """
    return "tfevents" in name and not name.endswith(".profile-empty")


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """Files of this machine, whatever else lies among them: pipes, devices, circles of links."""

    is_known_by_walks: ClassVar[bool] = False
    is_pending: ClassVar[bool] = False

    def walk(self, root: str, unreadable: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
        """See `Storage.walk`. Symbolic links are followed, but to one directory only so many times."""
        # With each directory, those above it: to stop at a link that leads back up.
        waiting: deque[tuple[str, _Above | None]] = deque([(root, None)])
        visits: Counter[tuple[int, int]] = Counter()
        while waiting:
            directory, above = waiting.popleft()
            try:
                status = os.stat(directory)
                with os.scandir(directory) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except OSError as error:
                unreadable.append((directory, error.strerror or str(error)))
                continue
            here = _Above(status.st_dev, status.st_ino, above)
            if here.is_below_itself():
                continue
            visits[here.device, here.inode] += 1
            if visits[here.device, here.inode] > _MOST_VISITS:
                # Directories linked to one another have more paths than anyone could list.
                unreadable.append((directory, f"linked to from more than {_MOST_VISITS} places"))
                continue
            if files := [entry.name for entry in entries if _is_event_file(entry)]:
                yield os.path.relpath(directory, root), files
            waiting += [(os.path.join(directory, e.name), here) for e in entries if _is_directory(e)]

    def identity(self, path: str) -> Identity:
        return _identity_of(os.stat(path))

    identity_now = identity

    @contextmanager
    def open(self, path: str, offset: int) -> Iterator[OpenFile]:
        with _open_regular(path) as file:
            yield _LocalFile(_identity_of(os.fstat(file.fileno())), file)


@dataclass(frozen=True, slots=True)
class _LocalFile:
    identity: Identity
    file: BinaryIO
    is_near: bool = True

    def read(self, offset: int, size: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(size)


@dataclass(frozen=True, slots=True)
class _Above:
    """A directory on the way down, and the one above it."""

    device: int
    inode: int
    above: _Above | None

    def is_below_itself(self) -> bool:
        above = self.above
        while above:
            if (above.device, above.inode) == (self.device, self.inode):
                return True
            above = above.above
        return False


def _is_event_file(entry: os.DirEntry[str]) -> bool:
    return is_event_file_name(entry.name) and not _is_directory(entry)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle of links
        return False


def _identity_of(status: os.stat_result) -> Identity:
    return Identity((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)


def _open_regular(path: str) -> BinaryIO:
    # Not blocking: whoever put a named pipe here must not be able to hang the reader.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{os.path.basename(path)} is not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)
