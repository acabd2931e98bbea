"""How rough a landscape is, in numbers that can be read off its picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.landscape import Landscape

Float64Array = npt.NDArray[np.float64]


def rise_at(found: Landscape, distance: float) -> float:
    """By how much the loss rises from the centre to the square at this distance around it, as the median.

    >>> line = np.linspace(-1, 1, 5)
    >>> rise_at(Landscape((line, line), 7 + np.maximum(abs(line[:, None]), abs(line)) ** 2), 0.5)
    0.25
    """
    alpha, beta = found.axes
    far = np.maximum(np.abs(alpha[:, None]), np.abs(beta))
    nearest = float(far.flat[int(np.abs(far - distance).argmin())])
    centre = found.loss[np.abs(alpha).argmin(), np.abs(beta).argmin()]
    return float(np.nanmedian(found.loss[np.isclose(far, nearest)]) - centre)


def downhill_share(found: Landscape) -> float:
    """Of all steps straight outwards from the centre, a grid point each, how many lead to a lower loss.

    None does in a bowl, however steep, and half of them do in noise:

    >>> line = np.linspace(-1, 1, 21)
    >>> bowl = np.exp(3 * (line[:, None] ** 2 + 2 * line**2))
    >>> downhill_share(Landscape((line, line), bowl))
    0.0
    >>> noise = np.random.default_rng(0).random((21, 21))
    >>> 0.4 < downhill_share(Landscape((line, line), noise)) < 0.6
    True
    """
    rows, columns = (np.arange(len(axis)) - int(np.abs(axis).argmin()) for axis in found.axes)
    row, column = (one.ravel() for one in np.meshgrid(rows, columns, indexing="ij"))
    far = np.maximum(np.abs(row), np.abs(column))
    at = _between(found.loss, -int(rows[0]), -int(columns[0]))
    inwards = np.maximum(far - 1, 0) / np.maximum(far, 1)
    falls = at(row, column) < at(row * inwards, column * inwards)
    return float(falls[far > 0].mean())


def _between(
    loss: npt.NDArray[np.float64], row: int, column: int
) -> Callable[[npt.ArrayLike, npt.ArrayLike], Float64Array]:
    """The loss at coordinates in grid steps from (row, column), linear between its points."""

    def at(rows: npt.ArrayLike, columns: npt.ArrayLike) -> Float64Array:
        y, x = np.asarray(rows) + row, np.asarray(columns) + column
        top, left = np.floor(y + 1e-9).astype(int), np.floor(x + 1e-9).astype(int)
        below, right = (
            np.minimum(one + 1, size - 1) for one, size in zip((top, left), loss.shape, strict=True)
        )
        down, along = y - top, x - left
        upper = (1 - along) * loss[top, left] + along * loss[top, right]
        lower = (1 - along) * loss[below, left] + along * loss[below, right]
        return np.asarray((1 - down) * upper + down * lower, np.float64)

    return at
