"""What libFuzzer runs: python -m fuzz.target [libFuzzer's options] [corpus or one file]"""

from __future__ import annotations

import sys
from contextlib import nullcontext

import atheris

from fuzz.files import file_of

with atheris.instrument_imports(include=["tensorboard_candles.events"]):
    from tests.support.reading import in_bulk_everywhere, read


def check(program: bytes) -> None:
    """One input; raises where the two ways of reading differ."""
    file = file_of(program)
    content, cuts = bytes(file.content), tuple(file.cuts)
    with in_bulk_everywhere() if len(program) % 2 else nullcontext():
        found = read(content, in_bulk=True, cuts=cuts)
    assert found == read(content, in_bulk=False, cuts=cuts)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
