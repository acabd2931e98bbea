"""Trainings as paths through the space of their metrics.

Read in this order: `local_fits` (derivatives and curvature within a window), `components` (principal ones, of
many metrics), `paths`.
"""

from tensorboard_candles.analysis.trajectory.paths import (
    LEAST_LIMIT,
    MOST_AXES,
    MOST_WINDOW,
    Path,
    Trajectories,
    trajectories,
)

__all__ = ["LEAST_LIMIT", "MOST_AXES", "MOST_WINDOW", "Path", "Trajectories", "trajectories"]
