"""Where losses are computed: here, or by whoever else is an `Executor`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

import numpy as np

from tensorboard_candles.analysis.landscape.network import Network
from tensorboard_candles.analysis.landscape.payload import Float64Array, Int64Array


class Executor(Protocol):
    """Computes the losses of points, some at a time, in whatever order they come."""

    def __call__(
        self, network: Network, origin: Float64Array, directions: Sequence[Float64Array], points: Float64Array
    ) -> Generator[tuple[Int64Array, Float64Array], None, None]:
        """Yields numbers of rows of `points`, which is (points, directions), and the losses there.

        Each row comes once. It is closed when nobody wants the rest; it ends then what it began.
        """
        ...


def here(
    network: Network, origin: Float64Array, directions: Sequence[Float64Array], points: Float64Array
) -> Generator[tuple[Int64Array, Float64Array], None, None]:
    """In this process, as many at once as the network takes, in their order."""
    with network.plane(origin, directions) as plane:
        for first in range(0, len(points), plane.chunk):
            rows = np.arange(first, min(first + plane.chunk, len(points)))
            yield rows, plane.losses(points[rows])
