"""The thread that sends a run's event files to where they are to lie, while the training goes on."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque

from tensorboard_candles.writer.asking import Asks
from tensorboard_candles.writer.remote.directory import Connection, RemoteDir
from tensorboard_candles.writer.remote.pace import Pace, Part

FIRST_PAUSE_SECS = 1.0
LONGEST_PAUSE_SECS = 30.0
"""Between two tries, each the double of the one before."""
LAST_PAUSE_SECS = 1.0
"""The longest when the process is about to end."""
PATIENCE_SECS = 30.0
"""How long it stands that a storage was waited for in vain: then one try has to do, of any file there."""
ONE_TRY_SECS = 1.0
FLUSH_WITHIN_SECS = 10.0
"""How long a flush waits for a network that hangs."""

_gave_up_at: dict[str, float] = {}
"""By storage. A training may end with many files, and each of them has several last chances in a row."""


class Uploader(threading.Thread):
    """Sends the `parts`, in their order, each whole, and takes those out that are ended and have arrived.

    The writer puts new ones in at the end; `failure` is why the last try failed, None while all is well.
    """

    def __init__(self, directory: RemoteDir) -> None:
        super().__init__(name="candles-upload", daemon=True)
        self.parts: deque[Part] = deque()
        self.failure: OSError | None = None
        self.lost = 0
        """Bytes that someone removed before they were sent."""
        self._directory = directory
        self._connection: Connection | None = None
        self._pace = Pace(time.monotonic())
        self._done_bytes = 0
        """Of the parts that were taken out."""
        self._tried_at = self._pause_secs = 0.0
        self._last_until = 0.0
        self._ending = False
        self._asks = Asks()

    @property
    def kept(self) -> int:
        """Bytes of the files on this machine."""
        return sum(part.size for part in list(self.parts))

    @property
    def behind(self) -> int:
        """Bytes that have not arrived."""
        return sum(part.size - part.arrived for part in list(self.parts))

    def arrive(self, *, within_secs: float, is_last: bool) -> None:
        """See `Destination.arrive`. Where the last try failed, it is waited for only if this `is_last`."""
        if is_last:
            self._insist(within_secs)
        elif self.failure is None and self.behind:
            self._asks.answered(within_secs=min(within_secs, FLUSH_WITHIN_SECS))

    def end(self) -> None:
        """Have the thread end after the try that it is at."""
        self._ending = True
        self._asks.wake()

    def run(self) -> None:
        try:
            while not self._ending:
                answers = self._asks.wait(max(self._due_at() - time.monotonic(), 0.0))
                if time.monotonic() >= self._due_at() or (answers and self._may_flush()):
                    self._try_to_send()
                for answer in answers:
                    answer()
        finally:
            self._asks.end()

    def _insist(self, within_secs: float) -> None:
        storage, now = self._directory.storage, time.monotonic()
        if now < _gave_up_at.get(storage, -math.inf) + PATIENCE_SECS:
            within_secs = min(within_secs, ONE_TRY_SECS)
        self._last_until = deadline = now + within_secs
        while self.behind and not self._asks.ended and time.monotonic() < deadline:
            self._asks.answered(within_secs=deadline - time.monotonic())
            if self.behind:
                time.sleep(0.05)
        if self.behind:
            _gave_up_at[storage] = time.monotonic()

    def _due_at(self) -> float:
        if self.failure is None:
            return self._pace.next_at
        is_last = time.monotonic() < self._last_until
        return self._tried_at + (min(self._pause_secs, LAST_PAUSE_SECS) if is_last else self._pause_secs)

    def _may_flush(self) -> bool:
        if self.failure is not None:
            return False
        more = sum(part.size for part in list(self.parts) if part.size > part.arrived)
        is_last = time.monotonic() < self._last_until
        return is_last or self._pace.may_flush(self._done_bytes + self.kept, more)

    def _try_to_send(self) -> None:
        self._tried_at = time.monotonic()
        try:
            for part in list(self.parts):
                self._send(part)
        except Exception as error:  # noqa: BLE001, the thread's last line of defence: it is tried again
            doubled = min(2 * self._pause_secs, LONGEST_PAUSE_SECS)
            self._pause_secs = FIRST_PAUSE_SECS if self.failure is None else doubled
            # not all who write to a server that is back again at the same moment
            self._tried_at = time.monotonic() - random.uniform(0.0, 0.25) * self._pause_secs
            self.failure = error if isinstance(error, OSError) else OSError(repr(error))
        else:
            self.failure = None
            _gave_up_at.pop(self._directory.storage, None)
            self._pace.sent_at(self._tried_at)

    def _send(self, part: Part) -> None:
        is_ended, size = part.is_ended, part.size
        if size > part.arrived:
            try:
                content = part.path.read_bytes()[:size]
            except FileNotFoundError:
                self.parts.remove(part)
                self.lost += size - part.arrived
                raise OSError(f"{part.path} was removed before it was sent") from None
            self._connection = self._connection or self._directory.connect()
            self._connection.put(part.path.name, content)
            self._pace.sent += size
            part.sent += size
            part.arrived = size
        if is_ended:
            self.parts.remove(part)
            self._done_bytes += size
            part.path.unlink(missing_ok=True)
