"""Lines of logs: texts under `logs/<level>`, by any writer. Where they stand; `texts` reads their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

LineArray: TypeAlias = npt.NDArray[Any]
"""Of `LINE`."""

LINE = np.dtype(
    [
        ("wall_time", "<f8"),
        ("step", "<i8"),
        ("offset", "<i8"),
        ("size", "<u4"),
        ("index", "<u4"),
        ("level", "<u4"),
    ]
)
"""`offset` and `size` are of the record in its file, in bytes, `index` is which of the event's values it is,
and `level` which of the levels."""

Line: TypeAlias = tuple[float, int, int, int, int, str]
"""Wall time, step, offset, size, index and level."""

_PREFIX = "logs/"
_SUFFIX = "/text_summary"
"""What torch and tensorboardX put behind the tag of a text."""
_LONGEST_LEVEL = 40
_MOST_LEVELS = 100
_OTHER = "other"


def level_of(tag: str) -> str | None:
    """The level of a line under this tag; None where it is no line of logs.

    >>> level_of("logs/WARNING"), level_of("logs/info/text_summary"), level_of("val/predictions")
    ('warning', 'info', None)
    """
    if not tag.startswith(_PREFIX):
        return None
    level = tag[len(_PREFIX) :].removesuffix(_SUFFIX)
    is_level = 0 < len(level) <= _LONGEST_LEVEL and "/" not in level
    return level.lower() if is_level else None


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """In the order of their file."""

    rows: LineArray
    levels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @staticmethod
    def of(rows: Iterable[Line]) -> Lines:
        """Of wall time, step, offset, size, index and level of each.

        >>> lines = Lines.of([(1.5, 3, 0, 90, 0, "info"), (1.6, 4, 90, 95, 0, "warning")])
        >>> lines.rows["level"], lines.levels
        (array([0, 1], dtype=uint32), ('info', 'warning'))
        """
        numbers: dict[str, int] = {}
        found = [(*place, _number(numbers, level)) for *place, level in rows]
        return Lines(np.array(found, LINE), tuple(numbers))

    def plus(self, later: Lines) -> Lines:
        if not len(later):
            return self
        numbers = {level: number for number, level in enumerate(self.levels)}
        renumbered = np.array([_number(numbers, level) for level in later.levels], np.uint32)
        rows = np.concatenate([self.rows, later.rows])
        rows["level"][len(self) :] = renumbered[later.rows["level"]]
        return Lines(rows, tuple(numbers))

    def moved(self, by: int) -> Lines:
        """The same, with offsets that count from elsewhere."""
        rows = self.rows.copy()
        rows["offset"] += by
        return Lines(rows, self.levels)


def no_lines() -> Lines:
    return _NONE


def lines_of(ordered: Sequence[tuple[int, Line]]) -> Lines:
    """Lines that each have a place, in the order of those."""
    if not ordered:
        return _NONE
    return Lines.of(line for _, line in sorted(ordered, key=lambda one: one[0]))


def _number(numbers: dict[str, int], level: str) -> int:
    if level not in numbers and len(numbers) >= _MOST_LEVELS:
        level = _OTHER
    return numbers.setdefault(level, len(numbers))


_NONE = Lines(np.empty(0, LINE), ())
