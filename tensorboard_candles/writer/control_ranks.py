"""Several processes of one training obey between the same two batches: else one would wait for another.

Rank 0 alone hears commands. All count the points that they pass, which are the ends of batches; rank 0 says
at a point what is to be obeyed there and at which point it speaks next, about half a second later, and the
others wait for its word there. It travels through the store that `torch.distributed` was initialised with,
and not as a collective: a training in which just rank 0 asks its Tracker goes on as it would without us.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from tensorboard_candles.control.forms import Command
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.ranks import Rank, shared_store, this_rank

SYNC_SECS = 0.5
"""Between two points at which rank 0 speaks."""
MOST_POINTS = 10_000
"""Between two of them, however fast batches are."""
PATIENCE_SECS = 120.0
"""How long a rank waits for rank 0's word before it goes on without ever listening again."""

_SLOTS = 64
"""Words that are kept in the store; no rank is so many behind."""
_FOLLOWING, _GONE, _LEFT = "following", "gone", "left"

_log = logging.getLogger("tensorboard_candles")
_made: Counter[str] = Counter()


def place_in_store(project: str) -> str:
    """Where the ranks' Trackers find one another: the first that each made of a project belong together.

    >>> place_in_store("doc/cnn"), place_in_store("doc/cnn")
    ('candles/doc/cnn/0', 'candles/doc/cnn/1')
    """
    _made[project] += 1
    return f"candles/{project}/{_made[project] - 1}"


def agreement_of(place: str) -> Leader | Follower | Mute | None:
    """Of this process with the others, None where there are none; to be asked when all have begun."""
    rank, store = this_rank(), shared_store()
    if rank.count <= 1:
        return None
    if store is None:
        return Mute(rank)
    return Leader(place, store, rank) if rank.number == 0 else Follower(place, store, rank)


class Mute:
    """One of several processes that can't talk to one another."""

    is_immediate = False

    def __init__(self, rank: Rank) -> None:
        self._count = rank.count

    def rounds(self, control: Control) -> Iterator[Sequence[Command]]:
        control.take()
        yield ()

    def why_not(self) -> str | None:
        return (
            f"{self._count} processes train together and can't agree on when:"
            " torch.distributed is not initialised, or has no store"
        )

    def leave(self) -> None:
        pass


class _InStore:
    """What both sides of an agreement know. A store that fails is left: training goes on without it."""

    is_immediate = False

    def __init__(self, place: str, store: Any, rank: Rank) -> None:
        self._store = store
        self._place = place
        self._rank = rank
        self._points = 0
        self._next = 1
        self._number = 0
        self._has_left = False

    def _key(self, name: object) -> str:
        return f"{self._place}/{name}"

    def _fail(self, error: RuntimeError) -> None:
        self._has_left = True
        _log.warning("rank %s obeys nothing any more, the ranks' store failed: %s", self._rank.number, error)


class Leader(_InStore):
    """Rank 0, which says when."""

    def __init__(self, place: str, store: Any, rank: Rank) -> None:
        super().__init__(place, store, rank)
        self._followers = 0
        self._is_deserted = False
        self._gap, self._spoke_at = 1, 0.0

    def rounds(self, control: Control) -> Iterator[Sequence[Command]]:
        self._points += 1
        if self._points < self._next and not self._has_left:
            return
        yield self._told(control, control.take())
        while control.is_paused:
            commands = control.take(wait=True)
            if commands or not control.is_paused:
                yield self._told(control, commands)

    def why_not(self) -> str | None:
        if self._is_deserted or self._has_left:
            return "the ranks of this training have lost one another"
        missing = self._rank.count - 1 - self._followers
        return f"{missing} of {self._rank.count} ranks don't use tracker.batches" if missing > 0 else None

    def leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            with suppress(RuntimeError):  # of a job that is torn down
                self._store.set(self._key(_LEFT), b"1")

    def _told(self, control: Control, commands: Sequence[Command]) -> Sequence[Command]:
        """What all are to obey here, the others having been told."""
        try:
            if not self._has_left:
                self._followers = self._store.add(self._key(_FOLLOWING), 0)
                self._is_deserted = self._is_deserted or self._store.check([self._key(_GONE)])
                obeyed = () if self.why_not() else commands
                self._tell(control, obeyed)
        except RuntimeError as error:
            self._fail(error)
        if reason := self.why_not():
            for command in commands:
                control.refuse(command, reason)
            return ()
        return commands

    def _tell(self, control: Control, commands: Sequence[Command]) -> None:
        took_secs = time.monotonic() - self._spoke_at
        # at most twice as far as the last time: the first batches may be of another speed
        most = min(2 * self._gap, MOST_POINTS) if self._number else 1
        self._gap = min(max(int(self._gap * SYNC_SECS / max(took_secs, 1e-6)), 1), most)
        self._spoke_at, self._next = time.monotonic(), self._points + self._gap
        told = [asdict(command) for command in commands]
        word = {
            "number": self._number, "next": self._next, "is_paused": control.is_paused, "commands": told
        }  # fmt: skip
        self._store.set(self._key(self._number % _SLOTS), json.dumps(word))
        self._number += 1


class Follower(_InStore):
    """Another rank, which listens."""

    def __init__(self, place: str, store: Any, rank: Rank) -> None:
        super().__init__(place, store, rank)
        try:
            store.add(self._key(_FOLLOWING), 1)
        except RuntimeError as error:
            self._fail(error)

    def rounds(self, control: Control) -> Iterator[Sequence[Command]]:
        self._points += 1
        control.take()
        if self._points < self._next:
            return
        if not self._has_left:
            yield self._heard(control)
        while control.is_paused and not self._has_left:
            yield self._heard(control)
        if self._has_left:
            control.release()

    def why_not(self) -> str | None:
        return "rank 0 alone is asked"

    def leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            with suppress(RuntimeError):  # of a job that is torn down
                self._store.set(self._key(_GONE), b"1")

    def _heard(self, control: Control) -> Sequence[Command]:
        """Rank 0's next word; nothing where there is none any more."""
        try:
            word = self._waited_for(math.inf if control.is_paused else PATIENCE_SECS)
        except RuntimeError as error:
            self._fail(error)
            return ()
        if word is None:
            self.leave()
            return ()
        self._number, self._next = self._number + 1, word["next"]
        control.is_paused = word["is_paused"]
        return [Command(**command) for command in word["commands"]]

    def _waited_for(self, patience_secs: float) -> dict[str, Any] | None:
        deadline, pause_secs = time.monotonic() + patience_secs, 0.001
        while not (word := self._word()):
            if self._store.check([self._key(_LEFT)]):
                return None
            if time.monotonic() > deadline:
                _log.warning(
                    "rank %s has heard nothing of rank 0 for %g s and obeys nothing from now on;"
                    " each rank has to use tracker.batches alike, or none", self._rank.number, patience_secs,
                )  # fmt: skip
                return None
            time.sleep(pause_secs)
            pause_secs = min(2 * pause_secs, 0.1)
        return word

    def _word(self) -> dict[str, Any] | None:
        key = self._key(self._number % _SLOTS)
        if not self._store.check([key]):
            return None
        word: dict[str, Any] = json.loads(self._store.get(key))
        return word if word["number"] == self._number else None
