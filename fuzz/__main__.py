"""Coverage-guided fuzzing of the decoder: python -m fuzz DIRECTORY [libFuzzer's options]

Whatever a file holds, the fast path must give what parsing event by event gives: the same points, the same
damage, no exception, and within ten seconds. Inputs that reach new code are kept in DIRECTORY and tried first
the next time; one that fails is written to `DIRECTORY/failed-…` and ends the run. To see it again:
`python -m fuzz DIRECTORY/failed-…`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from fuzz.files import file_of, seeds

with atheris.instrument_imports(include=["tensorboard_candles.events"]):
    from tests.support.reading import assert_same

RECORDED = Path(__file__).parents[1] / "tests" / "recorded" / "logs"
OPTIONS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=2048", "-print_final_stats=1"]


def check(program: bytes) -> None:
    """One input; raises where the two ways of reading differ."""
    file = file_of(program)
    assert_same(bytes(file.content), tuple(file.cuts))


def plant(corpus: Path) -> None:
    """Begin with what real writers wrote."""
    corpus.mkdir(parents=True, exist_ok=True)
    files = sorted(RECORDED.rglob("*tfevents*"))
    for number, seed in enumerate(seeds(path.read_bytes() for path in files)):
        (corpus / f"seed-{number}").write_bytes(seed)


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    where = Path(sys.argv[1])
    options = list(OPTIONS)
    if not where.is_file():
        plant(where)
        options.append(f"-artifact_prefix={where}/failed-")
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
