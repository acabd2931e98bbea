"""Time and memory from bytes to points, side by side: python -m benchmarks.load [--rounds N]

Each contender loads each log in a process of its own, in turn, N rounds long; the medians are printed as
tables for benchmarks/README.md. Ours verifies every checksum and keeps every point. TensorBoard's Rust server
keeps 1,000 sampled points of each series by default and all with `scalars=all`; by default it verifies no
payload.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.logs import LOGS, POINTS, log_directory
from benchmarks.processes import EVENT_ACCUMULATOR, OURS, RUST_ALL, RUST_CHECKSUM, RUST_SAMPLED, TBPARSE, Load
from benchmarks.report import heading, machine, row, seconds

CONTENDERS: dict[str, Callable[[Path], Load]] = {
    "ours": OURS,
    "Rust server, sampled": RUST_SAMPLED,
    "Rust server, sampled, --checksum": RUST_CHECKSUM,
    "Rust server, scalars=all": RUST_ALL,
    "EventAccumulator, all points": EVENT_ACCUMULATOR,
    "tbparse": TBPARSE,
}
SLOW = {"EventAccumulator, all points", "tbparse"}
"""Measured once, and not on the largest logs."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()) / "candles-benchmarks")
    parser.add_argument("--only", choices=LOGS, help="this log alone")
    arguments = parser.parse_args()
    print(machine())
    for name in LOGS if arguments.only is None else [arguments.only]:
        logs = log_directory(arguments.logs, name)
        print(f"\n### {name}\n")
        _compare(logs, POINTS[name], arguments.rounds)


def _compare(logs: Path, points: int, rounds: int) -> None:
    is_large = points > 10**6
    found: dict[str, list[Load]] = {name: [] for name in CONTENDERS if not (is_large and name in SLOW)}
    for turn in range(rounds):
        for name, loads in found.items():
            if name not in SLOW or turn == 0:
                loads.append(CONTENDERS[name](logs))
    assert found["ours"][0].result == points, f"{found['ours'][0].result} of {points} points"
    print(heading("contender", "time", "× ours", "peak memory", "resident bytes a point"))
    ours = statistics.median(load.seconds for load in found["ours"])
    for name, loads in found.items():
        secs = statistics.median(load.seconds for load in loads)
        peak = statistics.median(load.peak_megabytes for load in loads)
        resident = statistics.median(load.resident_megabytes for load in loads) * 2**20 / points
        cells = [seconds(secs), f"{secs / ours:,.1f}", f"{peak:.0f} MB", f"{resident:.1f}"]
        print(row(name, *cells), flush=True)


if __name__ == "__main__":
    main()
