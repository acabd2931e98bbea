"""What of a training may be changed while it runs: numbers, switches and choices, and what they may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from tensorboard_candles.control.fields import NAME_LENGTH, TEXT_LENGTH, Fields, is_number, shortened
from tensorboard_candles.errors import BadControl

MOST_CHOICES = 64

Kind: TypeAlias = Literal["float", "int", "bool", "choice"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value: TypeAlias = "float | int | bool | str"

_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{NAME_LENGTH - 1}}}")


def is_parameter_name(text: object) -> bool:
    """
    >>> is_parameter_name("lr"), is_parameter_name("_lr"), is_parameter_name("a.b")
    (True, False, False)
    """
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number, switch or choice that may be changed while the training runs.

    >>> lr = Parameter(0.1, least=0, most=1, help="Learning rate")
    >>> lr.kind, lr.taken(1)
    ('float', 1.0)
    >>> lr.taken(1.5)
    Traceback (most recent call last):
    tensorboard_candles.errors.BadControl: must be <= 1.0, got 1.5
    >>> Parameter("cosine", choices=["cosine", "constant"]).kind, Parameter(True).kind, Parameter(3).kind
    ('choice', 'bool', 'int')

    Its kind is that of `value`: write `1.0` for a float. Raises BadControl where the value is not within what
    is allowed, or what is allowed makes no sense.
    """

    value: Value
    kind: Kind = field(init=False)
    least: float | int | None = None
    most: float | int | None = None
    choices: Sequence[float | int | str] | None = None
    """Kept as a tuple."""
    help: str = ""

    def __post_init__(self) -> None:
        kind = _kind_of(self.value, self.choices)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "choices", _checked_choices(self.choices))
        for name in ("least", "most"):
            object.__setattr__(self, name, _checked_bound(name, getattr(self, name), kind))
        if self.least is not None and self.most is not None and self.least > self.most:
            raise BadControl(f"least must be <= most, got {self.least} and {self.most}")
        if not isinstance(self.help, str):
            raise BadControl(f"help must be a text, got {self.help!r:.80}")
        object.__setattr__(self, "help", shortened(self.help, TEXT_LENGTH))
        object.__setattr__(self, "value", self.taken(self.value))

    def taken(self, value: object) -> Value:
        """The value as this parameter has it; BadControl, in words, where it can't be taken."""
        if self.choices is not None:
            for choice in self.choices:
                if isinstance(value, str) == isinstance(choice, str) and _is_same(value, choice):
                    return choice
            raise BadControl(
                f"must be one of {', '.join(map(str, self.choices))[:TEXT_LENGTH]}, got {value!r:.80}"
            )
        if self.kind == "bool":
            if not isinstance(value, bool):
                raise BadControl(f"must be true or false, got {value!r:.80}")
            return value
        return self._taken_number(value)

    def _taken_number(self, value: object) -> Value:
        if not is_number(value) or (self.kind == "int" and not isinstance(value, int)):
            what = "a whole number" if self.kind == "int" else "a finite number"
            raise BadControl(f"must be {what}, got {value!r:.80}")
        if self.least is not None and value < self.least:
            raise BadControl(f"must be >= {self.least}, got {value}")
        if self.most is not None and value > self.most:
            raise BadControl(f"must be <= {self.most}, got {value}")
        return float(value) if self.kind == "float" else value

    @classmethod
    def of(cls, fields: Fields) -> Parameter:
        kind, value, choices = fields.one_of("kind", KINDS), fields.value("value"), fields.get("choices")
        if choices is not None and (not isinstance(choices, list) or len(choices) > MOST_CHOICES):
            raise fields.bad("choices", f"null or a list of at most {MOST_CHOICES}")
        least, most = (fields.maybe(fields.number, name) for name in ("least", "most"))
        if kind == "float" and is_number(value):
            value = float(value)
        try:
            found = cls(value, least=least, most=most, choices=choices, help=fields.text("help", TEXT_LENGTH))
        except BadControl as error:
            raise BadControl(f"{fields.what}: {error}") from error
        if found.kind != kind:
            raise fields.bad("kind", f"{found.kind} with such a value")
        return found


def _kind_of(value: object, choices: object) -> Kind:
    if choices is not None:
        return "choice"
    if isinstance(value, bool):
        return "bool"
    if not is_number(value):
        raise BadControl(f"must be a finite number or a bool, or have choices=, got {value!r:.80}")
    return "int" if isinstance(value, int) else "float"


def _checked_choices(choices: Sequence[object] | None) -> tuple[object, ...] | None:
    if choices is None:
        return None
    found = () if isinstance(choices, str) else tuple(choices)
    if not 1 <= len(found) <= MOST_CHOICES:
        raise BadControl(f"choices must be a list of 1 to {MOST_CHOICES}, got {choices!r:.80}")
    for choice in found:
        if not is_number(choice) and not (isinstance(choice, str) and 0 < len(choice) <= TEXT_LENGTH):
            raise BadControl(f"a choice must be a text or a finite number, got {choice!r:.80}")
    return found


def _checked_bound(name: str, bound: object, kind: Kind) -> float | int | None:
    if bound is None:
        return None
    if kind not in ("float", "int"):
        raise BadControl(f"{name} is for numbers, got {bound!r:.80} for a {kind}")
    if not is_number(bound) or (kind == "int" and not isinstance(bound, int)):
        raise BadControl(f"{name} must be a finite number as the value is, got {bound!r:.80}")
    return float(bound) if kind == "float" else bound


def _is_same(value: object, choice: object) -> bool:
    return not isinstance(value, bool) and value == choice
