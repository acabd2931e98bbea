"""Points → alerts: what went wrong in a training.

Read in this order: `detector` (what one is, and what it says), `trailing` (what is usual), `episodes` (one
event for each thing that happens), `stretches` (a whole series as few levels), then the detectors `spike`,
`gradients`, `divergence`, `reversal`, `overfitting`, `plateau`, `nonfinite`, `learning_rate` and `published`,
`names` (what a tag is of), and `watching` (which detector watches which tag, and the registry). For series as
they are stored: `series` (one of them, as it grows), `lookout` (many of them, in the background) and `runs`
(all of a run's, found once).
"""

from tensorboard_candles.indicators.alerts.detector import Alert, Detector, Event
from tensorboard_candles.indicators.alerts.divergence import Divergence
from tensorboard_candles.indicators.alerts.gradients import GradientExplosion, GradientVanishing
from tensorboard_candles.indicators.alerts.learning_rate import LearningRateCliff
from tensorboard_candles.indicators.alerts.nonfinite import NonFinite
from tensorboard_candles.indicators.alerts.overfitting import OverfittingGap
from tensorboard_candles.indicators.alerts.plateau import Plateau
from tensorboard_candles.indicators.alerts.published import LlmFoundry, Megatron, OlmoSkipStep, ZClip
from tensorboard_candles.indicators.alerts.reversal import TrendReversal
from tensorboard_candles.indicators.alerts.spike import Spike
from tensorboard_candles.indicators.alerts.watching import (
    DEFAULTS,
    PUBLISHED,
    REGISTRY,
    Watched,
    alerts_of,
    detectors_named,
    watches,
)
from tensorboard_candles.ohlc import Polarity

__all__ = [
    "DEFAULTS",
    "PUBLISHED",
    "REGISTRY",
    "Alert",
    "Detector",
    "Divergence",
    "Event",
    "GradientExplosion",
    "GradientVanishing",
    "LearningRateCliff",
    "LlmFoundry",
    "Megatron",
    "NonFinite",
    "OlmoSkipStep",
    "OverfittingGap",
    "Plateau",
    "Polarity",
    "Spike",
    "TrendReversal",
    "Watched",
    "ZClip",
    "alerts_of",
    "detectors_named",
    "watches",
]
