"""Where the dashboard looks after its runs' control files and sends them commands."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tensorboard_candles.api.later import Later
from tensorboard_candles.control.confined import confined_place
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Command
from tensorboard_candles.control.listening import FarListener, Listener, ToldRun
from tensorboard_candles.errors import BadControl, Conflict, Forbidden
from tensorboard_candles.events.storage_remote import FsspecStorage
from tensorboard_candles.store import RunDirectory

logger = logging.getLogger(__name__)

_MOST_LISTENERS = 20_000
_TAKEN_BACK_AFTER_SECS = 0.5
"""Beyond a command's time."""


class Desk:
    """Listens to the runs that are asked for, and sends them commands.

    A command that nobody has seen when its time is over is taken back, in a thread of its own: when the time
    comes, and where another process sent it, when a look finds it. That only where this one `may_write`.
    """

    def __init__(self, *, may_write: bool = False) -> None:
        self._may_write = may_write
        self._lock = threading.Lock()
        self._listeners: OrderedDict[str, Listener] = OrderedDict()
        self._later = Later()
        self._texts: OrderedDict[str, tuple[object, object, str]] = OrderedDict()

    def look(self, directories: Sequence[RunDirectory]) -> tuple[ToldRun, RunDirectory | None]:
        """What a run tells, and in which of its directories: the first that tells anything."""
        told = ToldRun("silent")
        for directory in directories:
            told = self._look(directory)
            if told.status:
                return told, directory
        return told, None

    def text(self, name: str, told: ToldRun, make: Callable[[str, ToldRun], str]) -> str:
        """What is made of what a run tells, made again only when that is something else."""
        now = told.state, told.commands, told.problem
        before = self._texts.get(name)
        if before is None or before[0] is not told.status or before[1] != now:
            before = told.status, now, make(name, told)
            with self._lock:
                self._texts[name] = before
                while len(self._texts) > _MOST_LISTENERS:
                    self._texts.popitem(last=False)
        return before[2]

    def send(self, command: Command, directory: RunDirectory) -> None:
        """Conflict where it can't be written, Forbidden where that would be outside the log directory."""
        listener = self._listener(directory)
        try:
            self._files(directory).send(command)
        except (OSError, BadControl) as error:
            raise Conflict(f"the command could not be written: {error}") from error
        listener.note_change()
        after_secs = command.timeout_secs + _TAKEN_BACK_AFTER_SECS
        self._later.call(partial(self._take_back, listener, directory), after_secs=after_secs)

    def _look(self, directory: RunDirectory) -> ToldRun:
        listener = self._listener(directory)
        told = listener.look()
        if self._may_write and listener.is_newly_overdue(told):
            self._later.call(partial(self._take_back, listener, directory), after_secs=0.0)
        return told

    def _take_back(self, listener: Listener, directory: RunDirectory) -> None:
        listener.look()
        overdue = listener.overdue()
        if not overdue:
            return
        try:
            files = self._files(directory)
            taken = [one for one in overdue if files.answer(one) is None and files.take_back(one)]
        except (OSError, BadControl, Forbidden) as error:
            logger.warning("Candles: a command to %s could not be taken back: %s", directory.path, error)
            return
        if taken:
            listener.note_change()
            listener.look()

    def _files(self, directory: RunDirectory) -> ControlFiles:
        path, root = directory.path, directory.root
        if isinstance(path, Path) and isinstance(root, Path):
            return ControlFiles(confined_place(path, root))
        return self._listener(directory).files

    def _listener(self, directory: RunDirectory) -> Listener:
        key = str(directory.path)
        with self._lock:
            if key not in self._listeners:
                self._listeners[key] = _listener_to(directory)
                while len(self._listeners) > _MOST_LISTENERS:
                    self._listeners.popitem(last=False)
            self._listeners.move_to_end(key)
            return self._listeners[key]


def _listener_to(directory: RunDirectory) -> Listener:
    path = directory.path
    if isinstance(path, Path):
        return Listener.of(path)
    assert isinstance(path.storage, FsspecStorage)
    # The reader's own connection; the run was found by it.
    return FarListener(ControlFiles.through(path.storage.opened(path.url), path.url))
