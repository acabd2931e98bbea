"""The tab is light: what a browser loads before it draws anything."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import tensorboard_candles

STATIC = Path(tensorboard_candles.__file__).parent / "static"
MOST_KILOBYTES = 210
STATIC_IMPORT = re.compile(rb'(?:from|import)\s*"\./([^"]+\.js)"')


def initial_files() -> set[Path]:
    """The module that TensorBoard loads, and all that it imports before it runs."""
    found: set[Path] = set()
    waiting = [STATIC / "index.js"]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += [STATIC / name.decode() for name in STATIC_IMPORT.findall(file.read_bytes())]
    return found


def test_the_initial_bundle_is_at_most_210_kilobytes_gzipped() -> None:
    kilobytes = sum(len(gzip.compress(file.read_bytes())) for file in initial_files()) / 1000
    assert 20 < kilobytes <= MOST_KILOBYTES
