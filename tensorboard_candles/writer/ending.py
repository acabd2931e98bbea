"""The end of a Tracker, however it comes: by `close`, an exception or a signal, at exit, or unnoticed."""

from __future__ import annotations

import builtins
import os
import sys
import threading
import traceback
import weakref
from functools import partial
from typing import TYPE_CHECKING

from tensorboard_candles.control.forms import State
from tensorboard_candles.writer import signals
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.control_channel import Channel
from tensorboard_candles.writer.destination import CLOSE_WITHIN_SECS
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.silent_file import SilentFile

if TYPE_CHECKING:
    from tensorboard_candles.writer.alerting import Alerting
    from tensorboard_candles.writer.machine import Machine

_endings: weakref.WeakSet[Ending] = weakref.WeakSet()


class Ending:
    """Closes what a Tracker has opened, each thing after what still needs it."""

    def __init__(self, file: EventFile | SilentFile, control: Control) -> None:
        self._file = file
        self._control = control
        self.alerting: Alerting | None = None
        self._channel: Channel | None = None
        self._machine: Machine | None = None
        self._is_remote = False

    def begin(self, channel: Channel, *, is_remote: bool) -> None:
        """From now on there is a channel."""
        self._channel, self._is_remote = channel, is_remote
        _endings.add(self)
        signals.end_on_sigterm(_end_by_sigterm)
        if is_remote:
            from tensorboard_candles.writer.exits import before_executors_end

            before_executors_end(_end_remote)

    def measure(self) -> None:
        """Log what the process takes, from now on."""
        if isinstance(self._file, EventFile):
            from tensorboard_candles.writer.machine import Machine

            self._machine = Machine(self._file, self._control)
            self._machine.start()
            if self._channel is not None:
                self._channel.stats = self._machine.stats

    def retire(self) -> None:
        """Another process has the channel."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.retire()

    def close(self, error: BaseException | None = None) -> None:
        """The training has ended, or failed by that error."""
        self._control.wind_up(save=error is None)
        self._close_file()
        self._tell(*_state_of(error))

    def finish(self) -> None:
        """Nobody called `close`: the process ends, or the Tracker was dropped."""
        self._control.wind_up(save=False)
        self._close_file()
        self._tell(*_state_at_exit())

    def tell(self, state: State, message: str) -> None:
        """The process is about to end."""
        self._control.wind_up(save=False)
        self._tell(state, message)

    @property
    def is_remote(self) -> bool:
        return self._is_remote

    def forget_parent(self) -> None:
        """In a forked child: nothing is obeyed here."""
        if self._channel is not None:
            self._channel.abandon()
            self._channel = None
            self._control.orphan()

    def _close_file(self) -> None:
        if self._machine is not None:
            self._machine.stop()
        if self.alerting is not None:
            self._file.write_out(within_secs=CLOSE_WITHIN_SECS)
            self.alerting.close()  # before the file: who is called may log
        self._file.close()

    def _tell(self, state: State, message: str) -> None:
        if self._channel is not None:
            self._channel.close(state, message)
            self._channel = None  # not before: what Ctrl-C broke off is done again


def _state_of(error: BaseException | None) -> tuple[State, str]:
    """
    >>> _state_of(None), _state_of(ValueError("no such layer"))
    (('ended', ''), ('failed', 'ValueError: no such layer'))
    """
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return "ended", ""
    told = traceback.TracebackException(type(error), error, None)
    told.__notes__ = None  # as some frameworks add to every error: they would stand last
    return "failed", list(told.format_exception_only())[-1].strip()


def _state_at_exit() -> tuple[State, str]:
    """An exception that ends a program is kept by Python; of a notebook, one that ended a cell is."""
    is_interactive = hasattr(sys, "ps1") or hasattr(builtins, "__IPYTHON__")
    return _state_of(None if is_interactive else getattr(sys, "last_value", None))


def _end_by_sigterm() -> None:
    for ending in list(_endings):
        ending.tell("ended", "ended by SIGTERM")


def _end_remote() -> None:
    others = [thread for thread in threading.enumerate() if not thread.daemon]
    if others == [threading.main_thread()]:  # else some may still train
        for ending in list(_endings):
            if ending.is_remote:
                ending.tell(*_state_at_exit())


def _forget_parents() -> None:
    for ending in list(_endings):
        ending.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)


def at_end_of(tracker: object, ending: Ending) -> weakref.finalize[..., object]:
    """Have it finished when the Tracker is dropped, or at exit; to be detached when it was closed."""
    return weakref.finalize(tracker, partial(Ending.finish, ending))
