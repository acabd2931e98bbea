"""Scripts that log in a process of their own: to be forked, interrupted, killed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks, signals and limits of POSIX")

_BEGIN = """
import logging, os, random, signal, sys, threading, time
from tensorboard_candles import Tracker
from tensorboard_candles.writer import event_file
logdir = sys.argv[1]
logging.basicConfig()

def limit_files_to(size):  # a disk that is full: a write beyond it takes a part, or fails
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))
"""


def source(script: str) -> str:
    """The script, with what they all need at its beginning."""
    return _BEGIN + textwrap.dedent(script)


def run_script(
    script: str, logdir: Path | str, *, check: bool = True, within_secs: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a script to its end; it finds the log directory in `logdir`."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source(script), str(logdir)],
        capture_output=True, text=True, timeout=within_secs, check=check,
    )  # fmt: skip
