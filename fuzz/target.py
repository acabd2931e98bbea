"""What libFuzzer runs: python -m fuzz.target [libFuzzer's options] [corpus or one file]"""

from __future__ import annotations

import sys
from contextlib import nullcontext

import atheris

from fuzz.files import file_of, several

with atheris.instrument_imports(include=["tensorboard_candles.events"]):
    from tests.support.reading import in_bulk_everywhere, read, read_windows_together


def check(program: bytes) -> None:
    """One input, as one file or as several; raises where the two ways of reading differ."""
    file = file_of(program)
    content, cuts, parts = bytes(file.content), tuple(file.cuts), several(file)
    with in_bulk_everywhere() if len(program) % 2 else nullcontext():
        if len(program) % 3 == 0:
            assert read_windows_together(parts, in_bulk=True) == read_windows_together(parts, in_bulk=False)
        else:
            assert read(content, in_bulk=True, cuts=cuts) == read(content, in_bulk=False, cuts=cuts)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
