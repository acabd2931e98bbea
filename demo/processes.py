"""Child processes that are always stopped again, each by one SIGTERM and without a stack trace."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

STOPS_WITHIN_SECS = 10.0

Child = subprocess.Popen[bytes]


@contextmanager
def running(commands: Sequence[Sequence[str]]) -> Iterator[list[Child]]:
    """Start every command, in the repository's root; stop those that still run when the block ends.

    Each child has a session of its own, so that Ctrl-C reaches only this process.
    """
    children: list[Child] = []
    # the demo's matrices are small: more threads than one for each process only get in each other's way
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    root = Path(__file__).parents[1]
    try:
        for command in commands:
            children.append(subprocess.Popen(command, cwd=root, env=environment, start_new_session=True))
        yield children
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must leave no child behind
        _stop(children)


def interrupt_on_termination() -> None:
    """Let SIGTERM, and SIGHUP of a closed terminal, end this process as Ctrl-C does."""
    # A shell that is no terminal starts background jobs deaf to Ctrl-C; whoever sends it means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


def _stop(children: list[Child]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOPS_WITHIN_SECS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
