"""What runs were started with against how well they did: a surface, what matters, and where to look next.

Read in this order: `parameters` (what a parameter is), `space` (all of those that vary, as axes), `surrogate`
(a Gaussian process over them), `improvement` (where it expects more), `importance` (which of them matter),
`surface` (two of them), `study` (all of it), `givers` (what each run of a log was given),
`measured` (how well they did), `grid_search` (of results that are none).
"""

from tensorboard_candles.analysis.hyperparameters.grid_search import trials_of_grid_search
from tensorboard_candles.analysis.hyperparameters.importance import Importance
from tensorboard_candles.analysis.hyperparameters.improvement import Suggestion
from tensorboard_candles.analysis.hyperparameters.parameters import Parameter
from tensorboard_candles.analysis.hyperparameters.study import Study, Trials, study_of
from tensorboard_candles.analysis.hyperparameters.surface import Surface

__all__ = [
    "Importance",
    "Parameter",
    "Study",
    "Suggestion",
    "Surface",
    "Trials",
    "study_of",
    "trials_of_grid_search",
]
