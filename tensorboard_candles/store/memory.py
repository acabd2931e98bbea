"""A budget for the points in memory: past it, those of runs that no one looks at move to disk.

Points that lie on disk are mapped, so that a close look reads back what it touches and no more; the summaries
of blocks, from which overviews are made, stay in memory.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from tensorboard_candles.store.scratch import Scratch

_BYTES_PER_POINT = 20
"""At most; most take 12."""
_KEPT_FREE = 16
"""One part in so many of the budget is free once points were moved: not every window must move some more."""
_QUIET_LOOKS = 5
"""After so many looks that brought nothing, columns give back the room at their ends."""
_UNKNOWN_BYTES = 4 << 30
"""Memory that is assumed where the system does not tell."""

ScratchFor: TypeAlias = "Callable[[int], Scratch | None]"
"""Where on disk so many more points belong; None where memory has room for them."""


def in_memory(points: int) -> None:
    """A `ScratchFor` that knows no budget."""


class Holder(Protocol):
    """Who holds points: a run."""

    @property
    def changes(self) -> int:
        """Rises with every change."""
        ...

    @property
    def asked_at(self) -> float:
        """When somebody last looked closely at what it holds; -inf where nobody did."""
        ...

    def move_to(self, scratch: Scratch) -> None: ...

    def trim(self) -> None:
        """Give back memory that is not used."""
        ...


@dataclass(slots=True)
class _Held:
    """What is known of a holder."""

    movable_bytes: int = 0
    grew_at: int = 0
    """Of which the order is all that counts."""
    changes: int = -1
    quiet_looks: int = 0


class Memory:
    """Moves points to disk past a budget: those that no one asked for lately, before those that grow.

    `budget_bytes` is by default half of the memory that this process may have. Files lie in `directory`, see
    `Scratch`. Any thread may call; one that holds a holder's lock may only `count`.
    """

    def __init__(self, budget_bytes: int | None = None, directory: Path | None = None) -> None:
        self.budget_bytes = budget_bytes or usable_bytes() // 2
        self.scratch = Scratch(directory)
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        self._clock = itertools.count(1)
        self._held: dict[Holder, _Held] = {}
        self._held_bytes = 0

    @property
    def held_bytes(self) -> int:
        """Bytes of points in memory."""
        return self._held_bytes

    def count(self, holder: Holder, movable_bytes: int) -> None:
        """What a holder has in memory now, of what can be moved."""
        with self._lock:
            held = self._held.setdefault(holder, _Held())
            if movable_bytes > held.movable_bytes:
                held.grew_at = next(self._clock)
            self._held_bytes += movable_bytes - held.movable_bytes
            held.movable_bytes = movable_bytes

    def follow(self, holders: Iterable[Holder]) -> None:
        """A look begins: these are all holders that there are."""
        with self._lock:
            self._held = {holder: self._held.get(holder) or _Held() for holder in holders}
            self._held_bytes = sum(held.movable_bytes for held in self._held.values())
            quiet = [holder for holder, held in self._held.items() if _is_quiet_now(holder, held)]
        for holder in quiet:
            holder.trim()

    def scratch_for(self, points: int) -> Scratch | None:
        """Where on disk so many more points belong; None where memory has room for them."""
        is_room = self._held_bytes + points * _BYTES_PER_POINT <= self.budget_bytes
        return None if is_room else self.scratch

    def make_room(self) -> None:
        """Move points to disk, if the budget is exceeded; to be called by who reads more of them.

        One thread moves, and the others wait: were they to read on, the disk might not keep up with them.
        """
        if self._is_exceeded():
            with self._moving:
                for holder in self._coldest_first() if self._is_exceeded() else []:
                    holder.move_to(self.scratch)
                    if self._held_bytes <= self.budget_bytes - self.budget_bytes // _KEPT_FREE:
                        break

    def _is_exceeded(self) -> bool:
        return self._held_bytes > self.budget_bytes and not self.scratch.is_full

    def _coldest_first(self) -> list[Holder]:
        with self._lock:
            movable = [(holder, held) for holder, held in self._held.items() if held.movable_bytes]
            movable.sort(key=lambda pair: (pair[0].asked_at, pair[1].grew_at))
            return [holder for holder, _ in movable]


def _is_quiet_now(holder: Holder, held: _Held) -> bool:
    """Whether it became quiet with this look."""
    held.quiet_looks = held.quiet_looks + 1 if holder.changes == held.changes else 0
    held.changes = holder.changes
    return held.quiet_looks == _QUIET_LOOKS


def usable_bytes() -> int:
    """Memory that this process may have: the machine's, or less where a limit says so."""
    return min([*_machine_bytes(), *_process_limits(), *_group_limits()], default=_UNKNOWN_BYTES)


def _machine_bytes() -> Iterator[int]:
    # Windows has no sysconf.
    if hasattr(os, "sysconf"):
        yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _process_limits() -> Iterator[int]:
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        limit, _ = resource.getrlimit(kind)
        if limit != resource.RLIM_INFINITY:
            yield limit


def _group_limits(
    proc: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> Iterator[int]:
    """Limits of the control groups that this process is in, and of those around them; of either version."""
    try:
        lines = proc.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "memory"):
            top = root / controllers
            group = top / path.lstrip("/")
            for directory in (group, *group.parents):
                yield from _limit_of(directory)
                if directory == top:
                    break


def _limit_of(group: Path) -> Iterator[int]:
    for name in ("memory.max", "memory.limit_in_bytes"):
        try:
            yield int((group / name).read_text())
        except (OSError, ValueError):  # no such file, or "max"
            continue
