"""What a training pays for being controllable: python -m benchmarks.control [--pairs N] [--secs S]

First what is read at each batch, beside an attribute of any other object; then loops over `tracker.batches`
that log every batch, with control and without, in stretches one after the other and which first by turns.
Of each pair the ratio is taken; printed are medians and quartiles, by the clock and by the processor time of
all threads; and beside it what the control thread takes, which looks for orders and writes a status.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
import timeit
from dataclasses import dataclass

from benchmarks.report import heading, machine, more, row
from tensorboard_candles import Tracker

BATCH_SECS = 2e-3
"""Of work, which keeps the processor busy as a small model does."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one stretch."""

    clock: float
    processor: float


class _Other:
    def __init__(self) -> None:
        self.flag = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--secs", type=float, default=2.0, help="of a stretch")
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        trackers = {
            control: Tracker("p", logdir=directory, run=str(control), control=control)
            for control in (True, False)
        }
        reads(trackers)
        batches = round(arguments.secs / BATCH_SECS)
        spins = spins_of(BATCH_SECS)
        for tracker in trackers.values():
            stretch(tracker, batches // 4, spins)
        pairs = []
        began, before = time.perf_counter(), thread_secs()
        for number in range(arguments.pairs):
            order = (True, False) if number % 2 else (False, True)
            found = {control: stretch(trackers[control], batches, spins) for control in order}
            pairs.append((found[True], found[False]))
        thread_share = (thread_secs() - before) / (time.perf_counter() - began)
        for tracker in trackers.values():
            tracker.close()
    plain_ms = 1e3 * statistics.median(without.clock for _, without in pairs) / batches
    print(f"\n### A loop that logs every batch, of {plain_ms:.2f} ms: medians of {len(pairs)} pairs\n")
    print(heading("with control", "by the clock", "processor time", "the control thread, of one core"))
    clock = [with_.clock / without.clock for with_, without in pairs]
    processor = [with_.processor / without.processor for with_, without in pairs]
    print(row("", more(clock), more(processor), f"{100 * thread_share:.3f}%"))


def reads(trackers: dict[bool, Tracker]) -> None:
    print("\n### At each batch: medians of 25 rounds\n")
    print(heading("what", "nanoseconds", "× an attribute"))
    tracker = trackers[True]
    tracker.declare(lr=0.1)
    names = {"tracker": tracker, "params": tracker.params, "other": _Other()}
    asked = {
        "an attribute, other.flag": "other.flag",
        "tracker.should_stop": "tracker.should_stop",
        "tracker.params.lr": "tracker.params.lr",
        "tracker.pause_point()": "tracker.pause_point()",
    }
    empty = _nanoseconds("pass", {})
    took: dict[str, list[float]] = {what: [] for what in asked}
    for _ in range(25):
        for what, statement in asked.items():
            took[what].append(_nanoseconds(statement, names) - empty)
    least = statistics.median(took["an attribute, other.flag"])
    for what, found in took.items():
        print(row(what, f"{statistics.median(found):.0f}", f"{statistics.median(found) / least:.1f}"))


def _nanoseconds(statement: str, names: dict[str, object]) -> float:
    return 1e9 * min(timeit.repeat(statement, globals=names, number=20_000, repeat=5)) / 20_000


def thread_secs() -> float:
    """Processor time of the control threads, which a busy machine does not make longer."""
    found = [thread for thread in threading.enumerate() if thread.name == "candles-control"]
    clocks = [time.pthread_getcpuclockid(thread.ident) for thread in found if thread.ident]
    return sum(map(time.clock_gettime, clocks))


def spins_of(secs: float) -> int:
    """How often `_work` has to turn for so long."""
    return max(1, round(1000 * secs / min(timeit.repeat(lambda: _work(1000), number=1, repeat=20))))


def _work(spins: int) -> float:
    loss = 1.0
    for _ in range(spins):
        loss = 0.999 * loss + 0.001
    return loss


def stretch(tracker: Tracker, batches: int, spins: int) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    for _ in tracker.batches(range(batches)):
        tracker.log(loss=_work(spins))
    tracker.flush()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


if __name__ == "__main__":
    main()
