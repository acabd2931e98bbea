"""The process that looks after one that was started: its limits, its output, how it ended.

TensorBoard runs this file by itself (`python -I start.py FOLDER`, without the package) in a session of its
own, so that it outlives TensorBoard. It is told what to start on its standard input, and starts nothing
where that ends early: whoever starts it first writes down who it is, and then says what to do. So there is
no process that nobody knows of.

SIGTERM is passed on to the process and all that it started, SIGUSR1 kills them. What they print goes to
`output.log`, how the process ended to `exit.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from typing import Any

MOST_OUTPUT_BYTES = 8 * 2**20
"""Of `output.log`; then it becomes `output.1.log`, `output.2.log`…, of which the last is kept."""

NOT_STARTED = 127
"""Exit code where there is no such program, as of a shell."""

LOOK_EVERY_SECS = 0.2
LEFTOVERS_SECS = 5.0
"""How long what a process has started and left behind may take to end by itself, and then after SIGTERM."""

CPU_GRACE_SECS = 30
"""Between SIGXCPU and SIGKILL."""

WALL_GRACE_SECS = 60.0
"""Between SIGTERM and SIGKILL where its time is over."""


class Output:
    """`output.log` of a folder, of which the last 8 to 16 MiB are kept.

    >>> import tempfile
    >>> output = Output(tempfile.mkdtemp())
    >>> output.write(b"one line")
    >>> output.end
    8
    """

    def __init__(self, folder: str, most_bytes: int = MOST_OUTPUT_BYTES) -> None:
        self._folder, self._most_bytes = opened(folder), most_bytes
        self._full = max(full_parts(self._folder), default=0)
        self._open()

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open("output.log", flags, 0o600, dir_fd=self._folder)
        self._size = os.fstat(self._file).st_size

    @property
    def end(self) -> int:
        """Bytes that were ever written."""
        return self._full * self._most_bytes + self._size

    def write(self, chunk: bytes) -> None:
        while chunk:
            room = self._most_bytes - self._size
            written = os.write(self._file, chunk[:room])
            self._size += written
            chunk = chunk[written:]
            if self._size >= self._most_bytes:
                self._turn()

    def _turn(self) -> None:
        os.close(self._file)
        self._full += 1
        here = self._folder
        os.replace("output.log", f"output.{self._full}.log", src_dir_fd=here, dst_dir_fd=here)
        with contextlib.suppress(OSError):
            os.unlink(f"output.{self._full - 1}.log", dir_fd=here)
        self._open()

    def close(self) -> None:
        os.close(self._file)
        os.close(self._folder)


def opened(folder: str) -> int:
    """The directory itself, whatever its name leads to later; neither it nor what it is in may be a link."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    above = os.open(os.path.dirname(os.path.abspath(folder)), flags)
    try:
        return os.open(os.path.basename(os.path.abspath(folder)), flags, dir_fd=above)
    finally:
        os.close(above)


def full_parts(folder: str | int) -> list[int]:
    """Numbers of the full parts that are kept.

    >>> import tempfile
    >>> full_parts(tempfile.mkdtemp())
    []
    """
    parts = [name.split(".") for name in os.listdir(folder) if name.startswith("output.")]
    return sorted(int(part[1]) for part in parts if len(part) == 3 and part[1].isdigit() and part[2] == "log")


def write_json(folder: int, name: str, content: dict[str, Any]) -> None:
    """A whole file or none."""
    temporary = f".{name}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(temporary, flags, 0o644, dir_fd=folder), "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def main(folder: str) -> None:
    told = sys.stdin.buffer.readline()
    if not told.endswith(b"\n"):
        return  # whoever started this has ended
    job = json.loads(told)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    here, output = opened(folder), Output(folder)
    code, message = _run(job, output)
    ended = {"attempt": job["attempt"], "exit_code": code, "message": message, "time": time.time()}
    with contextlib.suppress(OSError):  # a full disk; then it isn't known how it ended
        write_json(here, "exit.json", ended)


def _run(job: dict[str, Any], output: Output) -> tuple[int, str]:
    process = None
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, lambda got, _: signals.append(got))
    signal.signal(signal.SIGHUP, lambda *_: None)  # what is ignored would be so in the process as well
    try:
        process = subprocess.Popen(
            job["command"],
            cwd=job["directory"],
            env={**os.environ, **job["environment"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: limit(job["limits"]),  # noqa: PLW1509, there is one thread here
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        message = f"{job['command'][0]} could not be started: {error}"
        _say(output, f"{message}\n".encode())
        return NOT_STARTED, message
    return _look_after(process, output, signals, job["limits"].get("wall_secs"))


def limit(limits: dict[str, int]) -> None:
    """Set the limits of this process, for good."""
    kinds = {"memory_bytes": resource.RLIMIT_DATA, "files": resource.RLIMIT_NOFILE}
    for name, kind in kinds.items():
        if name in limits:
            _set_limit(kind, limits[name], limits[name])
    if "cpu_secs" in limits:
        _set_limit(resource.RLIMIT_CPU, limits["cpu_secs"], limits["cpu_secs"] + CPU_GRACE_SECS)
    if "nice" in limits:
        os.nice(limits["nice"])


def _set_limit(kind: int, soft: int, hard: int) -> None:
    """So much, or what this machine allows where that is less: no user may go beyond it."""
    allowed = resource.getrlimit(kind)[1]
    if allowed != resource.RLIM_INFINITY:
        soft, hard = min(soft, allowed), min(hard, allowed)
    resource.setrlimit(kind, (soft, hard))


def _look_after(
    process: subprocess.Popen[bytes], output: Output, signals: list[int], wall_secs: float | None
) -> tuple[int, str]:
    """Until it has ended; its exit code, minus the signal where one ended it, and why we ended it."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    over_at = time.monotonic() + wall_secs if wall_secs is not None else float("inf")
    message, is_open = "", True
    while process.poll() is None:
        if is_open:
            is_open = _take(pipe, output, LOOK_EVERY_SECS)
        else:
            time.sleep(LOOK_EVERY_SECS)
        while signals:
            _signal_group(process.pid, signal.SIGKILL if signals.pop(0) == signal.SIGUSR1 else signal.SIGTERM)
        if time.monotonic() >= over_at:
            _signal_group(process.pid, signal.SIGKILL if message else signal.SIGTERM)
            message = f"stopped after its time of {wall_secs:g} s"
            over_at = time.monotonic() + WALL_GRACE_SECS
    _end_leftovers(process.pid, pipe, output)
    return process.returncode, message


def _end_leftovers(group: int, pipe: int, output: Output) -> None:
    """Wait for what it started and left behind, then end it; take what was printed to the last."""
    for number in (0, signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + LEFTOVERS_SECS
        if not _signal_group(group, number):
            break
        while _signal_group(group, 0) and time.monotonic() < until:
            if not _take(pipe, output, LOOK_EVERY_SECS):  # its end, where nothing is waited for any more
                time.sleep(LOOK_EVERY_SECS)
    while _take(pipe, output, 0.0):
        pass


def _take(pipe: int, output: Output, within_secs: float) -> bool:
    """Take what was printed; False at its end, or where there was nothing to be had at once."""
    ready, _, _ = select.select([pipe], [], [], within_secs)
    if not ready:
        return within_secs > 0
    chunk = os.read(pipe, 65536)
    _say(output, chunk)
    return bool(chunk)


def _say(output: Output, chunk: bytes) -> None:
    # A full disk must not end a training that could still go on.
    with contextlib.suppress(OSError):
        output.write(chunk)


def _signal_group(group: int, number: int) -> bool:
    """Whether there is anyone in the group to get it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1])
