"""Calls over a network: tried again where they fail, a few times and for a bounded time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from tensorboard_candles.remote_files import ANSWERS

_ATTEMPTS = 4
_FIRST_PAUSE_SECS = 0.25
"""Doubled before each further attempt."""
_LONGEST_RETRYING_SECS = 15.0
"""No attempt begins later than this after the first."""
_LONGEST_FAILING_SECS = 30.0
"""After calls in a row have failed for so long altogether, nothing is asked for a while."""

T = TypeVar("T")


def retried(attempt: Callable[[], T]) -> T:
    """What the call returns, at the first attempt that returns at all; else the error of the last one.

    >>> retried(lambda: "listing")
    'listing'
    """
    last_begin = time.monotonic() + _LONGEST_RETRYING_SECS
    pause_secs = _FIRST_PAUSE_SECS
    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except ANSWERS:
            raise
        except OSError:
            # Not all clients of a server that is back again at the same moment.
            pause = random.uniform(0.5, 1.0) * pause_secs
            if time.monotonic() + pause > last_begin:
                raise
            time.sleep(pause)
            pause_secs *= 2
    return attempt()


class Patience:
    """Retried calls to one server, and none at all to one that has answered nothing for long.

    Else a server that is down would cost as much time as it has files, and all that time no other file is
    read. It is asked again after `renew`. Threads may share it.
    """

    def __init__(self) -> None:
        self._failing_secs = 0.0
        self._given_up: str | None = None

    def call(self, attempt: Callable[[], T]) -> T:
        if self._given_up:
            raise OSError(self._given_up)
        began = time.monotonic()
        try:
            result = retried(attempt)
        except ANSWERS:
            self.renew()
            raise
        except OSError as error:
            self._failing_secs += time.monotonic() - began
            if self._failing_secs > _LONGEST_FAILING_SECS:
                self.give_up(error.strerror or str(error))
            raise
        self.renew()
        return result

    def give_up(self, reason: str) -> None:
        self._given_up = reason

    def renew(self) -> None:
        self._failing_secs, self._given_up = 0.0, None
