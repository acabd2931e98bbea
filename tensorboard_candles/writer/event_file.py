"""An event file that one process appends to, and what happens when it can't.

Logging puts a row into a queue; a thread encodes and writes what has gathered every second, and as soon as it
comes to 64 KiB. While the disk takes nothing, up to 64 MiB are kept and tried again, in pauses that grow to
half a minute. What is logged beyond that is dropped, the newest first: what was kept stays without a gap.
All of it is said in a warning, once when it begins and once when it is over, and never raised.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from time import monotonic, time
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import output as output_thread
from tensorboard_candles.writer import signals
from tensorboard_candles.writer.destination import CLOSE_WITHIN_SECS, RunDir
from tensorboard_candles.writer.devices import HELD_BYTES
from tensorboard_candles.writer.gathering import Gatherer
from tensorboard_candles.writer.layout import Items, LaterEvent, Layout
from tensorboard_candles.writer.logged import Listener
from tensorboard_candles.writer.output import Output
from tensorboard_candles.writer.trouble import Trouble

KEEP_BYTES = 64 * 1024 * 1024
"""How much is kept while the disk is full or slow; what is logged beyond it is dropped and counted."""
WAIT_SECS = 10.0
"""How long logging first waits, once so much is kept, for a disk that is slow and not full."""

EPOCH_MARK = "epoch"
"""The mark that no candle goes over."""

_log = logging.getLogger("tensorboard_candles")
_files: weakref.WeakSet[EventFile] = weakref.WeakSet()


class EventFile:
    """A new event file in a directory, and the step that comes next in it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> file = EventFile(Path(tempfile.mkdtemp()))
    >>> file.log(Layout(("loss",)), [0.5], step=None)
    >>> file.close()
    >>> file.path.name.startswith("events.out.tfevents."), file.next_step
    (True, 1)

    After a fork the child drops what its parent had buffered (the parent writes it) and goes on in a file
    of its own, made when it first logs. `gatherer` makes what gathers candles for each of the two, where
    they are to be written instead of points.
    """

    _output: Output | None
    _items: Items
    _put_bytes: int
    _look_at: int
    _wake_at: int

    def __init__(
        self,
        directory: RunDir,
        suffix: str = "",
        *,
        next_step: int = 0,
        gatherer: Callable[[], Gatherer | None] = lambda: None,
    ) -> None:
        self.directory = directory
        self._suffix = suffix
        self._gatherer = gatherer
        self.lock = threading.RLock()
        self.next_step = next_step
        self._marks: dict[str, LaterEvent] = {}
        self._beside: dict[Layout, tuple[Sequence[Any], int]] = {}
        self._listeners: list[Listener] = []
        self._closed = False
        self._forget()
        output = self._new_output()
        try:
            output.file.begin()
        except OSError as error:
            raise WriterError(f"can't make an event file in {str(directory)!r}: {error}") from error
        self._start(output)
        _files.add(self)

    @property
    def path(self) -> RunDir:
        """The file; in a forked child that has not logged yet, its directory."""
        return self.directory if self._output is None else self._output.file.path

    @property
    def is_closed(self) -> bool:
        return self._closed

    def log(
        self,
        layout: Layout | None,
        values: Iterable[Any],
        step: int | None,
        on_device: int = 0,
        wall_time: float | None = None,
    ) -> None:
        """Buffer one step's values, so many of them OnDevice; without a layout nothing but the step is taken.

        `wall_time` is when it is to have been; None for now. Raises WriterError when the file is closed.
        """
        # The one place that every call of a training loop comes through: what is rare stands in `_look`.
        with self.lock:
            at = self.next_step if step is None else step
            is_due = self._put_bytes >= self._look_at
            has_room = not is_due or self._look(layout, at)
            self.next_step = at + 1  # before the append: Ctrl-C between the two must not use a step twice
            if has_room and layout is not None:
                self._put_bytes += layout.size
                if on_device:
                    self._hold(on_device)
                self._items.extend((layout, at, time() if wall_time is None else wall_time, *values))
        if is_due:
            self._say_news()

    def beside(self, layout: Layout, values: Sequence[Any], on_device: int = 0) -> None:
        """Have these values written beside what is logged next, at its step; of one layout the latest count.

        >>> import tempfile
        >>> from pathlib import Path
        >>> file = EventFile(Path(tempfile.mkdtemp()))
        >>> file.beside(Layout(("grad_norm",)), [1.5])
        >>> file.log(Layout(("loss",)), [0.5], step=7)  # both are written, at step 7
        >>> file.close()
        """
        with self.lock:
            self._beside[layout] = (values, on_device)
            self._look_at = 0

    def put(self, event: LaterEvent, step: int | None = None) -> None:
        """Buffer what is no number, by default at the step that was logged last; it takes no step.

        Raises WriterError when the file is closed.
        """
        with self.lock:
            at = max(self.next_step - 1, 0) if step is None else step
            if self._look(event, at):
                self._append(event, at)
        self._say_news()

    def listen(self, listener: Listener) -> None:
        """Have all that is logged from now on shown to somebody, in the output thread; also after a fork."""
        with self.lock:
            self._listeners.append(listener)
            if self._output is not None:
                self._output.listeners.append(listener)

    def mark(self, what: str, event: Event | None) -> None:
        """Have an event written before what is logged next, at its step; None takes it back until then."""
        with self.lock:
            self._marks.pop(what, None)
            if event is not None:
                self._marks[what] = LaterEvent(
                    event.ByteSize(), lambda: event, event.wall_time or None, begins_epoch=what == EPOCH_MARK
                )
            self._look_at = 0

    def flush(self) -> None:
        """Write out what is buffered; what the disk doesn't take is kept, said once and tried again."""
        self._flush(math.inf, is_last=False)

    def write_out(self, *, within_secs: float) -> None:
        """Return when what is buffered was shown to listeners and is on this machine, or the time is over."""
        if self._output is not None:
            self._output.write_out(within_secs=within_secs)

    def flush_at_end(self, *, within_secs: float) -> None:
        """The same, trying harder: the process is about to end."""
        self._flush(within_secs, is_last=True)

    def _flush(self, within_secs: float, *, is_last: bool) -> None:
        output = self._output
        if output is not None:
            deadline = monotonic() + within_secs
            output.write_out(within_secs=within_secs)
            output.file.arrive(within_secs=deadline - monotonic(), is_last=is_last)
            self._say_news()

    def close(self) -> None:
        """Write out what is buffered and close the file; a second call waits for that too.

        What the disk still doesn't take is lost then, and logged as an error: training that has come
        this far must not fail for it.
        """
        with self.lock:
            self._closed = True
            self._look_at = 0
        output = self._output
        if output is not None:
            output.close()
            self._say_what_is_lost(output)

    def forget_parent(self) -> None:
        """In a forked child: drop what is the parent's, its buffer, its file and its lock."""
        self.lock = threading.RLock()  # another thread of the parent may have held it
        if self._output is not None:
            self._output.abandon()
        self._marks.clear()  # the parent writes them
        output_thread.never_free(self._beside)
        self._beside = {}
        self._forget()

    def _new_output(self) -> Output:
        return Output(self.directory, self._suffix, self._gatherer())

    def _forget(self) -> None:
        self._output = None
        self._items = []
        self._put_bytes = self._look_at = self._wake_at = 0
        self._waited = False
        self._trouble = Trouble()

    def _start(self, output: Output) -> Output:
        output.on_change = self._look_soon
        output.listeners += self._listeners
        self._items = output.items
        output.start()
        self._output = output
        if parent_process() is not None:
            # a forked worker of multiprocessing ends without atexit
            Finalize(None, self.close, exitpriority=0)
        signals.flush_on_sigterm(_flush_all)
        if output.file.is_remote:
            from tensorboard_candles.writer.exits import before_executors_end

            before_executors_end(_send_all)
        return output

    def _look_soon(self) -> None:
        self._look_at = 0

    def _look(self, what: Layout | LaterEvent | None, at: int) -> bool:
        """Whether there is room; all that is not to be done at each call."""
        if self._closed:
            raise WriterError(f"{self.path.name} is closed; log before close(), or make a new Tracker")
        output = self._output or self._start(self._new_output())
        if what is not None and not self._has_room(output, what.size):
            self._look_at = 0
            self._trouble.drop(at)
            return False
        if not isinstance(what, LaterEvent):
            for name, mark in list(self._marks.items()):
                self._append(mark, at)
                del self._marks[name]
            while self._beside and what is not None:
                self._append_row(at, *self._beside.popitem())
        if self._put_bytes >= self._wake_at:
            self._wake_at = self._put_bytes + output.flush_bytes
            output.wake()
        room = KEEP_BYTES - output.waiting(self._put_bytes)
        is_waited_for = self._marks or self._beside  # the next numbers are to be written with them
        self._look_at = 0 if is_waited_for else self._put_bytes + min(room, output.flush_bytes)
        return True

    def _append(self, event: LaterEvent, at: int) -> None:
        self._put_bytes += event.size
        self._items.extend((event, at, time() if event.wall_time is None else event.wall_time))

    def _append_row(self, at: int, layout: Layout, row: tuple[Sequence[Any], int]) -> None:
        values, on_device = row
        self._put_bytes += layout.size
        self._hold(on_device)
        self._items.extend((layout, at, time(), *values))

    def _hold(self, on_device: int) -> None:
        # They count for what is kept and not for when to write: few reads of many spare the device.
        held_bytes = HELD_BYTES * on_device
        self._put_bytes += held_bytes
        self._wake_at += held_bytes
        self._look_at += held_bytes
        if self._output is not None:
            self._output.on_device += on_device

    def _has_room(self, output: Output, size: int) -> bool:
        if self._fits(output, size):
            self._waited = False
            return True
        if output.failure is None and not self._waited:
            # logging outran a disk that works: lose nothing. Once: one that hangs must not hold up each step
            output.write_out(within_secs=WAIT_SECS)
            self._waited = True
        return self._fits(output, size)

    def _fits(self, output: Output, size: int) -> bool:
        waiting = output.waiting(self._put_bytes)
        return waiting <= 0 or waiting + size <= KEEP_BYTES

    def _say_news(self) -> None:
        # Here and not where it happened: a signal handler that waits for that thread may have interrupted a
        # call of logging, whose locks that thread would wait for. And not under our lock, which whoever
        # handles the warning may want, in another thread.
        with self.lock:
            output = self._output
            if output is None:
                return
            waiting = output.waiting(self._put_bytes)
            news = self._trouble.news(output, waiting_bytes=waiting, has_room=2 * waiting < KEEP_BYTES)
        for said in news:
            _log.warning("%s", said)

    def say_what_is_behind(self) -> None:
        """Of a remote file, before a signal ends the process."""
        behind = self._output and self._output.file.behind
        if behind:
            _log.error("%s is not complete: %s", self.path, behind)

    def _say_what_is_lost(self, output: Output) -> None:
        lost = self._trouble.at_end(output, waiting_bytes=output.waiting(self._put_bytes))
        if lost:
            _log.error("%s", lost)


def _flush_all() -> None:
    for file in list(_files):
        file.flush_at_end(within_secs=signals.FLUSH_WITHIN_SECS)
        file.say_what_is_behind()


def _send_all() -> None:
    for file in list(_files):
        file.flush_at_end(within_secs=CLOSE_WITHIN_SECS)


def _forget_parents() -> None:
    signals.forget_parent()
    for file in list(_files):
        file.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)
