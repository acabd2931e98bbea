"""Two hundred processes that log, each killed at another moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.writer.killing import check_killed
from tests.writer.scripts import posix


@posix
@pytest.mark.parametrize("seed", range(4))
def test_process_killed_at_any_moment_leaves_all_that_was_flushed(seed: int, tmp_path: Path) -> None:
    check_killed(tmp_path, trials=50, longest_secs=1.5, seed=seed)
