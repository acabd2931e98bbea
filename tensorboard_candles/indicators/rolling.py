"""What indicators are made of: windows that roll, averages that forget, bars that are left out.

Every window is computed afresh. Running sums, as TA-Lib keeps them, are as quick, but one spike of 1e30 stays
in them as rounding error for ever.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tensorboard_candles.events.points import Float64Array

P = ParamSpec("P")
Outputs = TypeVar("Outputs", bound=Float64Array | tuple[Float64Array, ...])

_NUMBERS_AT_A_TIME = 1 << 16
"""So many numbers stay in the processor's cache from one look at them to the next."""


def over_priced_bars(indicator: Callable[P, Outputs]) -> Callable[P, Outputs]:
    """An indicator over those bars alone for which all of its columns have a number; NaN at the others.

    >>> @over_priced_bars
    ... def change(close):
    ...     return np.diff(close, prepend=np.nan)
    >>> change(np.array([1.0, np.nan, 5.0]))
    array([nan, nan,  4.])

    A candle of nothing but NaN and infinity has no price. It is passed over: nothing behind it is lost.
    """

    @functools.wraps(indicator)
    def passing_over(*columns: P.args, **parameters: P.kwargs) -> Outputs:
        numbers = np.array(columns, np.float64)
        has_price = np.logical_and.reduce(np.isfinite(numbers), axis=0)

        def spread(values: Float64Array) -> Float64Array:
            found = np.full(len(has_price), np.nan)
            found[has_price] = values
            return found

        of_bars = cast(Callable[..., Any], indicator)
        with np.errstate(all="ignore"):
            outputs = of_bars(*numbers[:, has_price], **parameters)
        if isinstance(outputs, tuple):
            return cast(Outputs, type(outputs)(*map(spread, outputs)))
        return cast(Outputs, spread(outputs))

    return passing_over


def rolling(
    values: Float64Array, period: int, of_windows: Callable[[Float64Array], Float64Array]
) -> Float64Array:
    """What `of_windows` makes of each window of `period` values, at its last; NaN until the first is whole.

    >>> rolling(np.array([1.0, 5.0, 2.0]), 2, lambda windows: windows.max(axis=1))
    array([nan,  5.,  5.])

    It is given windows as the lines of an array, and gives a number for each or several lines of numbers, of
    which `rolling` makes as many lines. Raises ValueError where the period is below 1.
    """
    windows = np.empty((0, period))
    if checked(period) <= len(values):
        windows = sliding_window_view(values, period)
    at_a_time = max(_NUMBERS_AT_A_TIME // period, 1)
    parts = [of_windows(windows[at : at + at_a_time]) for at in range(0, max(len(windows), 1), at_a_time)]
    undefined = np.full((*parts[0].shape[:-1], len(values) - len(windows)), np.nan)
    return np.concatenate([undefined, *parts], axis=-1)


def around_mean(windows: Float64Array) -> tuple[Float64Array, Float64Array]:
    """The mean of each window, and its values less that.

    Measured from the last of them first: values that vary little around 1e9 keep the digits in which they
    vary, and equal ones vary by nothing.
    """
    last = windows[:, -1:]
    beyond = windows - last
    ahead = beyond.mean(axis=1, keepdims=True)
    beyond -= ahead
    return np.asarray(last + ahead)[:, 0], beyond


def mean(windows: Float64Array) -> Float64Array:
    return around_mean(windows)[0]


def root_mean_square(windows: Float64Array) -> Float64Array:
    mean_square = np.einsum("ij,ij->i", windows, windows) / windows.shape[1]
    return np.asarray(np.sqrt(mean_square))


def forgetting(values: Float64Array, period: int, weight: float) -> Float64Array:
    """s += weight · (value − s), from the mean of the first `period` values on; NaN before.

    >>> forgetting(np.array([1.0, 3.0, 4.0, 0.0]), 2, 0.5)
    array([nan, 2. , 3. , 1.5])
    """
    found = np.full(len(values), np.nan)
    if checked(period) <= len(values):
        recent, keep = values[period - 1 :], 1 - weight
        # lag = keep · (lag + rise) is how far it is behind; of equal values it is 0, whatever they are.
        lag = keep * np.diff(recent, prepend=np.nan)
        lag[0] = (recent[:1] - mean(values[None, :period])).item()
        span = 1
        while span < len(lag):
            # Each has added up `span` terms of its sum; those before them are what the one so far back has.
            lag[span:] += keep**span * lag[:-span]
            span *= 2
        found[period - 1 :] = recent - lag
    return found


def wilder(values: Float64Array, period: int) -> Float64Array:
    """The average of Wilder 1978: each value adds its `period`-th to what is left of those before it."""
    return forgetting(values, period, 1 / checked(period))


def earlier(values: Float64Array, period: int) -> Float64Array:
    """The value `period` bars before each; NaN where there is none."""
    found = np.full(len(values), np.nan)
    found[checked(period) :] = values[:-period]
    return found


def checked(period: int) -> int:
    if period < 1:
        raise ValueError(f"period must be >= 1, got {period}")
    return period
