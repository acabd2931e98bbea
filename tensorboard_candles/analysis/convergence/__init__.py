"""Where a series is going, and whether it is there.

Read in this order: `natural` (what a metric can't be), `curves` (what training curves look like), `noise`
(and how far points are off them), `plateau` (the curve that fits), `misfit` (or that none does), `outlook`
(what it says of the steps to come), `best_step` (and when to stop), `generalisation` (training beside
validation), `diagnosis` (all of it), `words`, `told` (of a series
of a run).
"""

from tensorboard_candles.analysis.convergence.diagnosis import Convergence, Drawn, convergence
from tensorboard_candles.analysis.convergence.natural import Bounds, natural_bounds
from tensorboard_candles.analysis.convergence.words import sentences

__all__ = ["Bounds", "Convergence", "Drawn", "convergence", "natural_bounds", "sentences"]
