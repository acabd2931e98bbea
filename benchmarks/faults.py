"""Made-up training runs, some with one kind of fault, whose places are known.

A run is a loss, a validation accuracy or a gradient norm of 600 to 8,000 points. The curve without noise
falls by a power law or an exponential to a floor, with what happens in good runs, too: a warm-up in which
nothing moves, steps down where the learning rate drops, curricula whose jumps up take a part of the
progress, cycles, epochs that saw-tooth. The noise is normal, log-normal, gamma (skewed) or Student's t of 5
to 10 degrees of freedom, in proportion to the level or not, white or with memory; its size is 1 to 15% of
the level. Nothing in it is taken from the detectors.

Faults: spikes of one point or of 2 to 15, to 1.6 to 12 times the level (and at least 12 σ of the noise
above it); a divergence to a multiple of the first loss, within 5 to 400 points; a curve that is frozen for
the rest; NaN or infinity in 1 to 40 points; gradients that grow by 2.5 to 60% a point, or jump, and stay or
come back; gradients that fall by 5 to 9 decades, at once or within 300 points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FAULTS = (
    "none", "none", "spike", "spike", "divergence", "plateau", "non-finite", "gradient-explosion",
    "gradient-vanishing",
)  # fmt: skip
"""What runs have in turn; two in nine have none."""


@dataclass
class Run:
    """Its points, and what is wrong in it: kind, first and last point."""

    tag: str
    values: Floats
    clean: Floats
    """The curve without noise."""
    noise: float
    faults: list[tuple[str, int, int]] = field(default_factory=list)


def run(seed: int) -> Run:
    """The run of that number."""
    rng = np.random.default_rng(seed)
    fault = FAULTS[seed % len(FAULTS)]
    # what is frozen for less than a thousand points can't be told from what falls slowly
    count = int(rng.integers(600 if fault != "plateau" else 2000, 8001))
    made = _gradients(rng, count) if fault.startswith("gradient") else _loss(rng, count, fault)
    if fault == "none" and rng.random() < 0.3:
        made = _gradients(rng, count)
    {
        "spike": _spikes, "divergence": _divergence, "non-finite": _nonfinite,
        "gradient-explosion": _explosion, "gradient-vanishing": _vanishing,
    }.get(fault, _nothing)(rng, made)  # fmt: skip
    return made


def _noise(rng: np.random.Generator, count: int) -> Floats:
    kind = rng.choice(["normal", "lognormal", "gamma", "t"])
    if kind == "normal":
        found = rng.normal(size=count)
    elif kind == "lognormal":
        sigma = rng.uniform(0.1, 0.4)
        found = (np.exp(rng.normal(0, sigma, count)) - np.exp(sigma**2 / 2)) / sigma
    elif kind == "gamma":
        shape = rng.uniform(4, 20)
        found = (rng.gamma(shape, size=count) - shape) / np.sqrt(shape)
    else:
        freedom = rng.uniform(5, 10)
        found = rng.standard_t(freedom, count) * np.sqrt((freedom - 2) / freedom)
    memory = rng.choice([0.0, 0.0, 0.3, 0.6])
    for place in range(1, count if memory else 0):
        found[place] = memory * found[place - 1] + np.sqrt(1 - memory**2) * found[place]
    return np.asarray(found, np.float64)


def _curve(rng: np.random.Generator, count: int) -> Floats:
    """Falls from about 1 to a floor, all the way to the end."""
    at = np.arange(count) / count
    if rng.random() < 0.6:
        fallen = (1 + at * count / rng.uniform(2, 30)) ** -rng.uniform(0.25, 0.6)
    else:
        fallen = np.exp(-at * rng.uniform(2, 5))
    if rng.random() < 0.3:  # warm-up
        still = int(rng.uniform(0.01, 0.05) * count)
        fallen = np.concatenate([np.full(still, fallen[0]), fallen])[:count]
    for drop in rng.uniform(0.3, 0.9, rng.integers(0, 3)):  # the learning rate drops
        fallen = np.where(at > drop, fallen * rng.uniform(0.7, 0.9), fallen)
    if rng.random() < 0.2:  # a curriculum: harder data
        jump, gained = rng.uniform(0.3, 0.7), rng.uniform(0.05, 0.2)
        ramp = np.clip((at - jump) * count / rng.uniform(1, 60), 0, 1)
        fallen = fallen + ramp * gained * np.exp(-np.maximum(at - jump, 0) * 8)
    if rng.random() < 0.2:  # epochs: each batch is better known by its end
        fallen = fallen * (1 - 0.03 * ((at * rng.integers(4, 20)) % 1))
    return np.asarray(fallen, np.float64)


def _loss(rng: np.random.Generator, count: int, fault: str) -> Run:
    curve = _curve(rng, count)
    if fault == "plateau":
        since = int(rng.uniform(0.15, 0.5) * count)
        curve[since:] = curve[since]
    scale, floor = 10 ** rng.uniform(-1, 1), rng.uniform(0.02, 0.5)
    clean = scale * (curve + floor)
    size = rng.uniform(0.01, 0.15) if fault != "plateau" else rng.uniform(0.01, 0.08)
    level = clean if rng.random() < 0.5 else np.full(count, np.median(clean))
    noise = size * level * _noise(rng, count)
    made = Run("train/loss", clean + noise, clean, float(size * np.median(level)))
    if fault == "plateau":
        made.faults.append(("plateau", since, count - 1))
    if fault in ("none", "spike") and rng.random() < 0.2:  # the same as an accuracy
        made = Run("accuracy", 1 - made.values / (3 * scale), clean, made.noise)
    return made


def _gradients(rng: np.random.Generator, count: int) -> Run:
    clean = 10 ** rng.uniform(-2, 1) * (_curve(rng, count) + rng.uniform(0.05, 1))
    return Run("grad_norm", clean * np.exp(rng.uniform(0.05, 0.4) * _noise(rng, count)), clean, 0.0)


def _spikes(rng: np.random.Generator, run: Run) -> None:
    count, falls = len(run.values), run.tag == "accuracy"
    places = np.sort(rng.integers(100, count - 60, rng.integers(1, 5)))
    for begin in places[np.diff(places, prepend=-200) > 150].tolist():
        length = 1 if rng.random() < 0.5 else int(rng.integers(2, 16))
        shape = np.exp(-np.arange(length) / max(length / 2, 1))
        if falls:
            usual = run.values[begin - 30 : begin]
            shape = shape * max(rng.uniform(0.4, 0.9) * usual.mean(), 12 * usual.std())
            run.values[begin : begin + length] -= shape
        else:
            height = max(rng.uniform(0.6, 11) * run.clean[begin], 12 * run.noise)
            run.values[begin : begin + length] += height * shape
        run.faults.append(("spike", begin, begin + length - 1))


def _divergence(rng: np.random.Generator, run: Run) -> None:
    count = len(run.values)
    begin = int(rng.uniform(0.2, 0.8) * count)
    rise = int(rng.uniform(5, 400))
    height = run.clean[0] * rng.uniform(1.0, 4.0)
    ramp = np.clip(np.arange(count - begin) / rise, 0, 1)
    run.clean[begin:] += height * ramp
    run.values[begin:] += height * ramp * (1 + 0.1 * rng.normal(size=count - begin))
    run.faults.append(("divergence", begin, count - 1))


def _nonfinite(rng: np.random.Generator, run: Run) -> None:
    begin, length = int(rng.integers(0, len(run.values))), int(rng.integers(1, 41))
    run.values[begin : begin + length] = rng.choice([np.nan, np.inf])
    run.faults.append(("non-finite", begin, min(begin + length, len(run.values)) - 1))


def _explosion(rng: np.random.Generator, run: Run) -> None:
    count = len(run.values)
    begin = int(rng.uniform(0.2, 0.8) * count)
    part = run.values[begin:]
    if rng.random() < 0.5:
        growth = np.log10(1 + 10 ** rng.uniform(-1.6, -0.22)) * np.arange(len(part))
        grown = 10 ** np.minimum(growth, rng.uniform(2, 6))
    else:
        length = int(rng.integers(1, 200))
        grown = np.where(np.arange(len(part)) < length, 10 ** rng.uniform(1.5, 5), 1.0)
    run.values[begin:] = part * grown
    run.faults.append(("gradient-explosion", begin, count - 1))


def _vanishing(rng: np.random.Generator, run: Run) -> None:
    count = len(run.values)
    begin = int(rng.uniform(0.2, 0.8) * count)
    slope = np.clip(np.arange(count - begin) / (1 if rng.random() < 0.5 else rng.integers(10, 300)), 0, 1)
    run.values[begin:] *= 0.0 if rng.random() < 0.2 else 10 ** (-rng.uniform(5, 9) * slope)
    run.faults.append(("gradient-vanishing", begin, count - 1))


def _nothing(rng: np.random.Generator, run: Run) -> None:
    pass
