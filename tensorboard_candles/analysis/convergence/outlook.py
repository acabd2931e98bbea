"""What a curve through a series tells of its end: the plateau, when it is reached, how fast."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tensorboard_candles.analysis.convergence.curves import Model, levels_off
from tensorboard_candles.analysis.convergence.plateau import UNKNOWN, Estimate, Plateau
from tensorboard_candles.events.points import Float64Array

_LONGEST_SPANS = 100.0
"""A step that may be farther behind the first one than so many spans of the series is not known."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another curve that might be the true one."""

    model: Model
    weight: float
    """How likely, among those that were tried."""
    asymptote: float
    """NaN where it has none."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Estimates are `UNKNOWN` where the model has no plateau to tell of, or none is known yet.

    A plateau is not known yet, nor what is told by it (`gap_closed`, `converged_step`, half-lives), where its
    interval is wider than the way that the curve has gone, from the first step to the last. A step is not
    known where its interval reaches farther than 100 times as far as the series.
    """

    model: Model
    parameters: tuple[float, ...]
    """c and a, then τ of c + a·exp(−x/τ), or x0 and b of c + a·(1 + x/x0)^(−b), x in steps since the first.
    Of a line c is its end, c + a its begin."""
    weight: float
    """How likely this curve is, among those that were tried."""
    others: tuple[Other, ...]
    asymptote: Estimate
    level: Estimate
    """Where the curve is at the last step."""
    final: Estimate
    """And at the horizon."""
    converged_step: Estimate
    """From where on what is left is no more than asked for; maybe behind the last step."""
    half_life: Estimate
    """Steps, from the first one, to half of the way."""
    next_half_life: Estimate
    """Steps, from the last one, to half of what is left then."""
    gap_closed: float
    """Share of the way from the first step to the asymptote that is done; NaN where there is none."""
    noise: float
    """Standard deviation of points around the curve, robust."""
    independent: float
    """As how many independent points those around the curve count."""


@dataclass(frozen=True, slots=True)
class Within:
    """What counts as converged."""

    share: float = 0.05
    of_gap: bool = True
    """Of the whole way; else of the plateau's own size."""


FIVE_PERCENT_OF_GAP = Within()


def outlook(fits: Plateau, *, first_step: int, last_step: int, horizon: int, within: Within) -> Outlook:
    """What curves through a series of these steps tell."""
    span, best = float(last_step - first_step), fits.best.fit
    steps = _Steps(span)

    def when(left: float) -> Estimate:
        return _near(fits.told(lambda model, at: time_to(model, at, left), in_logarithms=True))

    constant = _at(fits, 1.0) if best.model == "constant" else UNKNOWN
    told = Outlook(
        model=best.model,
        parameters=_in_steps(fits, span),
        weight=fits.best.weight,
        others=_others(fits),
        asymptote=_asymptote(fits) if levels_off(best.model) else constant,
        level=_at(fits, 1.0),
        final=_at(fits, (horizon - first_step) / span) if best.model != "line" else UNKNOWN,
        converged_step=steps.of(when(_share_left(fits, within)), since=first_step),
        half_life=steps.of(when(0.5)),
        next_half_life=steps.of(_near(fits.told(_next_half, in_logarithms=True))),
        gap_closed=1 - left_at(best.model, best.parameters, 1.0),
        noise=fits.noise,
        independent=fits.independent,
    )
    return _without_plateau(told) if levels_off(best.model) and _is_vague(fits, told) else told


def _near(when: Estimate) -> Estimate:
    return when if when.high <= _LONGEST_SPANS else UNKNOWN


def _is_vague(fits: Plateau, told: Outlook) -> bool:
    begin, end = fits.best.fit(np.array([0.0, 1.0]))
    # Neither is an interval that is not a number narrow.
    return not told.asymptote.high - told.asymptote.low <= fits.unit * abs(float(end - begin))


def _without_plateau(told: Outlook) -> Outlook:
    return replace(
        told,
        asymptote=UNKNOWN,
        converged_step=UNKNOWN,
        half_life=UNKNOWN,
        next_half_life=UNKNOWN,
        gap_closed=np.nan,
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """Turns u into steps."""

    span: float

    def of(self, estimate: Estimate, *, since: float = 0.0) -> Estimate:
        return Estimate(*(since + self.span * one for one in (estimate.value, estimate.low, estimate.high)))


def _at(fits: Plateau, u: float) -> Estimate:
    return Estimate(*(float(one[0]) for one in fits.at(np.array([u]))))


def _asymptote(fits: Plateau) -> Estimate:
    found = fits.told(lambda model, at: float(at[0]) if levels_off(model) else np.nan)
    return Estimate(
        *(fits.within(fits.offset + fits.unit * one) for one in (found.value, found.low, found.high))
    )


def _share_left(fits: Plateau, within: Within) -> float:
    if within.of_gap or not levels_off(fits.best.fit.model):
        return within.share
    c, a = (float(one) for one in fits.best.fit.parameters[:2])
    gap = abs(a) * fits.unit
    return within.share * abs(fits.offset + fits.unit * c) / gap if gap > 0 else 1.0


def _in_steps(fits: Plateau, span: float) -> tuple[float, ...]:
    """Parameters in units of the series."""
    c, *amplitude = (fits.unit * float(one) for one in fits.best.fit.parameters[:2])
    times = [span * float(np.exp(one)) for one in fits.best.fit.parameters[2:3]]
    powers = [float(np.exp(one)) for one in fits.best.fit.parameters[3:]]
    return fits.offset + c, *amplitude, *times, *powers


def _others(fits: Plateau) -> tuple[Other, ...]:
    def asymptote(model: Model, parameters: Float64Array) -> float:
        return fits.within(fits.offset + fits.unit * float(parameters[0])) if model != "line" else np.nan

    return tuple(
        Other(one.fit.model, one.weight, asymptote(one.fit.model, one.fit.parameters))
        for one in fits.candidates[1:]
    )


def left_at(model: Model, parameters: Float64Array, u: float) -> float:
    """Which share of the way to the plateau is left.

    >>> left_at("exponential", np.array([0.5, 1.0, 0.0]), 1.0).__round__(4)
    0.3679
    """
    if model == "exponential":
        return float(np.exp(-u / np.exp(parameters[2])))
    if model == "power":
        return float((1 + u / np.exp(parameters[2])) ** -np.exp(parameters[3]))
    return np.nan


def time_to(model: Model, parameters: Float64Array, left: float) -> float:
    """When no more than that share of the way is left.

    >>> time_to("power", np.array([0.0, 1.0, 0.0, 0.0]), 0.25)
    3.0
    """
    left = min(max(left, 0.0), 1.0) if levels_off(model) else np.nan
    with np.errstate(divide="ignore", over="ignore"):
        if model == "exponential":
            return float(-np.log(left) * np.exp(parameters[2]))
        if model == "power":
            return float(np.exp(parameters[2]) * np.expm1(-np.log(left) / np.exp(parameters[3])))
    return np.nan


def _next_half(model: Model, parameters: Float64Array) -> float:
    """How long from u = 1 until half of what is left then is."""
    return (
        time_to(model, parameters, left_at(model, parameters, 1.0) / 2) - 1.0 if levels_off(model) else np.nan
    )
