"""What a framework's callback holds on to: its Tracker, and the epoch that it is in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.tracker import Tracker


class Training:
    """One Tracker: what the user made, or one that is made of `options` when it is first asked for.

    >>> import tempfile
    >>> training = Training(None, {"project": "my-cnn", "logdir": tempfile.mkdtemp(), "run": "first"})
    >>> training.begin_epoch(0, first_step=0)
    >>> training.tracker.log(loss=0.3, step=0)
    >>> training.end_epoch()
    >>> training.tracker.run, training.tracker.epochs_done
    ('first', 1.0)

    Nobody has to close it: what is logged is written within a second, and at exit. So a training that an
    exception ended is whole. A callback may serve several trainings: those whose steps begin at 0 again get
    a Tracker each, but for one that the user made, in which they would lie over one another.
    Raises WriterError unless there is either a Tracker or `project=`.
    """

    def __init__(self, tracker: Tracker | None, options: Mapping[str, Any]) -> None:
        if tracker is not None and options:
            raise WriterError(f"a Tracker has its own settings, got {sorted(options)} too; give them to it")
        if tracker is None and "project" not in options:
            raise WriterError("pass a Tracker, or project= and what else a Tracker takes")
        self._tracker = tracker
        self._options = dict(options)
        self._epoch = ExitStack()

    @property
    def tracker(self) -> Tracker:
        if self._tracker is None:
            self._tracker = Tracker(**self._options)
        return self._tracker

    def option(self, name: str, default: Any = None) -> Any:
        """What the Tracker will be, or was, made with."""
        return self._options.get(name, default)

    def suggest(self, **options: Any) -> None:
        """For a Tracker that is still to be made, where the user said nothing else."""
        self._options = {**options, **self._options}

    def renew(self, **options: Any) -> None:
        """A Tracker anew for another training, with these options for once; one that the user made stays."""
        if self._tracker is not None and self._options:
            self.end_epoch()
            self._tracker.close()
            self._tracker = Tracker(**{**self._options, **options})

    def begin_epoch(self, number: int, *, first_step: int | None = None) -> None:
        """Mark the epoch, at its first step or else at that of what is logged next."""
        self.end_epoch()  # what an exception left open
        self._epoch.enter_context(self.tracker.epoch(number))
        if first_step is not None:
            self.tracker.log({}, step=first_step)

    def end_epoch(self) -> None:
        self._epoch.close()
