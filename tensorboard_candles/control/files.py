"""The control files of one run, on this machine or wherever fsspec reaches: written whole, read with bounds.

No name that was read becomes part of a path unless it is an id (`forms.is_id`). What is no regular file, or
lies in a directory that is a link, is passed by: so nothing outside the run's directory is read or written.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from tensorboard_candles.control import small_file
from tensorboard_candles.control.forms import MOST_BYTES, Answer, Command, Status, is_id
from tensorboard_candles.errors import BadControl
from tensorboard_candles.remote_files import ask, attempt, is_url, join_url, open_system

DIRECTORY = "candles-control"
"""In a run's directory."""
STATUS = "status.json"
Folder: TypeAlias = Literal["commands", "answers"]
MOST_NAMES = 1000
"""Of a folder; whoever puts more there is not listened to, beyond the first by name."""


class Place(Protocol):
    """Small files by relative path; where the storage is at fault, OSError is raised."""

    def read(self, below: str) -> bytes | None:
        """At most MOST_BYTES + 1 of it; None where there is no such file."""
        ...

    def write(self, below: str, content: bytes) -> None:
        """Put it in the place of what there may be, at once: nobody reads a part of it."""
        ...

    def delete(self, below: str) -> bool:
        """Whether there was such a file."""
        ...

    def names(self, below: str) -> list[str]:
        """Of what lies in a directory; none where there is no such directory."""
        ...


class ControlFiles:
    """Statuses, commands and answers of one run.

    >>> import tempfile
    >>> files = ControlFiles.of(tempfile.mkdtemp())
    >>> files.status() is None, files.commands()
    (True, [])
    >>> files.send(Command(id="00ff" * 4, session="12ab" * 4, command="stop"))
    >>> files.commands()
    ['00ff00ff00ff00ff']
    >>> str(files.command("00ff" * 4))
    'stop'
    >>> files.take_back("00ff" * 4), files.take_back("00ff" * 4)
    (True, False)

    Reading gives None where there is nothing, and raises BadControl where there is something else than there
    should be. OSError is raised where the storage is at fault.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    @classmethod
    def of(cls, run_dir: str | os.PathLike[str], options: Mapping[str, Any] | None = None) -> ControlFiles:
        """Of the run in that directory, a path or a URL; `options` are fsspec's `storage_options`."""
        text = os.fspath(run_dir)
        if is_url(text):
            return cls(RemotePlace(join_url(text, DIRECTORY), dict(options or {})))
        return cls(LocalPlace(Path(text) / DIRECTORY))

    @classmethod
    def through(cls, opened: tuple[Any, str], url: str) -> ControlFiles:
        """Of the run at that URL, which is known to a file system of fsspec that is open by that path."""
        system, path = opened
        return cls(RemotePlace(join_url(url, DIRECTORY), {}, (system, join_url(path, DIRECTORY))))

    def status(self) -> Status | None:
        content = self._place.read(STATUS)
        return None if content is None else Status.from_bytes(content)

    def write_status(self, status: Status) -> None:
        self._place.write(STATUS, status.to_bytes())

    def commands(self) -> list[str]:
        """Ids, of commands that may have been answered long ago."""
        return self._ids("commands")

    def command(self, command_id: str) -> Command | None:
        content = self._place.read(_name("commands", command_id))
        found = None if content is None else Command.from_bytes(content)
        return found and _is_its_own(found, command_id)

    def send(self, command: Command) -> None:
        self._place.write(_name("commands", command.id), command.to_bytes())

    def take_back(self, command_id: str) -> bool:
        """Remove a command; whether it was there."""
        return self._place.delete(_name("commands", command_id))

    def answers(self) -> list[str]:
        """Ids of the commands that were answered."""
        return self._ids("answers")

    def answer(self, command_id: str) -> Answer | None:
        content = self._place.read(_name("answers", command_id))
        found = None if content is None else Answer.from_bytes(content)
        return found and _is_its_own(found, command_id)

    def write_answer(self, answer: Answer) -> None:
        self._place.write(_name("answers", answer.id), answer.to_bytes())

    def forget(self, command_id: str) -> None:
        """Remove a command and its answer."""
        self._place.delete(_name("commands", command_id))
        self._place.delete(_name("answers", command_id))

    def _ids(self, folder: Folder) -> list[str]:
        names = sorted(name for name in self._place.names(folder) if name.endswith(".json"))
        return [name[:-5] for name in names if is_id(name[:-5])][:MOST_NAMES]


def _name(folder: Folder, command_id: str) -> str:
    if not is_id(command_id):
        raise BadControl(f"a command's id must be 16 hexadecimal digits, got {command_id!r:.80}")
    return f"{folder}/{command_id}.json"


def _is_its_own(found: Any, command_id: str) -> Any:
    if found.id != command_id:
        raise BadControl(f"{command_id}.json holds the id {found.id}")
    return found


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """Below a directory of this machine, which is made with the first file."""

    root: Path

    def read(self, below: str) -> bytes | None:
        try:
            return small_file.read(self._path(below), below)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise small_file.unreadable(below, error) from error

    def write(self, below: str, content: bytes) -> None:
        path = self._path(below)
        for directory in (self.root, path.parent):  # and not the run's: one that was deleted stays so
            directory.mkdir(exist_ok=True)
        small_file.write(path, content)

    def delete(self, below: str) -> bool:
        try:
            os.unlink(self._path(below))
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def names(self, below: str) -> list[str]:
        directory = self._path(f"{below}/-").parent
        try:
            return os.listdir(directory)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _path(self, below: str) -> Path:
        """BadControl where a directory on the way is a link: it may lead anywhere."""
        path = self.root / below
        for directory in {self.root, path.parent}:
            if directory.is_symlink():
                raise BadControl(f"{directory.name} must be a directory, and is a link")
        return path


@dataclass(slots=True)
class RemotePlace:
    """Below a URL. Connects when it is first asked; a forked child has to be given a place of its own."""

    url: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _opened: tuple[Any, str] | None = field(default=None, repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read(self, below: str) -> bytes | None:
        system, root = self._system()
        try:
            content: bytes = attempt(
                ask, system, "cat_file", join_url(root, below), start=0, end=MOST_BYTES + 1
            )
        except FileNotFoundError:
            return None
        return content

    def write(self, below: str, content: bytes) -> None:
        system, root = self._system()
        path = join_url(root, below)
        try:
            attempt(ask, system, "pipe_file", path, content)
        except FileNotFoundError:
            if system.async_impl:  # object stores have no directories: there a bucket is missing
                raise
            attempt(ask, system, "makedirs", path.rpartition("/")[0], exist_ok=True)
            attempt(ask, system, "pipe_file", path, content)

    def delete(self, below: str) -> bool:
        system, root = self._system()
        try:
            attempt(ask, system, "rm_file", join_url(root, below))
        except FileNotFoundError:
            return False
        return True

    def names(self, below: str) -> list[str]:
        system, root = self._system()
        try:
            infos = attempt(ask, system, "ls", join_url(root, below), detail=True)
        except FileNotFoundError:
            return []
        return [info["name"].rpartition("/")[2] for info in infos if info["type"] == "file"]

    def _system(self) -> tuple[Any, str]:
        with self._opening:
            self._opened = self._opened or open_system(self.url, self.options)
            return self._opened
