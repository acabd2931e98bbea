"""Work on many things at once, where each may be slow to answer; on each of them, one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Hands:
    """Threads that live as long as there is something to do; the end of the process waits for none of them.

    >>> hands, done = Hands(most=2), []
    >>> hands.do("a", lambda: done.append("a"))
    >>> hands.wait(10.0), done, hands.busy()
    (True, ['a'], frozenset())

    Args:
        most: how many things may be done at once.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, Callable[[], None]]] = deque()
        self._busy: set[str] = set()
        self._threads = 0

    def do(self, name: str, work: Callable[[], None]) -> None:
        """Have it done soon; `work` raises nothing, and nothing of that name is on its way."""
        with self._changed:
            self._busy.add(name)
            self._waiting.append((name, work))
            if self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._work, name="candles-hand", daemon=True).start()

    def busy(self) -> frozenset[str]:
        """Names of what is on its way."""
        with self._changed:
            return frozenset(self._busy)

    def wait(self, within_secs: float | None = None) -> bool:
        """Until all is done; False where that took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, within_secs)

    def _work(self) -> None:
        while taken := self._next():
            name, work = taken
            try:
                work()
            finally:
                with self._changed:
                    self._busy.discard(name)
                    self._changed.notify_all()

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        """None where nothing is left, and the thread is to end."""
        with self._changed:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None
