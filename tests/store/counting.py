"""How much work a call is, counted rather than timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_in(function: Callable[[], object]) -> int:
    """How many calls, of Python's functions and of those in C, a call makes.

    >>> calls_in(lambda: [abs(1), abs(2)])
    3
    """
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count - 1  # without the last `setprofile`
