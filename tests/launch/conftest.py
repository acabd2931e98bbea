"""What the tests of launching share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.launch.desk import Desk, active_in, has_ended
from tests.support.server import eventually


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    for launcher in [one for one in made.launchers if one._threads]:
        for instance in active_in(launcher):
            launcher.ask("kill", [instance.id])
        eventually(partial(has_ended, launcher), what="the end of all")
        made.close(launcher)
