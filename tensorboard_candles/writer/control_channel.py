"""The thread between a training and its control files: brings commands, takes answers, and beats.

A disk or a bucket that takes nothing is tried again in pauses that grow to half a minute, then said once,
and holds up nobody: the training waits for this thread only when it ends, and no longer than seconds.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tensorboard_candles.control.fields import NAME_LENGTH, TEXT_LENGTH, shortened
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import (
    COMMANDS,
    Answer,
    AnswerState,
    Command,
    Progress,
    State,
    Stats,
    Status,
)
from tensorboard_candles.errors import BadControl
from tensorboard_candles.writer.asking import Asks
from tensorboard_candles.writer.control import Control

KEPT = 200
"""Answered commands of a run whose files are kept."""
LONGEST_PAUSE_SECS = 30.0
"""Between two tries where the files can't be reached."""
TRIES = 3
"""To read a command: where files are not put in place whole it may be on its way."""

_log = logging.getLogger("tensorboard_candles")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the files are looked at and written."""

    poll_secs: float
    slowest_poll_secs: float
    """Where nothing has come for a while."""
    change_secs: float
    """What has changed is written so often at most."""
    every_secs: float
    """And what has not so often at least."""
    end_secs: float
    """How long the end waits for the last status."""


LOCAL = Rhythm(poll_secs=0.25, slowest_poll_secs=0.25, change_secs=1.0, every_secs=3.0, end_secs=2.0)
REMOTE = Rhythm(poll_secs=1.0, slowest_poll_secs=5.0, change_secs=10.0, every_secs=10.0, end_secs=10.0)
"""Each look and each status is a request, which somebody pays for."""


class Channel(threading.Thread):
    """Of one run; started by whoever made it."""

    def __init__(
        self,
        files: ControlFiles,
        control: Control,
        progress: Callable[[State], Progress],
        *,
        say: Callable[[str], object],
        rhythm: Rhythm,
        instance: str | None = None,
    ) -> None:
        super().__init__(name="candles-control", daemon=True)
        self._files = files
        self._control = control
        self._progress = progress
        self._say = say
        self._rhythm = rhythm
        self.stats: Callable[[], Stats | None] = _none
        self.session = secrets.token_hex(8)
        self._status = Status(
            session=self.session,
            beat=0,
            time=time.time(),
            every_secs=rhythm.every_secs,
            state="running",
            host=shortened(socket.gethostname(), TEXT_LENGTH),
            pid=os.getpid(),
            process_start=_process_start(os.getpid()),
            instance=None if instance is None else shortened(instance, NAME_LENGTH),
            progress=progress("running"),
        )
        self._end: tuple[State, str] | None = None
        self._answers: deque[Answer] = deque()
        self._known: set[str] = set()
        """Ids of commands that were looked at."""
        self._tries: Counter[str] = Counter()
        """By id of a command that could not be read so far."""
        self._asks = Asks()
        self._is_retired = False
        self._said = False
        self._retry_secs = rhythm.poll_secs
        self._retry_at = -math.inf
        self._pause_secs = rhythm.poll_secs
        self._written_at = -math.inf
        self._looked_at = -math.inf
        self._heard_at = time.monotonic()
        """When a look for commands went well."""

    def finish(self, command: Command, state: AnswerState, message: str, said: str) -> None:
        """Have a command answered, and logged what is said of it; called by the training."""
        step = self._control.step()
        where = "" if step is None else f" at step {step}"
        by = f" (asked by {command.by})" if command.by else ""
        self._say(f"control: {said}{where}{by}")
        self._answer(command, state, message)
        self._asks.wake()

    def close(self, state: State, message: str = "") -> None:
        """Have the last status written, and return then or in a few seconds."""
        self._end = (state, shortened(message, TEXT_LENGTH))
        if threading.current_thread() is self:
            self._asks.ask()  # a dropped tracker was collected here
        else:
            self._asks.answered(within_secs=self._rhythm.end_secs)

    def retire(self) -> None:
        """Leave the files to another process."""
        self._is_retired = True
        self._asks.wake()

    def abandon(self) -> None:
        """In a forked child: the parent goes on with it."""
        self._asks.ended = True

    def run(self) -> None:
        try:
            self._try_to_write_status()
            is_over = False
            while not (is_over or self._is_retired):
                asks = self._asks.wait(self._pause_secs)
                is_over = self._end is not None
                if is_over:
                    self._last_turn()
                else:
                    self._turn()
                for answer in asks:
                    answer()
        except Exception:  # noqa: BLE001, the thread's last line of defence: the training goes on
            _log.warning("the dashboard's commands are not obeyed any more", exc_info=True)
        finally:
            self._control.release()
            self._asks.end()

    def _turn(self) -> None:
        now = time.monotonic()
        if now < self._retry_at:
            return
        try:
            self._look_in_time(now)
            self._write_answers()
            self._write_status()
        except (OSError, BadControl) as error:
            self._fail(error)
        else:
            self._retry_secs = self._rhythm.poll_secs

    def _last_turn(self) -> None:
        try:
            self._write_answers()
        except (OSError, BadControl) as error:
            self._fail(error)
        self._try_to_write_status()

    def _try_to_write_status(self) -> None:
        try:
            self._write_status()
        except (OSError, BadControl) as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._retry_secs = min(2 * self._retry_secs, LONGEST_PAUSE_SECS)
        self._retry_at = time.monotonic() + self._retry_secs
        if self._retry_secs == LONGEST_PAUSE_SECS and not self._said:  # before, the event file's own words do
            self._said = True
            _log.warning("the dashboard can't reach this run for a while now, which goes on: %s", error)

    # -- commands --------------------------------------------------------------------------------

    def _look_in_time(self, now: float) -> None:
        """Where commands can't be read, the heart beats all the same: the training is alive."""
        if now - self._looked_at < 0.9 * self._pause_secs:
            return
        self._looked_at = now
        try:
            self._look()
        except (OSError, BadControl) as error:
            self._pause_secs = min(1.25 * self._pause_secs, self._rhythm.slowest_poll_secs)
            if now - self._heard_at >= LONGEST_PAUSE_SECS and not self._said:
                self._said = True
                _log.warning("the dashboard's commands can't be read for a while now: %s", error)
        else:
            self._heard_at = now

    def _look(self) -> None:
        listed = self._files.commands()
        new = [command_id for command_id in listed if command_id not in self._known]
        found = [command for command in map(self._read, new) if command is not None]
        again = {one: tries for one in new if 0 < (tries := self._tries[one]) < TRIES}
        self._known = self._known.intersection(listed) | set(new).difference(again)
        self._tries = Counter(again)
        for command in sorted(found, key=lambda command: command.sent_time):
            self._take(command)
        slowest = self._rhythm.slowest_poll_secs
        self._pause_secs = self._rhythm.poll_secs if found else min(1.25 * self._pause_secs, slowest)
        if found:
            self._forget(listed)

    def _read(self, command_id: str) -> Command | None:
        """A command for this session that nobody has answered."""
        try:
            command = self._files.command(command_id)
            mine = command is not None and command.session == self.session
            found = command if mine and self._files.answer(command_id) is None else None
        except BadControl as error:
            self._tries[command_id] += 1
            if self._tries[command_id] == TRIES:
                _log.warning("a command that can't be read is left alone: %s", error)
            return None
        del self._tries[command_id]
        return found

    def _take(self, command: Command) -> None:
        reason = self._control.why_not(command.command)
        if reason is None and command.command == "set":
            reason = self._why_no_value(command)
        if reason is not None:
            self._control.refuse(command, reason)
        else:
            self._answer(command, "seen", "")
            self._control.hand(command)

    def _why_no_value(self, command: Command) -> str | None:
        parameter = self._control.parameters.get(command.name or "")
        if parameter is None:
            return f"no parameter {command.name} is declared"
        try:
            parameter.taken(command.value)
        except BadControl as error:
            return f"{command.name} {error}"
        return None

    def _forget(self, listed: list[str]) -> None:
        """What was answered long ago, so that no run's directory grows for ever."""
        if len(listed) <= KEPT:
            return
        answered = [answer for answer in map(self._answered, listed) if answer is not None]
        answered.sort(key=lambda answer: answer.time)
        for answer in answered[: len(listed) - KEPT]:
            self._files.forget(answer.id)

    def _answered(self, command_id: str) -> Answer | None:
        try:
            answer = self._files.answer(command_id)
        except BadControl:
            return None
        return answer if answer is not None and answer.state != "seen" else None

    def _answer(self, command: Command, state: AnswerState, message: str) -> None:
        said = shortened(message, TEXT_LENGTH)
        self._answers.append(Answer(command.id, state, time.time(), said, self._control.step()))

    def _write_answers(self) -> None:
        while self._answers:
            self._files.write_answer(self._answers[0])
            self._answers.popleft()
            self._written_at = -math.inf  # what was obeyed shows in the status

    # -- status ----------------------------------------------------------------------------------

    def _write_status(self) -> None:
        since = time.monotonic() - self._written_at
        if since < self._rhythm.change_secs and self._end is None:
            return
        status = self._now()
        unchanged = replace(status, time=self._status.time, stats=self._status.stats) == self._status
        if unchanged and since < self._rhythm.every_secs and self._end is None:
            return
        status = replace(status, beat=self._status.beat + 1)
        self._files.write_status(status)
        self._status, self._written_at = status, time.monotonic()

    def _now(self) -> Status:
        control = self._control
        state: State = "paused" if control.is_paused else "stopping" if control.should_stop else "running"
        message = ""
        if self._end is not None:
            state, message = self._end
        is_over = self._end is not None or control.is_over
        return replace(
            self._status,
            time=time.time(),
            state=state,
            message=message,
            obeys=() if is_over else tuple(name for name in COMMANDS if control.why_not(name) is None),
            parameters=control.parameters,
            checkpoint=control.checkpoint,
            progress=self._progress(state),
            stats=self.stats(),
        )


@cache
def _process_start(pid: int) -> float | None:
    """Of this process, in seconds since the Unix epoch, as `psutil.Process().create_time()` has it.

    >>> import psutil
    >>> abs(_process_start(os.getpid()) - psutil.Process().create_time()) < 1.0
    True
    """
    try:  # psutil takes longer to be imported than all the rest of a Tracker to be made
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        boot_time = int(Path("/proc/stat").read_text().partition("\nbtime ")[2].split()[0])
        return boot_time + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        pass
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, OSError):
        return None


def _none() -> Any:
    """Where nothing is measured."""
