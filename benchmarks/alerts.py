"""How good and how quick the detectors are: python -m benchmarks.alerts [--runs N] [--first SEED]

Recall and precision at default settings, kind by kind, over runs of `benchmarks.faults`, and what the
detectors cost. The thresholds were chosen on seeds below 200,000; what is printed is measured on seeds from
200,000.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchmarks.faults import Run, run
from benchmarks.report import heading, machine, row
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts import DEFAULTS, REGISTRY, Alert, Watched, alerts_of

MEASURED_FROM = 200_000
_LATE = 60  # points that a detector may need after a fault is over, or has lasted so long


@dataclass
class Score:
    """Counts by kind."""

    faults: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def recall(self, kind: str) -> float:
        return self.found[kind] / max(self.faults[kind], 1)

    def precision(self, kind: str) -> float:
        return self.right[kind] / max(self.told[kind], 1)


def score(seeds: range) -> Score:
    """What the default detectors find in the runs of these seeds."""
    total = Score()
    for seed in seeds:
        made = run(seed)
        told = alerts_in(made)
        total.faults.update(kind for kind, _, _ in made.faults)
        total.found.update(kind for kind, a, b in made.faults if any(_hits(one, kind, a, b) for one in told))
        total.told.update(one.kind for one in told)
        total.right.update(one.kind for one in told if is_right(one, made))
    return total


def alerts_in(made: Run) -> list[Alert]:
    """What the default detectors say of a run."""
    steps = np.arange(len(made.values))
    told = alerts_of(made.tag, steps, made.values)
    if made.training is not None:
        told += alerts_of(made.tag, steps, np.column_stack([made.values, made.training]))
    return told


def is_right(alert: Alert, made: Run) -> bool:
    """Whether there is what it tells of: a fault, or what the curve without noise shows."""
    if any(_hits(alert, kind, first, last) for kind, first, last in made.faults):
        return True
    part = slice(alert.first_step, alert.last_step + 1)
    clean, way = made.clean[part], np.ptp(made.clean)
    worse = clean[-1] - clean[0]
    if alert.kind == "plateau":  # it moved by less than half the noise, or 2% of its way
        return bool(-worse < max(0.5 * made.noise, 0.02 * way))
    if alert.kind == "divergence":
        before = made.clean[: alert.last_step + 1]
        return bool(clean[-1] - before.min() > 0.4 * (before[0] - before.min()))
    if alert.kind == "trend-reversal":
        return bool(worse > 0.05 * way)
    if alert.kind == "overfitting-gap" and made.clean_training is not None:
        training = made.clean_training[part]
        return bool(worse > -0.02 * way and worse - (training[-1] - training[0]) > 0.15 * way)
    return False


def _hits(alert: Alert, kind: str, first: int, last: int) -> bool:
    return alert.kind == kind and alert.first_step <= last and alert.last_step >= first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=MEASURED_FROM, metavar="SEED")
    arguments = parser.parse_args()
    print(machine())
    found = score(range(arguments.first, arguments.first + arguments.runs))
    print(f"\n### {arguments.runs} runs\n\n" + heading("kind", "faults", "recall", "alerts", "precision"))
    for detector in DEFAULTS:
        kind = detector.kind
        recall, precision = f"{found.recall(kind):.3f}", f"{found.precision(kind):.3f}"
        print(row(kind, str(found.faults[kind]), recall, str(found.told[kind]), precision))
    _costs()


def _costs() -> None:
    values = 2 + np.random.default_rng(0).normal(0, 0.1, 1_000_000)
    steps = np.arange(len(values))
    print("\n### cost\n\n" + heading("detector", "a million points at once", "µs a point in pieces of 16"))
    for name, detector in REGISTRY.items():
        whole = _seconds(Watched("loss", [detector]), steps, values, len(values))
        pieces = _seconds(Watched("loss", [detector]), steps[:100_000], values[:100_000], 16)
        print(row(name, f"{whole:.2f} s", f"{10 * pieces:.2f}"), flush=True)


def _seconds(watched: Watched, steps: Int64Array, values: Float64Array, size: int) -> float:
    begin = time.process_time()
    for at in range(0, len(values), size):
        watched.step(steps[at : at + size], values[at : at + size])
    return time.process_time() - begin


if __name__ == "__main__":
    main()
