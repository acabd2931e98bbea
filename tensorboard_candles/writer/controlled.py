"""What a Tracker obeys of what is asked from the dashboard, as a training loop sees it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, overload

from tensorboard_candles.control.fields import TEXT_LENGTH, shortened
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.parameters import Parameter, Value
from tensorboard_candles.errors import BadControl, WriterError
from tensorboard_candles.remote_files import join_url
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.control import Agreement, Control
from tensorboard_candles.writer.control_channel import LOCAL, REMOTE, Channel
from tensorboard_candles.writer.control_ranks import agreement_of, place_in_store
from tensorboard_candles.writer.destination import RunDir
from tensorboard_candles.writer.ending import Ending
from tensorboard_candles.writer.environment import instance
from tensorboard_candles.writer.epochs import Epochs
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import LaterEvent
from tensorboard_candles.writer.place import Pace
from tensorboard_candles.writer.ranks import Rank, this_rank
from tensorboard_candles.writer.remote.directory import RemoteDir
from tensorboard_candles.writer.silent_file import SilentFile

_Callback = TypeVar("_Callback", bound="Callable[..., object]")


class _AskedFor:
    """An attribute that notices when it is first read, and is a plain one from then on."""

    @overload
    def __get__(self, tracker: None, owner: type) -> _AskedFor: ...
    @overload
    def __get__(self, tracker: Controlled, owner: type) -> bool: ...
    def __get__(self, tracker: Controlled | None, owner: type) -> bool | _AskedFor:
        if tracker is None:
            return self
        tracker._control.was_asked = True
        return bool(vars(tracker).setdefault("should_stop", tracker._control.should_stop))


class Params:
    """The declared parameters' values, as attributes; they change between batches only.

    >>> control = Control()
    >>> params = Params(control)
    >>> control.declare("lr", Parameter(0.1, least=0))
    >>> params.lr
    0.1
    >>> params.lr = -1
    Traceback (most recent call last):
    tensorboard_candles.errors.WriterError: lr must be >= 0.0, got -1
    """

    def __init__(self, control: Control) -> None:
        vars(self)["_control"] = control
        control.on_change.append(vars(self).__setitem__)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no parameter {name!r} is declared: tracker.declare({name}=…)")

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self._control.parameters:
            raise AttributeError(f"no parameter {name!r} is declared: tracker.declare({name}=…)")
        try:
            self._control.assign(name, value)
        except BadControl as error:
            raise WriterError(f"{name} {error}") from error

    def __repr__(self) -> str:
        values = {name: value for name, value in vars(self).items() if name != "_control"}
        return f"Params({', '.join(f'{name}={value!r}' for name, value in values.items())})"


class Controlled(Epochs):
    """The part of a Tracker that obeys.

    tracker.declare(lr=Parameter(1e-3, least=0, most=1, help="Learning rate"))

    @tracker.on_checkpoint
    def save():
        torch.save(model.state_dict(), "model.pt")
        return "model.pt"

    for epoch in tracker.epochs(10):
        for images, labels in tracker.batches(loader):
            tracker.log(loss=train_on(images, labels, lr=tracker.params.lr))

    may be stopped, paused, made to save a checkpoint and given another learning rate from the tab's control
    widget, where TensorBoard runs with `--candles_control`. See docs/control.md.
    """

    project: str

    should_stop = _AskedFor()
    """Whether somebody has asked the training to end: for loops of your own, `if tracker.should_stop: break`.

    `batches` and `epochs` end by themselves. Reading it costs as little as any attribute does.
    """

    def __init__(self, file: EventFile | SilentFile, next_epoch: int, control: Control) -> None:
        super().__init__(file, next_epoch, control)
        self.params = Params(control)
        self._callbacks = control.give_away()

    def _begin_control(self, run_dir: RunDir, rank: Rank, ending: Ending) -> None:
        """Rank 0 hears the dashboard; the others hear rank 0."""
        control, file = self._control, self._file
        control.step = partial(_last_step, file)
        control.on_stop = partial(_show_stop, weakref.ref(self))
        control.agree = partial(_agreed, place_in_store(self.project), ending)
        if rank.number == 0 and isinstance(file, EventFile):
            is_remote = isinstance(run_dir, RemoteDir)
            pace = Pace(self._place, control.step)
            channel = Channel(
                files_of(run_dir), control, pace.progress,
                say=partial(_log_text, file), rhythm=REMOTE if is_remote else LOCAL, instance=instance(),
            )  # fmt: skip
            control.finish = channel.finish
            ending.begin(channel, is_remote=is_remote)
            channel.start()

    def declare(self, **parameters: Parameter | Value) -> None:
        """Say which parameters may be changed while the training runs; `tracker.params` has their values.

        tracker.declare(lr=Parameter(0.1, least=0, most=1, help="Learning rate"), mixup=True)
        for images, labels in tracker.batches(loader):
            optimizer.param_groups[0]["lr"] = tracker.params.lr

        A plain number or bool stands for a Parameter without bounds. Values change between two batches, where
        the loop goes over `tracker.batches` or calls `tracker.pause_point`; what is not within the bounds is
        refused and told. The training may set them, too: `tracker.params.lr = 0.01` shows in the tab.
        Raises WriterError for what can't be a parameter.
        """
        for name, given in parameters.items():
            try:
                parameter = given if isinstance(given, Parameter) else Parameter(given)
            except BadControl as error:
                raise WriterError(f"{name} {error}") from error
            self._control.declare(name, parameter)

    def on_param(self, name: str) -> Callable[[_Callback], _Callback]:
        """Have a function called with the value when the dashboard changes a parameter, between two batches.

        @tracker.on_param("lr")
        def set_lr(lr):
            optimizer.param_groups[0]["lr"] = lr

        What it raises is told to whoever asked, and the parameter keeps its value. Raises WriterError where
        there is no such parameter.
        """
        if name not in self._control.parameters:
            raise WriterError(f"no parameter {name!r} is declared: tracker.declare({name}=…)")

        def register(callback: _Callback) -> _Callback:
            self._callbacks.on_param.setdefault(name, []).append(callback)
            return callback

        return register

    def on_checkpoint(self, callback: _Callback) -> _Callback:
        """Say how to save a checkpoint: a function without arguments that may return where it is.

        It is called between two batches in the thread that trains, when the dashboard asks for a checkpoint,
        and when the training stops because it asked for that. The next one replaces it. What it raises is
        told to whoever asked; the training goes on, or stops all the same.
        """
        self._callbacks.on_checkpoint = _callable("on_checkpoint", callback)
        return callback

    def on_predict(self, callback: _Callback) -> _Callback:
        """Say how to log predictions, by `tracker.output(…)` say, when asked for, like `on_checkpoint`."""
        self._callbacks.on_predict = _callable("on_predict", callback)
        return callback


def _callable(what: str, callback: _Callback) -> _Callback:
    if not callable(callback):
        raise WriterError(f"{what} takes a function, got {callback!r:.80}")
    return callback


def files_of(run_dir: RunDir) -> ControlFiles:
    """
    >>> from pathlib import Path
    >>> files_of(Path("no/such/run")).status() is None
    True
    """
    if isinstance(run_dir, RemoteDir):
        return ControlFiles.of(join_url(run_dir.url, run_dir.below), run_dir.options)
    return ControlFiles.of(run_dir)


def _last_step(file: EventFile | SilentFile) -> int | None:
    step = getattr(file, "next_step", 0) - 1
    return None if step == -1 else step


def _show_stop(tracker: weakref.ref[Controlled]) -> None:
    if (found := tracker()) is not None:
        vars(found)["should_stop"] = True


def _agreed(place: str, ending: Ending) -> Agreement | None:
    agreement = agreement_of(place)
    if this_rank().number > 0:  # that was not known yet when its Tracker was made
        ending.retire()
    return agreement


def _log_text(file: EventFile, text: str) -> None:
    event = summaries.text("logs/info", shortened(text, 2 * TEXT_LENGTH))
    with suppress(WriterError):  # it is closed: the answer tells
        file.put(LaterEvent(event.ByteSize(), lambda: event))
