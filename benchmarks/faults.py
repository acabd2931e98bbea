"""Made-up training runs, some with one kind of fault, whose places are known.

A run is a loss, an accuracy, a gradient norm or a learning rate of 600 to 8,000 points, or a loss or an
accuracy on validation data at 20 to 200 evaluations, with that on training data beside it. The curve without
noise falls by a power law or an exponential to a floor, with what happens in good runs, too: a warm-up in
which nothing moves, steps down where the learning rate drops, curricula whose jumps up take a part of the
progress, cycles, epochs that saw-tooth. The noise is normal, log-normal, gamma (skewed) or Student's t of 5
to 10 degrees of freedom, in proportion to the level or not, white or with memory; its size is 1 to 15% of
the level. Nothing in it is taken from the detectors.

Faults: spikes of one point or of 2 to 15, to 1.6 to 12 times the level (and at least 12 σ of the noise
above it); a divergence to a multiple of the first loss, within 5 to 400 points; a curve that is frozen for
the rest; NaN or infinity in 1 to 40 points; gradients that grow by 2.5 to 60% a point, or jump, and stay or
come back; gradients that fall by 5 to 9 decades, at once or within 300 points; a loss that turns and loses 15
to 40% of its progress again by the end of the run; validation that turns while training goes on; a learning
rate that falls to a tenth, to less or to 0 at once, jumps to 6 to 100 times its highest, or loses 1 to 20% at
each point. Schedules without a fault are linear, cosine, with warm restarts, with warm-up and others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FAULTS = (
    "none", "none", "none", "spike", "spike", "divergence", "trend-reversal", "overfitting-gap", "plateau",
    "non-finite", "gradient-explosion", "gradient-vanishing", "lr-cliff",
)  # fmt: skip
"""What runs have in turn; three in thirteen have none."""


@dataclass
class Run:
    """Its points, and what is wrong in it: kind, first and last point."""

    tag: str
    values: Floats
    clean: Floats
    """The curve without noise."""
    noise: float
    training: Floats | None = None
    """How it stood on training data then, where the values are of validation."""
    clean_training: Floats | None = None
    faults: list[tuple[str, int, int]] = field(default_factory=list)


def run(seed: int) -> Run:
    """The run of that number."""
    rng = np.random.default_rng(seed)
    fault = FAULTS[seed % len(FAULTS)]
    # what is frozen for less than a thousand points can't be told from what falls slowly
    count = int(rng.integers(600 if fault != "plateau" else 2000, 8001))
    kind = fault.partition("-")[0]
    if fault == "none":
        kind = rng.choice(["loss", "loss", "gradient", "overfitting", "lr"])
    if kind == "gradient":
        made = _gradients(rng, count)
    elif kind == "overfitting":
        made = _validation(rng, is_overfit=fault != "none")
    elif kind == "lr":
        made = _learning_rate(rng, count, has_cliff=fault != "none")
    else:
        made = _loss(rng, count, fault)
    {
        "spike": _spikes, "divergence": _divergence, "non-finite": _nonfinite,
        "gradient-explosion": _explosion, "gradient-vanishing": _vanishing, "trend-reversal": _reversal,
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


def _reversal(rng: np.random.Generator, run: Run) -> None:
    count = len(run.values)
    begin = int(rng.uniform(0.3, 0.65) * count)
    gained = float(run.clean[0] - run.clean[begin])
    at = np.arange(count - begin) / (count - begin)
    # from here on nothing is gained, and 15 to 40% of what was gained is lost again by the end
    lost = (
        run.clean[begin] - run.clean[begin:] + gained * rng.uniform(0.15, 0.4) * at ** rng.uniform(0.7, 1.5)
    )
    run.clean[begin:] += lost
    run.values[begin:] += lost
    run.faults.append(("trend-reversal", begin, count - 1))


def _validation(rng: np.random.Generator, *, is_overfit: bool) -> Run:
    """As many evaluations, and how the training stood at each; both have a floor of their own."""
    count = int(rng.integers(20, 201))
    scale, floor = 10 ** rng.uniform(-1, 1), rng.uniform(0.05, 0.5)
    curve = _curve(rng, count)
    training = curve + floor * rng.uniform(0.2, 1.0)
    made = rng.uniform(0.8, 1.1) * curve + floor
    faults = []
    if is_overfit:
        begin = int(rng.uniform(0.25, 0.6) * count)
        gained, at = made[0] - made[begin], np.arange(count - begin) / (count - begin)
        made[begin:] = made[begin] + gained * rng.uniform(0.5, 1.5) * at ** rng.uniform(0.7, 1.5)
        faults.append(("overfitting-gap", begin, count - 1))
    size = rng.uniform(0.003, 0.03)
    values = scale * made * (1 + size * _noise(rng, count))
    seen = scale * training * (1 + rng.uniform(0.2, 1) * size * _noise(rng, count))
    found = Run(
        "val/loss", values, scale * made, float(size * scale * np.median(made)), seen, scale * training
    )
    if rng.random() < 0.3:
        top = 3 * scale
        found = Run(
            "val/accuracy", 1 - values / top, -found.clean, found.noise, 1 - seen / top, -scale * training
        )
    found.faults = faults
    return found


def _learning_rate(rng: np.random.Generator, count: int, *, has_cliff: bool) -> Run:
    """A schedule as people have them, logged at every so many steps, perhaps with a warm-up."""
    count = count // int(rng.choice([1, 1, 10, 40]))
    at = np.arange(count) / (count - 1)
    kind = rng.choice(
        ["linear", "cosine", "restarts", "root", "constant", "stable", "one-cycle", "triangles"]
    )
    rate = {
        "linear": 1 - at,
        "cosine": (1 + np.cos(np.pi * at)) / 2,
        "restarts": (1 + np.cos(np.pi * (at * rng.integers(2, 6) % 1))) / 2,
        "root": (1 + at * 100) ** -0.5,
        "constant": np.ones(count),
        "stable": np.clip((1 - at) / rng.uniform(0.1, 0.3), 0, 1),
        "one-cycle": np.interp(at, [0, 0.3, 0.9, 1], [0.04, 1, 0.04, 4e-5]),
        "triangles": 1 - 0.9 * np.abs(at * 2 * rng.integers(2, 6) % 2 - 1),
    }[str(kind)]
    rate = rng.uniform(0, 0.1) * (rng.random() < 0.5) + rate
    if rng.random() < 0.5 and kind != "one-cycle":
        rate = rate * np.clip(np.arange(1, count + 1) / max(rng.uniform(0.01, 0.1) * count, 1), 0, 1)
    made = Run("lr", 10 ** rng.uniform(-5, -1) * rate, rate, 0.0)
    if has_cliff:
        _cliff(rng, made)
    return made


def _cliff(rng: np.random.Generator, run: Run) -> None:
    count = len(run.values)
    begin = int(rng.uniform(0.2, 0.7) * count)
    kind = rng.choice(["step", "fall", "zero", "jump", "collapse"])
    if (kind == "jump" and begin < 200) or (kind == "collapse" and count - begin < 2000):
        kind = "fall"
    if kind == "jump":
        run.values[begin:] = run.values.max() * 10 ** rng.uniform(0.8, 2)
    elif kind == "collapse":  # stepped at each batch, not at each epoch
        run.values[begin:] *= np.maximum(rng.uniform(0.8, 0.99) ** np.arange(count - begin), 1e-12)
        run.faults.append(("lr-cliff", begin, count - 1))
        return
    else:
        if kind == "step" or rng.random() < 0.5:
            run.values[begin - 20 :] = run.values[begin - 20]
        fallen = {"step": 0.1, "zero": 0.0}.get(str(kind), 10 ** rng.uniform(-4, -0.9))
        run.values[begin:] *= fallen
    run.faults.append(("lr-cliff", begin, begin))


def _nothing(rng: np.random.Generator, run: Run) -> None:
    pass
