"""Work on many things at once, where each may be slow to answer; on each of them, one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

QUICK_SECS = 0.05
"""What waits for longer is taken up by more threads."""


class Hands:
    """Threads that live as long as there is something to do; the end of the process waits for none of them.

    One does all that is quick, since a thread costs more than that; others come where something waits.

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
        self._is_watched = False

    def do(self, name: str, work: Callable[[], None]) -> None:
        """Have it done soon; `work` raises nothing, and nothing of that name is on its way.

        RuntimeError where the system gives no thread, and nothing is on its way of it then.
        """
        with self._changed:
            if not self._threads:
                self._begin()
            if not self._is_watched:
                _start(self._watch)
                self._is_watched = True
            self._busy.add(name)
            self._waiting.append((name, work))

    def busy(self) -> frozenset[str]:
        """Names of what is on its way."""
        with self._changed:
            return frozenset(self._busy)

    def wait(self, within_secs: float | None = None) -> bool:
        """Until all is done; False where that took longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, within_secs)

    def _begin(self) -> None:
        _start(self._work)
        self._threads += 1

    def _watch(self) -> None:
        with self._changed:
            try:
                while not self._changed.wait_for(lambda: not self._waiting, QUICK_SECS):
                    more = min(max(1, self._threads), self._most - self._threads, len(self._waiting))
                    for _ in range(more):  # twice as many, again and again
                        self._begin()
            finally:
                self._is_watched = False

    def _work(self) -> None:
        while taken := self._next():
            name, work = taken
            try:
                work()
            finally:
                with self._changed:
                    self._busy.discard(name)
                    if not self._busy:
                        self._changed.notify_all()

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        """None where nothing is left, and the thread is to end."""
        with self._changed:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            self._changed.notify_all()
            return None


def _start(do: Callable[[], None]) -> None:
    threading.Thread(target=do, name="candles-hand", daemon=True).start()
