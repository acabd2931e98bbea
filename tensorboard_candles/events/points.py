"""What leaves this layer: points as columns, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events.arguments import Arguments
from tensorboard_candles.events.lines import Lines, no_lines
from tensorboard_candles.events.own import OwnRecord
from tensorboard_candles.events.said import Said

Int64Array = npt.NDArray[np.int64]
Float64Array = npt.NDArray[np.float64]
FloatArray = npt.NDArray[np.floating[Any]]
ValueArray = npt.NDArray[Any]
"""Float32, float64, or `candle.CANDLE`."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one tag, a column each, all of one length, in arrival order.

    `value` is float32 as long as every value was logged as one (so that no memory is spent on digits that
    are not there), else float64. Where some of them are candles that the writer made of many, all are
    `candle.CANDLE`, and `step` and `wall_time` are those of each one's first point.
    """

    step: Int64Array
    wall_time: Float64Array
    value: ValueArray

    def __len__(self) -> int:
        return len(self.step)

    def where(self, keep: npt.NDArray[np.bool_]) -> Points:
        """The points at which `keep` is true."""
        return Points(self.step[keep], self.wall_time[keep], self.value[keep])


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A `SessionLog.START`: what was written before it with step ≥ `step` is void."""

    step: int
    wall_time: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one file in which no session starts, except at its very beginning (`start`)."""

    start: SessionStart | None
    scalars: Mapping[str, Points]
    epoch_marks: Points
    said: Said = field(default_factory=dict)
    """Of its tags."""
    arguments: Arguments = field(default_factory=dict)
    records: tuple[OwnRecord, ...] = ()
    """Summaries that hold more than numbers, in the order of the file."""
    lines: Lines = field(default_factory=no_lines)
    """Of logs; all of a window are in its last segment, since no session that starts voids them."""


def no_points() -> Points:
    """Columns of length zero."""
    return Points(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float32))
