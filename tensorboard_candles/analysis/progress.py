"""How far long work is, told by whoever does it to whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then by what takes long, from the thread that does the work.

    >>> def squares(count: int, progress: Progress = untold) -> list[int]:
    ...     found = []
    ...     for number in range(count):
    ...         progress(number, count, "squares")
    ...         found.append(number**2)
    ...     return found
    >>> squares(3)
    [0, 1, 4]

    Raises `Cancelled` where nobody waits for the result any more: let it pass.
    """

    def __call__(self, done: float, total: float, what: str = "") -> None: ...


def untold(done: float, total: float, what: str = "") -> None:
    """Progress that nobody wants to know of."""
