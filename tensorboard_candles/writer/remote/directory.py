"""A run's directory that fsspec reaches: s3://, gs://, memory:// and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from tensorboard_candles.remote_files import ask, attempt, join_url, open_system, shown


@dataclass(frozen=True, slots=True)
class RemoteDir:
    """What a `Path` is to local directories; its text is the URL, without what may be secret in it.

    >>> RemoteDir("s3://me:s3cret@bucket/runs", {"anon": True}) / "my-cnn" / "first"
    RemoteDir('s3://bucket/runs/my-cnn/first')
    """

    url: str = field(repr=False)
    """The log directory, as it was given."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    """For its file system, see fsspec's `storage_options`."""
    below: str = ""

    @property
    def name(self) -> str:
        return PurePosixPath(str(self)).name

    @property
    def storage(self) -> str:
        """What is up or down as one: the bucket, or the server.

        >>> RemoteDir("s3://bucket/runs", below="my-cnn").storage
        's3://bucket'
        """
        return "/".join(shown(self.url).split("/")[:3])

    def __str__(self) -> str:
        return join_url(shown(self.url), self.below) if self.below else shown(self.url)

    def __repr__(self) -> str:
        return f"RemoteDir({str(self)!r})"

    def __truediv__(self, below: str) -> RemoteDir:
        return RemoteDir(self.url, self.options, f"{self.below}/{below}".lstrip("/"))

    def mkdir(self, *, parents: bool, exist_ok: bool) -> None:
        """Nothing is made: object stores have no directories. OSError where there is no such storage."""
        self.connect()

    def connect(self) -> Connection:
        """A client of our own; OSError where there is none for such a URL. It survives no fork."""
        system, root = open_system(self.url, self.options)
        return Connection(system, join_url(root, self.below) if self.below else root)


@dataclass(frozen=True, slots=True)
class Connection:
    """Files directly below a directory, by name; OSError where the storage is at fault.

    >>> connection = RemoteDir("memory://put").connect()
    >>> connection.put("events.out.tfevents.1", b"abc")
    >>> connection.names(), connection.read("events.out.tfevents.1")
    (['events.out.tfevents.1'], b'abc')
    """

    system: Any
    directory: str

    def put(self, name: str, content: bytes) -> None:
        """Put it in the place of what there may be under the name."""
        path = join_url(self.directory, name)
        try:
            attempt(ask, self.system, "pipe_file", path, content)
        except FileNotFoundError:
            # Object stores, whose clients are asynchronous, have no directories: there a bucket is missing.
            if self.system.async_impl:
                raise
            attempt(ask, self.system, "makedirs", self.directory, exist_ok=True)
            attempt(ask, self.system, "pipe_file", path, content)

    def names(self) -> list[str]:
        """Event files, in the order in which they count."""
        try:
            infos = attempt(ask, self.system, "ls", self.directory, detail=True)
        except FileNotFoundError:
            return []
        files = [info["name"].rpartition("/")[2] for info in infos if info["type"] == "file"]
        return sorted(name for name in files if "tfevents" in name)

    def read(self, name: str) -> bytes:
        content: bytes = attempt(ask, self.system, "cat_file", join_url(self.directory, name))
        return content
