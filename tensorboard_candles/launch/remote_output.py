"""What an engine or a cluster keeps of a job's output, copied beside the instance: there it stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tensorboard_candles.launch.executor import Handle
from tensorboard_candles.launch.printed import printed
from tensorboard_candles.launch.start import Output

FETCH_EVERY_SECS = 2.0


@dataclass(slots=True)
class RemoteOutput:
    """Of several jobs; what runs is asked for its output every FETCH_EVERY_SECS."""

    _next: dict[Path, float] = field(default_factory=dict)

    def keep(self, folder: Path, handle: Handle, fetch: Callable[[], bytes], *, at_once: bool) -> None:
        """Add what is new; `fetch` gives all that the job has printed."""
        now = time.monotonic()
        if not at_once and now < self._next.get(folder, 0.0):
            return
        self._next[folder] = now + FETCH_EVERY_SECS
        content = fetch()
        with suppress(OSError):  # a full disk is no reason to give up the job
            output = Output(str(folder))
            output.write(content[output.end - int(handle["output_from"]) :])
            output.close()


def end_of(folder: Path) -> int:
    """Bytes that earlier attempts have printed.

    >>> import tempfile
    >>> end_of(Path(tempfile.mkdtemp()))
    0
    """
    return printed(folder, offset=0, most=0).end
