"""Log directories that the browser tests look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support import records

STEPS = 3000
STEPS_PER_EPOCH = 300
POISONED, STEADY, TOO_HOT = "digits/poisoned", "digits/steady", "digits/too-hot"
LOSS, ACCURACY, GRAD_NORM = "train/loss", "train/accuracy", "grad_norm"
SPIKE_STEP = 1234
SPIKE = float(np.float32(41.7))
NONFINITE = {1500: np.nan, 1501: np.inf, 1502: -np.inf, 1505: np.nan, 1519: np.nan}

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


def write_long_run(logdir: Path) -> Path:
    """A million points with two spikes of one point each."""
    noise = np.random.default_rng(1).normal(size=LONG_STEPS)
    series = (2 * np.exp(-np.arange(LONG_STEPS) / 3e5) + 0.1 * noise).astype(np.float32)
    for step, height in LONG_SPIKES.items():
        series[step] = height
    records.write_run(logdir, "long", records.many_scalars("loss", series.tolist()))
    return logdir


def write_short_run(logdir: Path, run: str, *, steps: int = 200) -> Path:
    """One small run, for tests that are not about the data."""
    return records.write_run(logdir, run, records.scalar_file("loss", [1 / (1 + s) for s in range(steps)]))
