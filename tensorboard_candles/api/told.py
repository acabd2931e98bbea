"""What was told already, so that of thousands of runs only those that changed are told again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

MOST_KEPT = 16


class Told:
    """Which version each run had in the answers of late.

    >>> told = Told()
    >>> told.note("v1", {"a": "a1", "b": "b1"})
    >>> told.at("v1")
    {'a': 'a1', 'b': 'b1'}
    >>> told.at("v0") is None
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def note(self, version: str, runs: Mapping[str, str]) -> None:
        """Runs and their versions, as answered under a version of all."""
        with self._lock:
            before = self._told.pop(version, None)
            if before is not None:
                # A run that changed in between: of whom asks again, nobody knows which one was told.
                runs = {
                    name: of_run if before.get(name) == runs.get(name) else ""
                    for name, of_run in {**before, **runs}.items()
                }
            self._told[version] = runs
            while len(self._told) > MOST_KEPT:
                self._told.popitem(last=False)

    def at(self, version: str) -> Mapping[str, str] | None:
        with self._lock:
            return self._told.get(version)
