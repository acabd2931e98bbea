"""What is told of long work at a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from tensorboard_candles.integrations.landscape import progress_bar
from tensorboard_candles.integrations.landscape.progress_bar import ProgressBar


class Clock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_time_to_go_is_told_after_the_first_points_and_each_part_of_the_work_is_named(
    has_tqdm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if has_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(progress_bar, "time", Clock())
    said = io.StringIO()
    bar = ProgressBar("landscape", said)
    for done in range(0, 60, 10):
        bar(done, 600, "25 × 24 points")
    bar(0, 20, "eigenvalues")
    bar.close()
    lines = said.getvalue().replace("\r", "\n").splitlines()
    assert [line.strip() for line in lines if "to go" in line] == [
        "landscape: 25 × 24 points: about 58 s to go"
    ]
    assert [line for line in lines if "eigenvalues" in line] or not has_tqdm
    if not has_tqdm:
        assert lines[-1] == "landscape: 25 × 24 points: 50 of 600"
