"""Since when runs are as they are, so that of thousands only those that changed are told again."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_GONE = 10_000
"""Names that are remembered of runs that are no more."""
MOST_EXPERIMENTS = 16


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told to whoever asks."""

    mark: str
    """Of all that is known now, to be asked with the next time."""
    changed: Sequence[str] | None
    """Runs that are new, or others than they were; None where nobody knows what was told: all are to be."""
    gone: Sequence[str] = ()


class Told:
    """Counts changes of runs, and knows of each run by which of them it became what it is.

    >>> told = Told()
    >>> first = told.news({"a": "a1", "b": "b1"}, since="")
    >>> first.changed is None
    True
    >>> second = told.news({"a": "a2"}, since=first.mark)
    >>> second.changed, second.gone
    (['a'], ['b'])
    >>> told.news({"a": "a2"}, since=second.mark).changed
    []

    What it takes does not depend on how many ask, nor on how often.
    """

    def __init__(self, most_gone: int = MOST_GONE) -> None:
        self._lock = threading.Lock()
        # Marks of an earlier process must never look like this one's.
        self._nonce = secrets.token_hex(4)
        self._most_gone = most_gone
        self._changes = 0
        self._runs: dict[str, tuple[str, int]] = {}
        """Version of each, and the number of the change that brought it."""
        self._gone: OrderedDict[str, int] = OrderedDict()
        self._known_since = 0
        """Of changes before this one, not all names that went are remembered."""

    def news(self, versions: Mapping[str, str], *, since: str) -> News:
        """What is new since an earlier `mark`, given the versions of all runs that there are now.

        Where two ask at once with versions of different moments, runs that differ are told once too often,
        and never not at all.
        """
        with self._lock:
            self._note(versions)
            mark = f"{self._nonce}.{self._changes}"
            before = self._number_of(since)
            if before is None:
                return News(mark, None)
            changed = [name for name in versions if self._runs[name][1] > before]
            return News(mark, changed, [name for name, number in self._gone.items() if number > before])

    def _note(self, versions: Mapping[str, str]) -> None:
        runs = self._runs
        nothing = "", 0
        changed = [name for name, version in versions.items() if runs.get(name, nothing)[0] != version]
        went = runs.keys() - versions.keys()
        if not changed and not went:
            return
        self._changes += 1
        for name in changed:
            runs[name] = versions[name], self._changes
            self._gone.pop(name, None)
        for name in went:
            del runs[name]
            self._gone[name] = self._changes
        while len(self._gone) > self._most_gone:
            self._known_since = self._gone.popitem(last=False)[1]

    def _number_of(self, mark: str) -> int | None:
        nonce, _, number = mark.partition(".")
        if nonce != self._nonce or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return None
        return int(number) if self._known_since <= int(number) <= self._changes else None


class ToldByExperiment:
    """One for each of TensorBoard's experiments, whose runs may have the same names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: OrderedDict[str, Told] = OrderedDict()

    def of(self, experiment: str) -> Told:
        with self._lock:
            told = self._told.pop(experiment, None) or Told()
            self._told[experiment] = told
            if len(self._told) > MOST_EXPERIMENTS:
                self._told.popitem(last=False)
            return told
