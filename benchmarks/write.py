"""What logging costs, side by side: python -m benchmarks.write [--peers PYTHON] [--rounds N] [--calls N]

Each contender logs the same numbers in a process of its own, in turn, N rounds long; the medians are printed
as tables for benchmarks/README.md. The cost is CPU time over scalars: of all threads of the process and of
the processes that it starts, from the first call until the writer is closed. `--peers` is the Python that has
the peers (`pip install 'tensorboard_candles[bench-write]'`); what it lacks is left out. The last table is how
long a call keeps its caller while another process writes to the same disk without a pause.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from benchmarks.report import heading, machine, row

_MEASURE = """
import gc, glob, json, os, sys, time
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", TRACKIO_DIR=os.getcwd(), HF_HUB_OFFLINE="1")
count = int(sys.argv[1])
names = ["m%d" % number for number in range(10)]

def children():  # wandb does its work in a process that outlives run.finish()
    ticks = 0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(path).read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")

def cpu():
    used = os.times()
    return time.process_time() + used.children_user + used.children_system + children()

{setup}
gc.collect()  # of what was imported
begin = cpu()
for step in range(count):
    {call}
{close}
print(json.dumps(cpu() - begin))
"""
_WAITS = """
import json, os, statistics, sys, time
from tensorboard_candles import Tracker
tracker = Tracker("p", logdir=".", run="r")
count, pause_ns = int(sys.argv[1]), int(sys.argv[2])
waits = []
for _ in range(count):
    until = time.perf_counter_ns() + pause_ns
    while time.perf_counter_ns() < until:
        pass
    begin = time.perf_counter_ns()
    tracker.log(loss=0.5)
    waits.append(time.perf_counter_ns() - begin)
tracker.close()
waits.sort()
print(json.dumps([waits[int(count * part)] / 1e3 for part in (0.5, 0.99, 0.999, 0.9999)]))
"""
_BUSY_DISK = "while kill -0 $PPID; do dd if=/dev/zero of=load bs=1M count=200 conv=fsync 2>/dev/null; done"


@dataclass(frozen=True, slots=True)
class Writer:
    """How one of them is made, told a number and ended; `{value}`, `{name}` and `{step}` are put in."""

    module: str
    setup: str
    one: str
    ten: str
    close: str


OURS = "ours"
WRITERS = {
    OURS: Writer(
        "tensorboard_candles",
        "from tensorboard_candles import Tracker\ntracker = Tracker('p', logdir='.', run='r')",
        "tracker.log(loss={value})",
        "tracker.log({{name: {value} for name in names}})",
        "tracker.close()",
    ),
    "ours, CandleWriter": Writer(
        "tensorboard_candles.integrations.summary_writer",
        "from tensorboard_candles import CandleWriter\nwriter = CandleWriter('.')",
        "writer.add_scalar('loss', {value}, step)",
        "for name in names: writer.add_scalar(name, {value}, step)",
        "writer.close()",
    ),
    "ours, detail='candles'": Writer(
        "tensorboard_candles",
        "from tensorboard_candles import Tracker\n"
        "tracker = Tracker('p', logdir='.', run='r', detail='candles')",
        "tracker.log(loss={value})",
        "tracker.log({{name: {value} for name in names}})",
        "tracker.close()",
    ),
    "torch SummaryWriter": Writer(
        "torch",
        "from torch.utils.tensorboard import SummaryWriter\nwriter = SummaryWriter('.')",
        "writer.add_scalar('loss', {value}, step)",
        "for name in names: writer.add_scalar(name, {value}, step)",
        "writer.close()",
    ),
    "tensorboardX": Writer(
        "tensorboardX",
        "from tensorboardX import SummaryWriter\nwriter = SummaryWriter('.')",
        "writer.add_scalar('loss', {value}, step)",
        "for name in names: writer.add_scalar(name, {value}, step)",
        "writer.close()",
    ),
    "trackio": Writer(
        "trackio",
        "import trackio\ntrackio.init(project='p', auto_log_gpu=False, auto_log_cpu=False, embed=False)",
        "trackio.log({{'loss': {value}}}, step=step)",
        "trackio.log({{name: {value} for name in names}}, step=step)",
        "trackio.finish()",
    ),
    "wandb, offline": Writer(
        "wandb",
        "import wandb\n"
        "run = wandb.init(project='p', settings=wandb.Settings(x_disable_stats=True, console='off'))",
        "run.log({{'loss': {value}}})",
        "run.log({{name: {value} for name in names}})",
        "run.finish()",
    ),
    "Aim": Writer(
        "aim",
        "import aim\nrun = aim.Run(repo='.', system_tracking_interval=None, capture_terminal_logs=False)",
        "run.track({value}, name='loss', step=step)",
        "for name in names: run.track({value}, name=name, step=step)",
        "run.close()",
    ),
}


@dataclass(frozen=True, slots=True)
class Case:
    """What is logged: which numbers, and how many of them in one call."""

    value: str = "0.5"
    setup: str = ""
    per_call: int = 1
    ours: str = ""
    """What ours is called with, where that differs."""


CASES = {
    "one metric a call": Case(),
    "one metric a call, explicit step": Case(ours="tracker.log(loss=0.5, step=step)"),
    "ten metrics a call": Case(per_call=10),
    "numpy float32 scalars": Case("value", "import numpy\nvalue = numpy.float32(0.5)"),
    "0-d torch CPU tensors": Case("value", "import torch\nvalue = torch.tensor(0.5)"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the peers")
    arguments = parser.parse_args()
    print(machine())
    for name, case in CASES.items():
        print(f"\n### {name}\n")
        _compare(case, arguments.peers, arguments.rounds, arguments.calls)
    print("\n### how long a call keeps its caller, disk under load\n")
    _waits(arguments.peers)


def _compare(case: Case, python: str, rounds: int, calls: int) -> None:
    if case.setup and not _has(python, case.setup):
        return print("left out: not installed")
    found: dict[str, list[float]] = {
        name: [] for name, writer in WRITERS.items() if _has(python, f"import {writer.module}")
    }
    for _ in range(rounds):
        for name, costs in found.items():
            costs.append(_microseconds(WRITERS[name], case, python, calls))
    print(heading("writer", "µs of CPU a scalar", "× ours"))
    ours = statistics.median(found[OURS])
    for name, costs in found.items():
        cost = statistics.median(costs)
        print(row(name, f"{cost:.2f}", f"{cost / ours:.1f}"), flush=True)


def _microseconds(writer: Writer, case: Case, python: str, calls: int) -> float:
    call = writer.one if case.per_call == 1 else writer.ten
    if case.ours and writer.module == WRITERS[OURS].module:
        call = case.ours
    program = _MEASURE.format(
        setup=f"{case.setup}\n{writer.setup}", call=call.format(value=case.value), close=writer.close
    )
    return 1e6 * float(_output(python, program, calls)) / calls / case.per_call


def _waits(python: str) -> None:
    print(heading("calls", "median", "p99", "p99.9", "p99.99"))
    for name, count, pause_ns in (("one after the other", 200_000, 0), ("every 0.2 ms", 20_000, 200_000)):
        with tempfile.TemporaryDirectory() as directory:
            load = subprocess.Popen(["sh", "-c", _BUSY_DISK], cwd=directory, start_new_session=True)
            try:
                waits = json.loads(_output(python, _WAITS, count, pause_ns, directory=directory))
            finally:
                os.killpg(load.pid, signal.SIGKILL)
                load.wait()
        print(row(name, *(f"{wait:.1f} µs" for wait in waits)), flush=True)


def _has(python: str, imports: str) -> bool:
    return subprocess.run([python, "-c", imports], capture_output=True, check=False).returncode == 0


def _output(python: str, program: str, *arguments: object, directory: str | None = None) -> str:
    """The last line that the program prints, run in a directory of its own."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [python, "-c", program, *map(str, arguments)],
            cwd=directory or empty, check=True, capture_output=True, text=True,
        )  # fmt: skip
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
