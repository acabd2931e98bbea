"""Which tags move together, and what chance alone would give.

Read in this order: `coefficients` (Pearson's, Spearman's, Kendall's), `significance` (what they are worth),
`extremes` (whether few points decide), `matrices` (of many lines, each with each), `scatter` (two of them,
against each other).
"""

from tensorboard_candles.analysis.correlation.coefficients import METHODS, Method
from tensorboard_candles.analysis.correlation.matrices import (
    MOST_POINTS,
    Correlations,
    clustered_order,
    correlations,
)
from tensorboard_candles.analysis.correlation.scatter import scatter

__all__ = [
    "METHODS",
    "MOST_POINTS",
    "Correlations",
    "Method",
    "clustered_order",
    "correlations",
    "scatter",
]
