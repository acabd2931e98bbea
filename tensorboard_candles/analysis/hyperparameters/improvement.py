"""Where to look next: how much better than the best a run may be expected to be."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array
from tensorboard_candles.analysis.hyperparameters.space import Space
from tensorboard_candles.analysis.hyperparameters.surrogate import Surrogate
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.events.arguments import Value

_CANDIDATES = 2048
_ROUNDS = 6
"""Of looking around the best places, each half as far as the one before."""
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A run that nobody has made."""

    config: dict[str, Value]
    mean: float
    """Of its target, as the model sees it."""
    std: float
    improvement: float
    """How much better than the best it is to be expected, in the unit that the model has."""
    positions: Float64Array


def expected_improvement(mean: Float64Array, std: Float64Array, best: float) -> Float64Array:
    """How far below `best` normal variables lie on average, where those above count 0.

    >>> expected_improvement(np.array([0.0, 1.0, -2.0]), np.array([1.0, 0.0, 0.0]), 0.0).round(4)
    array([0.3989, 0.    , 2.    ])

    (best − mean) Φ(z) + std φ(z), z = (best − mean) / std: Jones, Schonlau and Welch 1998, Journal of Global
    Optimization 13, eq. 15.
    """
    from scipy.special import ndtr

    gain = best - mean
    is_sure = std <= 0
    z = gain / np.where(is_sure, 1.0, std)
    expected = gain * ndtr(z) + std * np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return np.where(is_sure, np.maximum(gain, 0.0), np.maximum(expected, 0.0))


def suggestions(
    space: Space,
    surrogate: Surrogate,
    positions: Float64Array,
    *,
    count: int,
    progress: Progress = untold,
) -> list[Suggestion]:
    """Up to `count` runs to make at once, the most promising first; none where every one has been made.

    `positions` are those of the runs that were fitted; what is lower is better. The best so far is the lowest
    mean at any of them, as what was measured there may be luck (Picheny et al. 2013). Each next one believes
    that the ones before came out as foretold (kriging believer: Ginsbourger et al. 2010).
    """
    random = np.random.default_rng(0)
    found: list[Suggestion] = []
    process, made = surrogate.process, positions
    for turn in range(count):
        progress(turn, count, "looking where to go next")
        known = Surrogate(process, surrogate.centre, surrogate.scale, surrogate.noise, surrogate.rows)
        best = float(known.predict(space.features(made))[0].min())
        places = _searched(space, made, partial(_gain, space, known, best), random)
        if not len(places):
            break
        [mean], [std] = known.predict(space.features(places[:1]))
        gain = float(_gain(space, known, best, places[:1])[0])
        found.append(Suggestion(space.config(places[0]), float(mean), float(std), gain, places[0]))
        made = np.vstack([made, places[:1]])
        process = _believing(known, space.features(places[:1]), float(mean))
    return found


def _gain(space: Space, known: Surrogate, best: float, places: Float64Array) -> Float64Array:
    return expected_improvement(*known.predict(space.features(places)), best)


def _believing(known: Surrogate, features: Float64Array, target: float) -> Any:
    from sklearn.base import clone

    process = known.process
    standard = (target - known.centre) / known.scale
    return clone(process).fit(np.vstack([process.X_train_, features]), np.append(process.y_train_, standard))


def _searched(
    space: Space,
    made: Float64Array,
    gain: Callable[[Float64Array], Float64Array],
    random: np.random.Generator,
) -> Float64Array:
    """Places where nobody has been, the most promising first: all of a small space, else by and by."""
    every = _every_place(space)
    if every is not None:
        left = _unmade(space, every, made)
        return left[np.argsort(-gain(left), kind="stable")] if len(left) else left
    places = _scattered(space, _CANDIDATES, random)
    for turn in range(_ROUNDS):
        if not len(places):
            return places
        places = places[np.argsort(-gain(places), kind="stable")[:_KEPT]]
        around = _around(space, np.repeat(places, 24, axis=0), 0.2 / 2**turn, random)
        places = _unmade(space, np.vstack([places, around]), made)
    return places[np.argsort(-gain(places), kind="stable")] if len(places) else places


def _every_place(space: Space) -> Float64Array | None:
    """All places, where there are few: of choices and small whole numbers."""
    sizes = [_size(one) for one in space.parameters]
    if math.prod(sizes) > _CANDIDATES:
        return None
    axes = [
        [float(place) for place in range(len(one.choices))]
        if one.kind == "choice"
        else [one.position(value) for value in range(round(one.low), round(one.high) + 1)]
        for one in space.parameters
    ]
    return np.array(list(itertools.product(*axes)), np.float64)


def _size(parameter: Any) -> float:
    if parameter.kind == "choice":
        return len(parameter.choices)
    return parameter.high - parameter.low + 1 if parameter.kind == "integer" else math.inf


def _scattered(space: Space, count: int, random: np.random.Generator) -> Float64Array:
    drawn = random.random((count, len(space.parameters)))
    for column, one in enumerate(space.parameters):
        if one.kind == "choice":
            drawn[:, column] = np.floor(drawn[:, column] * len(one.choices))
    return _snapped(space, drawn)


def _around(space: Space, places: Float64Array, reach: float, random: np.random.Generator) -> Float64Array:
    """Near these: every axis a little, and each choice with that chance another."""
    moved = places + reach * random.standard_normal(places.shape)
    scattered = _scattered(space, len(places), random)
    is_other = random.random(places.shape) < reach
    for column, one in enumerate(space.parameters):
        if one.kind == "choice":
            moved[:, column] = np.where(is_other[:, column], scattered[:, column], places[:, column])
    return _snapped(space, moved)


def _snapped(space: Space, places: Float64Array) -> Float64Array:
    snapped = places.copy()
    for column, one in enumerate(space.parameters):
        if one.kind != "choice":
            snapped[:, column] = [one.snapped(at) for at in places[:, column].tolist()]
    return snapped


def _unmade(space: Space, places: Float64Array, made: Float64Array) -> Float64Array:
    """Each once, without those that there are already; a hundredth of a number's range makes another."""
    seen: set[bytes] = {row.tobytes() for row in _cells(space, made)}
    is_new: npt.NDArray[np.bool_] = np.zeros(len(places), np.bool_)
    for number, row in enumerate(_cells(space, places)):
        is_new[number] = row.tobytes() not in seen
        seen.add(row.tobytes())
    return places[is_new]


def _cells(space: Space, places: Float64Array) -> Float64Array:
    # Zero has a sign, and bytes are compared.
    is_number = np.array([one.kind == "number" for one in space.parameters])
    return np.where(is_number, places.round(2), places.round(9)) + 0.0
