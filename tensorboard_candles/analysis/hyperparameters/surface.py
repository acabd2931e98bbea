"""Two parameters, and what is to be expected of each pair of their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array, Parameter
from tensorboard_candles.analysis.hyperparameters.space import Space
from tensorboard_candles.analysis.hyperparameters.surrogate import Surrogate
from tensorboard_candles.events.arguments import Value


@dataclass(frozen=True, slots=True)
class Surface:
    """What the model expects along one or two axes, while all other parameters are as in one run."""

    x: str
    y: str | None
    """None where one parameter varies."""
    x_values: tuple[Value, ...]
    y_values: tuple[Value, ...]
    mean: Float64Array
    """A row for each value of y, a column for each of x."""
    std: Float64Array
    """How unsure that is, without the noise that runs of the same parameters have."""


def surface_of(
    space: Space, surrogate: Surrogate, at: Float64Array, *, x: str, y: str | None, points: int
) -> Surface:
    """The surface over x and y through a row of positions, of up to `points` values along each axis."""
    names = [one.name for one in space.parameters]
    x_places = _places(space.parameters[names.index(x)], points)
    y_places = _places(space.parameters[names.index(y)], points) if y is not None else np.zeros(1)
    rows = np.tile(at, (len(y_places) * len(x_places), 1))
    rows[:, names.index(x)] = np.tile(x_places, len(y_places))
    if y is not None:
        rows[:, names.index(y)] = np.repeat(y_places, len(x_places))
    mean, std = surrogate.predict(space.features(rows))
    shape = len(y_places), len(x_places)
    return Surface(
        x,
        y,
        tuple(space.parameters[names.index(x)].value(place) for place in x_places.tolist()),
        () if y is None else tuple(space.parameters[names.index(y)].value(at) for at in y_places.tolist()),
        mean.reshape(shape),
        std.reshape(shape),
    )


def _places(parameter: Parameter, points: int) -> Float64Array:
    """Positions from one end to the other: each choice, each whole number where there are no more.

    >>> _places(Parameter("layers", "integer", low=1, high=3), 21)
    array([0. , 0.5, 1. ])
    """
    if parameter.kind == "choice":
        return np.arange(len(parameter.choices), dtype=np.float64)
    even = np.linspace(0, 1, points)
    if parameter.kind == "number":
        return even
    return np.unique([parameter.snapped(place) for place in even.tolist()])
