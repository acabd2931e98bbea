"""Strict reading of a JSON object that anybody may have written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, TypeVar

from tensorboard_candles.errors import BadControl

NAME_LENGTH = 64
TEXT_LENGTH = 500
"""Of messages, helps, choices and paths, in characters; whoever writes longer ones shortens them."""

_MOST_WHOLE = 2**63
_Literal = TypeVar("_Literal", bound=str)
_Found = TypeVar("_Found")


def is_number(value: object) -> TypeGuard[float | int]:
    """Whether it is a finite number, and no bool; whole ones within 64 bits.

    >>> is_number(3), is_number(0.5), is_number(True), is_number(math.nan), is_number(10**400)
    (True, True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else -_MOST_WHOLE <= value < _MOST_WHOLE


def shortened(text: str, length: int) -> str:
    """The text, its end cut off where it is longer, and without what no UTF-8 can hold.

    >>> shortened("a long text", 8), shortened("\\ud800", 10)
    ('a long …', '\\\\ud800')
    """
    clean = text.encode(errors="backslashreplace").decode()
    return clean if len(clean) <= length else clean[: length - 1] + "…"


class Fields:
    """What an object holds, by name; what is not as it must be is BadControl.

    >>> Fields("status", {"beat": -1}).count("beat")
    Traceback (most recent call last):
    tensorboard_candles.errors.BadControl: status: beat must be a whole number from 0, got -1
    """

    def __init__(self, what: str, decoded: Mapping[str, Any]) -> None:
        self.what = what
        """It is called so in errors."""
        self.all = decoded

    def get(self, name: str) -> Any:
        return self.all.get(name)

    def bad(self, name: str, expected: str) -> BadControl:
        return BadControl(f"{self.what}: {name} must be {expected}, got {self.get(name)!r:.80}")

    def maybe(self, read: Callable[[str], _Found], name: str) -> _Found | None:
        """What that reads; None where there is nothing."""
        return None if self.get(name) is None else read(name)

    def number(self, name: str) -> float:
        found = self.get(name)
        if not is_number(found):
            raise self.bad(name, "a finite number")
        return found

    def at_least_0(self, name: str) -> float:
        found = self.number(name)
        if found < 0:
            raise self.bad(name, ">= 0")
        return found

    def whole(self, name: str) -> int:
        found = self.get(name)
        if not is_number(found) or not isinstance(found, int):
            raise self.bad(name, "a whole number")
        return found

    def count(self, name: str) -> int:
        found = self.get(name)
        if not is_number(found) or not isinstance(found, int) or found < 0:
            raise self.bad(name, "a whole number from 0")
        return found

    def text(self, name: str, length: int) -> str:
        found = self.get(name)
        if not is_text(found, length):
            raise self.bad(name, f"a text of at most {length} characters")
        return found

    def value(self, name: str, length: int = 500) -> float | int | bool | str:
        """Of a parameter."""
        found = self.get(name)
        if not isinstance(found, bool) and not is_number(found) and not is_text(found, length):
            raise self.bad(name, "a finite number, a bool or a text")
        return found

    def one_of(self, name: str, known: tuple[_Literal, ...]) -> _Literal:
        found = self.get(name)
        for one in known:
            if found == one:
                return one
        raise self.bad(name, f"one of {', '.join(known)}")

    def within(self, name: str) -> Fields:
        found = self.get(name)
        if not isinstance(found, dict):
            raise self.bad(name, "an object")
        return Fields(f"{self.what}: {name}", found)

    def several(self, name: str, most: int) -> list[Fields]:
        found = self.get(name)
        if (
            not isinstance(found, list)
            or len(found) > most
            or not all(isinstance(one, dict) for one in found)
        ):
            raise self.bad(name, f"a list of at most {most} objects")
        return [Fields(f"{self.what}: {name}[{at}]", one) for at, one in enumerate(found)]

    def texts(self, name: str, most: int, length: int) -> list[str]:
        found = self.get(name)
        if not isinstance(found, list) or len(found) > most or not all(is_text(one, length) for one in found):
            raise self.bad(name, f"a list of at most {most} texts")
        return found


def is_text(found: object, length: int) -> TypeGuard[str]:
    """Whether it is one, of at most so many characters, that UTF-8 can hold."""
    if not isinstance(found, str) or len(found) > length:
        return False
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True
