"""What one file says, as far as it has been read: columns by tag, and where sessions start."""

from __future__ import annotations

import math

from tensorboard_candles.events import Segment, SessionStart, Window
from tensorboard_candles.store.columns import PointColumns

EPOCH_MARKS = None
"""Key of the epoch marks beside the tags: no tag can be equal to it."""


class FileContent:
    """Grows by windows, in the order of the file."""

    def __init__(self) -> None:
        self.columns: dict[str | None, PointColumns] = {}
        self.starts: list[SessionStart] = []
        self.first_wall_time = math.inf

    def add(self, window: Window) -> None:
        self.first_wall_time = min(self.first_wall_time, window.first_wall_time)
        for segment in window.segments:
            self._add_segment(segment)

    def _add_segment(self, segment: Segment) -> None:
        if segment.start:
            self.starts.append(segment.start)
            self._void_from(segment.start.step)
        for key, points in (*segment.scalars.items(), (EPOCH_MARKS, segment.epoch_marks)):
            if key in self.columns:
                self.columns[key].extend(points)
            elif len(points):
                self.columns[key] = PointColumns(points)

    def _void_from(self, step: int) -> None:
        """What this file said before a session that starts at `step` and goes beyond it is void."""
        for key, columns in self.columns.items():
            points = columns.points()
            is_void = points.step >= step
            if is_void.any():
                self.columns[key] = PointColumns(points.where(~is_void))
