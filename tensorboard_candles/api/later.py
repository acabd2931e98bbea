"""What is to be done at a later time, by one thread, which lives as long as there is something to do."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Later:
    """Calls functions at their times, one after the other.

    >>> later, done = Later(), threading.Event()
    >>> later.call(done.set, after_secs=0.0)
    >>> done.wait(10)
    True
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._is_running = False

    def call(self, function: Callable[[], object], *, after_secs: float) -> None:
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + after_secs, next(self._numbers), function))
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="candles-later", daemon=True).start()
            self._changed.notify()

    def _run(self) -> None:
        while function := self._next():
            try:
                function()
            except Exception:
                # The thread's last line of defence: the others are to be called, too.
                logger.exception("What was put off went wrong")

    def _next(self) -> Callable[[], object] | None:
        """Waits for it; None where there is nothing more, and the thread is to end."""
        with self._changed:
            while self._due:
                wait_secs = self._due[0][0] - time.monotonic()
                if wait_secs <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait_secs)
            self._is_running = False
            return None
