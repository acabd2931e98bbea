"""Loss landscapes whose shape is known."""

from __future__ import annotations

import numpy as np

from tensorboard_candles.analysis.landscape.payload import About, Landscape, Trajectory

POINTS = 21


def bowl(step: int, *, directions: int = 2, sharpness: float = 4.0, bumps: float = 0.0) -> Landscape:
    """A quadratic that a path runs down, deeper the later; one corner is not known.

    >>> found = bowl(100)
    >>> found.loss[10, 10], found.about.minimum_at
    (np.float64(0.01), (0.0, 0.0))
    """
    axes = (np.linspace(-1, 1, POINTS),) * directions
    at = np.stack(np.meshgrid(*axes, indexing="ij"))
    floor = 1 / (1 + step) if step < 100 else 0.01
    loss = floor + sharpness / 2 * (at**2).sum(axis=0) + bumps * (1 - np.cos(9 * at)).sum(axis=0)
    loss[(0,) * directions] = np.nan
    count = 12
    ways = np.linspace(0.9, 0, count)
    path = np.stack([ways * np.cos(ways * 2 + turn) for turn in range(directions)], axis=1)
    path[-1] = 0
    at_path = floor + sharpness / 2 * (path**2).sum(axis=1)
    about = About(
        directions="pca",
        normalize="filter",
        model="bowl",
        parameters=1000,
        samples=64,
        centre_loss=floor,
        minimum=floor,
        minimum_at=(0.0,) * directions,
        sharpness=sharpness,
        epsilon=0.05,
        epsilon_sharpness=100 * sharpness / 2 * 0.05**2 / (1 + floor),
    )
    trajectory = Trajectory(path, np.arange(count) * 10, at_path, np.linspace(0.5, 0, count))
    explained = np.array([0.7, 0.2, 0.05])[:directions]
    eigenvalues = np.array([sharpness, sharpness / 2])
    return Landscape(axes, loss, about, trajectory, explained, eigenvalues, np.array([1e-4, 2e-4]))
