"""The loss around a model's weights: directions, the grid along them, sharpness (Li et al. 2018).

No framework is known here: a model is a `Network`, which `integrations/` makes of one of torch or Keras.
"""

from __future__ import annotations

from tensorboard_candles.analysis.landscape.evaluate import Executor
from tensorboard_candles.analysis.landscape.network import BatchNorm, Network, Plane, Weight
from tensorboard_candles.analysis.landscape.payload import About, Landscape, Trajectory

__all__ = ["About", "BatchNorm", "Executor", "Landscape", "Network", "Plane", "Trajectory", "Weight"]
