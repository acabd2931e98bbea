"""What a training obeys, between two batches, of what the dashboard asks: the training thread's side.

`control_channel` brings the commands and takes the answers away, in a thread of its own; here nothing waits
for a disk or a network.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

from tensorboard_candles.control.fields import TEXT_LENGTH, shortened
from tensorboard_candles.control.forms import AnswerState, Checkpoint, Command, CommandName, check_parameters
from tensorboard_candles.control.parameters import Parameter, Value, is_parameter_name
from tensorboard_candles.errors import BadControl, WriterError

_log = logging.getLogger("tensorboard_candles")

OnCheckpoint: TypeAlias = Callable[[], object]
OnPredict: TypeAlias = Callable[[], object]
OnParam: TypeAlias = Callable[[Value], object]
Finish: TypeAlias = Callable[[Command, AnswerState, str, str], object]
"""Told of a command's end: its state, what is answered, and what is logged."""

ASKED_TWICE_SECS = 1.0
"""How often a pause looks whether it is still one."""


class Agreement(Protocol):
    """Among the processes of a training: which commands all of them obey between the same two batches."""

    is_immediate: bool
    """Whether a stop may be seen as soon as it comes."""

    def rounds(self, control: Control) -> Iterator[Sequence[Command]]:
        """Commands to be obeyed now; more of them for as long as the training is paused."""
        ...

    def why_not(self) -> str | None:
        """Why nothing can be obeyed at present; None where it can."""
        ...

    def leave(self) -> None:
        """Obey nothing any more."""
        ...


class Alone:
    """The only process of its training."""

    is_immediate = True

    def rounds(self, control: Control) -> Iterator[Sequence[Command]]:
        # until nothing more has come: what is obeyed takes its time, and a pause that comes meanwhile is one
        while (commands := control.take(wait=control.is_paused)) or control.is_paused:
            yield commands

    def why_not(self) -> str | None:
        return None

    def leave(self) -> None:
        pass


class Callbacks:
    """What the training gives to be called."""

    def __init__(self) -> None:
        self.on_checkpoint: OnCheckpoint | None = None
        self.on_predict: OnPredict | None = None
        self.on_param: dict[str, list[OnParam]] = {}


class Control:
    """Commands on their way to one training, and what it has declared that it can do.

    >>> control = Control()
    >>> control.declare("lr", Parameter(0.1, most=1))
    >>> control.hand(Command(id="00ff" * 4, session="12ab" * 4, command="set", name="lr", value=0.01))
    >>> control.parameters["lr"].value  # between batches
    0.1
    >>> control.obey(), control.parameters["lr"].value
    (False, 0.01)
    """

    def __init__(self) -> None:
        self.due = True
        """Whether `obey` has something to do; it is asked after each batch, and nothing else is."""
        self.should_stop = False
        self.is_paused = False
        self.is_over = False
        self.parameters: dict[str, Parameter] = {}
        self.checkpoint: Checkpoint | None = None
        """The last one."""
        self.on_change: list[Callable[[str, Value], object]] = []
        self.on_stop: Callable[[], object] = _nothing
        """Called, in any thread, when `should_stop` becomes True."""
        self.finish: Finish = _nothing
        self.step: Callable[[], int | None] = _nothing
        """The one that was logged last."""
        self.was_asked = False
        """Whether anybody has read `should_stop`."""
        self.has_points = False
        """Whether the training says when it is between two batches."""
        self.agreement: Agreement = Alone()
        self.agree: Callable[[], Agreement | None] = _nothing
        """Asked once, at the first point: the processes may know of one another only then."""
        self._kept: Callbacks | None = Callbacks()
        self._callbacks = weakref.ref(self._kept)
        self._queue: deque[Command] = deque()
        self._woken = threading.Event()
        self._unsettled: list[Command] = []
        self._is_obeying = False

    # -- declared by the training ----------------------------------------------------------------

    @property
    def callbacks(self) -> Callbacks:
        """None of a Tracker that was dropped."""
        return self._callbacks() or Callbacks()

    def give_away(self) -> Callbacks:
        """The callbacks, for the Tracker to keep: most hold on to it, and it would never be dropped by us."""
        callbacks, self._kept = self.callbacks, None
        return callbacks

    def declare(self, name: str, parameter: Parameter) -> None:
        """WriterError for a name that can't be one, or where it is too much."""
        if not is_parameter_name(name):
            raise WriterError(
                f"a parameter's name must be up to 64 letters, digits and _, a letter first, got {name!r:.80}"
            )
        try:
            check_parameters({**self.parameters, name: parameter})
        except BadControl as error:
            raise WriterError(str(error)) from error
        self._change(name, parameter)

    def assign(self, name: str, value: object) -> None:
        """Set a parameter from within the training; BadControl where it can't have such a value."""
        parameter = self.parameters[name]
        self._change(name, replace(parameter, value=parameter.taken(value)))

    def _change(self, name: str, parameter: Parameter) -> None:
        self.parameters = {**self.parameters, name: parameter}  # others read it in their threads
        for changed in self.on_change:
            changed(name, parameter.value)

    # -- asked by the channel, in its thread -----------------------------------------------------

    def why_not(self, command: CommandName) -> str | None:
        """Why it can't be obeyed, in words; None where it can."""
        if self.should_stop:
            return "the training is stopping already"
        if not self.has_points:
            if command == "stop" and self.was_asked and self.agreement.is_immediate:
                return None
            how = "tracker.should_stop or tracker.batches" if command == "stop" else "tracker.batches"
            return f"the training has not asked for it so far, by {how}"
        if reason := self.agreement.why_not():
            return reason
        missing = {
            "checkpoint": None if self.callbacks.on_checkpoint else "@tracker.on_checkpoint",
            "predict": None if self.callbacks.on_predict else "@tracker.on_predict",
            "set": None if self.parameters else "tracker.declare(…)",
        }.get(command)
        return missing and f"the training does not say how: {missing}"

    def hand(self, command: Command) -> None:
        """Have it obeyed at the next point."""
        self._queue.append(command)
        if command.command == "stop" and self.agreement.is_immediate:
            self._stop()
        self.due = True
        self._woken.set()

    # -- obeyed by the training, in its thread ---------------------------------------------------

    def obey(self, *, checkpoint_now: bool = True) -> bool:
        """Between two batches: whether the training is to end, once it has called `settle`.

        Returns when the training isn't paused. Checkpoints that are not saved now are left to `settle`.
        """
        if self._is_obeying:  # a callback that has batches of its own
            return self.should_stop
        if not self.has_points:
            self.agreement = self.agree() or self.agreement
            self.has_points = True
        self._is_obeying = True
        try:
            for commands in self.agreement.rounds(self):
                for command in commands:
                    self._obey(command, checkpoint_now)
        finally:
            self._is_obeying = False
        return self.should_stop

    def take(self, *, wait: bool = False) -> list[Command]:
        """Commands that have come, after a while where one is waited for."""
        self.due = not self.agreement.is_immediate
        if wait:
            self._woken.wait(ASKED_TWICE_SECS)
        self._woken.clear()
        return [self._queue.popleft() for _ in range(len(self._queue))]

    @property
    def is_unsettled(self) -> bool:
        """Whether a checkpoint, or the end, is still to come."""
        return bool(self._unsettled) or (self.should_stop and bool(self._queue))  # a stop that just came

    def settle(self, *, save: bool = True) -> None:
        """Save what was left to be saved; and where the training stops, say that it has."""
        if self.should_stop:
            self._take_stops()  # which a loop of its own has seen, and nobody has obeyed
        unsettled, self._unsettled = self._unsettled, []
        if not unsettled:
            return
        said, failed = self._save() if self.callbacks.on_checkpoint and save else ("", "")
        for command in unsettled:
            if command.command == "stop":
                self.finish(command, "done", failed or said, f"stopped{failed and ': '}{failed}")
            else:
                self._finish_checkpoint(command, said, failed)

    def _take_stops(self) -> None:
        for command in self.take():
            if command.command == "stop":
                self._unsettled.append(command)
            else:
                self.refuse(command, "the training is stopping already")

    def wind_up(self, *, save: bool) -> None:
        """The training is over: what was not obeyed so far won't be, but for a stop that it saw by itself.

        For that a checkpoint is saved where it may be.
        """
        if self.is_over:
            return
        self.is_over, self.is_paused = True, False
        self.settle(save=save)
        for command in self.take():
            self.refuse(command, "the training ended before")
        self.agreement.leave()

    def refuse(self, command: Command, why: str) -> None:
        self.finish(command, "refused", why, f"{command} refused: {why}")

    def orphan(self) -> None:
        """In a forked child, whose parent goes on: nothing comes any more."""
        self.agreement, self.agree, self.finish = Alone(), _nothing, _nothing
        self._queue, self._woken, self._unsettled = deque(), threading.Event(), []
        self.due = self.is_paused = False

    def release(self) -> None:
        """Nobody can end a pause any more."""
        self.is_paused = False
        self._woken.set()

    def _obey(self, command: Command, checkpoint_now: bool) -> None:
        if self.should_stop and command.command != "stop":
            self.refuse(command, "the training is stopping already")
        elif command.command == "stop":
            self._stop()
            self._unsettled.append(command)
        elif command.command == "checkpoint" and not checkpoint_now:
            self._unsettled.append(command)
        else:
            _OBEYED[command.command](self, command)

    def _stop(self) -> None:
        self.should_stop, self.is_paused = True, False
        self.on_stop()

    def _pause(self, command: Command) -> None:
        if self.is_paused:
            self.refuse(command, "the training is paused already")
        else:
            self.is_paused = True
            self.finish(command, "done", "", "paused")

    def _resume(self, command: Command) -> None:
        if not self.is_paused:
            self.refuse(command, "the training is not paused")
        else:
            self.is_paused = False
            self.finish(command, "done", "", "resumed")

    def _checkpoint(self, command: Command) -> None:
        self._finish_checkpoint(command, *self._save())

    def _finish_checkpoint(self, command: Command, said: str, failed: str) -> None:
        if failed:
            self.refuse(command, failed)
        else:
            self.finish(command, "done", said, f"checkpoint saved{said and ' to '}{said}")

    def _save(self) -> tuple[str, str]:
        """Where the checkpoint is, as the training's callback says, and why there is none."""
        try:
            path = self.callbacks.on_checkpoint() if self.callbacks.on_checkpoint else None
            said = "" if path is None else shortened(str(path), TEXT_LENGTH)
        except Exception as error:  # noqa: BLE001, the training's own: a disk that is full must not end it
            return "", self._failed("the checkpoint", error)
        self.checkpoint = Checkpoint(said, self.step(), time.time())
        return said, ""

    def _predict(self, command: Command) -> None:
        try:
            if self.callbacks.on_predict:
                self.callbacks.on_predict()
        except Exception as error:  # noqa: BLE001, the training's own
            self.refuse(command, self._failed("the prediction", error))
        else:
            self.finish(command, "done", "", "predicted")

    def _set(self, command: Command) -> None:
        name = command.name or ""
        if name not in self.parameters:
            self.refuse(command, f"no parameter {name} is declared; there are {', '.join(self.parameters)}")
            return
        before = self.parameters[name].value
        try:
            self.assign(name, command.value)
            for callback in self.callbacks.on_param.get(name, ()):
                callback(self.parameters[name].value)
        except BadControl as error:
            self.refuse(command, f"{name} {error}")
        except Exception as error:  # noqa: BLE001, the training's own
            self.assign(name, before)
            self.refuse(command, self._failed(f"the change of {name}", error))
        else:
            value = self.parameters[name].value
            self.finish(command, "done", f"{name} = {value}", f"{name} set to {value}")

    def _failed(self, what: str, error: Exception) -> str:
        _log.warning("%s that the dashboard asked for failed", what, exc_info=error)
        return f"{what} failed: {type(error).__name__}: {error}"[:TEXT_LENGTH]


_OBEYED: dict[CommandName, Callable[[Control, Command], None]] = {
    "pause": Control._pause,
    "resume": Control._resume,
    "checkpoint": Control._checkpoint,
    "predict": Control._predict,
    "set": Control._set,
}


def _nothing(*_: object) -> None:
    """Where there is no channel."""
