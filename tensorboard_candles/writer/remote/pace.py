"""When what has gathered is sent to an object store, where a file that grows is sent as a whole each time.

A file that was sent often is ended and another one begun, so that a long run is not sent over and over:
all that is sent of a file comes to thrice its size at most, or it is smaller than half a megabyte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SHORTEST_INTERVAL_SECS = 10.0
LONGEST_INTERVAL_SECS = 60.0
"""Between two times, after ten minutes of the run; before that a tenth of its age."""
SMALL_FILE_BYTES = 512 * 1024
"""Up to there a file is sent as often as it takes."""
LARGE_FILE_BYTES = 8 * 1024 * 1024
"""A file that large is ended however seldom it was sent."""
FLUSHED_BYTES = 32 * 1024 * 1024
"""What flushes may have sent beyond thrice of what there is; then they leave it to the next interval."""


@dataclass(slots=True)
class Part:
    """One event file on its way: where it lies on this machine, and how much of it was sent."""

    path: Path
    size: int = 0
    """Bytes that are written."""
    is_ended: bool = False
    """It grows no more."""
    arrived: int = 0
    """Bytes that are there."""
    sent: int = 0
    """Bytes sent in all."""

    @property
    def is_full(self) -> bool:
        """Whether another file should take what comes next.

        >>> Part(Path("a"), size=600_000, arrived=600_000, sent=1_000_000).is_full
        False
        >>> Part(Path("a"), size=700_000, arrived=700_000, sent=1_700_000).is_full
        True
        """
        if self.size >= LARGE_FILE_BYTES:
            return True
        # it is sent once more, with what was written meanwhile
        return self.arrived >= SMALL_FILE_BYTES and self.sent > 2 * self.arrived


@dataclass(slots=True)
class Pace:
    """Of one run's upload, by the monotonic clock."""

    began: float
    next_at: float = field(init=False)
    sent: int = field(default=0, init=False)
    """Bytes in all."""

    def __post_init__(self) -> None:
        self.next_at = self.began

    def sent_at(self, now: float) -> None:
        """All that there was has been sent; when to do that next.

        >>> pace = Pace(began=1000.0)
        >>> pace.sent_at(1000.0)
        >>> pace.next_at
        1010.0
        >>> pace.sent_at(1300.0)
        >>> pace.next_at
        1330.0
        """
        interval_secs = (now - self.began) / 10
        self.next_at = now + min(max(interval_secs, SHORTEST_INTERVAL_SECS), LONGEST_INTERVAL_SECS)

    def may_flush(self, written: int, more: int) -> bool:
        """Whether so much more may be sent before its time, of so much that was written in all."""
        return self.sent + more <= 3 * written + FLUSHED_BYTES
