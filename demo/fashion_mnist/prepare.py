"""Fetch Fashion-MNIST, 31 MB: python -m demo.fashion_mnist.prepare

What was fetched is kept when it is stopped or the connection breaks; the next one goes on there. With
`--logdir` its progress is logged as a run, which the tab shows and can stop.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from demo.fashion_mnist import data
from demo.fashion_mnist.data import DataMissing, Preparation
from tensorboard_candles import Tracker

PROJECT = "fashion-data"
_MEGABYTE = 1e6


def prepare(preparing: Preparation, tracker: Tracker | None) -> bool:
    """Fetch what is missing; false where a stop was asked for. Raises DataMissing where no mirror has it."""
    began = time.monotonic()
    total, told, done = preparing.total_bytes, -1, 0
    for done in tracker.batches(preparing) if tracker else preparing:
        if tracker is not None:
            rate = done / max(time.monotonic() - began, 1e-3)
            tracker.log(
                {"download/megabytes": done / _MEGABYTE, "download/megabytes_per_sec": rate / _MEGABYTE}
            )
        if done * 10 // total > told:
            told = done * 10 // total
            print(
                f"{done / _MEGABYTE:.1f} of {total / _MEGABYTE:.1f} MB ({100 * done // total} %)", flush=True
            )
    return done == total


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.fashion_mnist.prepare", description="Fetch Fashion-MNIST (31 MB)."
    )
    parser.add_argument(
        "--directory", type=Path, default=data.DIRECTORY, help="where to (default: %(default)s)"
    )
    parser.add_argument(
        "--mirror", action="append", default=[], metavar="URL",
        help="where from, ending in a slash, in place of those that are known; may be given several times",
    )  # fmt: skip
    parser.add_argument("--logdir", help="log the progress there (default: nowhere)")
    parser.add_argument("--run", help="the run's name (default: a new one)")
    given = parser.parse_args(arguments)
    preparing = Preparation(given.directory, mirrors=given.mirror or data.MIRRORS)
    try:
        if given.logdir is None:
            whole = prepare(preparing, None)
        else:
            with Tracker(PROJECT, logdir=given.logdir, run=given.run) as tracker:
                whole = prepare(preparing, tracker)
    except DataMissing as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        whole = False
    print(f"Fashion-MNIST is in {given.directory}." if whole else "Stopped; the next one goes on here.")
    return 0 if whole else 130


if __name__ == "__main__":
    sys.exit(main())
