"""Whether a training still lives, from how its beats come in.

A process that was killed says nothing more: its status goes on telling that it runs. What gives it away is
the count of beats, which stands still. The clock that counts then is the reader's own, since those of two
hosts need not agree; where both are on one host, the process can be looked for, too.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from tensorboard_candles.control.forms import Status

MISSED_BEATS = 3
_SHORTEST_SECS, _LONGEST_SECS = 1.0, 60.0
"""Between two beats, whatever a status says of it."""
_ALIKE_SECS = 5.0
"""Two times at which one process was started may differ by so much: the clock was set in between."""

IsGone = Callable[[Status], bool]


def is_gone(status: Status) -> bool:
    """Whether the process ran on this very host and is no more; False where nobody knows."""
    import psutil

    if status.host != socket.gethostname():
        return False
    try:
        process = psutil.Process(status.pid)
        is_other = abs(process.create_time() - (status.process_start or process.create_time())) > _ALIKE_SECS
        return is_other or process.status() == psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, OverflowError, ValueError):
        return True
    except psutil.Error:
        return False


class Heart:
    """The beats of one run, as they were heard.

    >>> from tensorboard_candles.control.forms import Progress
    >>> def beat(count: int) -> Status:
    ...     return Status("00ff" * 4, count, 1000.0 + count, 3.0, "running", "gpu7", 1, Progress(1000.0))
    >>> heart = Heart()
    >>> heart.hear(beat(0), now=50.0, wall=1000.0), heart.silent_secs(53.0), heart.is_dead(53.0)
    (None, 3.0, False)
    >>> heart.is_dead(60.0)
    True

    `now` is of the monotonic clock, which stands still while this host sleeps; `wall` is the time of day.
    """

    def __init__(self, is_gone: IsGone = is_gone) -> None:
        self._is_gone = is_gone
        self._status: Status | None = None
        self._behind_secs = 0.0
        """How far the writer's clock is behind ours, by the beats that were seen to come in."""
        self._looked_at = 0.0

    def hear(self, status: Status, *, now: float, wall: float) -> None:
        """A look at the status, whether it is another one or not."""
        behind_secs = now - status.time
        if self._status is None:
            # The hosts' clocks agree, as far as anybody knows. A beat of the future tells of one that can't
            # be relied on: it counts as old as it is early, until the next one comes in.
            self._behind_secs = behind_secs - abs(wall - status.time)
        elif _beat(status) != _beat(self._status):
            is_watched = now - self._looked_at <= pause_secs(status)
            # Where nobody looked for long, it may have beaten last a good while ago. At the look before it
            # was alive still, so the beat that was heard then was fresh.
            before_secs = self._looked_at - self._status.time
            self._behind_secs = behind_secs if is_watched else min(behind_secs, before_secs)
        self._status = status
        self._looked_at = now

    def silent_secs(self, now: float) -> float:
        """For how long no beat has come; there must have been one."""
        assert self._status
        return now - self._status.time - self._behind_secs

    def is_dead(self, now: float) -> bool:
        """Whether three beats were missed; or one of them, and the process is gone."""
        if self._status is None or self._status.state in ("ended", "failed"):
            return False
        silent_secs, every_secs = self.silent_secs(now), pause_secs(self._status)
        if silent_secs > MISSED_BEATS * every_secs:
            return True
        # A process of another container may have the same host name and be in no list of ours: so one that
        # beats is alive, wherever it is.
        return silent_secs > every_secs + 1.0 and self._is_gone(self._status)


def _beat(status: Status) -> tuple[str, int]:
    return status.session, status.beat


def pause_secs(status: Status) -> float:
    """Between two beats."""
    return min(max(status.every_secs, _SHORTEST_SECS), _LONGEST_SECS)
