"""Runs in a bucket, as readers of it see them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tensorboard_candles import Tracker
from tensorboard_candles.events import log_roots
from tensorboard_candles.store import LocalSource
from tensorboard_candles.writer.remote.directory import RemoteDir


def tracker(logdir: str, run: str = "r", **options: Any) -> Tracker:
    return Tracker("p", logdir=logdir, run=run, **options)


def shown(logdir: str | Path, tag: str = "loss", run: str = "p/r") -> dict[int, float]:
    """What our own reader makes of a run: a value at each step, in the order of steps."""
    source = LocalSource(log_roots(str(logdir), ""))
    source.refresh()
    series = source.run(run).series[tag]
    steps = series.step[:].tolist()
    assert len(set(steps)) == len(steps)
    return dict(zip(steps, series.value.tolist(), strict=True))


def names(logdir: str) -> list[str]:
    """The event files of the run."""
    return (RemoteDir(logdir) / "p" / "r").connect().names()


def spools() -> list[Path]:
    """What lies on this machine to be sent."""
    return sorted((Path(os.environ["XDG_CACHE_HOME"]) / "tensorboard_candles" / "spool").glob("*"))
