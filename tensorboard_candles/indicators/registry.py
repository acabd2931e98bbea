"""What is known of an indicator that a chart can show, and of one that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc import Polarity

Place = Literal["overlay", "pane"]
Unit = Literal["metric", "percent", "ratio", "deviations", "volume"]
Before = Literal["all", "all as one"]
"""All candles before those shown, or one candle of all their points."""

FORGOTTEN = 2.0**-100
"""Of a share this small in an average no digit is left, nor in what is 10^14 times less than the average."""


class Bars(Protocol):
    """Columns that indicators are made from; of equal length, NaN where a bar has no price."""

    @property
    def high(self) -> Float64Array: ...
    @property
    def low(self) -> Float64Array: ...
    @property
    def close(self) -> Float64Array: ...
    @property
    def volume(self) -> Float64Array: ...
    @property
    def polarity(self) -> Polarity: ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that an indicator is set by; a whole one where its default is an int."""

    name: str
    default: float
    least: float
    most: float

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One of the registry; `compute` and `before` take the parameters in their order."""

    name: str
    title: str
    place: Place
    unit: Unit
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[str, ...] = ()
    """Empty where there is but one, which needs no name."""
    explanation: str
    source: str
    compute: Callable[..., Float64Array | tuple[Float64Array, ...]]
    before: Callable[..., int] | Before
    """How many candles before the first shown have a say in its value."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An indicator with a number for each of its parameters.

    >>> from tensorboard_candles.indicators import INDICATORS
    >>> Chosen(INDICATORS["bollinger"], (20, 2.5)).columns
    ['bollinger(20,2.5).upper', 'bollinger(20,2.5).middle', 'bollinger(20,2.5).lower']
    """

    indicator: Indicator
    numbers: tuple[float, ...]

    @staticmethod
    def of(indicator: Indicator, *numbers: float) -> Chosen:
        """With these numbers, and the defaults of the parameters behind them."""
        defaults = (parameter.default for parameter in indicator.parameters[len(numbers) :])
        return Chosen(indicator, (*numbers, *defaults))

    @property
    def columns(self) -> list[str]:
        """Names of what it computes, in order."""
        numbers = ",".join(map(_short, self.numbers))
        label = f"{self.indicator.name}({numbers})" if numbers else self.indicator.name
        return [f"{label}.{output}" for output in self.indicator.outputs] or [label]

    @property
    def before(self) -> int | Before:
        before = self.indicator.before
        return before if isinstance(before, str) else before(*self.numbers)

    def compute(self, bars: Bars) -> tuple[Float64Array, ...]:
        """One array for each of the columns."""
        outputs = self.indicator.compute(bars, *self.numbers)
        return outputs if isinstance(outputs, tuple) else (outputs,)


def _short(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
