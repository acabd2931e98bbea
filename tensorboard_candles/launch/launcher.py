"""Experiments as the dashboard has them: what may be started, what was, and what can be asked of it."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tensorboard_candles.errors import BadRequest, CantKeep, Conflict, NotFound
from tensorboard_candles.launch.declared import Declared, Experiment
from tensorboard_candles.launch.executor import Executor
from tensorboard_candles.launch.folder import DIRECTORY, MOST_INSTANCES, Folder
from tensorboard_candles.launch.instances import ACTIVE, ENDED, AskKind, Instance
from tensorboard_candles.launch.lane import Lane
from tensorboard_candles.launch.local import LocalExecutor
from tensorboard_candles.launch.names import check_name, name_of, new_id, run_of, unused
from tensorboard_candles.launch.parameters import Value, checked_values
from tensorboard_candles.launch.printed import Printed, last_lines, printed, size_of
from tensorboard_candles.launch.runs import Runs
from tensorboard_candles.remote_files import is_url

logger = logging.getLogger(__name__)

LOOK_EVERY_SECS = 0.5
LOOK_EVERY_SECS_IDLE = 2.0
MOST_AT_ONCE = 100
"""Instances of one request."""
MOST_QUEUED = 1000
MOST_PARAMETER_BYTES = 32_000
"""Of one instance, so that what is written down of it stays small."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One instance to be started, as a request has it."""

    parameters: Mapping[str, object] = field(default_factory=dict)
    name: str | None = None
    """Of its run; by default one that tells the parameters."""


def executors() -> dict[str, Callable[[], Executor]]:
    """By name; what an extra is needed for is imported when it is first used."""

    def docker() -> Executor:
        from tensorboard_candles.launch.containers import DockerExecutor

        return DockerExecutor()

    def ray() -> Executor:
        from tensorboard_candles.launch.ray_jobs import RayExecutor

        return RayExecutor()

    return {"local": LocalExecutor, "docker": docker, "ray": ray}


class Launcher:
    """The queue of one log directory.

    Several TensorBoards may have the same log directory: the first of them looks after the queue, the others
    write down what they are asked and it does that; when it ends, another goes on.

    Args:
        logdir: where the trainings write to: a directory, or a URL.
        user_state: a directory that this user alone writes to. Of a log directory that is a URL the instances
            are kept there, too.

    OSError where that can't be written.
    """

    def __init__(self, declared: Declared, *, logdir: str, user_state: Path) -> None:
        self.declared = declared
        self._logdir = logdir if is_url(logdir) else os.path.abspath(os.path.expanduser(logdir))
        root = (user_state / "remote" / _plain(logdir) if is_url(logdir) else Path(self._logdir)) / DIRECTORY
        self._folder = Folder(root, user_state)
        self._runs = Runs(self._logdir)
        self._changed = threading.Condition()
        self._changes = 0
        self._has_ended = False
        self._last_lines: dict[str, tuple[object, str]] = {}
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Look after the queue from now on, in background threads."""
        choosing = threading.Lock()
        self._folder.instances()  # where that can't be read, it is told now
        for name, made in executors().items():
            lane = Lane(
                name,
                made(),
                declared=self.declared,
                folder=self._folder,
                logdir=self._logdir,
                runs=self._runs,
                choosing=choosing,
            )
            thread = threading.Thread(
                target=self._look_after, args=(lane,), name=f"candles-{name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Look after nothing any more; what runs goes on."""
        self._has_ended = True
        self._wake()
        for thread in self._threads:
            thread.join()
        self._folder.resign()

    def _look_after(self, lane: Lane) -> None:
        said = ""
        while not self._has_ended:
            seen = self._changes
            try:
                if self._folder.lead():
                    lane.tick()
                is_busy = lane.is_busy()
            except CantKeep as error:
                is_busy = False
                if str(error) != said:
                    logger.warning("Candles: %s", said := str(error))
            except Exception:  # the thread's last line of defence: what is wrong now may be right again later
                is_busy = False
                logger.exception("Experiments could not be looked after; it is tried again")
            with self._changed:
                pause = LOOK_EVERY_SECS if is_busy else LOOK_EVERY_SECS_IDLE
                self._changed.wait_for(partial(self._has_changed, seen), pause)
        lane.end()

    def _has_changed(self, seen: int) -> bool:
        return self._changes != seen

    def _wake(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def instances(self) -> list[Instance]:
        """All that were ever asked for and not removed, the first in the queue first."""
        return self._folder.instances()

    def output(self, instance_id: str, *, offset: int, most: int) -> Printed:
        """What it has printed; NotFound where there is no such instance."""
        _found({one.id: one for one in self.instances()}, instance_id)
        return printed(self._folder.path(instance_id), offset=offset, most=most)

    def last_lines(self, instance: Instance) -> str:
        """The end of what it has printed."""
        path = self._folder.path(instance.id)
        version = (instance.attempt, instance.ended_time, None if instance.ended_time else size_of(path))
        known = self._last_lines.get(instance.id)
        if known is None or known[0] != version:
            known = self._last_lines[instance.id] = (version, last_lines(path))
        return known[1]

    def folder_of(self, instance_id: str) -> Path:
        return self._folder.path(instance_id)

    def start(self, experiment: str, asked: Sequence[Asked]) -> list[str]:
        """Put them into the queue, all or none; their ids.

        NotFound for an experiment that is not declared, BadRequest for a parameter or name that can't be
        used, Conflict for a run that there is already.
        """
        declared = self._declared(experiment)
        if not 1 <= len(asked) <= MOST_AT_ONCE:
            raise BadRequest(f"start from 1 to {MOST_AT_ONCE} instances at once, got {len(asked)}")
        values = [_checked(declared, one.parameters) for one in asked]
        with self._folder.adding():
            known = self.instances()
            if sum(one.state == "queued" for one in known) + len(asked) > MOST_QUEUED:
                raise Conflict(f"at most {MOST_QUEUED} may wait in the queue")
            if len(known) + len(asked) > MOST_INSTANCES:
                raise Conflict(f"at most {MOST_INSTANCES} are looked after; remove some that have ended")
            names = self._names(declared, asked, values, taken={one.run for one in known})
            now = time.time()
            made = [
                # each a little later than the one before, so that they stay in order
                self._queued(declared, name, one, now + at * 1e-6)
                for at, (name, one) in enumerate(zip(names, values, strict=True))
            ]
            for instance in made:
                self._folder.write(instance)
        self._wake()
        return [instance.id for instance in made]

    def ask(self, kind: AskKind, ids: Sequence[str]) -> None:
        """Have that done with all of them, or with none; Conflict where what one is at does not allow it."""
        if not 1 <= len(ids) <= MOST_QUEUED:
            raise BadRequest(f"name from 1 to {MOST_QUEUED} instances, got {len(ids)}")
        known = {one.id: one for one in self.instances()}
        found = [_found(known, one) for one in ids]
        for instance in found:
            self._check(kind, instance)
        for instance in found:
            self._folder.ask(instance, kind)
        self._wake()

    def _declared(self, experiment: str) -> Experiment:
        found = self.declared.experiments.get(experiment)
        if found is None:
            known = ", ".join(self.declared.experiments)
            raise NotFound(f"no experiment {experiment[:80]!r} is declared; those are: {known}")
        return found

    def _check(self, kind: AskKind, instance: Instance) -> None:
        is_active = instance.state in ACTIVE
        if kind == "remove":
            if is_active and instance.is_ours:
                raise Conflict(f"{instance.run} is {instance.state}; stop it first")
        elif not instance.is_ours:
            raise Conflict(f"{instance.run} is not of this user on this machine, but of {instance.host}")
        elif kind in ("stop", "kill"):
            if instance.state in ENDED:
                raise Conflict(f"{instance.run} has ended already: {instance.state}")
        elif instance.state not in ENDED:
            raise Conflict(f"{instance.run} is {instance.state}; it can be started again when it has ended")
        elif kind == "resume" and self._declared(instance.experiment).resume is None:
            raise Conflict(f"{instance.experiment} declares no `resume`: start it again from the start")
        else:
            self._declared(instance.experiment)

    def _names(
        self,
        experiment: Experiment,
        asked: Sequence[Asked],
        values: Sequence[Mapping[str, Value]],
        *,
        taken: set[str],
    ) -> list[str]:
        """A name for each, that no other has."""
        used = _Used(self._runs, experiment.project, taken)
        names: dict[int, str] = {}
        for at, one in enumerate(asked):
            if one.name is not None:
                names[at] = check_name(one.name)
                if names[at] in used:
                    run = run_of(experiment.project, names[at])
                    raise Conflict(f"there is a run {run} already; choose another name")
                used.add(names[at])
        for at, given in enumerate(values):
            if at not in names:
                names[at] = unused(name_of(experiment.parameters, given), used)
                used.add(names[at])
        return [names[at] for at in range(len(asked))]

    def _queued(self, experiment: Experiment, name: str, values: Mapping[str, Value], now: float) -> Instance:
        return Instance(
            id=new_id(),
            experiment=experiment.name,
            name=name,
            run=run_of(experiment.project, name),
            parameters=values,
            executor=experiment.executor,
            host=self._folder.host,
            created_time=now,
            queued_time=now,
        )


def _found(known: Mapping[str, Instance], instance_id: str) -> Instance:
    if instance_id not in known:
        raise NotFound(f"there is no instance {instance_id[:80]!r}")
    return known[instance_id]


class _Used:
    """Names below a project that runs have: those that were asked for, and those on disk."""

    def __init__(self, runs: Runs, project: str, taken: set[str]) -> None:
        self._runs, self._project, self._taken = runs, project, set(taken)

    def __contains__(self, name: object) -> bool:
        run = run_of(self._project, str(name))
        return run in self._taken or self._runs.has(run)

    def add(self, name: str) -> None:
        self._taken.add(run_of(self._project, name))


def _checked(experiment: Experiment, parameters: Mapping[str, object]) -> dict[str, Value]:
    values = checked_values(experiment.parameters, parameters)
    size = sum(len(name) + len(repr(value)) for name, value in values.items())
    if size > MOST_PARAMETER_BYTES:
        raise BadRequest(f"the parameters of one instance may take {MOST_PARAMETER_BYTES} bytes, got {size}")
    return values


def _plain(url: str) -> str:
    return hashlib.sha256(url.encode(errors="replace")).hexdigest()[:32]
