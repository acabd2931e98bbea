"""What is usual: centre and scale of the points before, which a spike hardly moves."""

from __future__ import annotations

import numpy as np

from tensorboard_candles.events.points import Float64Array

BLOCK = 10
"""Centre and scale are renewed after every so many points: between, a point is only compared."""

_SIGMA = 1.4826  # of a normal distribution: σ over the median absolute deviation
_TAIL = 0.975
_TAIL_SIGMAS = 1.96  # and its quantile at _TAIL, over σ
_MOST_TAIL = 2.0
_FEW = 4  # so few windows are found one by one: to set up views of all would cost more
_WINDOWS_AT_ONCE = 4096  # they take 6.5 MB for windows of 200


class Trailing:
    """Centre and scale of the last `window` points of a series.

    Points are taken in blocks of ten. The centre is the median of the last blocks' medians (`centre` points'
    worth), the scale that of the points' distances from their block's median, so that a trend is no noise:
    1.4826 × their median, as in the Hampel filter (Davies & Gather 1993), or more, up to twice as much,
    where the noise has a longer tail upwards than a normal distribution. A window is of whole blocks, one at
    least, and a warm-up is over when the window is full.
    """

    def __init__(self, *, window: int, centre: int, warmup: int) -> None:
        self._rows = max(window // BLOCK, 1)
        self._centre_rows = min(max(centre // BLOCK, 1), self._rows)
        self._warmup_rows = min(max(-(-warmup // BLOCK), 1), self._rows)
        self._rest = np.empty(0)
        self._medians = np.empty(0)
        self._distances = np.empty((0, BLOCK))
        self._centre, self._scale = np.nan, np.inf

    def feed(self, x: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Centre and scale as of each point's block; before the warm-up is over, NaN and infinity."""
        count, had = len(x), len(self._rest)
        joined = np.concatenate([self._rest, x]) if had else x
        whole = (had + count) // BLOCK
        if not whole:
            self._rest = joined.copy()
            return np.full(count, self._centre), np.full(count, self._scale)
        self._rest = joined[whole * BLOCK :].copy()
        centre, scale = self._renewed(joined[: whole * BLOCK].reshape(-1, BLOCK))
        centre, scale = np.concatenate([[self._centre], centre]), np.concatenate([[self._scale], scale])
        self._centre, self._scale = float(centre[-1]), float(scale[-1])
        block = np.arange(had, had + count) // BLOCK
        return centre[block], scale[block]

    def _renewed(self, blocks: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Centre and scale after each of some whole blocks."""
        medians = _medians(blocks)
        had, count = len(self._medians), len(medians)
        self._medians = np.concatenate([self._medians, medians])
        self._distances = np.concatenate([self._distances, blocks - medians[:, None]])
        centre, scale = np.full(count, np.nan), np.full(count, np.inf)
        for place in range(max(0, self._warmup_rows - 1 - had), count):
            end = had + place + 1
            if end >= self._rows and count - place > _FEW:
                self._of_full_windows(centre[place:], scale[place:])
                break
            centre[place] = _medians(self._medians[None, max(0, end - self._centre_rows) : end])[0]
            scale[place] = _scale(self._distances[max(0, end - self._rows) : end].reshape(1, -1))[0]
        self._medians = self._medians[-self._rows :].copy()
        self._distances = self._distances[-self._rows :].copy()
        return centre, scale

    def _of_full_windows(self, centre: Float64Array, scale: Float64Array) -> None:
        """Put in what is found at the last rows."""
        count = len(centre)
        recent = np.lib.stride_tricks.sliding_window_view(self._medians, self._centre_rows)[-count:]
        windows = np.lib.stride_tricks.sliding_window_view(self._distances, self._rows, axis=0)[-count:]
        for begin in range(0, count, _WINDOWS_AT_ONCE):
            some = slice(begin, begin + _WINDOWS_AT_ONCE)
            centre[some] = _medians(recent[some])
            scale[some] = _scale(windows[some].reshape(-1, self._rows * BLOCK))


def _medians(rows: Float64Array) -> Float64Array:
    width = rows.shape[1]
    ordered = np.sort(rows, axis=1)
    found: Float64Array = (ordered[:, (width - 1) // 2] + ordered[:, width // 2]) / 2
    return found


def _scale(distances: Float64Array) -> Float64Array:
    width = distances.shape[1]
    middle, tail = width // 2, int(_TAIL * width)
    typical = _SIGMA * np.partition(np.abs(distances), middle, axis=1)[:, middle]
    upwards = np.partition(distances, tail, axis=1)[:, tail] / _TAIL_SIGMAS
    # beyond it lies no noise, but a spike that the window holds; where most points are equal, that is noise
    most = np.where(typical > 0, _MOST_TAIL * typical, np.inf)
    found: Float64Array = np.maximum(typical, np.minimum(upwards, most))
    return found
