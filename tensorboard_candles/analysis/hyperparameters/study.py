"""All that runs and their parameters say of a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.hyperparameters.importance import Importance, importance_of
from tensorboard_candles.analysis.hyperparameters.improvement import Suggestion, suggestions
from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array
from tensorboard_candles.analysis.hyperparameters.space import Config, Space, space_of
from tensorboard_candles.analysis.hyperparameters.surface import Surface, surface_of
from tensorboard_candles.analysis.hyperparameters.surrogate import Surrogate, fitted
from tensorboard_candles.analysis.needs import needing
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.arguments import Value

Verdict = Literal["fitted", "too few runs", "no parameters", "nothing varies"]
FEWEST_RUNS = 4
MOST_AXES = 12
"""Of the model; those that matter least are left out, and count as noise."""
POINTS = 33
SUGGESTIONS = 3
_LARGEST = 1e100
_LOG_FROM = {True: 10.0, False: 100.0}
"""How many times the smallest the largest target is where its logarithm is fitted, by `minimise`."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Runs, what each was given and how well it did."""

    runs: tuple[str, ...]
    configs: tuple[Config, ...]
    target: Float64Array
    """NaN where a run has none."""
    diverged: npt.NDArray[np.bool_]
    """Runs that ended in NaN or infinity: they are counted and not fitted."""

    @property
    def is_fitted(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.target) & ~self.diverged


@dataclass(frozen=True, slots=True)
class Scale:
    """How targets are told to the models: what is lower is better there, and maybe a logarithm."""

    minimise: bool
    is_log: bool
    unit: float = 1.0
    """That targets are told in, where their squares would overflow or vanish."""

    def to_model(self, target: Float64Array) -> Float64Array:
        told = np.log10(target) if self.is_log else target / self.unit
        return told if self.minimise else -told

    def to_target(self, told: Float64Array) -> Float64Array:
        """What has been told, in the target's own unit.

        >>> Scale(minimise=False, is_log=True).to_target(np.array([-2.0]))
        array([100.])
        """
        told = told if self.minimise else -told
        return 10.0**told if self.is_log else told * self.unit

    def around(
        self, mean: Float64Array, std: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """The middle, and a standard deviation to both sides of it, the lower number first."""
        ends = self.to_target(mean - std), self.to_target(mean + std)
        return self.to_target(mean), np.minimum(*ends), np.maximum(*ends)


@dataclass(frozen=True, slots=True)
class Fit:
    """What the models say, where there are runs enough."""

    axes: Space
    """What was fitted: those of all that vary that matter most, in that order."""
    scale: Scale
    surrogate: Surrogate
    explained: float
    """How much of the differences between runs it foretells of each from all others; at most 1."""
    at: Float64Array
    """Positions of the best run."""
    suggestions: Sequence[Suggestion]
    """Where to look next; what the models leave out is not in them."""

    def surface(self, *, x: str | None = None, y: str | None = None, points: int = POINTS) -> Surface:
        """What is expected along two axes, all else as in the best run, in the models' unit.

        They are the two that matter most, where they are not named. Raises BadRequest for a name that is none
        of the axes.
        """
        x, y = _two([one.name for one in self.axes.parameters], x, y)
        return surface_of(self.axes, self.surrogate, self.at, x=x, y=y, points=points)


@dataclass(frozen=True, slots=True)
class Study:
    """What was found."""

    trials: Trials
    verdict: Verdict
    best: int | None
    """The run of the best target; None where no run has one."""
    space: Space
    """All parameters that vary."""
    importance: Importance | None
    fit: Fit | None

    def config_of(self, suggestion: Suggestion) -> dict[str, Value]:
        """All of a run to make next: what is not searched is as in the best run so far."""
        assert self.best is not None
        given = {name: value for name, value in self.trials.configs[self.best].items() if value is not None}
        return {**given, **{name: value for name, value in suggestion.config.items() if value is not None}}


def study_of(trials: Trials, *, minimise: bool, progress: Progress = untold) -> Study:
    """Which parameters matter, a model of the target over them, and where to look next.

    >>> rates = np.geomspace(1e-4, 1e-1, 13)
    >>> loss = (np.log10(rates) + 2.5) ** 2
    >>> trials = Trials(tuple("abcdefghijklm"), tuple({"lr": lr} for lr in rates), loss, np.zeros(13, bool))
    >>> study = study_of(trials, minimise=True)
    >>> study.verdict, study.trials.runs[study.best], round(study.fit.suggestions[0].config["lr"], 4)
    ('fitted', 'g', 0.003)

    Raises Missing without scikit-learn.
    """
    usable = np.flatnonzero(trials.is_fitted)
    configs = [trials.configs[row] for row in usable]
    target = trials.target[usable]
    space = space_of(configs if len(configs) > 1 else trials.configs)
    verdict = _verdict(trials.configs, len(usable), space)
    best = int(usable[(target if minimise else -target).argmin()]) if len(usable) else None
    if verdict != "fitted" or best is None:
        return Study(trials, verdict, best, space, None, None)
    scale = _scale(target, minimise)
    with needing("scikit-learn"):
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]
    # Many threads for a small matrix wait for each other more than they compute.
    with threadpool_limits(1):
        told = scale.to_model(target)
        importance = importance_of(space, space.positions(configs), told, progress)
        axes = _most_important(space, importance)
        fit = _fit(axes, configs, told, best=trials.configs[best], scale=scale, progress=progress)
    return Study(trials, verdict, best, space, importance, fit)


def _most_important(space: Space, importance: Importance) -> Space:
    order = np.argsort(-importance.share, kind="stable")[:MOST_AXES]
    return Space(tuple(space.parameters[place] for place in order), space.left_out)


def _fit(
    axes: Space,
    configs: Sequence[Config],
    told: Float64Array,
    *,
    best: Config,
    scale: Scale,
    progress: Progress,
) -> Fit:
    positions = axes.positions(configs)
    surrogate = fitted(axes.features(positions), told, progress)
    found = suggestions(axes, surrogate, positions, count=SUGGESTIONS, progress=progress)
    return Fit(axes, scale, surrogate, surrogate.explained(), axes.positions([best])[0], found)


def _verdict(configs: Sequence[Mapping[str, Value]], usable: int, space: Space) -> Verdict:
    if not any(configs):
        return "no parameters"
    if usable < FEWEST_RUNS:
        return "too few runs"
    return "fitted" if space.parameters else "nothing varies"


def _scale(target: Float64Array, minimise: bool) -> Scale:
    low, high = float(target.min()), float(target.max())
    is_log, largest = low > 0 and high >= _LOG_FROM[minimise] * low, max(-low, high)
    is_usual = is_log or largest == 0 or 1 / _LARGEST <= largest <= _LARGEST
    return Scale(minimise, is_log, unit=1.0 if is_usual else largest)


def _two(names: Sequence[str], x: str | None, y: str | None) -> tuple[str, str | None]:
    """The two that are named, and else the first."""
    for name in (x, y):
        if name is not None and name not in names:
            raise BadRequest(f"{name!r} is no axis of the surface; those are {', '.join(names)}")
    if x is not None and x == y:
        raise BadRequest(f"x and y must be two parameters, got {x!r} twice")
    x = x or next((name for name in names if name != y), names[0])
    y = y if y != x else None
    return x, y or next((name for name in names if name != x), None)
