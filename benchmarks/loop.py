"""What logging every batch adds to a training: python -m benchmarks.loop [--pairs N] [--steps N]

A small CNN is trained on one core, in stretches of about a second: one without logging and one that
logs the loss and the gradient's norm of every batch, one after the other and which of them first by turns.
The time of a logged stretch ends when all is written. Of each pair the ratio is taken; printed are the median
of the ratios and their quartiles, by the clock and by the processor time of all threads.

A busy machine moves single stretches by several percent. So a second table takes it apart, step by step:
of steps that log and steps that don't, drawn by lot, the medians, which lie milliseconds from one another;
and beside it the processor time that the logger's threads take for each logged batch.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from benchmarks.report import heading, machine, more, row
from tensorboard_candles import Tracker

BATCH_SIZE = 32


class Training:
    """Endless steps of a CNN for images of 28 × 28 pixels."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        self.model = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 10),
        )  # fmt: skip
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.images = torch.randn(16, BATCH_SIZE, 1, 28, 28)
        self.labels = torch.randint(10, (16, BATCH_SIZE))

    def step(self, number: int) -> tuple[Any, Any]:
        """Loss and gradient norm, as tensors."""
        images, labels = self.images[number % 16], self.labels[number % 16]
        loss = nn.functional.cross_entropy(self.model(images), labels)
        self.optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), 10.0)
        self.optimizer.step()
        return loss, norm


class Logger(Protocol):
    def log(self, step: int, loss: Any, norm: Any) -> None: ...
    def flush(self) -> None: ...


class Nothing:
    def log(self, step: int, loss: Any, norm: Any) -> None:
        pass

    def flush(self) -> None:
        pass


class Ours:
    def __init__(self, directory: Path) -> None:
        self._tracker = Tracker("p", logdir=directory)

    def log(self, step: int, loss: Any, norm: Any) -> None:
        self._tracker.log({"loss": loss, "grad_norm": norm})

    def flush(self) -> None:
        self._tracker.flush()


class Torchs:
    def __init__(self, directory: Path) -> None:
        self._writer = SummaryWriter(directory)

    def log(self, step: int, loss: Any, norm: Any) -> None:
        self._writer.add_scalar("loss", loss, step)
        self._writer.add_scalar("grad_norm", norm, step)

    def flush(self) -> None:
        self._writer.flush()


CONTENDERS: dict[str, Callable[[Path], Logger]] = {"ours": Ours, "torch SummaryWriter": Torchs}


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one stretch."""

    clock: float
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--steps", type=int, default=100, help="in a stretch")
    parser.add_argument("--apart", type=int, default=4000, help="steps of the second table")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    training = Training()
    stretch(training, Nothing(), arguments.steps)  # the first is slower
    pairs: dict[str, list[tuple[Took, Took]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as directory:
        loggers = {name: make(Path(directory)) for name, make in CONTENDERS.items()}
        for number in range(arguments.pairs):
            for name, logger in loggers.items():
                pairs[name].append(pair(training, logger, arguments.steps, logged_first=number % 2 == 1))
        apart = {name: step_by_step(training, logger, arguments.apart) for name, logger in loggers.items()}
    plain_secs = statistics.median(plain.processor for plain, _ in pairs["ours"])
    print(machine(), f"torch {torch.__version__}", sep=", ")
    print(
        f"\n### A training loop that logs every batch, of {1e3 * plain_secs / arguments.steps:.1f} ms: "
        f"medians of {arguments.pairs} interleaved pairs (quartiles)\n"
    )
    print(heading("logger", "by the clock", "processor time"))
    for name, found in pairs.items():
        clock = [logged.clock / plain.clock for plain, logged in found]
        processor = [logged.processor / plain.processor for plain, logged in found]
        print(row(name, more(clock), more(processor)))
    print(f"\n### The same taken apart: medians of {arguments.apart} steps, half of them logged\n")
    print(heading("logger", "a step", "the loop waits", "threads, processor time", "in all"))
    for name, medians in apart.items():
        waits, threads = medians.logged_secs - medians.plain_secs, medians.thread_secs
        share = f"{100 * (waits + threads) / medians.plain_secs:+.2f}%"
        step_ms, waits_us, threads_us = 1e3 * medians.plain_secs, 1e6 * waits, 1e6 * threads
        print(row(name, f"{step_ms:.2f} ms", f"{waits_us:.1f} µs", f"{threads_us:.1f} µs", share))


def pair(training: Training, logger: Logger, steps: int, *, logged_first: bool) -> tuple[Took, Took]:
    """The stretch without logging and the one with."""
    if logged_first:
        logged = stretch(training, logger, steps)
        return stretch(training, Nothing(), steps), logged
    return stretch(training, Nothing(), steps), stretch(training, logger, steps)


def stretch(training: Training, logger: Logger, steps: int) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    for step in range(steps):
        logger.log(step, *training.step(step))
    logger.flush()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


@dataclass(frozen=True, slots=True)
class Apart:
    """Medians of steps, and what all threads but the loop's take for each that was logged."""

    plain_secs: float
    logged_secs: float
    thread_secs: float


def step_by_step(training: Training, logger: Logger, steps: int) -> Apart:
    """Steps that log or don't, by lot."""
    lot = random.Random(1)
    took: tuple[list[float], list[float]] = ([], [])
    before = _thread_secs()
    for step in range(steps):
        is_logged = lot.random() < 0.5
        begin = time.perf_counter()
        found = training.step(step)
        if is_logged:
            logger.log(step, *found)
        took[is_logged].append(time.perf_counter() - begin)
    logger.flush()
    after = _thread_secs()
    threads = sum(secs - before.get(thread, 0.0) for thread, secs in after.items())
    return Apart(statistics.median(took[0]), statistics.median(took[1]), threads / len(took[1]))


def _thread_secs() -> dict[int, float]:
    """Processor time of every thread but this one."""
    others = [thread.ident for thread in threading.enumerate() if thread is not threading.current_thread()]
    return {ident: time.clock_gettime(time.pthread_getcpuclockid(ident)) for ident in others if ident}


if __name__ == "__main__":
    main()
