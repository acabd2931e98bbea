"""Launchers on one log directory, and what is asked of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tensorboard_candles.launch.declared import Declared
from tensorboard_candles.launch.instances import Instance
from tensorboard_candles.launch.launcher import Launcher
from tests.launch.running import declared, program
from tests.support.server import eventually

WAITS = program("print('ready', flush=True); time.sleep(600)")
LR = {"lr": {"kind": "float", "default": 0.1, "least": 0.0, "most": 1.0}}


class Desk:
    """Launchers on one log directory, as dashboards that come and go."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.logdir = where / "logs"
        self.launchers: list[Launcher] = []

    def open(self, what: Declared, *, user: str = "user", begins: bool = True) -> Launcher:
        launcher = Launcher(what, logdir=str(self.logdir), user_state=self.where / user)
        if begins:
            launcher.begin()
        self.launchers.append(launcher)
        return launcher

    def close(self, launcher: Launcher) -> None:
        self.launchers.remove(launcher)
        launcher.end()


def has_ended(launcher: Launcher) -> bool:
    return not active_in(launcher)


def active_in(launcher: Launcher) -> list[Instance]:
    active = ("queued", "starting", "running", "stopping")
    return [one for one in launcher.instances() if one.is_ours and one.state in active]


def toy(where: Path, *, running: int = 2, **more: Any) -> Declared:
    where.mkdir(exist_ok=True)
    return declared(where, running, toy={"command": WAITS, **more})


def states(launcher: Launcher) -> list[str]:
    return [one.state for one in launcher.instances()]


def wait_for(launcher: Launcher, *expected: str) -> None:
    def look() -> bool:
        return states(launcher) == list(expected)

    eventually(look, what=f"{expected} (now {states(launcher)})")


def one(launcher: Launcher, instance_id: str) -> Instance:
    return next(found for found in launcher.instances() if found.id == instance_id)
