"""Which event files belong to which run, under the names that TensorBoard gives the runs."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.events.storage import LogPath, RemotePath, storage_of
from tensorboard_candles.events.storage_remote import FsspecStorage
from tensorboard_candles.remote_files import is_url, shown

_URI = re.compile(r"[a-zA-Z][0-9a-zA-Z.]*://.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LogRoot:
    """A directory to look for runs in, and what their names begin with (empty for `--logdir`)."""

    path: LogPath
    name: str = ""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A run: its name and its event files, in the order in which they count (by file name)."""

    name: str
    files: tuple[LogPath, ...]


@dataclass(frozen=True, slots=True)
class Discovered:
    """All runs, by name, and the directories that could not be listed, with the reason."""

    runs: tuple[RunFiles, ...]
    unreadable: tuple[tuple[str, str], ...]
    is_known_by_walks: bool = False
    """Whether files grow is seen only where runs are discovered again, see `Storage.is_known_by_walks`."""
    is_pending: bool = False
    """There may be more a little later, though nothing changes: a listing is still under way."""


def log_roots(logdir: str, logdir_spec: str) -> tuple[LogRoot, ...]:
    """Directories that TensorBoard's `--logdir` or `--logdir_spec` name.

    >>> log_roots("", "a:runs/one,runs/two")
    (LogRoot(path=PosixPath('runs/one'), name='a'), LogRoot(path=PosixPath('runs/two'), name=''))
    """
    if logdir:
        return (LogRoot(_path_of(logdir)),)
    return tuple(_root_of(part) for part in logdir_spec.split(",") if part)


def _root_of(part: str) -> LogRoot:
    """`name:path` or `path`, told apart as TensorBoard does: a URI and a drive letter name nothing."""
    is_path = _URI.match(part) or part.startswith("/") or os.path.splitdrive(part)[0]
    name, _, path = ("", "", part) if is_path or ":" not in part else part.partition(":")
    return LogRoot(_path_of(path), name)


def _path_of(given: str) -> LogPath:
    protocol, separator, rest = given.partition("://")
    if is_url(given):
        # TensorBoard tells no `s3://bucket/logs/` from `s3://bucket/logs`.
        url = f"{protocol}://{rest.rstrip('/')}"
        return RemotePath(shown(url), FsspecStorage(url))
    return Path(rest if separator else given).expanduser()


def discover(roots: Sequence[LogRoot]) -> Discovered:
    """Runs below the roots: every directory that holds an event file, by its path relative to the root.

    >>> discover([LogRoot(Path("runs"))]).runs          # doctest: +SKIP
    (RunFiles(name='cnn/lr=0.1', files=(PosixPath('runs/cnn/lr=0.1/events.out.tfevents.17…'),)),)

    Symbolic links are followed, as TensorBoard follows them, but to one directory only so many times. A log
    directory that is not there yet holds no run.
    """
    files_of: dict[str, list[LogPath]] = {}
    unreadable: list[tuple[str, str]] = []
    for root in roots:
        for below, files in storage_of(root.path).walk(str(root.path), unreadable):
            name = os.path.join(root.name, below) if root.name else below
            directory = root.path / below
            files_of.setdefault(_as_text(name), []).extend(directory / file for file in files)
    by_file_name = {name: sorted(files, key=lambda path: path.name) for name, files in files_of.items()}
    runs = (RunFiles(name, tuple(by_file_name[name])) for name in sorted(by_file_name))
    told = tuple((_as_text(directory), what) for directory, what in unreadable)
    storages = [storage_of(root.path) for root in roots]
    return Discovered(
        tuple(runs),
        told,
        is_known_by_walks=any(storage.is_known_by_walks for storage in storages),
        is_pending=any(storage.is_pending for storage in storages),
    )


def _as_text(name: str) -> str:
    """The name with what is not UTF-8 in it replaced, as TensorBoard's own server shows it."""
    return os.fsencode(name).decode("utf-8", "replace")
