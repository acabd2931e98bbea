"""SIGTERM, which ends most jobs: what is buffered is written first, where nobody else handles it.

A handler is installed only where there is none, and only in the main thread, where Python allows it. It ends
the process as the signal would have, and only flushes where a handler installed later calls it in turn.
SIGINT is left alone: Python makes KeyboardInterrupt of it, and what is buffered is written at exit.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

FLUSH_WITHIN_SECS = 5.0
"""How long the end of the process waits for a disk that hangs."""

_flushes: list[Callable[[], object]] = []
_endings: list[Callable[[], object]] = []


def flush_on_sigterm(flush: Callable[[], object]) -> None:
    """Have `flush` called before SIGTERM ends this process; no effect where that is handled already."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        _flushes[:] = [flush]
        signal.signal(signal.SIGTERM, _flush_and_end)


def end_on_sigterm(end: Callable[[], object]) -> None:
    """Have `end` called after that, when SIGTERM does end the process and nobody has taken it over."""
    if end not in _endings:
        _endings.append(end)


def forget_parent() -> None:
    """In a forked child that has not logged: SIGTERM ends it at once, as it would without us."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is _flush_and_end:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _flush_and_end(number: int, frame: FrameType | None) -> None:
    for flush in _flushes:
        flush()
    if signal.getsignal(number) is _flush_and_end:
        for end in _endings:
            end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
