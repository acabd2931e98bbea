"""What libFuzzer runs: python -m fuzz.target [libFuzzer's options] [corpus or one file]"""

from __future__ import annotations

import sys

import atheris

from fuzz.files import file_of

with atheris.instrument_imports(include=["tensorboard_candles.events"]):
    from tests.support.reading import assert_same


def check(program: bytes) -> None:
    """One input; raises where the two ways of reading differ."""
    file = file_of(program)
    assert_same(bytes(file.content), tuple(file.cuts))


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
