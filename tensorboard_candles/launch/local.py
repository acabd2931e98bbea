"""Experiments as processes of this machine."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorboard_candles.control.fields import shortened
from tensorboard_candles.control.files import LocalPlace
from tensorboard_candles.errors import BadControl, ExecutorFailed
from tensorboard_candles.launch import start
from tensorboard_candles.launch.executor import Handle, Job, Seen, variables, vector_of
from tensorboard_candles.launch.instances import MOST_MESSAGE

if TYPE_CHECKING:
    import psutil

SAME_START_SECS = 2.0
"""The system's clock is set now and then, and with it what is told of when a process began. No pid is used
again so soon."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    handle: Handle
    process: subprocess.Popen[bytes]
    told: bytes

    def go(self) -> None:
        assert self.process.stdin is not None
        try:
            with self.process.stdin as pipe:
                pipe.write(self.told)
        except BrokenPipeError:
            raise ExecutorFailed("the process that was to look after it has ended") from None

    def give_up(self) -> None:
        """What was to look after it ends, since nothing comes."""
        assert self.process.stdin is not None
        self.process.stdin.close()


@dataclass(slots=True)
class LocalExecutor:
    """A session of its own for each: it outlives TensorBoard, and is found again by whoever comes next.

    `start` runs beside each and looks after it. A process is the one that was started only if it began when
    that did: a number that the system has given to another since is never sent a signal.
    """

    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _reaping: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, job: Job) -> _Prepared:
        directory, limits = str(job.experiment.directory), asdict(job.experiment.limits)
        told = {
            "attempt": job.attempt,
            "command": vector_of(job, python=sys.executable, logdir=job.logdir, directory=directory),
            "directory": directory,
            "environment": variables(job, logdir=job.logdir),
            "limits": {name: value for name, value in limits.items() if value is not None},
        }
        with suppress(FileNotFoundError):
            (job.folder / "exit.json").unlink()
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", start.__file__, str(job.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise ExecutorFailed(f"no process can be started: {error}") from None
        self._let_go()
        with self._reaping:
            self._children.append(process)
        handle: Handle = {
            "pid": process.pid,
            "created": _created(process.pid),
            "attempt": job.attempt,
            "id": job.id,
        }
        return _Prepared(handle, process, json.dumps(told).encode() + b"\n")

    def look(self, handle: Handle, folder: Path) -> Seen:
        found = _supervisor(handle)
        ended = _ended(handle, folder)
        if ended or not found:
            self._let_go()
        if ended:
            return ended
        if found:
            return Seen("running")
        if _orphans(handle):
            return Seen("running", message="what looked after it has ended; its exit code won't be known")
        return Seen("gone", message="its process is gone, and nothing says how it ended")

    def _let_go(self) -> None:
        """Of those that have ended; while all run, none of them is asked."""
        with self._reaping:
            self._children = [child for child in self._children if child.poll() is None]

    def stop(self, handle: Handle) -> None:
        self._signal(handle, signal.SIGTERM, signal.SIGTERM)

    def kill(self, handle: Handle) -> None:
        self._signal(handle, signal.SIGUSR1, signal.SIGKILL)

    def forget(self, handle: Handle) -> None:
        """Nothing is left of a process that has ended."""

    def _signal(self, handle: Handle, to_supervisor: int, to_orphans: int) -> None:
        import psutil

        found = _supervisor(handle)
        for process in [found] if found else _orphans(handle):
            # it may have ended just now; psutil looks once more whether it is still the same
            with suppress(psutil.NoSuchProcess):
                process.send_signal(to_supervisor if found else to_orphans)


def _created(pid: int) -> float:
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        raise ExecutorFailed("the process that was to look after it has ended") from None


def _supervisor(handle: Handle) -> psutil.Process | None:
    """The very process that was started to look after it, if it is alive."""
    import psutil

    try:
        process = psutil.Process(int(handle["pid"]))
        is_same = abs(process.create_time() - float(handle["created"])) <= SAME_START_SECS
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, psutil.AccessDenied, KeyError, ValueError):
        return None


def _orphans(handle: Handle) -> list[psutil.Process]:
    """What is left of it where that process was killed: known by what it was told of itself."""
    import psutil

    me = psutil.Process()
    return [
        process
        for process in psutil.process_iter(["environ", "status"])
        if (process.info["environ"] or {}).get("CANDLES_INSTANCE") == handle.get("id")
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and process != me
    ]


def _ended(handle: Handle, folder: Path) -> Seen | None:
    said = _said(folder)
    code = said.get("exit_code")
    if said.get("attempt") != handle.get("attempt") or not isinstance(code, int):
        return None
    return Seen("ended", code, shortened(str(said.get("message", "")), MOST_MESSAGE))


def _said(folder: Path) -> Mapping[str, Any]:
    """What `exit.json` says; nothing where there is none."""
    try:
        text = LocalPlace(folder).read("exit.json")
        content = json.loads(text) if text else {}
    except (BadControl, OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
