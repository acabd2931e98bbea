"""How others ask a thread for something and wait for its answer.

Nothing here holds a lock that the asker needs again: a signal handler may ask in the middle of such a call.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue


class Asks:
    """What a thread is asked for, taken by it now and then.

    >>> asks = Asks()
    >>> asks.wake()
    >>> asks.wait(60.0)         # not so long: it was woken, and nobody waits for an answer
    []
    """

    def __init__(self) -> None:
        # a SimpleQueue may be put to while the same thread is putting to it: signal handlers do that
        self._asks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.ended = False
        """Nobody will answer any more."""

    def wake(self) -> None:
        """End the thread's wait."""
        self._asks.put(None)

    def answered(self, *, within_secs: float = math.inf) -> None:
        """Return when the thread has answered, or the time is over."""
        done = threading.Lock()
        done.acquire()
        self._asks.put(done.release)
        deadline = time.monotonic() + within_secs
        while not self.ended and time.monotonic() < deadline and not done.acquire(timeout=0.1):
            pass  # in short waits, because a thread that failed answers nobody

    def ask(self) -> None:
        """As `answered`, without waiting for that."""
        self._asks.put(_nothing)

    def wait(self, secs: float) -> list[Callable[[], object]]:
        """For the thread: who waits for an answer, after at most so long."""
        asks = []
        try:
            asks.append(self._asks.get(timeout=secs))
            while True:
                asks.append(self._asks.get_nowait())
        except Empty:
            return [ask for ask in asks if ask is not None]

    def end(self) -> None:
        """For the thread: answer whoever asked too late."""
        self.ended = True
        for answer in self.wait(0):
            answer()


def _nothing() -> None:
    """The answer where nobody waits for it."""
