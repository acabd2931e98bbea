"""What a process logs into that is to write nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.writer.layout import LaterEvent, Layout
from tensorboard_candles.writer.logged import Listener


class SilentFile:
    """Takes what an EventFile takes and writes nothing.

    >>> SilentFile().log(Layout(("loss",)), [0.5], step=3)
    """

    is_closed = True
    """Whoever would do work for what is logged can spare it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()

    def log(
        self,
        layout: Layout | None,
        values: Iterable[Any],
        step: int | None,
        on_device: int = 0,
        wall_time: float | None = None,
    ) -> None:
        pass

    def beside(self, layout: Layout, values: Sequence[Any], on_device: int = 0) -> None:
        pass

    def put(self, event: LaterEvent, step: int | None = None) -> None:
        pass

    def listen(self, listener: Listener) -> None:
        pass

    def mark(self, what: str, event: Event | None) -> None:
        pass

    def flush(self) -> None:
        pass

    def write_out(self, *, within_secs: float) -> None:
        pass

    def close(self) -> None:
        pass
