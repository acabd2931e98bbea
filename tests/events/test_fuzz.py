"""What the fuzzer begins with, and what it once found, read the same both ways."""

from __future__ import annotations

import random
from pathlib import Path

from fuzz.files import file_of, seeds
from tests.support.reading import assert_same


def assert_reads_the_same(program: bytes) -> None:
    file = file_of(program)
    assert_same(bytes(file.content), tuple(file.cuts))


def test_the_fuzzer_begins_with_the_records_of_real_writers(recorded_logs: Path) -> None:
    files = [path.read_bytes() for path in sorted(recorded_logs.rglob("*tfevents*"))]
    planted = seeds(files)
    assert len(planted) == len(files)
    for content, seed in zip(files, planted, strict=True):
        file = file_of(seed)
        assert bytes(file.content[:20]) == content[:20]
        assert len(file.payloads) > 20
        assert_reads_the_same(seed)


def test_broken_seeds_read_the_same(recorded_logs: Path) -> None:
    dice = random.Random(0)
    for seed in seeds(path.read_bytes() for path in sorted(recorded_logs.rglob("*tfevents*"))):
        for _ in range(5):
            broken = bytearray(seed)
            for _ in range(dice.randrange(1, 5)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            assert_reads_the_same(bytes(broken))
