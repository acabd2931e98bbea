"""How good and how quick the detectors are: python -m benchmarks.alerts [--runs N] [--first SEED]

Recall and precision at default settings, kind by kind, over runs of `benchmarks.faults`, and what the
detectors cost. The thresholds were chosen on seeds below 200,000; what is printed is measured on seeds from
200,000. Then every alert of the demo's three trainings, right or wrong.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.faults import Run, run
from benchmarks.report import heading, machine, row
from demo.train import POISONED_BATCH, RECIPES, train
from tensorboard_candles.events import log_roots
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts import DEFAULTS, REGISTRY, Alert, Watched, alerts_of
from tensorboard_candles.indicators.alerts.series import alerts_in
from tensorboard_candles.store import LocalSource

MEASURED_FROM = 200_000
EPOCHS, BATCHES = 30, 45
"""Of a training of the demo."""
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
        told = alerts_in_run(made)
        total.faults.update(kind for kind, _, _ in made.faults)
        total.found.update(kind for kind, a, b in made.faults if any(_hits(one, kind, a, b) for one in told))
        total.told.update(one.kind for one in told)
        total.right.update(one.kind for one in told if is_right(one, made))
    return total


def alerts_in_run(made: Run) -> list[Alert]:
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
    print_demo()
    _costs()


def print_demo() -> None:
    """Every alert of the demo: `steady` has no fault, `poisoned` one bad batch, in `too-hot` all is wrong."""
    with tempfile.TemporaryDirectory() as directory:
        for name in RECIPES:
            train(name, Path(directory), epochs=EPOCHS, pace_secs=0)
        source = LocalSource(log_roots(directory, ""), poll_secs=None)
        source.refresh()
        while source.loading().done < source.loading().total:
            source.refresh()
        told = [alert for view in source.runs() for alert in alerts_in(view, DEFAULTS)]
    print("\n### the demo\n\n" + heading("run", "alert", "steps", "is right"))
    for alert in told:
        steps = f"{alert.first_step} to {alert.last_step}"
        print(
            row(alert.run, f"{alert.tag}: {alert.kind}", steps, "yes" if _is_right_in_demo(alert) else "no")
        )
    right = [alert for alert in told if _is_right_in_demo(alert)]
    found = {alert.run for alert in right}
    print(f"\nPrecision {len(right)}/{len(told)}, recall {len(found)}/{len(RECIPES) - 1} runs with a fault")


def _is_right_in_demo(alert: Alert) -> bool:
    poisoned = EPOCHS // 2 * BATCHES + POISONED_BATCH
    if alert.run.endswith("poisoned"):
        return alert.first_step <= poisoned + BATCHES and alert.last_step >= poisoned
    return alert.run.endswith("too-hot")


def _costs() -> None:
    values = 2 + np.random.default_rng(0).normal(0, 0.1, 1_000_000)
    steps = np.arange(len(values))
    print("\n### cost\n\n" + heading("detector", "a million points at once", "µs a point in pieces of 16"))
    beside_training = np.column_stack([values, values])
    for name, detector in REGISTRY.items():
        looked_at = beside_training if detector.needs_training else values
        whole = _seconds(Watched("loss", [detector]), steps, looked_at, len(values))
        pieces = _seconds(Watched("loss", [detector]), steps[:100_000], looked_at[:100_000], 16)
        print(row(name, f"{whole:.2f} s", f"{10 * pieces:.2f}"), flush=True)


def _seconds(watched: Watched, steps: Int64Array, values: Float64Array, size: int) -> float:
    begin = time.process_time()
    for at in range(0, len(values), size):
        watched.step(steps[at : at + size], values[at : at + size])
    return time.process_time() - begin


if __name__ == "__main__":
    main()
