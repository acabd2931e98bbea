"""A training's figures for notebooks and papers: the numbers of the tab, drawn by plotly.

    from tensorboard_candles.figures import TrainingVisualizer

    visualizer = TrainingVisualizer("runs/resnet")
    visualizer.plot_candles("train/loss")
    visualizer.save_figure("candles", "figures/candles", "pdf")

Read in this order: `history` (what was given → runs), `theme` (sizes, fonts and colours on paper), `drawing`
(what figures share), a module for each figure, `saving` (figures → files), `visualizer`. What is drawn is
computed by the layers to the left (`ohlc`, `analysis`), which the tab's widgets show, too.
"""

from __future__ import annotations

from tensorboard_candles.figures.theme import Theme
from tensorboard_candles.figures.visualizer import TrainingVisualizer

__all__ = ["Theme", "TrainingVisualizer"]
