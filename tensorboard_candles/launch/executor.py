"""What an experiment runs on: one interface, for this machine's processes, containers and clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tensorboard_candles.launch.command import filled
from tensorboard_candles.launch.declared import Experiment
from tensorboard_candles.launch.parameters import Value

Handle = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt to be started."""

    id: str
    """Of the instance."""
    attempt: int
    experiment: Experiment
    values: Mapping[str, Value]
    name: str
    """Of the run, below the experiment's project."""
    logdir: str
    """A directory of this machine, absolute, or a URL."""
    folder: Path
    """Of the instance, for its output."""
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """How a job is doing."""

    state: Literal["starting", "running", "ended", "gone"]
    """`gone`: there is nothing that could tell how it ended."""
    exit_code: int | None = None
    message: str = ""


class Prepared(Protocol):
    """A job that can be found again from now on, and that nothing has been started of."""

    @property
    def handle(self) -> Handle:
        """What finds it, to be kept by whoever wants to."""
        ...

    def go(self) -> None:
        """Start it; ExecutorFailed where that is not possible, Unreachable where it may have been started."""
        ...

    def give_up(self) -> None:
        """Never start it."""
        ...


class Executor(Protocol):
    """Starts jobs and looks after them. All may raise ExecutorFailed, Unreachable or Missing.

    A job is prepared, its handle is written down, and only then it is told to go: so whatever ends between,
    none runs that nobody knows of.
    """

    def prepare(self, job: Job) -> Prepared: ...

    def look(self, handle: Handle, folder: Path) -> Seen:
        """How it is doing; and what it has printed so far stands in the folder's output."""
        ...

    def stop(self, handle: Handle) -> None:
        """Ask it to end: SIGTERM, or what there is of the kind."""
        ...

    def kill(self, handle: Handle) -> None:
        """End it at once."""
        ...

    def forget(self, handle: Handle) -> None:
        """Clear away what is left of one that has ended."""
        ...


def variables(job: Job, *, logdir: str) -> dict[str, str]:
    """What each started process is told of itself, in its environment."""
    told = {
        "CANDLES_LOGDIR": logdir,
        "CANDLES_RUN": job.name,
        "CANDLES_INSTANCE": job.id,
        "PYTHONUNBUFFERED": "1",
    }
    return {**told, "CANDLES_RESUME": "1"} if job.is_resumed else told


def vector_of(job: Job, *, python: str, logdir: str, directory: str) -> list[str]:
    """The argument vector, for where these are called so."""
    experiment = job.experiment
    places = {
        "python": python,
        "logdir": logdir,
        "directory": directory,
        "run": job.name,
        "project": experiment.project,
        "instance": job.id,
    }
    resume = (experiment.resume or ()) if job.is_resumed else ()
    return filled([*experiment.command, *resume], places, job.values)
