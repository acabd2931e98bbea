"""What a parameter is, by the values that runs were given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.arguments import Value

Float64Array = npt.NDArray[np.float64]
Kind = Literal["number", "integer", "choice"]

MOST_CHOICES = 20
"""A text that has more is a name or a path, and says nothing of other runs."""
_LOG_FROM = 10.0
"""How many times the smallest the largest value is, at least, on an axis of logarithms."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An axis: numbers between two ends, or choices.

    A place on it is a position: from 0 to 1 between the ends of numbers, evenly in their logarithms where
    `is_log`, and NaN for a run that was not given any; or the number of a choice.
    """

    name: str
    kind: Kind
    is_log: bool = False
    low: float = 0.0
    high: float = 0.0
    choices: tuple[Value, ...] = ()
    """Of strings, booleans or numbers; None for runs that were not given any."""
    absent: float = 0.0
    """Which part of the runs was not given a number."""

    def position(self, value: Value) -> float:
        if self.kind == "choice":
            return float(_place(self.choices, value))
        if value is None:
            return math.nan
        low, high, number = (self._scaled(one) for one in (self.low, self.high, float(value)))
        return (number - low) / (high - low)

    def value(self, position: float) -> Value:
        """The value at a position, or next to it.

        >>> lr = Parameter("lr", "number", is_log=True, low=1e-4, high=1e-2)
        >>> lr.value(0.5), lr.position(1e-3)
        (0.001, 0.5)
        >>> Parameter("layers", "integer", low=1, high=4).value(0.4)
        2
        """
        if self.kind == "choice":
            return self.choices[round(position)]
        if math.isnan(position):
            return None
        low, high = self._scaled(self.low), self._scaled(self.high)
        scaled = low + min(max(position, 0.0), 1.0) * (high - low)
        number = min(max(10**scaled if self.is_log else scaled, self.low), self.high)
        return round(number) if self.kind == "integer" else _tidy(number)

    def snapped(self, position: float) -> float:
        """The position of the value that is told of it: of a whole number, say, or of so many digits."""
        return self.position(self.value(position))

    def _scaled(self, number: float) -> float:
        return math.log10(number) if self.is_log else number


def parameter_of(name: str, values: Sequence[Value]) -> Parameter | str:
    """The axis of a parameter's values, a value for each run; or in words why it is left out.

    >>> parameter_of("lr", [1e-4, 1e-3, 1e-2])
    Parameter(name='lr', kind='number', is_log=True, low=0.0001, high=0.01, choices=(), absent=0.0)
    >>> parameter_of("optimizer", ["sgd", "adam", None]).choices
    ('adam', 'sgd', None)
    >>> parameter_of("seed", [1, 1, 1])
    'constant'
    """
    distinct = {_key(value): value for value in values}
    if len(distinct) < 2:
        return "constant"
    numbers = [value for value in distinct.values() if value is not None]
    if len(numbers) > 1 and all(_is_number(value) for value in numbers):
        return _of_numbers(name, values)
    if len(distinct) > MOST_CHOICES or (len(distinct) > 4 and len(distinct) == len(values)):
        return "names"
    return Parameter(name, "choice", choices=tuple(sorted(distinct.values(), key=_rank)))


def _of_numbers(name: str, values: Sequence[Value]) -> Parameter:
    numbers = np.array([value for value in values if value is not None], np.float64)
    is_whole = all(isinstance(value, int) for value in values if value is not None)
    return Parameter(
        name,
        "integer" if is_whole else "number",
        is_log=_is_log(np.unique(numbers)),
        low=float(numbers.min()),
        high=float(numbers.max()),
        absent=1 - len(numbers) / len(values),
    )


def _is_log(numbers: Float64Array) -> bool:
    """Whether numbers lie more evenly by their logarithms: whose median is nearer the middle.

    >>> _is_log(np.array([1e-4, 1e-3, 1e-2])), _is_log(np.linspace(1, 100, 9)), _is_log(np.arange(3.0))
    (True, False, False)
    """
    low, high = numbers[0], numbers[-1]
    if low <= 0 or high < _LOG_FROM * low:
        return False
    middle = float(np.median(numbers))
    place = (middle - low) / (high - low)
    log_place = math.log(middle / low) / math.log(high / low)
    return bool(abs(log_place - 0.5) < abs(place - 0.5))


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _key(value: Value) -> tuple[bool, Value]:
    # True == 1 in Python, and here it isn't.
    return isinstance(value, bool), value


def _place(choices: Sequence[Value], value: Value) -> int:
    return [_key(one) for one in choices].index(_key(value))


def _rank(value: Value) -> tuple[bool, bool, float, str]:
    """Numbers by size, then words by the alphabet, then nothing."""
    is_number = isinstance(value, int | float)
    return value is None, not is_number, float(value) if isinstance(value, int | float) else 0.0, str(value)


def _tidy(number: float) -> float:
    """Four digits: nobody wants to be told of more where to look."""
    return float(f"{number:.4g}")
