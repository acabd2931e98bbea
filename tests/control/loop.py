"""A training that obeys, and its end."""

from __future__ import annotations

import threading
from typing import Any

from tensorboard_candles import Tracker
from tests.support.dashboard import WITHIN_SECS, Dashboard


class Loop:
    """A training in a thread, which goes on until it is told to stop."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.seen: list[Any] = []
        self.batches = 0
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._train)
        self._thread.start()

    def _train(self) -> None:
        for _ in self.tracker.epochs(10**6):
            for _ in self.tracker.batches(range(50)):
                self.tracker.log(loss=self.batches)
                self.batches += 1
                threading.Event().wait(0.002)
        self.tracker.close()

    def join(self) -> None:
        self._thread.join(WITHIN_SECS)
        assert not self._thread.is_alive()


def stop(dashboard: Dashboard, loop: Loop) -> None:
    assert dashboard.ask("stop")[0] == "done"
    loop.join()
