"""Coverage-guided fuzzing of the decoder: python -m fuzz DIRECTORY [--secs 3600]

Whatever a file holds, the fast path must give what parsing event by event gives: the same points, the same
damage, no exception, and within ten seconds. Inputs that reach new code are kept in DIRECTORY and tried first
the next time; one that fails is written to `DIRECTORY/failed-…` and ends the run, with exit status 1. To see
one again: `python -m fuzz DIRECTORY/failed-…`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

from fuzz.files import seeds

RECORDED = Path(__file__).parents[1] / "tests" / "recorded" / "logs"
_RUNS_PER_PROCESS = 15_000
"""Atheris leaks the result of each comparison of arrays that it watches: some 80 kB a run."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("where", type=Path)
    parser.add_argument("--secs", type=float, default=3600.0)
    arguments = parser.parse_args()
    if arguments.where.is_file():
        sys.exit(_libfuzzer(str(arguments.where)))
    plant(arguments.where)
    begin, runs = time.monotonic(), 0
    while (left_secs := arguments.secs - (time.monotonic() - begin)) >= 1:
        runs += fuzz(arguments.where, left_secs)
        print(f"{runs:,} files in {time.monotonic() - begin:,.0f} s: read the same both ways", flush=True)


def plant(corpus: Path) -> None:
    """Begin with what real writers wrote."""
    corpus.mkdir(parents=True, exist_ok=True)
    files = sorted(RECORDED.rglob("*tfevents*"))
    for number, seed in enumerate(seeds(path.read_bytes() for path in files)):
        (corpus / f"seed-{number}").write_bytes(seed)


def fuzz(corpus: Path, secs: float) -> int:
    """Fuzz for so long at most, in a process of its own; returns how many files were tried."""
    log = corpus.with_suffix(".log")
    with log.open("wb") as output:
        failed = _libfuzzer(
            f"-runs={_RUNS_PER_PROCESS}",
            f"-max_total_time={int(secs)}",
            f"-artifact_prefix={corpus}/failed-",
            "-max_len=2048",
            "-timeout=10",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            str(corpus),
            output=output,
        )
    told = log.read_text(errors="replace")
    if failed:
        sys.exit(told[-6000:])
    found = re.search(r"number_of_executed_units: (\d+)", told)
    return int(found[1]) if found else 0


def _libfuzzer(*arguments: str, output: BinaryIO | None = None) -> int:
    command = [sys.executable, "-m", "fuzz.target", *arguments]
    return subprocess.run(command, check=False, stdout=output, stderr=output).returncode


if __name__ == "__main__":
    main()
