"""What a detector is, and what it says.

A detector is its settings. `start` gives a watch over one series, which is told the points as they come and
answers with the events that became certain by them. How the points are cut into pieces makes no difference:
a whole series at once gives the very events that it gives point by point, so that training is told of what
the dashboard shows later.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from numbers import Integral
from typing import ClassVar, Literal, Protocol, TypeVar, runtime_checkable

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import Polarity

Severity = Literal["info", "warning", "critical"]
Watches = Literal[
    "metrics", "losses", "gradients", "losses and gradients", "learning rates", "validation metrics", "all"
]
"""Losses and scores, losses alone, gradient norms, losses and gradient norms, learning rates, losses and
scores on validation data of which there are those on training data, too; every tag."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a series, from `first_step` to `last_step`; `value` is its worst.

    What is told before it is over ends where it was noticed. It is told `again` with its end, and until then
    as far as it has come; see `Lasting`. `severity` is
    None where it is as grave as its detector says of all.
    """

    first_step: int
    last_step: int
    value: float
    message: str
    again: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An event, of which tag it is, and who says so."""

    tag: str
    kind: str
    severity: Severity
    first_step: int
    last_step: int
    value: float
    message: str
    detector: str
    """The detector's name and settings, such as `spike(window=200, z=8)`."""
    run: str = ""


class Watch(Protocol):
    """The state of a detector in one series."""

    def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
        """What became certain by these points; they follow those told before.

        `values` are a column, or for a detector of `validation metrics` two, of shape (n, 2): the metric, and
        how it stood on training data then.
        """
        ...


@runtime_checkable
class Lasting(Protocol):
    """A watch that knows how far what it told has come."""

    def ongoing(self) -> Event | None:
        """What was told and is not over by now, from its first step on."""
        ...


Number = TypeVar("Number", int, float)


def setting(default: Number, *, least: float, most: float) -> Number:
    """A field of a detector, and the range that a query may choose it from."""
    made: Number = field(default=default, metadata={"least": least, "most": most})
    return made


@dataclass(frozen=True)
class Detector(ABC):
    """Settings, as fields; a class for each rule. Raises BadRequest for one that is no number > 0."""

    name: ClassVar[str]
    kind: ClassVar[str]
    severity: ClassVar[Severity]
    watches: ClassVar[Watches]
    explanation: ClassVar[str]
    takes_nonfinite: ClassVar[bool] = False

    @property
    def needs_training(self) -> bool:
        """Whether it looks at two columns."""
        return self.watches == "validation metrics"

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            is_whole = one.type == "int"
            if (
                not isinstance(value, Integral if is_whole else int | float)
                or not 0 < float(value) < math.inf
            ):
                kind = "whole number" if is_whole else "finite number"
                raise BadRequest(f"{one.name} of {self.name} must be a {kind} > 0, got {value!r}")

    @abstractmethod
    def start(self, polarity: Polarity) -> Watch:
        """A watch over a series that should fall or rise, before its first point."""

    def __str__(self) -> str:
        settings = (f"{one.name}={getattr(self, one.name):g}" for one in fields(self))
        return f"{self.name}({', '.join(settings)})"


def sign_of_worse(polarity: Polarity) -> float:
    """What a series is multiplied by so that worse is higher.

    >>> sign_of_worse("lower_is_better"), sign_of_worse("higher_is_better")
    (1.0, -1.0)
    """
    return 1.0 if polarity == "lower_is_better" else -1.0


def shown(value: float) -> str:
    """A number in a message.

    >>> shown(0.123456), shown(12345678.0)
    ('0.1235', '1.235e+07')
    """
    return f"{value:.4g}"


def points(count: int) -> str:
    """How many points, in a message.

    >>> points(1), points(24)
    ('1 point', '24 points')
    """
    return "1 point" if count == 1 else f"{count} points"
