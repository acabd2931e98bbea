"""What whoever starts a training says to its Tracker, where the training's own call says nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass

LOGDIR, RUN, RESUME, INSTANCE = "CANDLES_LOGDIR", "CANDLES_RUN", "CANDLES_RESUME", "CANDLES_INSTANCE"

_taken: set[str] = set()
"""Runs that the environment named and a Tracker of this process has."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one Tracker."""

    logdir: str | os.PathLike[str]
    run: str | None
    resume: bool


def settings(logdir: str | os.PathLike[str] | None, run: str | None, resume: bool | None) -> Settings:
    """What was passed, else what the environment says, else `runs`, a new run and no resuming.

    >>> settings("logs", "first", None)
    Settings(logdir='logs', run='first', resume=False)

    A run that the environment names is the first one that this process makes: what it makes besides gets
    names of its own, or they would lie over one another.
    """
    logdir = (os.environ.get(LOGDIR) or "runs") if logdir is None else logdir
    named = os.environ.get(RUN)
    if run is not None or not named or named in _taken:
        return Settings(logdir, run, bool(resume))
    _taken.add(named)
    resumes = os.environ.get(RESUME, "") not in ("", "0")
    return Settings(logdir, named, resumes if resume is None else resume)


def instance() -> str | None:
    """The id of the experiment's instance that this process is."""
    return os.environ.get(INSTANCE) or None
