"""What a convergence says, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tensorboard_candles.analysis.convergence.diagnosis import Convergence
from tensorboard_candles.analysis.convergence.generalisation import Gap
from tensorboard_candles.analysis.convergence.outlook import Outlook
from tensorboard_candles.analysis.convergence.plateau import Estimate

_CURVES = {
    "exponential": "an exponential",
    "power": "a power law",
    "line": "a straight line",
    "constant": "a constant",
}
_CALMER, _RESTLESS = 0.8, 1.25
_RIVAL = 0.2
_MANY, _FEW = 100, 15


def sentences(found: Convergence, gap: Gap | None = None) -> list[str]:
    """The most important one first.

    >>> import numpy as np
    >>> from tensorboard_candles.analysis.aligned import Line
    >>> from tensorboard_candles.analysis.convergence import convergence
    >>> sentences(convergence(Line(np.arange(3), np.array([3.0, 2.0, 1.0]))))
    ['3 points: too few to tell where this is going.']
    """
    of_curve = (_first, _outlook, _strays, _others)
    return [*(one for tell in (*of_curve, _volatility, _best) for one in tell(found)), *_gap(gap)]


def _first(found: Convergence) -> Iterator[str]:
    if found.verdict == "too-few":
        yield f"{_count(found.points)}: too few to tell where this is going."
    if found.verdict == "nonfinite":
        yield f"It ends without a number: the last one is of step {found.last_step:,}. No curve is told."
    if found.verdict == "turned":
        where = f" around step {found.best.step:,}" if found.best else ""
        yield f"It was best{where} and has been getting worse since: there is no plateau to tell of."
    if found.verdict == "flat":
        yield "It does not change beyond its noise: it is as good at the end as at the start."
    if found.verdict == "straight":
        yield "It still changes along a straight line: no plateau is in sight, and none is told."
    if found.verdict == "unlike":
        yield (
            "It does not follow such a curve: it leaves the one that fits best for whole stretches,"
            " as after a change of the learning rate. No plateau is told."
        )
    if found.nonfinite:
        yield f"Left out, as no finite numbers: {_count(found.nonfinite)}."


def _outlook(found: Convergence) -> Iterator[str]:
    told = found.outlook
    if told is None or found.verdict not in ("converged", "converging"):
        return
    if math.isnan(told.asymptote.value):
        yield "It is still on its way; its plateau is not known yet."
        yield f"Expected at step {found.horizon:,}: {shown(told.final)}."
        return
    done = f"{math.floor(100 * told.gap_closed)} % of the way to its plateau is done"
    if found.verdict == "converged":
        yield f"It has levelled off since about step {_step(told.converged_step.value)}: {done}."
    else:
        yield f"It is still on its way: {done}; {_when(found, told)}."
    if (told.level.value < told.asymptote.value) == (found.polarity == "lower_is_better"):
        yield "It gets worse, not better, on its way there."
    yield f"Plateau: {shown(told.asymptote)}{_bound(found)}, if it goes on along {_CURVES[told.model]}."
    yield f"Expected at step {found.horizon:,}: {shown(told.final)}."
    if math.isfinite(told.half_life.value) and math.isfinite(told.next_half_life.value):
        half, next_half = _step(told.half_life.value), _step(told.next_half_life.value)
        yield f"Half of the way took {half} steps; half of what is left takes {next_half} more."


def _bound(found: Convergence) -> str:
    """Which of its bounds hold the plateau back; an interval that ends there would go on."""
    told, bounds = found.outlook, found.bounds
    if told and told.asymptote.high == bounds.high < math.inf:
        return f", at most {bounds.high:g} by its nature"
    if told and told.asymptote.low == bounds.low > -math.inf:
        return f", at least {bounds.low:g} by its nature"
    return ""


def _when(found: Convergence, told: Outlook) -> str:
    when = told.converged_step
    if math.isnan(when.value):
        return "when it will be close to it is not known yet"
    return f"close to it around step {_step(when.value)} ({_step(when.low)} to {_step(when.high)})"


def _others(found: Convergence) -> Iterator[str]:
    told = found.outlook
    if told is None or found.verdict not in ("converged", "converging") or math.isnan(told.asymptote.value):
        return
    for other in told.others:
        if other.weight > _RIVAL * told.weight:
            end = "no plateau" if math.isnan(other.asymptote) else f"a plateau at {_number(other.asymptote)}"
            curve = _CURVES[other.model].capitalize()
            yield f"{curve} fits nearly as well, with {end}; the intervals mind that."


def _strays(found: Convergence) -> Iterator[str]:
    told = found.outlook
    if told and found.points >= _MANY and told.independent < _FEW and told.model != "constant":
        yield (
            "It strays from that curve for long stretches, as after a change of the learning rate:"
            " take all of this with care."
        )


def _volatility(found: Convergence) -> Iterator[str]:
    early, late = found.volatility.early, found.volatility.late
    if not (early > 0 and math.isfinite(early) and math.isfinite(late)):
        return
    ratio = late / early
    moves = f"from point to point it moves {ratio:.2g} times as much at the end as at the start"
    if ratio < _CALMER:
        yield f"It calms down: {moves}."
    elif ratio > _RESTLESS:
        yield f"It grows restless: {moves}."
    else:
        yield "It is as restless at the end as at the start."


def _best(found: Convergence) -> Iterator[str]:
    best = found.best
    if best is None or found.verdict == "too-few":
        return
    each = f" (means of {best.points:,} points)" if best.points > 1 else ""
    yield f"Best value: {_number(best.value)} at step {best.step:,}{each}."
    if best.stop_step is not None:
        yield (
            f"Early stopping with a patience of {best.patience} would have ended at step {best.stop_step:,}"
            f" and kept step {best.stop_best_step:,}."
        )


def _gap(gap: Gap | None) -> Iterator[str]:
    if gap is None:
        return
    how = f"{_number(abs(gap.now))} {'worse' if gap.now > 0 else 'better'} than" if gap.now else "as good as"
    yield (
        f"Validation is {how} training at the end;"
        f" where it was best (step {gap.best_step:,}) the gap was {_number(gap.at_best)}."
    )
    if gap.is_widening:
        yield f"The gap has grown by {_number(gap.change)} since then: it overfits."


def shown(estimate: Estimate) -> str:
    """A number and its interval.

    >>> shown(Estimate(0.512345, 0.5, 0.525))
    '0.512 (0.500 to 0.525)'
    """
    digits = _digits(estimate)
    said = _number if digits is None else lambda value: f"{round(value, digits) + 0.0:.{digits}f}"
    return f"{said(estimate.value)} ({said(estimate.low)} to {said(estimate.high)})"


def _digits(estimate: Estimate) -> int | None:
    """Decimals at which both ends of an interval tell them apart; None where an exponent reads better."""
    width = estimate.high - estimate.low
    if not (math.isfinite(width) and width > 0 and 1e-4 < max(abs(estimate.low), abs(estimate.high)) < 1e6):
        return None
    return min(max(1 - math.floor(math.log10(width)), 0), 8)


def _count(points: int) -> str:
    return "1 point" if points == 1 else f"{points:,} points"


def _number(value: float) -> str:
    return f"{value + 0.0:.4g}"  # 0, not -0


def _step(value: float) -> str:
    """A step or a number of steps, about."""
    if not math.isfinite(value):
        return "∞"
    if abs(value) >= 1e15:
        return f"{value:.2g}"
    size = 10 ** max(math.floor(math.log10(abs(value))) - 2, 0) if abs(value) >= 1 else 1
    return f"{round(value / size) * size:,}"
