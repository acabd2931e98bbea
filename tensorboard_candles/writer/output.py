"""The thread that writes one event file.

Nothing but this thread encodes and writes: Python runs signal handlers in the main thread alone, so that no
Ctrl-C comes between a write and the count of what it wrote, and no slow disk holds up the training. What
others call here holds no lock, so that a signal handler may call it in the middle of such a call.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from tensorboard_candles.writer.asking import Asks
from tensorboard_candles.writer.destination import RunDir, destination_in
from tensorboard_candles.writer.devices import HELD_BYTES, OnDevice, read_all
from tensorboard_candles.writer.gathering import Gatherer
from tensorboard_candles.writer.layout import Items, Starts, encode, starts_of, without_gaps
from tensorboard_candles.writer.logged import Listener, logged

FLUSH_SECS = 1.0
FLUSH_BYTES = 64 * 1024
GATHER_BYTES = 4 * 1024 * 1024
"""The same where candles are gathered: the more at once, the less a point costs."""
LONGEST_PAUSE_SECS = 30.0
"""Between two tries to write to a disk that takes nothing; the first pause is FLUSH_SECS, each the double."""

_ROWS_AT_ONCE = 1024  # the matrices of so many stay in the processor's cache


class Output(threading.Thread):
    """Writes the rows put into it every second, and as soon as it is woken.

    `items` is where they are put, each row by one call of `extend`. `failure` is why the last write failed,
    None while all is well. With a gatherer candles are written instead of points.
    """

    def __init__(self, directory: RunDir, suffix: str = "", gatherer: Gatherer | None = None) -> None:
        super().__init__(name="candles-output", daemon=True)
        self.items: Items = []
        self.on_device = 0
        """How many OnDevice were put in all: to be counted before they are put."""
        self._read_from_device = 0
        self.file = destination_in(directory, suffix)
        self.failure: OSError | None = None
        self.unread = 0
        """How many values could not be read from their device."""
        self.broken = 0
        """How many rows could not be encoded; a mistake in this package."""
        self.on_change: Callable[[], object] = _nothing
        """Called by this thread when a failure begins, goes on or ends, or a value is lost."""
        self.listeners: list[Listener] = []
        """Who is given all that is logged, just before it is encoded. One that raises is not called again."""
        self.deaf: list[Exception] = []
        """What those raised."""
        self._gatherer = gatherer
        self.flush_bytes = FLUSH_BYTES if gatherer is None else GATHER_BYTES
        """Whoever has put so many wakes the thread."""
        self._taken_bytes = 0
        self._retry_at = -math.inf
        self._pause_secs = FLUSH_SECS
        self._is_troubled = False
        self._asks = Asks()
        self._closing = False

    @property
    def ended(self) -> bool:
        return self._asks.ended

    @property
    def trouble(self) -> OSError | None:
        """Why what was put is not where it is to go; None while it is, or soon will be."""
        return self.failure or self.file.failure

    def wake(self) -> None:
        """Have what was put written soon, unless the disk takes nothing at present."""
        if self.failure is None:
            self._asks.wake()

    def waiting(self, put_bytes: int) -> int:
        """Bytes not yet written, of so many that were put in all."""
        return put_bytes - self._taken_bytes + self.file.pending

    def write_out(self, *, within_secs: float = math.inf) -> None:
        """Return when a write of all that was put before was tried, or the time is over."""
        if isinstance(threading.current_thread(), Output):
            self._asks.ask()  # a dropped tracker was collected here: this thread would wait for itself
        else:
            self._asks.answered(within_secs=within_secs)

    def close(self) -> None:
        """Write out what was put, close the file and end the thread; again, to wait for that again."""
        self._closing = True
        self.write_out()

    def abandon(self) -> None:
        """In a forked child, which has no such thread: close the file that the parent goes on writing."""
        self._asks.ended = True
        self.file.abandon()
        if self.on_device > self._read_from_device:
            never_free(self.items)

    def run(self) -> None:
        try:
            closing = False
            while not closing:
                asks = self._asks.wait(self._pause())
                closing = self._closing  # before the rows are taken: what is put before close() is written
                self._take()
                if self._gatherer is not None and (asks or closing or self._pause() <= 0):
                    self._gatherer.end_rows(time.monotonic())
                    self.file.add(self._gatherer.records())
                if asks or time.monotonic() >= self._retry_at:
                    self._try_to_write()
                if closing:
                    self._close_file()
                for answer in asks:
                    answer()
        finally:
            self._asks.end()

    def _pause(self) -> float:
        """Seconds until there is something to write, even if nothing more is put."""
        if self._gatherer is None or self.failure is not None:
            return FLUSH_SECS
        return min(FLUSH_SECS, self._gatherer.due_in(time.monotonic()))

    def _take(self) -> None:
        """Encode what is there now; flush() must not wait for what others log meanwhile."""
        items = self.items[:]
        del self.items[: len(items)]
        starts = starts_of(items)
        self._taken_bytes += sum(items[at].size for at in starts)
        if self.on_device > self._read_from_device:
            self._read_devices(items)
            items = without_gaps(items)
            starts = starts_of(items)
        if self._gatherer is not None:
            self._tell(items, starts)
            self._encode(items, self._gather(self._gatherer, items, starts))
            self.file.add(self._gatherer.records())
            return
        for begin in range(0, len(starts), _ROWS_AT_ONCE):
            some = starts[begin : begin + _ROWS_AT_ONCE]
            self._tell(items, some)
            self._encode(items, some)

    def _tell(self, items: Items, starts: Starts) -> None:
        if not self.listeners:
            return
        try:
            columns = logged(items, starts)
        except Exception:  # noqa: BLE001, the thread's last line of defence: it is told when they are encoded
            return
        for listener in self.listeners[:]:
            try:
                listener(columns)
            except Exception as error:  # noqa: BLE001, the thread's last line of defence: the file goes on
                self.listeners.remove(listener)
                self.deaf.append(error)
                self.on_change()

    def _gather(self, gatherer: Gatherer, items: Items, starts: Starts) -> Starts:
        """Where the rows begin that are to be encoded as they are."""
        try:
            return gatherer.gather(items, starts, time.monotonic())
        except Exception:  # noqa: BLE001, the thread's last line of defence: what comes next shall be written
            self.broken += len(starts)
            self.on_change()
            return []

    def _encode(self, items: Items, starts: Starts) -> None:
        try:
            self.file.add(encode(items, starts))
        except Exception:  # noqa: BLE001, the thread's last line of defence: the rest shall be written
            if len(starts) > 1:
                for place in range(len(starts)):
                    self._encode(items, starts[place : place + 1])
            else:
                self.broken += 1
                self.on_change()

    def _read_devices(self, items: Items) -> None:
        """Put numbers in the place of what is on a device, None for what can't be read."""
        places = [place for place, item in enumerate(items) if isinstance(item, OnDevice)]
        numbers = read_all([items[place] for place in places])
        for place, number in zip(places, numbers, strict=True):
            items[place] = number
        self._read_from_device += len(places)
        self._taken_bytes += HELD_BYTES * len(places)
        if None in numbers:
            self.unread += numbers.count(None)
            self.on_change()

    def _try_to_write(self) -> None:
        before = self.failure
        try:
            self.file.write()
        except OSError as error:
            self.failure = error
            self._pause_secs = FLUSH_SECS if before is None else min(2 * self._pause_secs, LONGEST_PAUSE_SECS)
            self._retry_at = time.monotonic() + self._pause_secs
        else:
            self.failure = None
            self._retry_at = -math.inf
        self._tell_of_trouble()

    def _tell_of_trouble(self) -> None:
        was_troubled, self._is_troubled = self._is_troubled, self.trouble is not None
        if was_troubled or self._is_troubled:
            self.on_change()

    def _close_file(self) -> None:
        try:
            self.file.close()
        except OSError as error:  # some network disks tell only now that they are full
            self.failure = error


_parents: list[object] = []


def never_free(items: object) -> None:
    """In a forked child: freeing memory of a device that belongs to the parent may hang."""
    _parents.append(items)


def _nothing() -> None:
    """What is called where nobody asked to be told."""
