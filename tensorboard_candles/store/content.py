"""What one file says, as far as it has been read: columns by tag, and where sessions start."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tensorboard_candles.events import Arguments, OwnRecord, Points, Said, Segment, Window
from tensorboard_candles.events.arguments import overruled_arguments
from tensorboard_candles.events.lines import Lines, no_lines
from tensorboard_candles.events.points import no_points
from tensorboard_candles.events.said import overruled
from tensorboard_candles.metadata import IMAGES_KIND
from tensorboard_candles.store.columns import ColumnState, PointColumns, joined
from tensorboard_candles.store.lineage import Lineage
from tensorboard_candles.store.restarts import FilePart
from tensorboard_candles.store.starts import Starts

EPOCH_MARKS = None
"""Key of the epoch marks beside the tags: no tag can be equal to it."""

MOST_RECORDS = 100_000
"""Summaries of more than numbers that are known of one file; what comes later is left out, and told."""

MOST_IMAGES = 20_000
"""Of them, that are images of any writer: they must not crowd out the others."""

MOST_LINES = 500_000
"""Lines of logs that are known of one file; the oldest are left out where there are more, and told."""

_NO_COLUMNS = PointColumns(no_points())
"""What a file holds of a tag that it never names; never added to."""


@dataclass(frozen=True, slots=True)
class ContentState:
    """What `FileContent` is made of."""

    columns: Mapping[str | None, ColumnState]
    starts: Starts
    first_wall_time: float
    said: Said
    arguments: Arguments
    records: tuple[OwnRecord, ...] = ()
    records_left_out: int = 0
    lines: Lines = field(default_factory=no_lines)
    lines_left_out: int = 0


class FileContent:
    """Grows by windows, in the order of the file."""

    def __init__(self) -> None:
        self.columns: dict[str | None, PointColumns] = {}
        self.starts = Starts.none()
        """What they void in other files; in this one it is gone already."""
        self.first_wall_time = math.inf
        """Smallest of any record."""
        self.said: Said = {}
        """Of its tags, whatever sessions start in it."""
        self.arguments: Arguments = {}
        self.records: tuple[OwnRecord, ...] = ()
        """Summaries that hold more than numbers, in the order of the file; without those that a session which
        starts in it voids."""
        self.records_left_out = 0
        """How many came when there were `MOST_RECORDS` of them, or `MOST_IMAGES`."""
        self.lines = no_lines()
        """Of logs, in the order of the file, whatever sessions start in it."""
        self.lines_left_out = 0
        """How many of the oldest there were when others came to `MOST_LINES` of them."""
        self.lineage = Lineage()
        """Of its lines: one number of a line is the same line for as long as this is the same object."""

    def add(self, window: Window) -> None:
        self.first_wall_time = min(self.first_wall_time, window.first_wall_time)
        for segment in window.segments:
            self.said = overruled(self.said, segment.said)
            self.arguments = overruled_arguments(self.arguments, segment.arguments)
            self._add_lines(segment.lines)
        starts = [segment.start for segment in window.segments if segment.start]
        if starts:
            self.starts = self.starts.plus(starts)
            # All starts of the window at once: there may be thousands, and columns may be long.
            lowest = min(start.step for start in starts)
            self.columns = {key: columns.before_step(lowest) for key, columns in self.columns.items()}
        for key, points in _surviving(window.segments).items():
            if key in self.columns:
                self.columns[key].extend(points, window.share)
            elif len(points):
                self.columns[key] = PointColumns(points)
        self._add_records(window.segments)

    def _add_lines(self, added: Lines) -> None:
        lines = self.lines.plus(added)
        too_many = max(0, len(lines) - MOST_LINES)
        self.lines = Lines(lines.rows[too_many:].copy(), lines.levels) if too_many else lines
        self.lines_left_out += too_many

    def _add_records(self, segments: Sequence[Segment]) -> None:
        added: list[OwnRecord] = []
        lowest: int | None = None
        for segment in reversed(segments):
            added += [one for one in reversed(segment.records) if lowest is None or one.step < lowest]
            if segment.start:
                lowest = segment.start.step if lowest is None else min(lowest, segment.start.step)
        if lowest is not None and any(one.step >= lowest for one in self.records):
            self.records = tuple(one for one in self.records if one.step < lowest)
        kept = self._with_room(added[::-1])
        if kept:
            # In all other cases it stays the same object: so others know that nothing has changed.
            self.records += tuple(kept)
        self.records_left_out += len(added) - len(kept)

    def _with_room(self, added: Sequence[OwnRecord]) -> Sequence[OwnRecord]:
        """Those of some new ones that are kept."""
        if any(one.kind == IMAGES_KIND for one in added):
            images = itertools.count(sum(one.kind == IMAGES_KIND for one in self.records))
            added = [one for one in added if one.kind != IMAGES_KIND or next(images) < MOST_IMAGES]
        return added[: MOST_RECORDS - len(self.records)]

    @staticmethod
    def of(state: ContentState) -> FileContent:
        content = FileContent()
        content.columns = {key: PointColumns.of(columns) for key, columns in state.columns.items()}
        content.starts, content.first_wall_time = state.starts, state.first_wall_time
        content.said, content.arguments = state.said, state.arguments
        content.records, content.records_left_out = state.records, state.records_left_out
        content.lines, content.lines_left_out = state.lines, state.lines_left_out
        return content

    def state(self) -> ContentState:
        """All that it says now, which stays as it is while this goes on growing."""
        columns = {key: columns.state() for key, columns in self.columns.items()}
        return ContentState(
            columns,
            self.starts,
            self.first_wall_time,
            self.said,
            self.arguments,
            self.records,
            self.records_left_out,
            self.lines,
            self.lines_left_out,
        )

    def concerns(self, key: str | None) -> bool:
        """Whether it says anything of a tag, or voids what others say."""
        return key in self.columns or len(self.starts) > 0

    def part(self, key: str | None) -> FilePart:
        return FilePart(self.columns.get(key, _NO_COLUMNS), self.first_wall_time, self.starts)


def _surviving(segments: Sequence[Segment]) -> dict[str | None, Points]:
    """Points of a window by key, but for those that a session starting later in it voids."""
    pieces: dict[str | None, list[Points]] = defaultdict(list)
    lowest: int | None = None
    for segment in reversed(segments):
        for key, points in (*segment.scalars.items(), (EPOCH_MARKS, segment.epoch_marks)):
            if len(points):
                pieces[key].append(points if lowest is None else points.where(points.step < lowest))
        if segment.start:
            lowest = segment.start.step if lowest is None else min(lowest, segment.start.step)
    return {key: joined(found[::-1]) for key, found in pieces.items()}
