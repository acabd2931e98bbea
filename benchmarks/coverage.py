"""How often the intervals of `analysis.convergence` hold the truth: python -m benchmarks.coverage [seeds]

Series of 500 points whose plateau is known, in noise of several kinds; intervals are of 95 %.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.convergence import Bounds, convergence
from tensorboard_candles.events.points import Float64Array

POINTS, NOISE = 500, 0.05
U = np.linspace(0, 1, POINTS)
Noise = Callable[[np.random.Generator], Float64Array]
Curve = Callable[[Float64Array], Float64Array]

CURVES: dict[str, tuple[float, Curve, Bounds]] = {
    "exponential, over early": (0.5, lambda u: 0.5 + 2 * np.exp(-u / 0.15), Bounds()),
    "exponential, still falling": (0.5, lambda u: 0.5 + 2 * np.exp(-u / 0.6), Bounds()),
    "power law, b = 0.7": (0.3, lambda u: 0.3 + 1.5 * (1 + u / 0.02) ** -0.7, Bounds()),
    "power law, b = 0.35": (0.3, lambda u: 0.3 + 1.5 * (1 + u / 0.02) ** -0.35, Bounds()),
    "the same, known above 0": (0.3, lambda u: 0.3 + 1.5 * (1 + u / 0.02) ** -0.35, Bounds(low=0.0)),
    "and plateau at 0.1 above it": (0.1, lambda u: 0.1 + 1.5 * (1 + u / 0.02) ** -0.35, Bounds(low=0.0)),
}


def autocorrelated(rng: np.random.Generator) -> Float64Array:
    """Of first order, φ = 0.9."""
    noise, found = rng.normal(size=POINTS + 300) * np.sqrt(1 - 0.9**2), np.zeros(POINTS + 300)
    for at in range(1, len(found)):
        found[at] = 0.9 * found[at - 1] + noise[at]
    return found[300:]


NOISES: dict[str, Noise] = {
    "white": lambda rng: rng.normal(size=POINTS),
    "autocorrelated": autocorrelated,
    "heavy-tailed": lambda rng: rng.standard_t(3, size=POINTS) / np.sqrt(3),
    "fading": lambda rng: rng.normal(size=POINTS) * np.linspace(2, 0.5, POINTS),
}


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{'curve':28}{'noise':16}{'plateau':>9}{'twice as far':>14}  of {seeds} seeds")
    for name, (plateau, curve, bounds) in CURVES.items():
        for kind, noise in NOISES.items():
            held = np.array([_held(plateau, curve, noise, seed, bounds) for seed in range(seeds)])
            at_plateau, ahead = 100 * held.mean(axis=0)
            print(f"{name:28}{kind:16}{at_plateau:8.0f} %{ahead:12.0f} %", flush=True)


def _held(plateau: float, curve: Curve, noise: Noise, seed: int, bounds: Bounds) -> tuple[bool, bool]:
    """Whether the intervals of the plateau and of the level at twice the span hold the truth."""
    values = curve(U) + NOISE * noise(np.random.default_rng(seed))
    told = convergence(Line(np.arange(POINTS), values), bounds=bounds).outlook
    if told is None:
        return False, False
    truth = float(curve(np.array([2.0]))[0])
    return (
        told.asymptote.low <= plateau <= told.asymptote.high,
        told.final.low <= truth <= told.final.high,
    )


if __name__ == "__main__":
    main()
