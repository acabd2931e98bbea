"""Which event files belong to which run, under the names that TensorBoard gives the runs."""

from __future__ import annotations

import os
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_URI = re.compile(r"[a-zA-Z][0-9a-zA-Z.]*://.*", re.DOTALL)

_MOST_VISITS = 16
"""Paths by which one directory is listed; links may well show a run under two or three names."""


@dataclass(frozen=True, slots=True)
class LogRoot:
    """A directory to look for runs in, and what their names begin with (empty for `--logdir`)."""

    path: Path
    name: str = ""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A run: its name and its event files, in the order in which they count (by file name)."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Discovered:
    """All runs, by name, and the directories that could not be listed, with the reason."""

    runs: tuple[RunFiles, ...]
    unreadable: tuple[tuple[str, str], ...]


def log_roots(logdir: str, logdir_spec: str) -> tuple[LogRoot, ...]:
    """Directories that TensorBoard's `--logdir` or `--logdir_spec` name.

    >>> log_roots("", "a:runs/one,runs/two")
    (LogRoot(path=PosixPath('runs/one'), name='a'), LogRoot(path=PosixPath('runs/two'), name=''))
    """
    if logdir:
        return (LogRoot(Path(logdir).expanduser()),)
    return tuple(_root_of(part) for part in logdir_spec.split(",") if part)


def _root_of(part: str) -> LogRoot:
    """`name:path` or `path`, told apart as TensorBoard does: a URI and a drive letter name nothing."""
    is_path = _URI.match(part) or part.startswith("/") or os.path.splitdrive(part)[0]
    name, _, path = ("", "", part) if is_path or ":" not in part else part.partition(":")
    return LogRoot(Path(path).expanduser(), name)


def discover(roots: Sequence[LogRoot]) -> Discovered:
    """Runs below the roots: every directory that holds an event file, by its path relative to the root.

    >>> discover([LogRoot(Path("runs"))]).runs          # doctest: +SKIP
    (RunFiles(name='cnn/lr=0.1', files=(PosixPath('runs/cnn/lr=0.1/events.out.tfevents.17…'),)),)

    Symbolic links are followed, as TensorBoard follows them, but to one directory only so many times. A log
    directory that is not there yet holds no run.
    """
    files_of: dict[str, list[Path]] = {}
    unreadable: list[tuple[str, str]] = []
    for root in roots:
        for directory, files in _walk(root.path, unreadable):
            name = os.path.relpath(directory, root.path)
            name = os.path.join(root.name, name) if root.name else name
            files_of.setdefault(_as_text(name), []).extend(files)
    by_file_name = {name: sorted(files, key=lambda path: path.name) for name, files in files_of.items()}
    runs = (RunFiles(name, tuple(by_file_name[name])) for name in sorted(by_file_name))
    return Discovered(tuple(runs), tuple(unreadable))


def _walk(root: Path, unreadable: list[tuple[str, str]]) -> Iterator[tuple[Path, list[Path]]]:
    """Directories that hold event files, with them; the least deep first, whose names are the plainest."""
    # With each directory, those above it: to stop at a link that leads back up.
    waiting: deque[tuple[Path, _Above | None]] = deque([(root, None)])
    visits: Counter[tuple[int, int]] = Counter()
    while waiting:
        directory, above = waiting.popleft()
        try:
            status = directory.stat()
            with os.scandir(directory) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            unreadable.append((_as_text(str(directory)), error.strerror or str(error)))
            continue
        here = _Above(status.st_dev, status.st_ino, above)
        if here.is_below_itself():
            continue
        visits[here.device, here.inode] += 1
        if visits[here.device, here.inode] > _MOST_VISITS:
            # Directories linked to one another have more paths than anyone could list.
            unreadable.append((_as_text(str(directory)), f"linked to from more than {_MOST_VISITS} places"))
            continue
        files = [directory / entry.name for entry in entries if _is_event_file(entry)]
        if files:
            yield directory, files
        waiting += [(directory / entry.name, here) for entry in entries if _is_directory(entry)]


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
    is_named_so = "tfevents" in entry.name and not entry.name.endswith(".profile-empty")
    return is_named_so and not _is_directory(entry)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle of links
        return False


def _as_text(name: str) -> str:
    """The name with what is not UTF-8 in it replaced, as TensorBoard's own server shows it."""
    return os.fsencode(name).decode("utf-8", "replace")
