"""Heavy work off the request threads: asked for again and again until it is done."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.errors import Cancelled, CandlesError, NotFound, WorkFailed

WORKERS = 2
MOST_KEPT = 32
"""Results; those asked for longest ago are forgotten, but none that somebody still asks for: it would be made
again and again."""
RETRY_AFTER_SECS = 5.0
"""What could not be found may be there again, as files of a storage that was away; other errors stay."""
ABANDONED_AFTER_SECS = 10.0
"""Who looks at something asks for it every half a second while it is on its way."""

T = TypeVar("T")
Work = Callable[[Progress], T]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Advance:
    """How far work is, in units of its own."""

    done: float
    total: float
    what: str = ""
    """What is being done, in a few words."""


WAITING = Advance(0, 1, "waiting")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What is known by now."""

    result: T | None
    version: str
    """Of the data that the result was made of; empty where there is none yet."""
    progress: Advance | None
    """Of the work that is on its way; None where the result is of the data as they are."""


class _Job:
    """A question, the last answer to it, and the work on the next one."""

    def __init__(self, abandoned_after_secs: float) -> None:
        self._abandoned_after_secs = abandoned_after_secs
        self.asked_at = time.monotonic()
        self.waiting = 0
        """How many requests are there that wait for it."""
        self.advance: Advance | None = None
        """None where nothing is on its way."""
        self.result: Any = None
        self.version = ""
        """Of the result."""
        self.error: CandlesError | None = None
        self.tried = ""
        """The version that was worked on last, whatever came of it."""
        self.rest_until = 0.0
        self.retry_at = math.inf

    def is_abandoned(self) -> bool:
        return not self.waiting and time.monotonic() - self.asked_at > self._abandoned_after_secs

    def is_due(self, version: str, now: float) -> bool:
        """Whether work on data of that version is to begin."""
        is_new = self.tried != version or now >= self.retry_at
        return self.advance is None and is_new and now >= self.rest_until

    def tell(self, done: float, total: float, what: str = "") -> None:
        if self.is_abandoned():
            raise Cancelled("nobody waits for this any more")
        self.advance = Advance(done, total, what)


class Jobs:
    """Runs what takes long in threads of its own, keeps the last results, and gives up what nobody asks for.

    >>> jobs = Jobs()
    >>> found = jobs.ask("squares", "v1", lambda progress: [n * n for n in range(4)], within_secs=10)
    >>> found.result, found.version, found.progress
    ([0, 1, 4, 9], 'v1', None)

    While data go on changing, the last result is given beside the progress of the next one, which begins
    after a rest as long as the last one took.
    """

    def __init__(
        self,
        *,
        workers: int = WORKERS,
        most_kept: int = MOST_KEPT,
        abandoned_after_secs: float = ABANDONED_AFTER_SECS,
    ) -> None:
        self._workers = workers
        self._most_kept = most_kept
        self._abandoned_after_secs = abandoned_after_secs
        self._changed = threading.Condition()
        self._jobs: OrderedDict[Hashable, _Job] = OrderedDict()
        self._waiting: list[tuple[_Job, str, Work[Any]]] = []
        self._threads = 0
        self._idle = 0

    def ask(self, key: Hashable, version: str, work: Work[T], *, within_secs: float) -> Found[T]:
        """The result of `work` over data of that version, or what there is within so many seconds.

        `key` names the question, and is the same as data change; `work` never gives None.

        Raises what the work raised, as long as the data stay as they are, and NotFound for RETRY_AFTER_SECS;
        WorkFailed where it was no error raised on purpose.
        """
        until = time.monotonic() + within_secs
        with self._changed:
            job = self._job(key)
            if job.is_due(version, time.monotonic()):
                self._start(job, version, work)
            job.waiting += 1
            try:
                self._changed.wait_for(lambda: job.advance is None, until - time.monotonic())
            finally:
                job.waiting -= 1
                job.asked_at = time.monotonic()
            return _found(job, version)

    def _job(self, key: Hashable) -> _Job:
        job = self._jobs.pop(key, None) or _Job(self._abandoned_after_secs)
        job.asked_at = time.monotonic()
        self._jobs[key] = job
        for name, one in list(self._jobs.items())[: -self._most_kept]:
            if one.advance is None and one.is_abandoned():
                del self._jobs[name]
        return job

    def _start(self, job: _Job, version: str, work: Work[Any]) -> None:
        job.advance = WAITING
        self._waiting.append((job, version, work))
        if len(self._waiting) > self._idle and self._threads < self._workers:
            self._threads += 1
            threading.Thread(target=self._run, name="candles-job", daemon=True).start()
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._waiting)
                self._idle -= 1
            # A call of its own, that keeps no series alive when it is over.
            self._do_next()

    def _do_next(self) -> None:
        with self._changed:
            if not self._waiting:  # another thread was quicker
                return
            job, version, work = self._waiting.pop(0)
        began = time.monotonic()
        result, error = _outcome(job, work)
        ended = time.monotonic()
        with self._changed:
            job.advance = None
            # What was given up is begun anew by whoever asks next.
            job.tried = "" if isinstance(error, Cancelled) else version
            job.error = error
            job.rest_until = ended if error else ended + (ended - began)
            job.retry_at = ended + RETRY_AFTER_SECS if isinstance(error, NotFound) else math.inf
            if not error:
                job.result, job.version = result, version
            self._changed.notify_all()


def _outcome(job: _Job, work: Work[Any]) -> tuple[Any, CandlesError | None]:
    try:
        job.tell(0, 1)
        return work(job.tell), None
    except CandlesError as error:
        told = error
    except BaseException as error:
        # The thread's last line of defence: the other work is done all the same. A panic of a library in Rust
        # is no Exception.
        logger.exception("What was asked for could not be computed")
        told = WorkFailed(f"this could not be computed: {type(error).__name__}: {error}")
    # Made here or freed of its traceback, it keeps nothing alive of what was worked on.
    told.__context__ = told.__cause__ = None
    return None, told.with_traceback(None)


def _found(job: _Job, version: str) -> Found[Any]:
    if job.error and job.advance is None and job.tried == version:
        raise job.error.with_traceback(None)
    is_current = job.result is not None and job.version == version and job.advance is None
    return Found(job.result, job.version, None if is_current else job.advance or WAITING)
