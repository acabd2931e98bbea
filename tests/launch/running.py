"""Jobs that are small Python programs, and a launcher that runs them."""

from __future__ import annotations

import secrets
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tensorboard_candles.launch.declared import Declared, Experiment, declared_in
from tensorboard_candles.launch.executor import Executor, Handle, Job, Seen
from tests.support.server import eventually

BEGIN = "import os, sys, time, signal\n"


def program(text: str) -> list[str]:
    """A command that runs it; braces mean themselves."""
    return ["{python}", "-c", (BEGIN + textwrap.dedent(text)).replace("{", "{{").replace("}", "}}")]


def experiment(directory: Path, command: Sequence[str], **more: Any) -> Experiment:
    content = {"experiments": {"toy": {"command": list(command), **more}}}
    return declared_in(content, file="toy.toml", directory=directory).experiments["toy"]


def declared(directory: Path, running: int = 2, **experiments: Mapping[str, Any]) -> Declared:
    content = {"limits": {"running": running}, "experiments": experiments}
    return declared_in(content, file="toy.toml", directory=directory)


def job(where: Path, command: Sequence[str], *, attempt: int = 1, **more: Any) -> Job:
    """Of an instance that has a folder."""
    instance_id = secrets.token_hex(8)
    folder = where / instance_id
    folder.mkdir(parents=True)
    return Job(
        id=instance_id,
        attempt=attempt,
        experiment=experiment(where, command, **more),
        values={},
        name="a",
        logdir=str(where),
        folder=folder,
    )


def begun(executor: Executor, made: Job) -> Handle:
    prepared = executor.prepare(made)
    prepared.go()
    return prepared.handle


def ended(executor: Executor, handle: Handle, folder: Path) -> Seen:
    def look() -> Seen | None:
        seen = executor.look(handle, folder)
        return seen if seen.state in ("ended", "gone") else None

    found = eventually(look, within_secs=60, what="the end of the job")
    assert isinstance(found, Seen)
    return found
