"""`GET config`: what this dashboard is and may do."""

from __future__ import annotations

from typing import Any

from tensorboard_candles import metadata


def config(logdir: str) -> dict[str, Any]:
    """Version, rights and place of this dashboard.

    >>> config("runs")["logdir"]
    'runs'
    """
    return {"version": metadata.VERSION, "control": False, "launch": False, "logdir": logdir}
