"""Parameters of an experiment: what each may be, and how it stands in a command."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tensorboard_candles.errors import BadRequest

Kind = Literal["int", "float", "bool", "choice", "text"]
Scale = Literal["linear", "log"]
Value: TypeAlias = "int | float | bool | str"

MOST_TEXT = 1000
"""Characters of a text."""

MOST_WHOLE = 2**63


@dataclass(frozen=True, slots=True)
class Parameter:
    """One that may be set where an experiment is started.

    >>> rate = Parameter("lr", "float", 0.1, least=0.0, most=1.0)
    >>> rate.checked(1)
    1.0
    """

    name: str
    kind: Kind
    default: Value
    least: float | None = None
    most: float | None = None
    choices: tuple[Value, ...] = ()
    help: str = ""
    scale: Scale = "linear"
    """How a form should space values between `least` and `most`."""

    def checked(self, value: object) -> Value:
        """The value, as its kind has it; BadRequest where it is none, or is out of range."""
        if self.kind == "choice":
            return self._chosen(value)
        if self.kind == "bool":
            if not isinstance(value, bool):
                raise self._refused("true or false", value)
            return value
        if self.kind == "text":
            return self._text(value)
        return self._number(value)

    def _chosen(self, value: object) -> Value:
        for one in self.choices:
            # 1 and True are equal, and not the same; 1 and 1.0 are to a browser
            if isinstance(one, bool) == isinstance(value, bool) and one == value:
                return one
        raise self._refused(f"one of {', '.join(map(as_text, self.choices))}", value)

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._refused("a text", value)
        if len(value) > MOST_TEXT:
            raise BadRequest(f"{self.name} must be at most {MOST_TEXT} characters, got {len(value)}")
        # Half a surrogate pair is no text in any encoding; a NUL ends an argument.
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
            raise self._refused("a text without control characters", value)
        return value

    def _number(self, value: object) -> int | float:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if self.kind == "int" and not is_whole:
            raise self._refused("a whole number", value)
        if not is_whole and not isinstance(value, float):
            raise self._refused("a number", value)
        assert isinstance(value, int | float)
        if not (abs(value) < MOST_WHOLE if is_whole else math.isfinite(value)):
            raise self._refused("finite and below 2^63", value)
        if self.least is not None and value < self.least:
            raise self._refused(f"at least {as_text(self.least)}", value)
        if self.most is not None and value > self.most:
            raise self._refused(f"at most {as_text(self.most)}", value)
        return value if self.kind == "int" else float(value)

    def _refused(self, expected: str, value: object) -> BadRequest:
        return BadRequest(f"{self.name} must be {expected}, got {repr(value)[:80]}")


def checked_values(parameters: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    """A value for each parameter: what was given, else its default.

    >>> checked_values([Parameter("lr", "float", 0.1), Parameter("epochs", "int", 3)], {"epochs": 5})
    {'lr': 0.1, 'epochs': 5}

    BadRequest for a name that is not among them, and for a value that can't be used.
    """
    unknown = sorted(set(given) - {one.name for one in parameters})
    if unknown:
        known = ", ".join(one.name for one in parameters) or "none"
        raise BadRequest(f"there is no parameter {unknown[0][:80]!r}; those are: {known}")
    return {one.name: one.checked(given.get(one.name, one.default)) for one in parameters}


def as_text(value: Value) -> str:
    """As it stands in an argument: `true` and `false`, and floats so that they read back as the same number.

    >>> [as_text(value) for value in (True, 3, 1e-3, "adam")]
    ['true', '3', '0.001', 'adam']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
