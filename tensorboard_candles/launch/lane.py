"""Looks after the instances of one executor: starts what is next, follows what runs, does what was asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from tensorboard_candles.control.fields import shortened
from tensorboard_candles.errors import CandlesError, CantKeep, Conflict, Unreachable
from tensorboard_candles.launch.declared import DEFAULT_STOP_SECS, Declared
from tensorboard_candles.launch.executor import Executor, Job, Seen
from tensorboard_candles.launch.folder import Folder
from tensorboard_candles.launch.gracefully import asked_to_stop, was_told_to_stop
from tensorboard_candles.launch.hands import Hands
from tensorboard_candles.launch.instances import ACTIVE, ENDED, MOST_MESSAGE, AskKind, Instance, State
from tensorboard_candles.launch.names import run_dir_of
from tensorboard_candles.launch.parameters import checked_values
from tensorboard_candles.launch.runs import Runs

logger = logging.getLogger(__name__)

NOT_DECLARED = "the TensorBoard that looks after the queue does not declare it"

MOST_AT_ONCE = 50
"""Instances that are looked after at the same moment: buckets, engines and clusters take their time."""

MOST_ASKED_AT_ONCE = 200
"""Those that somebody asked something of: they wait for none of the others, and two whole grids may hang."""

PATIENCE_SECS = 0.5
"""What takes longer goes on by itself, and holds nothing else up."""


class Lane:
    """What one thread does, again and again; what does not answer holds nothing else up.

    Args:
        choosing: held by whichever lane chooses what to start next, so that together they keep to the limits.
    """

    def __init__(
        self,
        name: str,
        executor: Executor,
        *,
        declared: Declared,
        folder: Folder,
        logdir: str,
        runs: Runs,
        choosing: threading.Lock,
    ) -> None:
        self._name = name
        self._executor = executor
        self._declared = declared
        self._folder = folder
        self._logdir = logdir
        self._runs = runs
        self._choosing = choosing
        self._hands = Hands(most=MOST_AT_ONCE)
        self._asked = Hands(most=MOST_ASKED_AT_ONCE)

    def tick(self) -> None:
        """Once around."""
        asks = self._folder.asks()
        for instance in self._idle():
            if instance.id in asks:
                self._begin(self._attend, instance, self._asked)
            elif instance.state in ACTIVE:
                self._begin(self._attend, instance, self._hands)
            elif instance.state == "queued" and instance.is_ours:
                self._safely(self._say_why_it_waits, instance)
        self._wait(PATIENCE_SECS)
        while chosen := self._choose():
            self._begin(self._launch, chosen, self._hands)

    def is_busy(self) -> bool:
        """Whether anything of this executor waits or runs."""
        return any(one.executor == self._name and one.state not in ENDED for one in self._folder.instances())

    def end(self) -> None:
        """Wait for what is on its way."""
        self._wait()

    def _wait(self, within_secs: float | None = None) -> bool:
        return self._asked.wait(within_secs) and self._hands.wait(within_secs)

    def _busy(self) -> frozenset[str]:
        return self._asked.busy() | self._hands.busy()

    def _idle(self) -> list[Instance]:
        """Those of this executor that nothing is on its way with."""
        busy = self._busy()  # before they are read: what is written of these from now on, we write
        return [one for one in self._folder.instances() if one.executor == self._name and one.id not in busy]

    def _begin(self, do: Callable[[Instance], None], instance: Instance, hands: Hands) -> None:
        hands.do(instance.id, partial(self._safely, do, instance))

    def _safely(self, do: Callable[[Instance], None], instance: Instance) -> None:
        """No instance, whatever is wrong with it, keeps the others from being looked after."""
        try:
            do(instance)
        except Exception as error:  # the thread's last line of defence:
            # clients of engines and clusters raise what they like
            is_ours = isinstance(error, CandlesError | OSError)
            if not is_ours:
                logger.exception("The instance %s could not be looked after", instance.id)
            message = str(error) if is_ours else f"{type(error).__name__}: {error}"
            self._tell(instance.id, message, has_failed=do == self._launch)

    def _tell(self, instance_id: str, message: str, *, has_failed: bool) -> None:
        """Put what went wrong into the instance's message."""
        now = self._folder.read(instance_id)
        if now is None or not now.is_ours:
            return
        state: State = "failed" if has_failed else now.state
        told = replace(now, message=_message(message), state=state)
        with suppress(CantKeep):  # it is tried again, and told by whoever asks for anything
            self._write(replace(told, ended_time=time.time()) if has_failed else told, unless=now)

    def _write(self, instance: Instance, *, unless: Instance | None = None) -> None:
        if instance != unless:
            self._folder.write(instance)

    # what was asked

    def _attend(self, instance: Instance) -> None:
        asked = self._folder.asked(instance)
        if asked:
            try:
                self._obey(instance, asked)
            except Unreachable:
                raise  # it is tried again
            except Exception:
                self._folder.done(instance, asked)
                raise
            # first done, then forgotten: where TensorBoard ends between, it is done once more
            self._folder.done(instance, asked)
        now = self._folder.read(instance.id) if asked else instance
        if now and now.is_ours and now.state in ACTIVE:
            self._follow(now)

    def _obey(self, instance: Instance, asked: AskKind) -> None:
        if asked == "remove":
            if instance.state not in ACTIVE or not instance.is_ours:
                self._remove(instance)
        elif not instance.is_ours:
            return
        elif asked in ("restart", "resume"):
            if instance.state in ENDED:
                self._folder.write(_queued_again(instance, is_resumed=asked == "resume"))
        elif instance.state == "queued" or (instance.state in ACTIVE and not instance.handle):
            message = "taken from the queue"
            self._folder.write(replace(instance, state="stopped", ended_time=time.time(), message=message))
        elif instance.state in ACTIVE:
            self._stop(instance, at_once=asked == "kill")

    def _remove(self, instance: Instance) -> None:
        if instance.is_ours and instance.handle:
            try:
                self._executor.forget(instance.handle)
            except CandlesError as error:
                logger.warning("Of the instance %s something is left behind: %s", instance.id, error)
        self._folder.remove(instance.id)

    def _stop(self, instance: Instance, *, at_once: bool) -> None:
        stopping = replace(
            instance, state="stopping", asked_time=instance.asked_time or time.time(), is_signalled=True
        )
        if at_once:
            self._kill(stopping)
        elif asked_to_stop(self._runs, instance, within_secs=self._grace(instance)):
            message = "asked to stop after the batch that it is at"
            self._folder.write(replace(stopping, is_signalled=False, message=message))
        else:
            self._folder.write(replace(stopping, message="sent SIGTERM"))
            self._executor.stop(instance.handle)

    def _kill(self, stopping: Instance) -> None:
        self._folder.write(stopping)
        try:
            self._executor.kill(stopping.handle)
        except Unreachable as error:
            # who asks for that has given it up: it takes nobody's place in the queue any more
            message = _message(f"given up, and it may still run: {error}")
            self._folder.write(replace(stopping, state="lost", message=message, ended_time=time.time()))

    def _grace(self, instance: Instance) -> float:
        experiment = self._declared.experiments.get(instance.experiment)
        return experiment.stop_secs if experiment else DEFAULT_STOP_SECS

    # what runs

    def _follow(self, instance: Instance) -> None:
        if not instance.handle:
            # TensorBoard ended before there was anything to be started
            self._folder.write(replace(instance, state="queued", started_time=None))
            return
        try:
            seen = self._executor.look(instance.handle, self._folder.path(instance.id))
        except Unreachable as error:
            self._write(replace(instance, message=_message(str(error))), unless=instance)
            return
        if seen.state in ("ended", "gone"):
            self._folder.write(self._ended(instance, seen))
            return
        now = instance
        if now.state == "starting" and seen.state == "running":
            now = replace(now, state="running", message=seen.message)
        elif seen.message:
            now = replace(now, message=_message(seen.message))
        if now.asked_time is not None and not now.is_signalled:
            now = self._signalled_in_time(now, now.asked_time)
        elif now.asked_time is None and self._is_over(now):
            self._executor.stop(now.handle)
            now = replace(now, state="stopping", message="stopped after its time", is_signalled=True)
        self._write(now, unless=instance)

    def _ended(self, instance: Instance, seen: Seen) -> Instance:
        ended = _ended(instance, seen)
        if ended.state == "finished" and was_told_to_stop(self._runs, instance):
            return replace(ended, state="stopped", message="told to stop in its run")
        return ended

    def _signalled_in_time(self, instance: Instance, asked_time: float) -> Instance:
        grace = self._grace(instance)
        # a clock that was set back must not make it wait for ever
        if 0 <= time.time() - asked_time < grace:
            return instance
        self._executor.stop(instance.handle)
        return replace(instance, is_signalled=True, message=f"sent SIGTERM after {grace:g} s")

    def _is_over(self, instance: Instance) -> bool:
        """Whether its time is over. What looks after a local one sees to it by itself, also without us."""
        experiment = self._declared.experiments.get(instance.experiment)
        most_secs = experiment.limits.wall_secs if experiment and self._name != "local" else None
        if most_secs is None or instance.started_time is None or instance.is_signalled:
            return False
        return time.time() - instance.started_time > most_secs

    # what is next

    def _choose(self) -> Instance | None:
        """The next of ours that there is room for, as `starting`."""
        with self._choosing:
            busy = self._busy()  # first: whoever is asked to leave the queue just now is not started
            instances, asks = self._folder.instances(), self._folder.asks()
            asked = {one.id for one in instances if one.id in asks and self._folder.asked(one)}
            chosen = next_of(instances, self._declared, self._name, busy | asked)
            if chosen is None:
                return None
            claimed = replace(chosen, state="starting", started_time=time.time(), handle={}, message="")
            self._folder.write(claimed)
            return claimed

    def _say_why_it_waits(self, instance: Instance) -> None:
        message = "" if is_declared(instance, self._declared) else NOT_DECLARED
        self._write(replace(instance, message=message), unless=instance)

    def _launch(self, instance: Instance) -> None:
        experiment = self._declared.experiments[instance.experiment]
        if instance.is_resumed and experiment.resume is None:
            raise Conflict(f"{instance.experiment} declares no `resume` any more")
        run_dir_of(self._logdir, instance.run)
        job = Job(
            id=instance.id,
            attempt=instance.attempt,
            experiment=experiment,
            values=checked_values(experiment.parameters, instance.parameters),
            name=instance.name,
            logdir=self._logdir,
            folder=Path(self._folder.path(instance.id)),
            is_resumed=instance.is_resumed,
        )
        prepared = self._executor.prepare(job)
        known = replace(instance, handle=prepared.handle)
        try:
            self._folder.write(known)
        except CantKeep:
            prepared.give_up()
            raise
        try:
            prepared.go()
        except Unreachable as error:
            # it may have been started all the same: it is looked for until that is known
            with suppress(CantKeep):
                self._folder.write(replace(known, message=_message(str(error))))


def next_of(
    instances: Sequence[Instance], declared: Declared, executor: str, busy: Collection[str] = ()
) -> Instance | None:
    """The first in the queue that there is room for, where that executor is to run it.

    Whoever waits for room of its own experiment holds up nobody else, and neither does what isn't declared,
    nor those that are `busy`.
    """
    ours = [one for one in instances if one.is_ours]
    running = [one.experiment for one in ours if one.state in ACTIVE]
    for one in ours:
        if one.state != "queued":
            continue
        if len(running) >= declared.running:
            return None
        if one.id in busy or not is_declared(one, declared):
            continue
        if running.count(one.experiment) >= declared.most_running(one.experiment):
            continue
        if one.executor == executor:
            return one
        running.append(one.experiment)
    return None


def is_declared(instance: Instance, declared: Declared) -> bool:
    """Whether it may be started here: another TensorBoard, with another file, may have asked for it."""
    experiment = declared.experiments.get(instance.experiment)
    return experiment is not None and experiment.executor == instance.executor


def _queued_again(instance: Instance, *, is_resumed: bool) -> Instance:
    return replace(
        instance,
        state="queued",
        attempt=instance.attempt + 1,
        is_resumed=is_resumed,
        queued_time=time.time(),
        handle={},
        exit_code=None,
        started_time=None,
        ended_time=None,
        asked_time=None,
        is_signalled=False,
        message="",
    )


def _ended(instance: Instance, seen: Seen) -> Instance:
    state: Literal["stopped", "lost", "finished", "failed"]
    if instance.asked_time is not None:
        state = "stopped"
    elif seen.exit_code is None:
        state = "lost"
    else:
        state = "failed" if seen.exit_code else "finished"
    message = _message((instance.state == "stopping" and instance.message) or seen.message)
    return replace(instance, state=state, exit_code=seen.exit_code, ended_time=time.time(), message=message)


def _message(text: str) -> str:
    return shortened(text, MOST_MESSAGE)
