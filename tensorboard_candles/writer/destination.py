"""Where a run's event files go: a directory of this machine, or one that fsspec reaches."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from tensorboard_candles.writer.appending import AppendOnly, event_file_name
from tensorboard_candles.writer.remote.directory import RemoteDir

CLOSE_WITHIN_SECS = 30.0
"""How long the end of a run waits for a storage that is down."""

RunDir: TypeAlias = "Path | RemoteDir"


class Destination(Protocol):
    """Takes the records of one process and brings them where a reader finds them."""

    @property
    def path(self) -> RunDir:
        """The file that is written at present."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether what was written still has to be sent somewhere."""
        ...

    @property
    def pending(self) -> int:
        """Bytes added and not yet written."""
        ...

    @property
    def failure(self) -> OSError | None:
        """Why what was written does not arrive at present."""
        ...

    @property
    def behind(self) -> str | None:
        """What was written and has not arrived, and where it is kept; None where all has."""
        ...

    def begin(self) -> None:
        """Make the file; OSError where it can't be made."""
        ...

    def add(self, records: bytes) -> None:
        """Have whole records written by the next `write`."""
        ...

    def write(self) -> None:
        """Write what is pending; OSError where that is not possible now."""
        ...

    def arrive(self, *, within_secs: float, is_last: bool = False) -> None:
        """Return when what was written has arrived, when that failed, or the time is over.

        It is tried again and again where it `is_last`: the process is about to end.
        """
        ...

    def close(self) -> None:
        """Nothing more is written; OSError where not all has arrived."""
        ...

    def abandon(self) -> None:
        """Let go of it in a forked child, whose parent goes on with it."""
        ...


def destination_in(directory: RunDir, suffix: str) -> Destination:
    """A new event file there, whose name ends in the suffix.

    >>> destination_in(Path("runs"), ".rank3").path.name.endswith(".rank3")
    True
    """
    if isinstance(directory, RemoteDir):
        from tensorboard_candles.writer.remote.spool import SpooledFile

        return SpooledFile(directory, suffix)
    return AppendOnly(directory, partial(event_file_name, suffix))
