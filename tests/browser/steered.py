"""Trainings in processes of their own, that go on until they are told to stop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator

from tests.browser.tab import Tab

TRAINING = '''
"""Rolls down a parabola: `logdir run [steered [late]]`; late: once `logdir/go` is there."""
import os, sys, time
import numpy as np
from tensorboard_candles import Parameter, Tracker

logdir, run, *steered = sys.argv[1:]
with Tracker(project="p", logdir=logdir, run=run) as tracker:
    x = np.array(1.0)
    if steered:
        tracker.declare(lr=Parameter(0.125, least=0, most=1, help="Learning rate"), sign=True)

        @tracker.on_checkpoint
        def save():
            np.save(logdir + "/x.npy", x)
            return "x.npy"

    if "late" in steered:
        tracker.log({"loss": 1.0})
        while not os.path.exists(logdir + "/go"):
            time.sleep(0.05)
    for epoch in tracker.epochs(1000):
        for batch in tracker.batches(range(50)):
            lr = tracker.params.lr if steered else 0.125
            x = x - lr * 0.01 * x
            tracker.log({"loss": float(x), "lr": lr})
            time.sleep(0.02)
        if tracker.should_stop:
            break
'''

STEERED, PLAIN, KILLED = "p/steered", "p/plain", "p/killed"


class Trainings:
    """
    >>> trainings = Trainings(logdir)
    >>> trainings.start("p/steered", "steered")
    """

    def __init__(self, logdir: Path) -> None:
        self.logdir = logdir
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, run: str, *more: str) -> None:
        command = [sys.executable, "-c", TRAINING, str(self.logdir), run.removeprefix("p/"), *more]
        self._processes[run] = subprocess.Popen(command)

    def kill(self, run: str) -> None:
        self._processes[run].kill()
        self._processes[run].wait()

    def exit_code(self, run: str) -> int:
        return self._processes[run].wait(timeout=60)

    def end(self) -> None:
        for run in self._processes:
            self.kill(run)


def row(tab: Tab, run: str) -> Locator:
    """Of a training in the widget of progress."""
    return tab.widget("progress").locator(f'[data-testid="training"][data-run="{run}"]')


def state(tab: Tab, run: str) -> str:
    """Nothing while it is not in the list."""
    found: list[str] = row(tab, run).evaluate_all("(all) => all.map((e) => e.dataset.state)")
    return "".join(found)
