"""What was computed of many series, kept for the next request."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from tensorboard_candles.store import Lineage, RunView, Series

T = TypeVar("T")


class Remembered(Generic[T]):
    """A value for each of the last questions about a series, as long as the series lives and its run stands.

    >>> from tensorboard_candles.events.points import no_points
    >>> series = Series.of("run", "loss", no_points())
    >>> run = RunView.of("run", "1", {"loss": series}, no_points())
    >>> remembered = Remembered[int](most=2)
    >>> for key in "abc":
    ...     remembered.keep(run, series, key, ord(key))
    >>> [remembered.known(run, series, key) for key in "abc"]
    [None, 98, 99]
    >>> remembered.known(RunView.of("run", "2", {"loss": series}, no_points()), series, "c") is None
    True
    """

    def __init__(self, *, most: int) -> None:
        """So many questions about each series."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[Lineage, dict[Hashable, tuple[str, T]]] = WeakKeyDictionary()

    def known(self, view: RunView, series: Series, key: Hashable) -> T | None:
        with self._lock:
            version, value = self._kept.get(series.lineage, {}).get(key, (None, None))
        return value if version == view.version else None

    def keep(self, view: RunView, series: Series, key: Hashable, value: T) -> None:
        with self._lock:
            kept = self._kept.setdefault(series.lineage, {})
            kept.pop(key, None)
            kept[key] = (view.version, value)
            while len(kept) > self._most:
                del kept[next(iter(kept))]
