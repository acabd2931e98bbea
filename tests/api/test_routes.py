"""What routes share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.test import Client

from tensorboard_candles.api.backend import Backend
from tensorboard_candles.api.routes import routes
from tensorboard_candles.events import log_roots
from tensorboard_candles.indicators.alerts.lookout import Lookout
from tensorboard_candles.store import LocalSource
from tests.support import records
from tests.support.server import eventually


class WatchedLookout(Lookout):
    """Counts how often it was put off, and says whether it is now."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0
        self.is_put_off = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        with super().paused():
            self.times += 1
            self.is_put_off = True
            yield
        self.is_put_off = False


@pytest.mark.parametrize("route", ["candles", "points"])
def test_what_is_to_be_drawn_goes_before_the_search_for_alerts(tmp_path: Path, route: str) -> None:
    records.write_run(tmp_path, "run", records.scalar_file("loss", [3.0, 2.0, 1.0]))
    lookout = WatchedLookout()
    local = LocalSource(log_roots(str(tmp_path), ""), poll_secs=None)
    app = routes(Backend(str(tmp_path), local, None, lookout))[f"/{route}"]

    def is_answered() -> bool:
        return Client(app).get("/?run=run&tag=loss").status_code == 200

    eventually(is_answered, what="an answer")
    assert lookout.times >= 1
    assert not lookout.is_put_off
