"""The epochs of a training: marked in its event file, counted, and shown on a progress line."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import Literal, SupportsIndex, TypeVar

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.event_file import EPOCH_MARK, EventFile
from tensorboard_candles.writer.place import Place
from tensorboard_candles.writer.progress import Progress
from tensorboard_candles.writer.silent_file import SilentFile
from tensorboard_candles.writer.values import as_int64

_Batch = TypeVar("_Batch")


class Epochs:
    """What a Tracker knows of epochs."""

    def __init__(self, file: EventFile | SilentFile, next_epoch: int, control: Control) -> None:
        self._file = file
        self._control = control
        self._next_epoch = next_epoch
        self._in_epoch = False
        self._place = Place(float(next_epoch))

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
            current = self._next_epoch if number is None else as_int64("epoch", number)
            self._in_epoch, self._next_epoch = True, current + 1
            self._place.begin_epoch(current)
            self._file.mark(EPOCH_MARK, summaries.epoch_mark(current))
        try:
            yield current
        except BaseException:  # of a loop that is left, GeneratorExit: nobody can say whether by an error
            self._place.left_at = self._place.epochs_done
            raise
        finally:
            with self._file.lock:
                self._in_epoch = False
                if not self._place.is_cut:
                    self._place.epochs_done = float(current + 1)
                self._file.mark(EPOCH_MARK, None)

    def epochs(self, count: int, *, first: SupportsIndex | None = None) -> Iterator[int]:
        """`count` more epochs, each marked, for a `for` loop: their numbers go on from the last one's.

        for epoch in tracker.epochs(10):  # 0, 1, …, 9
            for batch in batches:
                tracker.log(loss=train_on(batch))

        Or begin with `first`, where a training goes on within an epoch: see `done` of `batches`.

        Ends early where the dashboard has asked for that, when the epoch's body has ended.
        """
        if first is not None:
            self._next_epoch = as_int64("first", first)
        self._place.epochs = self._next_epoch + count
        for _ in range(count):
            if self._control.should_stop:
                break
            with self.epoch() as number:
                yield number
        self._control.settle()

    def batches(
        self,
        batches: Iterable[_Batch],
        *,
        done: int = 0,
        progress: bool | Literal["always"] = False,
        metric: str | None = None,
    ) -> Iterator[_Batch]:
        """The batches of one epoch, counted in `epochs_done`: of the open epoch, else of one more.

        for images, labels in tracker.batches(loader, progress=True):
            tracker.log(loss=train_on(images, labels), epoch=tracker.epochs_done)

        Between two batches it obeys what the dashboard has asked for: see `declare`, `on_checkpoint` and
        `on_predict`. Where that is to stop, the batch that has begun is the last, a checkpoint is saved, and
        there are no more batches. With several ranks each has to go over equally many.

        `done` more of this epoch came before: a training that goes on from its checkpoint leaves them out.

        With `progress` a line shows how far it is, and the forming candle of `metric`, by default of the
        first loss: on a terminal only, or "always". It needs tqdm (`tensorboard_candles[progress]`).
        """
        if done < 0:
            raise WriterError(f"done must be >= 0, got {done}")
        place, control = self._place, self._control
        if self.pause_point():
            place.is_cut = place.batch is None  # no batch of the open epoch was begun
            return
        count = _length(batches)
        with nullcontext() if self._in_epoch else self.epoch():
            current = self._next_epoch - 1
            whole = count and done + count
            place.batches = whole or None
            if progress:
                batches = self._progress.over(
                    batches, title=f"epoch {current}", total=count or None, metric=metric, show=progress
                )
            for number, batch in enumerate(batches, done):
                place.batch = number
                if count:
                    place.epochs_done = current + min(number / whole, 1.0)
                yield batch
                place.batches_done += 1
                if control.due and self.pause_point():
                    place.is_cut = number + 1 < whole or not count
                    return

    def pause_point(self) -> bool:
        """Between two batches of a loop that has no `batches`: obey what was asked; whether to end the loop.

        while not done:
            train_on(next(stream))
            if tracker.pause_point():
                break

        Returns when the training is not paused, after the checkpoint where it is to end. With several ranks
        each has to call it equally often.
        """
        control = self._control
        if control.due and control.obey():
            control.settle()
        return control.should_stop

    @cached_property
    def _progress(self) -> Progress:
        return Progress(self._file)

    @property
    def epochs_done(self) -> float:
        """How far the training is, in epochs: 2.25 at the batch after the first quarter of epoch 2.

        The fraction is that of `batches`, where those have a length; otherwise whole epochs are counted.
        """
        return self._place.epochs_done


def _length(batches: Iterable[object]) -> int:
    """How many there are, 0 where that is not known.

    >>> _length([7, 8]), _length(iter("abc")), _length(number for number in range(3))
    (2, 3, 0)
    """
    try:
        return operator.length_hint(batches)
    except Exception:  # noqa: BLE001, a loader's own: those of streams raise what they like
        return 0
