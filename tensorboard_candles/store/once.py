"""All that a log directory holds, read once to its end."""

from __future__ import annotations

import time

from tensorboard_candles.events import log_roots
from tensorboard_candles.store.local import LocalSource

_PAUSE_SECS = 0.1


def read_once(logdir: str) -> LocalSource:
    """The runs below a directory, or a URL such as s3://bucket/runs, as they are now.

    >>> [run.name for run in read_once("no such directory").runs()]
    []
    """
    source = LocalSource(log_roots(logdir, ""), poll_secs=None)
    source.refresh()
    while source.loading().done < source.loading().total:  # a server is slow to list what it has
        time.sleep(_PAUSE_SECS)
        source.refresh()
    return source
