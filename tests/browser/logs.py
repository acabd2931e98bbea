"""Log directories that the browser tests look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.support import records

STEPS = 3000
STEPS_PER_EPOCH = 300
POISONED, STEADY, TOO_HOT = "digits/poisoned", "digits/steady", "digits/too-hot"
LOSS, ACCURACY, GRAD_NORM = "train/loss", "train/accuracy", "grad_norm"
SPIKE_STEP = 1234
SPIKE = float(np.float32(41.7))
NONFINITE = {1500: np.nan, 1501: np.inf, 1502: -np.inf, 1505: np.nan, 1519: np.nan}

SWEEP_STEPS = 400
MANY_RUNS = 3000

LONG_STEPS = 1_000_000
LONG_SPIKES = {123_457: 91.5, 654_321: 97.25}


def losses(run: str) -> list[float]:
    place = [POISONED, STEADY, TOO_HOT].index(run)
    noise = np.random.default_rng(place).normal(size=STEPS)
    falling = (1.5 + place) * np.exp(-np.arange(STEPS) / 900) + 1.2 * place + 0.1 * noise
    if run == POISONED:
        falling[SPIKE_STEP] = SPIKE
    if run == TOO_HOT:
        falling[list(NONFINITE)] = list(NONFINITE.values())
    return [float(value) for value in falling.astype(np.float32)]


def training(run: str) -> bytes:
    content = [records.version_record()]
    for step, loss in enumerate(losses(run)):
        epoch = step // STEPS_PER_EPOCH
        content.append(records.scalar_record(LOSS, step=step, value=loss))
        content.append(records.scalar_record(ACCURACY, step=step, value=1 - 1 / (1 + step / 400)))
        content.append(records.scalar_record(GRAD_NORM, step=step, value=1 + step % 7))
        if run == POISONED and step % STEPS_PER_EPOCH == 0:
            content.append(records.scalar_record("epoch", step=step, value=float(epoch)))
    return b"".join(content)


def write_trainings(logdir: Path) -> Path:
    """Three runs: a spike of one point and epochs in the first, non-finite points in the last."""
    for run in (POISONED, STEADY, TOO_HOT):
        records.write_run(logdir, run, training(run))
    return logdir


def long_values() -> npt.NDArray[np.float32]:
    noise = np.random.default_rng(1).normal(size=LONG_STEPS)
    series = (2 * np.exp(-np.arange(LONG_STEPS) / 3e5) + 0.1 * noise).astype(np.float32)
    for step, height in LONG_SPIKES.items():
        series[step] = height
    return series


def write_long_run(logdir: Path) -> Path:
    """A million points with two spikes of one point each."""
    records.write_run(logdir, "long", records.many_scalars("loss", long_values().tolist()))
    return logdir


def write_short_run(logdir: Path, run: str, *, steps: int = 200) -> Path:
    """One small run, for tests that are not about the data."""
    return records.write_run(logdir, run, records.scalar_file("loss", [1 / (1 + s) for s in range(steps)]))


def sweep_loss(runs: list[str], run: str) -> list[float]:
    """Of no two runs the same, and in another order than their names."""
    place = runs.index(run)
    ends_at = [0.3, 0.1, 0.5, 0.2, 0.4][place % 5]
    noise = np.random.default_rng(place).normal(size=SWEEP_STEPS)
    falling = ends_at + np.exp(-np.arange(SWEEP_STEPS) / 90) + 0.04 * noise
    falling[-1] = ends_at
    return [float(value) for value in falling.astype(np.float32)]


def write_sweep(logdir: Path, runs: list[str]) -> Path:
    """Small runs with a loss and an accuracy, each begun after the one before; the last has one more tag."""
    for place, run in enumerate(runs):
        content = [records.version_record()]
        for step, loss in enumerate(sweep_loss(runs, run)):
            at = records.FIRST_SECOND + 10_000 * place + step
            content.append(records.scalar_record("loss", step=step, wall_time=at, value=loss))
            content.append(records.scalar_record("accuracy", step=step, wall_time=at, value=loss))
        if run == runs[-1]:
            content.append(records.scalar_record("only/here", step=0, wall_time=at, value=1.0))
        records.write_run(logdir, run, b"".join(content))
    return logdir


def write_many_runs(logdir: Path) -> Path:
    for number in range(MANY_RUNS):
        records.write_run(logdir, f"run-{number}", records.scalar_file("loss", [1.0, 0.5 + number % 7]))
    return logdir
