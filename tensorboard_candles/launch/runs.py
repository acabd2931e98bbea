"""The runs of a log directory: those of a bucket are all asked for through one connection."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from tensorboard_candles.control.confined import confined_place
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.launch.names import run_dir_of
from tensorboard_candles.remote_files import ask, attempt, is_url, join_url, open_system


class Runs:
    """
    >>> runs = Runs("memory://logs")
    >>> runs.has("toy/a"), runs.control("toy/a").status() is None
    (False, True)

    Args:
        logdir: a directory, or a URL; it is connected to when it is first asked for something.
    """

    def __init__(self, logdir: str) -> None:
        self._logdir = logdir
        self._opening = threading.Lock()
        self._opened: tuple[Any, str] | None = None

    def control(self, run: str) -> ControlFiles:
        """Its control files; Forbidden where a link leads it out of the log directory."""
        if not is_url(self._logdir):
            return ControlFiles(confined_place(Path(self._logdir, run), Path(self._logdir)))
        system, root = self._system()
        return ControlFiles.through((system, join_url(root, run)), join_url(self._logdir, run))

    def has(self, run: str) -> bool:
        """Whether there is such a directory; Conflict where a link leads it out of the log directory."""
        if not is_url(self._logdir):
            return os.path.lexists(run_dir_of(self._logdir, run))
        try:
            system, root = self._system()
            return bool(attempt(ask, system, "exists", join_url(root, run)))
        except OSError:
            return False  # a storage that is down; the training will find out

    def _system(self) -> tuple[Any, str]:
        with self._opening:
            opened = self._opened or open_system(self._logdir)
            if opened[0].async_impl:  # others answer one thread at a time
                self._opened = opened
            return opened
