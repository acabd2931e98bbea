"""What a detector is, and what it says.

A detector is its settings. `start` gives a watch over one series, which is told the points as they come and
answers with the events that became certain by them. How the points are cut into pieces makes no difference:
a whole series at once gives the very events that it gives point by point, so that training is told of what
the dashboard shows later.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from numbers import Integral
from typing import ClassVar, Literal, Protocol

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import Polarity

Severity = Literal["info", "warning", "critical"]
Watches = Literal["metrics", "losses", "gradients", "losses and gradients", "all"]
"""Losses and scores, losses alone, gradient norms, losses and gradient norms, every tag."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a series, from `first_step` to `last_step`; `value` is its worst.

    What is told before it is over ends where it was noticed. It is told `again` with its end.
    """

    first_step: int
    last_step: int
    value: float
    message: str
    again: bool = False


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
        """What became certain by these points; they follow those told before."""
        ...


@dataclass(frozen=True)
class Detector(ABC):
    """Settings, as fields; a class for each rule. Raises BadRequest for one that is no number > 0."""

    name: ClassVar[str]
    kind: ClassVar[str]
    severity: ClassVar[Severity]
    watches: ClassVar[Watches]
    explanation: ClassVar[str]
    takes_nonfinite: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            is_whole = setting.type == "int"
            if (
                not isinstance(value, Integral if is_whole else int | float)
                or not 0 < float(value) < math.inf
            ):
                kind = "whole number" if is_whole else "finite number"
                raise BadRequest(f"{setting.name} of {self.name} must be a {kind} > 0, got {value!r}")

    @abstractmethod
    def start(self, polarity: Polarity) -> Watch:
        """A watch over a series that should fall or rise, before its first point."""

    def __str__(self) -> str:
        settings = (f"{field.name}={getattr(self, field.name):g}" for field in fields(self))
        return f"{self.name}({', '.join(settings)})"


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
