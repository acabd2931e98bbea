"""The one line in a training loop: `tracker.log(loss=loss)`.

    from tensorboard_candles import Tracker

    with Tracker(project="my-cnn", config={"lr": 0.1}) as tracker:
        for epoch in tracker.epochs(10):
            for images, labels in batches:
                tracker.log(loss=train_on(images, labels))

writes `runs/my-cnn/<date>_<time>_<two words>/events.out.tfevents.…`, which any TensorBoard shows
(`tensorboard --logdir runs`).
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import SupportsIndex

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.naming import local_logdir, make_run_dir
from tensorboard_candles.writer.summaries import Scalar


class Tracker:
    """One training run, logged to `<logdir>/<project>/<run>` as standard TensorBoard scalars.

    >>> import tempfile
    >>> tracker = Tracker(project="my-cnn", logdir=tempfile.mkdtemp(), run="first")
    >>> tracker.log(loss=0.3)                                  # step 0
    >>> tracker.log({"train/loss": 0.2, "lr": 1e-3}, acc=0.9)  # step 1
    >>> tracker.log(loss=0.1, step=100)                        # step 100; the next is 101
    >>> tracker.close()
    >>> tracker.run
    'first'

    Args:
        project: directory below `logdir`; slashes make directories further down.
        logdir: what `tensorboard --logdir` is pointed at.
        run: directory below the project; by default a readable name that no other process has, such as
            `2026-11-21_14-03-07_brave-otter`. A run that exists already gets one more event file. Its
            steps begin at 0 again, which readers take as a restart from there: pass `step=` to go on.
        config: hyperparameters for TensorBoard's HParams tab; nested mappings are flattened by dots, and
            what is no boolean, number or string is written as `str` of it.

    Values are kept as float32, as every SummaryWriter keeps them; NaN and infinity are written as they are.
    Logging is safe from several threads and from signal handlers. A forked child that logs writes a file
    of its own in the same run.
    Raises WriterError when the names can't be used or the directory can't be made.
    """

    def __init__(
        self,
        project: str,
        *,
        logdir: str | os.PathLike[str] = "runs",
        run: str | None = None,
        config: Mapping[str, object] | None = None,
    ) -> None:
        self.project = project
        self.run_dir: Path = make_run_dir(local_logdir(logdir), project, run)
        self.run: str = run if run is not None else self.run_dir.name
        self._file = EventFile(self.run_dir)
        self._next_step = 0
        self._next_epoch = 0
        self._in_epoch = False
        self._unmarked: int | None = None
        # at exit, or when the tracker is dropped without close()
        self._close = weakref.finalize(self, self._file.close)
        if config:
            self._file.append(Event(wall_time=time.time(), summary=summaries.hyperparameters(config)))

    def log(
        self,
        metrics: Mapping[str, Scalar] | None = None,
        /,
        *,
        step: SupportsIndex | None = None,
        **more: Scalar,
    ) -> None:
        """Log one step's metrics, by name or as a mapping (for names such as `train/loss`).

        A value is a Python or numpy number, or an array or tensor of one element. Without `step` the steps
        count the calls: 0, 1, 2, …; after an explicit step they go on after it.

        Raises NotAScalar (a TypeError) for any other value and WriterError for a bad step or name, or
        after close(); nothing of that call is written then.
        """
        values = [
            summaries.scalar(tag, summaries.as_float(tag, value))
            for tag, value in _merge(metrics, more).items()
        ]
        with self._file.lock:
            at = self._next_step if step is None else summaries.as_int64("step", step)
            self._next_step = at + 1  # before the append: Ctrl-C between the two must not use a step twice
            if values:
                self._file.append(
                    Event(wall_time=time.time(), step=at, summary=Summary(value=self._mark() + values))
                )
                self._unmarked = None

    @contextmanager
    def epoch(self, number: SupportsIndex | None = None) -> Iterator[int]:
        """Mark what is logged inside as one epoch, so that a candle can stand for it.

        with tracker.epoch():
            for batch in batches:
                tracker.log(loss=train_on(batch))

        Yields the epoch's number: by default one more than the last, from 0. The mark is written with the
        first `log` inside, at its step; an epoch in which nothing is logged leaves none. What is logged after
        the epoch, before the next, still belongs to it.
        """
        with self._file.lock:
            if self._in_epoch:
                raise WriterError(f"epoch {self._next_epoch - 1} is still open; epochs can't be nested")
            current = self._next_epoch if number is None else summaries.as_int64("epoch", number)
            self._in_epoch, self._unmarked, self._next_epoch = True, current, current + 1
        try:
            yield current
        finally:
            with self._file.lock:
                self._in_epoch, self._unmarked = False, None

    def epochs(self, count: int) -> Iterator[int]:
        """`count` more epochs, each marked, for a `for` loop: their numbers go on from the last one's.

        for epoch in tracker.epochs(10):  # 0, 1, …, 9
            for batch in batches:
                tracker.log(loss=train_on(batch))
        """
        for _ in range(count):
            with self.epoch() as number:
                yield number

    def flush(self) -> None:
        """Write out what is buffered now and wait for that (it is written every second anyway)."""
        self._file.flush()

    def close(self) -> None:
        """Write out everything and close the file; a second call does nothing. Done at exit as well, but not
        when a signal without a handler ends the process.
        """
        self._file.close()
        self._close.detach()  # not before: close() that Ctrl-C broke off is done again at exit

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Tracker(project={self.project!r}, run={self.run!r}, run_dir={str(self.run_dir)!r})"

    def _mark(self) -> list[Summary.Value]:
        return [] if self._unmarked is None else [summaries.epoch_mark(self._unmarked)]


def _merge(metrics: Mapping[str, Scalar] | None, more: Mapping[str, Scalar]) -> dict[str, Scalar]:
    merged = {**(metrics or {}), **more}
    for tag in merged:
        if not isinstance(tag, str) or not tag or tag == metadata.EPOCH_TAG or not _is_unicode(tag):
            raise WriterError(
                f"a metric's name must be a string of Unicode, not empty and not {metadata.EPOCH_TAG!r},"
                f" got {tag!r}"
            )
        if tag in more and metrics and tag in metrics:
            raise WriterError(f"{tag!r} is given twice, in the mapping and by name; log it once")
    return merged


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, as names of files may hold
        return False
    return True
