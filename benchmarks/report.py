"""Tables for benchmarks/README.md, and the machine that they were measured on."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "protobuf", "tensorboard", "tensorboard-data-server", "tbparse")


def machine() -> str:
    """Processor, cores, memory and versions, in one line."""
    about = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in about.splitlines() if "model name" in line), "?")
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB; Linux {platform.release()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def row(*cells: str) -> str:
    """
    >>> row("a", "b")
    '| a | b |'
    """
    return f"| {' | '.join(cells)} |"


def heading(*cells: str) -> str:
    """The head of a table: names in the first column, numbers in all others."""
    rule: Sequence[str] = ["---", *["--:"] * (len(cells) - 1)]
    return row(*cells) + "\n|" + "|".join(rule) + "|"


def seconds(number: float) -> str:
    """Three figures, in the unit that needs no exponent.

    >>> seconds(0.0123), seconds(1.234), seconds(123.4)
    ('12.3 ms', '1.23 s', '123 s')
    """
    return (
        f"{1000 * number:.3g} ms" if number < 1 else f"{number:.0f} s" if number >= 100 else f"{number:.3g} s"
    )


def more(ratios: list[float]) -> str:
    """Median and quartiles of how much more the first took than the second.

    >>> more([1.0, 1.01, 1.02, 1.03])
    '+1.50% (+0.25 to +2.75)'
    """
    quarter, middle, three_quarters = (100 * (ratio - 1) for ratio in statistics.quantiles(ratios, n=4))
    return f"{middle:+.2f}% ({quarter:+.2f} to {three_quarters:+.2f})"
