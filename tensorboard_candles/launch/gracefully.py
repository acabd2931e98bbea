"""Asks a training to come to its end by itself: the batch finished, a checkpoint saved, its files whole."""

from __future__ import annotations

import secrets
import time

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Command, Status
from tensorboard_candles.errors import BadControl, Forbidden
from tensorboard_candles.launch.instances import Instance
from tensorboard_candles.launch.runs import Runs

SAME_CLOCK_SECS = 2.0


def asked_to_stop(runs: Runs, instance: Instance, *, within_secs: float) -> bool:
    """Whether it was asked, because its training says that it obeys."""
    try:
        files = runs.control(instance.run)
        status = files.status()
        if status is None or not obeys(status, instance):
            return False
        stop = Command(
            id=secrets.token_hex(8),
            session=status.session,
            command="stop",
            sent_time=time.time(),
            timeout_secs=within_secs,
            by="experiments",
        )
        files.send(stop)
    except (BadControl, Forbidden, OSError):
        return False
    return True


def obeys(status: Status, instance: Instance) -> bool:
    """Whether the status is of this attempt, and of a training that stops when it is asked to."""
    is_alive = status.state in ("running", "paused") and "stop" in status.obeys
    return is_alive and is_of(status, instance)


def is_of(status: Status, instance: Instance) -> bool:
    """Whether the status is of this attempt."""
    return status.instance == instance.id and status.time >= (instance.started_time or 0) - SAME_CLOCK_SECS


def was_told_to_stop(runs: Runs, instance: Instance) -> bool:
    """Whether its training ended because somebody told it to, past the queue: in the control widget, say."""
    try:
        files = runs.control(instance.run)
        status = files.status()
        if status is None or not is_of(status, instance):
            return False
        return any(_has_stopped(files, one, status.session) for one in files.answers())
    except (BadControl, Forbidden, OSError):
        return False


def _has_stopped(files: ControlFiles, command_id: str, session: str) -> bool:
    command, answer = files.command(command_id), files.answer(command_id)
    if command is None or answer is None or command.session != session:
        return False
    return command.command == "stop" and answer.state == "done"
