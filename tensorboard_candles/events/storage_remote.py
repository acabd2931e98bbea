"""Event files that fsspec reaches: object stores above all, with s3://, gs:// and the rest.

An object store differs from a file system in three ways that matter here. A request takes long, but one that
lists a thousand objects takes no longer than one that looks at one: so the tree is listed as a whole, which
tells size and etag of every file. Nothing can be appended to: an object that grows is replaced by a longer
one. And it lies behind a network: a request may fail now and work a second later, or never end.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeAlias, TypeVar

from tensorboard_candles.events.storage import Identity, OpenFile, is_event_file_name
from tensorboard_candles.events.storage_retry import Patience, retried
from tensorboard_candles.remote_files import ask, attempt, join_url, open_system, shown, told

_READ_BYTES = 16 << 20
"""What one request reads, where there is as much."""
_WAIT_SECS = 2.0
"""So long does one look at the log directory wait for a listing; a later look finds it."""
_SLOW_SECS = 10.0
"""A listing that takes longer is told of."""
_STATES = ("ETag", "etag", "LastModified", "last_modified", "updated", "mtime", "modified", "created")
"""What file systems call that which changes with the content."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Object:
    """A file in a listing."""

    key: str
    """What its file system calls it."""
    identity: Identity


_Tree: TypeAlias = dict[str, dict[str, _Object]]
"""Event files by name, by directory below the root."""


class FsspecStorage:
    """All below one URL; paths in it begin with that as it is `shown`, and so do the texts of errors.

    >>> list(FsspecStorage("memory://runs").walk("memory://runs", []))
    []

    What was found last counts for as long as the listing fails. The listing runs in a thread of its own, so
    that a server which never answers holds up nobody else.
    """

    def __init__(self, url: str) -> None:
        self._given_url, self._url = url, shown(url)
        self._patience = Patience()
        self._opening = threading.Lock()
        self._opened: tuple[Any, str] | None = None
        self._tree: _Tree = {}
        self._objects: dict[str, _Object] = {}
        self._listing: Future[_Tree] | None = None
        self._listing_began = 0.0
        self._list_at = -math.inf
        """When to list again, in seconds of the monotonic clock: whoever takes long is left alone as long."""
        self._was_listed = False
        self._error: str | None = None

    is_known_by_walks: ClassVar[bool] = True

    @property
    def is_pending(self) -> bool:
        """See `Storage.is_pending`: so it is until the first listing has come to its end."""
        return not self._was_listed

    def walk(self, root: str, unreadable: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
        """See `Storage.walk`; the root is the URL."""
        if self._listing is None and time.monotonic() >= self._list_at:
            self._listing, self._listing_began = _in_background(self._list_and_rest), time.monotonic()
            # A server that did not answer the last time is not waited for again.
            wait([self._listing], timeout=0 if self._error else _WAIT_SECS)
        if self._listing:
            self._look_at(self._listing)
        if self._error:
            unreadable.append((root, self._error))
        for below, files in self._tree.items():
            yield below, list(files)

    def _look_at(self, listing: Future[_Tree]) -> None:
        if listing.done():
            self._listing = None
            self._take_over(listing)
        elif time.monotonic() - self._listing_began > _SLOW_SECS:
            self._error = self._error or "is slow to be listed; what was found before is shown until then"

    def _take_over(self, listing: Future[_Tree]) -> None:
        self._was_listed = True
        try:
            self._tree = listing.result()
        except OSError as error:
            self._error = told(error)
            self._patience.give_up(self._error)
            return
        self._error = None
        self._patience.renew()
        objects: dict[str, _Object] = {}
        for below, files in self._tree.items():
            directory = self._url if below == "." else join_url(self._url, below)
            objects |= {join_url(directory, name): found for name, found in files.items()}
        # All at once: other threads look things up there.
        self._objects = objects

    def _list_and_rest(self) -> _Tree:
        began = time.monotonic()
        try:
            return self._list()
        finally:
            now = time.monotonic()
            if now - began > _WAIT_SECS:
                self._list_at = now + (now - began)

    def _list(self) -> _Tree:
        """Event files by directory, the least deep first."""
        system, root = self._system()
        system.invalidate_cache()
        above = root.strip("/") + "/" if root.strip("/") else ""
        found: _Tree = {}
        for info in retried(partial(attempt, _infos_below, system, root)):
            place = info["name"].lstrip("/")
            parts = place[len(above) :].split("/")
            # Names that a client would tidy up might lead to somewhere else.
            is_below = place.startswith(above) and not {"", ".", ".."} & set(parts)
            if is_below and info["type"] == "file" and is_event_file_name(parts[-1]):
                files = found.setdefault("/".join(parts[:-1]) or ".", {})
                files[parts[-1]] = _Object(info["name"], _identity_of(info))
        by_depth = sorted(found, key=lambda below: (below != ".", below.count("/"), below.split("/")))
        return {below: dict(sorted(found[below].items())) for below in by_depth}

    def identity(self, path: str) -> Identity:
        return self._object(path).identity

    def identity_now(self, path: str) -> Identity:
        # By a listing again: of one file by itself, many a file system tells other things, or in other words.
        key = self._object(path).key
        directory = key.rpartition("/")[0]
        listed = partial(attempt, ask, self._system()[0], "ls", directory, detail=True)
        for info in self._patience.call(listed):
            if info["name"].strip("/") == key.strip("/"):
                return _identity_of(info)
        raise FileNotFoundError(f"{path} is gone")

    @contextmanager
    def open(self, path: str, offset: int) -> Iterator[OpenFile]:
        found = self._object(path)
        yield _RemoteFile(found.identity, offset, partial(self._fetch, found.key))

    def _object(self, path: str) -> _Object:
        if found := self._objects.get(path):
            return found
        system, key = self.opened(path)
        return _Object(key, _identity_of(self._patience.call(partial(attempt, ask, system, "info", key))))

    def _fetch(self, key: str, begin: int, end: int) -> bytes:
        system, _ = self._system()
        read = partial(attempt, ask, system, "cat_file", key, start=begin, end=end)
        content: bytes = self._patience.call(read)
        if len(content) != end - begin:
            raise OSError(f"ended at byte {begin + len(content)} of {end}: it was changed while it was read")
        return content

    def opened(self, path: str) -> tuple[Any, str]:
        """The file system, and what it calls that path."""
        system, root = self._system()
        below = path[len(self._url) :].lstrip("/")
        return system, join_url(root, below) if below else root

    def _system(self) -> tuple[Any, str]:
        """The file system, and what it calls the root."""
        with self._opening:
            self._opened = self._opened or open_system(self._given_url)
            return self._opened


class _RemoteFile:
    """Reads more than it is asked for where reading goes on, and just that where it does not."""

    is_near = False

    def __init__(self, identity: Identity, offset: int, fetch: Callable[[int, int], bytes]) -> None:
        self.identity = identity
        self._offset = offset
        self._fetch = fetch
        self._begin = 0
        self._content = b""

    def read(self, offset: int, size: int) -> bytes:
        end = min(offset + size, self.identity.size)
        if end <= offset:
            return b""
        if not self._begin <= offset < self._begin + len(self._content):
            ahead = offset + _READ_BYTES if offset >= self._offset else end
            self._content = self._fetch(offset, min(max(end, ahead), self.identity.size))
            self._begin = offset
        return self._content[offset - self._begin : end - self._begin]


def _infos_below(system: Any, root: str) -> list[dict[str, Any]]:
    """All files below the root as one listing tells them, or a listing of each directory where it must be."""
    if _lists_whole_trees(system):
        return list(ask(system, "find", root, detail=True).values())
    waiting, found = [root], []
    while waiting:
        directory = waiting.pop()
        try:
            infos = ask(system, "ls", directory, detail=True)
        except FileNotFoundError:
            continue
        found += [info for info in infos if info["type"] != "directory"]
        waiting += [info["name"] for info in infos if info["type"] == "directory"]
    return found


def _lists_whole_trees(system: Any) -> bool:
    from fsspec import AbstractFileSystem
    from fsspec.asyn import AsyncFileSystem

    kind = type(system)
    if system.async_impl:
        return kind._find is not AsyncFileSystem._find
    return kind.find is not AbstractFileSystem.find


def _identity_of(info: dict[str, Any]) -> Identity:
    if info.get("size") is None:
        raise OSError(f"{info['name']} has no known size")
    return Identity(None, info["size"], " ".join(str(info[state]) for state in _STATES if state in info))


def _in_background(function: Callable[[], T]) -> Future[T]:
    """Like an executor of one thread, but one that nobody waits for when the process ends."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except Exception as failure:  # noqa: BLE001  (raised where the result is asked for)
            future.set_exception(failure)

    threading.Thread(target=run, name="candles-listing", daemon=True).start()
    return future
