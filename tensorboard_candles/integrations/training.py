"""What a framework's callback holds on to: its Tracker, and the epoch that it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tensorboard_candles.control.parameters import Parameter
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.remote.directory import RemoteDir
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
        self._ours: dict[str, object] = {}

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

    # -- what the dashboard asks for -------------------------------------------------------------

    def saves(self, save: Callable[[Path], object], suffix: str) -> None:
        """How the framework saves a checkpoint, where the user has not said how."""
        control = self.tracker._control

        def checkpoint() -> object:
            path = self.checkpoint_path(f"step-{control.step()}{suffix}")
            found = save(path)
            return found if isinstance(found, str | Path) else path

        if control.callbacks.on_checkpoint in (None, self._ours.get("checkpoint")):
            self._ours["checkpoint"] = control.callbacks.on_checkpoint = checkpoint

    def checkpoint_path(self, name: str) -> Path:
        """In the run's directory; of a run in a bucket, in `checkpoints` where the program runs."""
        tracker = self.tracker
        is_remote = isinstance(tracker.run_dir, RemoteDir)
        parent = Path.cwd() / tracker.project / tracker.run if is_remote else tracker.run_dir
        (parent / "checkpoints").mkdir(parents=True, exist_ok=True)
        return parent / "checkpoints" / name

    def learns_at(
        self, learning_rate: float | None, change: Callable[[Any], object], *, least: float = 0.0
    ) -> None:
        """The rate, and how to change it, where the user has declared none; no rate where that can't be."""
        control = self.tracker._control
        is_ours = control.callbacks.on_param.get("learning_rate") == self._ours.get("learning_rate", [])
        if learning_rate is not None and ("learning_rate" not in control.parameters or is_ours):
            rate = Parameter(float(learning_rate), least=least, help="Learning rate")
            control.declare("learning_rate", rate)
            self._ours["learning_rate"] = control.callbacks.on_param["learning_rate"] = [change]

    def at_batch(
        self, done: int, *, batch: int | None = None, batches: int | None = None, epochs: int | None = None,
        checkpoint_now: bool = True,
    ) -> bool:  # fmt: skip
        """Between two batches, after so many in all: obey; whether the training is to end, see `settle`."""
        tracker = self.tracker
        place, control = tracker._place, tracker._control
        place.batches_done = done
        place.batch, place.batches, place.epochs = batch, batches, epochs
        if place.epoch is not None and batch is not None and batches:
            place.epochs_done = place.epoch + min((batch + 1) / batches, 1.0)
        if control.due:
            control.obey(checkpoint_now=checkpoint_now)
        return control.should_stop

    @property
    def is_unsettled(self) -> bool:
        """Whether a checkpoint is to be saved that `at_batch` left, or the training has ended for good."""
        return self.tracker._control.is_unsettled

    def settle(self) -> None:
        """Have that saved, and say so."""
        self.tracker._control.settle()
