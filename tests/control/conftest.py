"""What the tests of control share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tensorboard_candles import Tracker


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    tracker = Tracker("p", logdir=tmp_path, run="r")
    yield tracker
    tracker.close()
