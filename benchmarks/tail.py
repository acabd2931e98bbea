"""A thousand new points at the end of a large file: python -m benchmarks.tail

How long each contender takes to read on: one look at the log directory, from its beginning to its end. For
EventAccumulator and tbparse the file has a million points, for the others ten million.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.logs import FILE_NAME, log_directory, regular
from benchmarks.processes import EVENT_ACCUMULATOR, OURS, RUST_ALL, RUST_SAMPLED, TBPARSE, Program, RustServer
from benchmarks.report import heading, machine, row, seconds

NEW_POINTS = 1000
_AFTER = """
from benchmarks.tail import news_of
result = []
for news in news_of(sys.argv[1], {rounds}):
    with open(sys.argv[1] + "/{file}", "ab") as file:
        file.write(news)
    begin = time.perf_counter()
    {read}
    result.append(time.perf_counter() - begin)
"""


def news_of(logs: str, rounds: int) -> list[bytes]:
    """What is appended in each round: the steps that follow those in the file."""
    first = 10_000_000 if "10M" in logs else 1_000_000
    return [b"".join(regular(NEW_POINTS, 1, first=first + turn * NEW_POINTS)) for turn in range(rounds)]


def in_python(program: Program, read: str) -> Callable[[Path, int], float]:
    def measure(logs: Path, rounds: int) -> float:
        after = _AFTER.format(rounds=rounds, file=FILE_NAME, read=read)
        taken: list[float] = Program(program.setup, program.load, after)(logs).result
        return statistics.median(taken)

    return measure


def in_rust(server: RustServer) -> Callable[[Path, int], float]:
    """The first load cycle that begins behind the new points, by the server's own log."""

    def measure(logs: Path, rounds: int) -> float:
        taken = []
        with server.running(logs, "1") as running:
            running.cycle(1)
            for news in news_of(str(logs), rounds):
                time.sleep(0.3)  # between two cycles: they are a second apart
                number = running.cycles() + 1
                with (logs / FILE_NAME).open("ab") as file:
                    file.write(news)
                taken.append(running.cycle(number))
        return statistics.median(taken)

    return measure


CONTENDERS: dict[str, tuple[str, int, Callable[[Path, int], float]]] = {
    "ours": ("one tag, 10M points", 9, in_python(OURS, "source.refresh()")),
    "Rust server, sampled": ("one tag, 10M points", 5, in_rust(RUST_SAMPLED)),
    "Rust server, scalars=all": ("one tag, 10M points", 5, in_rust(RUST_ALL)),
    "EventAccumulator, Reload": ("one tag, 1M points", 5, in_python(EVENT_ACCUMULATOR, "logs.Reload()")),
    "tbparse, reads all again": ("one tag, 1M points", 1, in_python(TBPARSE, TBPARSE.load)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()) / "candles-benchmarks")
    arguments = parser.parse_args()
    print(machine())
    print(f"\n### {NEW_POINTS:,} new points\n\n" + heading("contender", "file", "time", "× ours"))
    ours = None
    for name, (log, rounds, measure) in CONTENDERS.items():
        with tempfile.TemporaryDirectory() as directory:
            logs = Path(directory, log)
            shutil.copytree(log_directory(arguments.logs, log), logs)
            secs = measure(logs, rounds)
        ours = ours or secs
        print(row(name, log, seconds(secs), f"{secs / ours:,.1f}"), flush=True)


if __name__ == "__main__":
    main()
