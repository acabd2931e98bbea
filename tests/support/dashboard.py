"""Asks a training what the dashboard asks, by the same files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Answer, Command, Status
from tests.support.server import eventually

WITHIN_SECS = 60.0


def tells(told: Mapping[str, Any], state: str) -> bool:
    """Whether a training says over HTTP that it is so; one that runs, what it obeys as well.

    Before its loop has begun it can't say that yet.

    >>> tells({"state": "running", "status": {"obeys": []}}, "running")
    False
    """
    return told["state"] == state and (
        state != "running" or {"stop", "pause"} <= set(told["status"]["obeys"])
    )


class Dashboard:
    """Of one run."""

    def __init__(self, run_dir: Any, files: ControlFiles | None = None) -> None:
        self.files = files or ControlFiles.of(run_dir)
        self._count = 0

    def status(self, fits: Callable[[Status], bool] = lambda status: True) -> Status:
        def found() -> Status | None:
            status = self.files.status()
            return status if status is not None and fits(status) else None

        status: Status = eventually(found, within_secs=WITHIN_SECS, what="a status that fits")
        return status

    def send(self, command: Any, **more: Any) -> str:
        """Its id."""
        self._count += 1
        session = more.pop("session", None) or self.status().session
        sent = Command(f"{self._count:016x}", session, command, sent_time=self._count, by="::1", **more)
        self.files.send(sent)
        return sent.id

    def answer(self, command_id: str) -> Answer:
        """The last one."""

        def final() -> Answer | None:
            answer = self.files.answer(command_id)
            return answer if answer is not None and answer.state != "seen" else None

        answer: Answer = eventually(final, within_secs=WITHIN_SECS, what=f"an answer to {command_id}")
        return answer

    def ask(self, command: Any, **more: Any) -> tuple[str, str]:
        answer = self.answer(self.send(command, **more))
        return answer.state, answer.message
