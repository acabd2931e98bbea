"""What a run tells of itself, and what became of the commands that it was sent: the dashboard's side.

Looks are cheap: a file is read again only where its directory tells that it is another one. So a thousand
runs may be asked for every second.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypeVar

from tensorboard_candles.control.files import DIRECTORY, STATUS, ControlFiles, LocalPlace
from tensorboard_candles.control.forms import Answer, Command, State, Status
from tensorboard_candles.control.heart import MISSED_BEATS, Heart, pause_secs
from tensorboard_candles.errors import BadControl

LONGEST_TIMEOUT_SECS = 3600.0
_MOST_TOLD = 20
"""Commands of a run, the last ones."""
_MOST_TAKEN_BACK = 100
_YOUNG_SECS = 2.0
"""What changed so lately may have changed again within one tick of the file system's clock."""
_REST_SECS = 0.2
"""Looks of several pages at once are one look."""
_FAR_REST_SECS = 2.0
_FIRST_LOOK_SECS = 1.0

_Form = TypeVar("_Form", Command, Answer)
RunState: TypeAlias = State | Literal["dead", "silent"]
CommandState: TypeAlias = Literal["sent", "seen", "done", "refused", "timed out"]


@dataclass(frozen=True, slots=True)
class ToldCommand:
    """A command, and what became of it."""

    command: Command
    state: CommandState
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class ToldRun:
    """What is known of a run at one moment; it is `silent` where it never told anything."""

    state: RunState
    heard_secs_ago: float | None = None
    status: Status | None = None
    commands: tuple[ToldCommand, ...] = ()
    """The last ones, in the order in which they were sent."""
    problem: str = ""
    """What could not be read, and why."""


class Marks(Protocol):
    """Cheap signs of change: where one stays, what it stands for does. None stands for nothing there."""

    def status(self) -> Hashable: ...

    def commands(self) -> Hashable: ...


class Listener:
    """One run's control files, kept in mind from look to look.

    >>> import tempfile
    >>> Listener.of(Path(tempfile.mkdtemp())).look().state
    'silent'
    """

    def __init__(self, files: ControlFiles, marks: Marks, *, rest_secs: float = _REST_SECS) -> None:
        self.files = files
        self._marks = marks
        self._rest_secs = rest_secs
        self._lock = threading.Lock()
        self._heart = Heart()
        self._status: Status | None = None
        self._commands: dict[str, Command] = {}
        self._answers: dict[str, Answer] = {}
        self._found_overdue: set[str] = set()
        self._taken_back: dict[str, Command] = {}
        self._seen_status: Hashable = None
        self._seen_commands: Hashable = None
        self._problem = ""
        self._unread = ""
        """Why a command or an answer could not be read; it is tried again when its directory changes."""
        self._looked_at = -math.inf

    @classmethod
    def of(cls, directory: Path) -> Listener:
        place = LocalPlace(directory / DIRECTORY)
        return cls(ControlFiles(place), LocalMarks(place.root))

    def look(self) -> ToldRun:
        """What there is now."""
        now, wall = time.monotonic(), time.time()
        with self._lock:
            if now - self._looked_at >= self._rest_secs:
                self._look(now, wall)
            return self._told(now, wall)

    def overdue(self) -> list[str]:
        """Commands that nobody saw in time; they are to be taken back, lest somebody obey them later."""
        wall = time.time()
        with self._lock:
            unseen = [command for command in self._commands.values() if command.id not in self._answers]
            return [command.id for command in unseen if self._is_late(command, wall)]

    def is_newly_overdue(self, told: ToldRun) -> bool:
        """Whether a look found a command of that kind that the look before did not."""
        before = self._found_overdue
        late = [one for one in told.commands if one.state == "timed out" and one.answer is None]
        self._found_overdue = {one.command.id for one in late}
        return bool(self._found_overdue - before)

    def note_change(self) -> None:
        """The next look is one: a command was sent."""
        with self._lock:
            self._seen_commands = None
            self._looked_at = -math.inf

    def _look(self, now: float, wall: float) -> None:
        self._looked_at = now
        self._problem = ""
        try:
            self._read_status()
            self._read_commands(wall)
        except (BadControl, OSError) as error:
            self._problem = str(error)
        if self._status:
            self._heart.hear(self._status, now=now, wall=wall)

    def _read_status(self) -> None:
        mark = self._marks.status()
        if mark is None or mark != self._seen_status:
            self._status = self.files.status() if mark is not None else None
            self._seen_status = mark

    def _read_commands(self, wall: float) -> None:
        mark = self._marks.commands()
        # While one is waited for, its directory is listed: a network file system may tell of it by old marks.
        if mark == self._seen_commands and not self._is_waiting(wall):
            return
        self._unread = ""
        ids = self.files.commands() if mark is not None else []
        found = {one: self._commands.get(one) or self._read(self.files.command, one) for one in ids}
        for one, command in self._commands.items():
            if one not in found:
                self._taken_back[one] = command
        while len(self._taken_back) > _MOST_TAKEN_BACK:
            del self._taken_back[next(iter(self._taken_back))]
        self._commands = {one: command for one, command in found.items() if command}
        self._read_answers()
        self._seen_commands = mark

    def _is_waiting(self, wall: float) -> bool:
        told = (self._told_command(command, wall) for command in self._commands.values())
        return any(one.state in ("sent", "seen") for one in told)

    def _read(self, read: Callable[[str], _Form | None], command_id: str) -> _Form | None:
        try:
            return read(command_id)
        except BadControl as error:  # one that can't be read hides no other
            self._unread = str(error)
            return None

    def _read_answers(self) -> None:
        known = self._commands.keys() | self._taken_back.keys()
        final = {one: answer for one, answer in self._answers.items() if answer.state != "seen"}
        self._answers = {one: answer for one, answer in final.items() if one in known}
        for one in self.files.answers():
            if one in known and one not in final and (answer := self._read(self.files.answer, one)):
                self._answers[one] = answer

    def _told(self, now: float, wall: float) -> ToldRun:
        commands = sorted(
            [*self._taken_back.values(), *self._commands.values()], key=lambda one: one.sent_time
        )
        told = tuple(self._told_command(command, wall) for command in commands[-_MOST_TOLD:])
        problem = self._problem or self._unread
        if self._status is None:
            return ToldRun("silent", commands=told, problem=problem)
        state = "dead" if self._heart.is_dead(now) else self._status.state
        return ToldRun(state, self._heart.silent_secs(now), self._status, told, problem)

    def _told_command(self, command: Command, wall: float) -> ToldCommand:
        answer = self._answers.get(command.id)
        if answer and answer.state != "seen":
            return ToldCommand(command, answer.state, answer)
        if command.id in self._taken_back or self._is_late(command, wall):
            return ToldCommand(command, "timed out", answer)
        return ToldCommand(command, "seen" if answer else "sent", answer)

    def _is_late(self, command: Command, wall: float) -> bool:
        # What was for an earlier session nobody obeys any more.
        is_of_another = self._status is not None and self._status.session != command.session
        return is_of_another or wall - command.sent_time > min(command.timeout_secs, LONGEST_TIMEOUT_SECS)


class LocalMarks:
    """Of files of this machine, by what their directories say of them."""

    def __init__(self, root: Path) -> None:
        self._status = str(root / STATUS)
        self._folders = str(root / "commands"), str(root / "answers")

    def status(self) -> Hashable:
        return _state_of(self._status)

    def commands(self) -> Hashable:
        commands, answers = map(_state_of, self._folders)
        if not commands and not answers:
            return None
        newest_secs = max(state[1] for state in (commands, answers) if state) / 1e9
        return commands, answers, object() if time.time() - newest_secs < _YOUNG_SECS else None


def _state_of(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class FarMarks:
    """Of files elsewhere: nothing tells more cheaply than reading them whether they changed."""

    def status(self) -> Hashable:
        return object()

    def commands(self) -> Hashable:
        return object()


class FarListener(Listener):
    """Of a run elsewhere: looks happen in a thread of their own, and nobody waits long for one.

    So long as none comes to its end the last one counts, and the run grows silent.
    """

    def __init__(self, files: ControlFiles) -> None:
        super().__init__(files, FarMarks(), rest_secs=_FAR_REST_SECS)
        self._last = ToldRun("silent")
        self._last_at = -math.inf
        self._is_looking = threading.Lock()
        self._first = threading.Event()

    def look(self) -> ToldRun:
        now = time.monotonic()
        if now - self._last_at >= self._rest_secs and self._is_looking.acquire(blocking=False):
            threading.Thread(target=self._look_far, name="candles-control", daemon=True).start()
        self._first.wait(_FIRST_LOOK_SECS)
        return _aged(self._last, now - self._last_at)

    def _look_far(self) -> None:
        try:
            self._last = super().look()
            self._last_at = time.monotonic()
        finally:
            self._first.set()
            self._is_looking.release()


def _aged(told: ToldRun, secs: float) -> ToldRun:
    """What that is some time later, when nothing more was heard."""
    if told.status is None or told.heard_secs_ago is None:
        return told
    silent_secs = told.heard_secs_ago + max(0.0, secs)
    is_dead = told.state not in ("ended", "failed") and silent_secs > MISSED_BEATS * pause_secs(told.status)
    return replace(told, state="dead" if is_dead else told.state, heard_secs_ago=silent_secs)
