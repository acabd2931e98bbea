"""The parameters that vary, as the axes of a space that models can be fitted in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array, Parameter, parameter_of
from tensorboard_candles.events.arguments import Value

Config = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Space:
    """Axes, and why the other parameters are none."""

    parameters: tuple[Parameter, ...]
    left_out: Mapping[str, str]
    """By name: `constant`, `names`, or `same as` an axis that tells the same."""

    def positions(self, configs: Sequence[Config]) -> Float64Array:
        """A row for each, of a position on each axis."""
        rows = [[one.position(config.get(one.name)) for one in self.parameters] for config in configs]
        return np.array(rows, np.float64).reshape(len(configs), len(self.parameters))

    def config(self, positions: Float64Array) -> dict[str, Value]:
        """What lies at a row of positions."""
        return {one.name: one.value(at) for one, at in zip(self.parameters, positions.tolist(), strict=True)}

    def features(self, positions: Float64Array) -> Float64Array:
        """What a model is fitted to: numbers as they are, choices as a column each (one-hot).

        >>> space = space_of([{"lr": 0.1, "norm": "batch"}, {"lr": 0.3, "norm": "none"}, {"norm": "none"}])
        >>> space.features(space.positions([{"lr": 0.2, "norm": "none"}, {"norm": "batch"}]))
        array([[0.5, 0. , 0. , 1. ],
               [0.5, 1. , 1. , 0. ]])

        A number that was not given lies in the middle, and has a column that says so.
        """
        columns: list[Float64Array] = []
        for parameter, at in zip(self.parameters, positions.T, strict=True):
            if parameter.kind == "choice":
                columns += [(at == place).astype(np.float64) for place in range(len(parameter.choices))]
                continue
            columns.append(np.where(np.isnan(at), 0.5, at))
            if parameter.absent:
                columns.append(np.isnan(at).astype(np.float64))
        return np.column_stack(columns)


def space_of(configs: Sequence[Config]) -> Space:
    """The axes of what these runs were given; None stands for what one was not given."""
    names = dict.fromkeys(name for config in configs for name in config)
    axes: dict[tuple[float, ...], Parameter] = {}
    left_out: dict[str, str] = {}
    for name in names:
        values = [config.get(name) for config in configs]
        found = parameter_of(name, values)
        if isinstance(found, str):
            left_out[name] = found
            continue
        told = _told_by(found, values)
        if told in axes:
            left_out[name] = f"same as {axes[told].name}"
        else:
            axes[told] = found
    return Space(tuple(axes.values()), left_out)


def _told_by(parameter: Parameter, values: Sequence[Value]) -> tuple[float, ...]:
    """The same for two parameters where the one follows from the other, run by run."""
    # NaN is unlike itself.
    places = [-1.0 if math.isnan(at) else round(at, 9) for at in map(parameter.position, values)]
    if parameter.kind != "choice" and len({*places}) > 2:
        return tuple(places)
    first = {place: float(number) for number, place in enumerate(dict.fromkeys(places))}
    return tuple(first[place] for place in places)
